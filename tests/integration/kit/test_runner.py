"""The consumer runner: every message has its effect once, in order, whatever fails around it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from shared import attempts, inbox
from shared.bus import Bus, Lag, Place, Received
from shared.consumer import Consumer
from shared.database import Database
from shared.errors import Conflict, Unavailable
from shared.runner import Runner, Stuck
from tests.support import postgres as support
from tests.support.buses import new_name
from tests.support.facts import Counted, as_record, fact_on, make_fact
from tests.support.kit import applied, consuming, project, projecting, rows
from tests.support.services import wait_until

PARKED = 'SELECT key, reason, attempts FROM parked ORDER BY topic, partition, "offset"'
Act = Callable[[AsyncSession, Counted], Awaitable[None]]


def deciding(fact: type[Counted], act: Act, *, group: str = "") -> Consumer:
    """A consumer that first does what the test says, then writes the projection."""
    consumer = Consumer(group or new_name("group"))

    @consumer.on(fact)
    async def on_counted(session: AsyncSession, message: Counted) -> None:
        await act(session, message)
        await project(session, [message])

    return consumer


async def publish(bus: Bus, *messages: Counted) -> None:
    """Put these on the bus."""
    await bus.publish([as_record(message) for message in messages])


async def until_applied(tables: support.Database, count: int, *, timeout_s: float = 10) -> list[tuple[str, int]]:
    """The effects, as soon as there are so many."""

    async def enough() -> bool:
        return len(await applied(tables)) >= count

    await wait_until(enough, timeout_s=timeout_s, what=f"{count} effects")
    return await applied(tables)


async def until_parked(tables: support.Database, count: int) -> list[tuple[Any, ...]]:
    """What is put aside, as soon as it is so many."""

    async def enough() -> bool:
        return len(await rows(tables, PARKED)) >= count

    await wait_until(enough, what=f"{count} parked messages")
    return await rows(tables, PARKED)


def count(outcome: str, group: str) -> float:
    """How many messages had this outcome."""
    return REGISTRY.get_sample_value("samsyn_consumed_total", {"consumer": group, "outcome": outcome}) or 0.0


async def test_every_message_has_its_effect_once_and_in_order(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Repeats within a batch, across batches and after a restart change nothing: effects are 1x."""
    messages = [make_fact(fact, item=f"{n % 9}", number=n // 9 + 1) for n in range(900)]
    records = [as_record(message) for message in messages]
    consumer = projecting(fact, group=new_name("group"))
    await bus.publish([*records[:450], *records[:450]])
    async with consuming(consumer, database, bus):
        await until_applied(tables, 450)
    await bus.publish([*records, *records])
    last = as_record(make_fact(fact, item="last", number=1))
    await bus.publish([last])
    async with consuming(consumer, database, bus):
        await wait_until(lambda: is_known(tables, "last"), what="the last message")
        await until_applied(tables, 901)
        await wait_until(lambda: count("repeated", consumer.group) >= 1800, what="the repeats")
    seen = await applied(tables)
    assert len(seen) == 901
    for key in map(str, range(9)):
        assert [number for name, number in seen if name == key] == list(range(1, 101))
    assert await rows(tables, "SELECT sum(total)::int FROM tally") == [(9 * 5050 + 1,)]
    assert count("handled", consumer.group) == 901


async def is_known(tables: support.Database, name: str) -> bool:
    """Whether the projection has this item."""
    return bool(await rows(tables, "SELECT FROM tally WHERE name = $1", name))


async def test_the_inbox_stands_in_the_effects_transaction(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An effect that is rolled back is not remembered as seen either, so it comes again."""
    monkeypatch.setattr(attempts, "RETRIES_S", (0.01, 0.01, 0.01))
    tries: list[int] = []

    async def fail_once(session: AsyncSession, message: Counted) -> None:
        await project(session, [message])
        tries.append(message.number)
        if len(tries) == 1:
            raise RuntimeError("after the effect")

    await publish(bus, make_fact(fact, number=7))
    async with consuming(deciding(fact, fail_once), database, bus):
        await until_applied(tables, 2)
    assert tries == [7, 7]
    assert await applied(tables) == [("a", 7), ("a", 7)]  # both from the second try, which writes twice
    assert len(await rows(tables, "SELECT FROM inbox")) == 1


async def test_a_message_that_fails_is_parked_and_its_key_waits(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of 300 fails: it and the later ones of its key are put aside in order, the other 290 have their effect."""
    monkeypatch.setattr(attempts, "RETRIES_S", (0.01, 0.01, 0.01))

    async def fail(_: AsyncSession, message: Counted) -> None:
        if (message.item, message.number) == ("3", 11):
            raise ZeroDivisionError("MARKER")

    await publish(bus, *(make_fact(fact, item=f"{n % 10}", number=n // 10 + 1) for n in range(300)))
    with capture_logs() as logs:
        async with consuming(deciding(fact, fail), database, bus):
            seen = await until_applied(tables, 280)
            parked = await until_parked(tables, 20)
    assert len(seen) == 280
    assert [number for name, number in seen if name == "3"] == list(range(1, 11))
    assert [number for name, number in seen if name == "4"] == list(range(1, 31))
    assert {key for key, _, _ in parked} == {"3"}
    assert parked[0] == ("3", "ZeroDivisionError", 2)
    assert {reason for _, reason, _ in parked[1:]} == {"waits behind an earlier message of its key"}
    assert [each["reason"] for each in logs if each["event"] == "consumer.parked"] == ["ZeroDivisionError"]


async def test_a_redrive_has_the_effects_in_order(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waited is done first, then what came since; one that fails again keeps its key waiting."""
    monkeypatch.setattr(attempts, "RETRIES_S", (0.01, 0.01, 0.01))
    broken = {"a", "b"}

    async def fail(_: AsyncSession, message: Counted) -> None:
        if message.item in broken:
            raise KeyError(message.item)

    consumer = deciding(fact, fail)
    await publish(bus, *(make_fact(fact, item=item, number=n) for n in range(1, 6) for item in "abc"))
    async with consuming(consumer, database, bus):
        await until_parked(tables, 10)
        broken.discard("a")
        async with database.sessions() as session, session.begin():
            assert await inbox.ask_again(session, consumer.group, key=None) == 10
        await wait_until(lambda: is_parked(tables, {"b"}), what="a to be redone")
        await publish(bus, *(make_fact(fact, item=item, number=6) for item in "abc"))
        await until_applied(tables, 12)
        assert await rows(tables, "SELECT count(*), bool_or(redrive), max(attempts) FROM parked") == [(6, False, 3)]
        broken.clear()
        async with database.sessions() as session, session.begin():
            assert await inbox.ask_again(session, consumer.group, key="b") == 6
        seen = await until_applied(tables, 18)
    for item in "abc":
        assert [number for name, number in seen if name == item] == [1, 2, 3, 4, 5, 6]
    assert await rows(tables, PARKED) == []
    assert count("redriven", consumer.group) == 11


async def is_parked(tables: support.Database, keys: set[str]) -> bool:
    """Whether just these keys wait."""
    return {key for key, _, _ in await rows(tables, PARKED)} == keys


async def test_a_refusal_is_logged_and_gone_on_from(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """A handler that refuses has answered: nothing is parked, later messages of the key have their effect."""

    async def refuse(_: AsyncSession, message: Counted) -> None:
        if message.number == 2:
            raise Conflict("This cannot be any more.")

    consumer = deciding(fact, refuse)
    messages = [make_fact(fact, number=n) for n in (1, 2, 3)]
    await publish(bus, *messages)
    with capture_logs() as logs:
        async with consuming(consumer, database, bus):
            seen = await until_applied(tables, 2)
    assert seen == [("a", 1), ("a", 3)]
    assert await rows(tables, PARKED) == []
    refused = [each for each in logs if each["event"] == "consumer.refused"]
    assert [(each["reason"], each["topic"]) for each in refused] == [("conflict", fact.topic)]
    assert len(await rows(tables, "SELECT FROM inbox")) == 3


async def test_a_redrive_takes_a_refusal_for_an_answer(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A parked message that is refused when tried again is done with, and its key goes on."""
    monkeypatch.setattr(attempts, "RETRIES_S", (0.01, 0.01, 0.01))
    failure: list[Exception] = [RuntimeError()]

    async def fail(_: AsyncSession, message: Counted) -> None:
        if message.number == 1:
            raise failure[0]

    consumer = deciding(fact, fail)
    await publish(bus, make_fact(fact, number=1), make_fact(fact, number=2))
    async with consuming(consumer, database, bus):
        await until_parked(tables, 2)
        failure[0] = Conflict("Too late.")
        async with database.sessions() as session, session.begin():
            await inbox.ask_again(session, consumer.group, key="a")
        assert await until_applied(tables, 1) == [("a", 2)]
        await wait_until(lambda: is_parked(tables, set()), what="nothing to be parked")


async def test_what_is_no_message_is_parked(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Without headers, or with data its schema refuses: put aside with the reason, and none of the data in it."""
    good, bad = as_record(make_fact(fact, item="good")), as_record(make_fact(fact, item="bad"))
    wrong = replace(bad, key="wrong", value=b'{"number": "MARKER"}')
    bare = replace(bad, key="bare", headers=())
    await bus.publish([wrong, bare, good])
    with capture_logs() as logs:
        async with consuming(projecting(fact, group=new_name("group")), database, bus):
            assert await until_applied(tables, 1) == [("good", 1)]
            parked = await until_parked(tables, 2)
    reasons = {key: reason for key, reason, _ in parked}
    assert reasons["bare"] == "Unreadable: header 'ce_type' is missing"
    assert reasons["wrong"] == f"Unreadable: ValidationError in a message on {fact.topic}"
    assert "MARKER" not in str([{**each, "exc_info": str(each.get("exc_info"))} for each in logs])


async def test_types_nobody_handles_are_passed_over(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """A newer producer's type, unknown here, stops nothing."""
    known = as_record(make_fact(fact, item="known"))
    headers = tuple((name, b"brand.new" if name == "ce_type" else value) for name, value in known.headers)
    fresh = tuple(
        (name, b"01a2b3c4-0000-7000-8000-000000000001" if name == "ce_id" else value) for name, value in headers
    )
    await bus.publish([type(known)(topic=known.topic, key="k", value=b"{}", headers=fresh), known])
    async with consuming(projecting(fact, group=new_name("group")), database, bus):
        assert await until_applied(tables, 1) == [("known", 1)]
    assert await rows(tables, PARKED) == []


async def test_a_passing_failure_is_tried_again_in_place(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deadlock or a thing that is away gets three more tries, and no more."""
    monkeypatch.setattr(attempts, "RETRIES_S", (0.01, 0.02, 0.03))
    tries: list[str] = []

    async def fail(_: AsyncSession, message: Counted) -> None:
        tries.append(message.item)
        if message.item == "soon" and tries.count("soon") < 4:
            raise OperationalError("SELECT 1", {}, Exception("deadlock"))
        if message.item == "never":
            raise Unavailable("Something is away.")

    await publish(bus, make_fact(fact, item="soon"))
    async with consuming(deciding(fact, fail), database, bus):
        assert await until_applied(tables, 1) == [("soon", 1)]
        await publish(bus, make_fact(fact, item="never"))
        assert await until_parked(tables, 1) == [("never", "unavailable", 4)]
    assert (tries.count("soon"), tries.count("never")) == (4, 4)


async def test_a_handlers_own_os_error_does_not_block_for_ever(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks as if the database were away; but the database answers, so it is the message."""
    monkeypatch.setattr(attempts, "RETRIES_S", (0.01, 0.02, 0.03))

    async def fail(_: AsyncSession, message: Counted) -> None:
        if message.number == 1:
            raise FileNotFoundError("no such file")

    await publish(bus, make_fact(fact, item="bad"), make_fact(fact, item="good", number=2))
    async with consuming(deciding(fact, fail), database, bus):
        assert await until_applied(tables, 1) == [("good", 2)]
        assert await until_parked(tables, 1) == [("bad", "FileNotFoundError", 4)]


async def test_a_parked_message_does_not_hold_up_the_others(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """With the real pauses: another key's message, published after the bad one, has its effect within a second."""

    async def fail(_: AsyncSession, message: Counted) -> None:
        if message.item == "bad":
            raise ValueError

    clock = asyncio.get_running_loop().time
    async with consuming(deciding(fact, fail), database, bus):
        await publish(bus, make_fact(fact, item="warm"))
        await until_applied(tables, 1)
        started = clock()
        await publish(bus, make_fact(fact, item="bad"), make_fact(fact, item="good"))
        await until_applied(tables, 2)
        waited = clock() - started
    print(f"the other key waited {waited:.2f} s")
    assert waited < 2.0  # 0.1 s of it are the pause; the rest is for a busy machine


async def test_a_member_that_takes_over_goes_on_where_the_last_one_was(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Members come and go while messages flow: each has its effect once, in order."""
    consumer = projecting(fact, group=new_name("group"))
    messages = [make_fact(fact, item=f"{n % 5}", number=n // 5 + 1) for n in range(1000)]
    done = 0
    for start in range(0, 1000, 250):
        async with consuming(consumer, database, bus):
            await publish(bus, *messages[start : start + 250])
            done = len(await until_applied(tables, done + 50))
    async with consuming(consumer, database, bus):
        seen = await until_applied(tables, 1000)
    assert len(seen) == 1000
    for key in map(str, range(5)):
        assert [number for name, number in seen if name == key] == list(range(1, 201))


class Silent:
    """The real bus, whose subscriptions say that messages wait and never give one out: aiokafka in its bad moments."""

    def __init__(self, bus: Bus, *, spells: int) -> None:
        self._bus, self._spells, self.joined = bus, spells, 0

    def subscribe(self, *args: Any, **named: Any) -> Any:
        self.joined += 1
        subscription = self._bus.subscribe(*args, **named)
        return Hung(subscription) if self.joined <= self._spells else subscription

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)


class Hung:
    """A subscription that hangs."""

    def __init__(self, subscription: Any) -> None:
        self._subscription = subscription

    async def poll(self, *, max_records: int, timeout_s: float) -> Mapping[Place, Sequence[Received]]:
        await asyncio.sleep(timeout_s)
        return {}

    async def lag(self) -> Mapping[Place, Lag]:
        return {("any", 0): Lag(3, 90.0)}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._subscription, name)


async def test_the_watchdog_renews_a_consumer_that_does_not_move(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Messages wait and nothing moves: it joins anew, and goes on."""
    silent = Silent(bus, spells=2)
    await publish(bus, make_fact(fact))
    with capture_logs() as logs:
        async with consuming(projecting(fact, group=new_name("group")), database, silent, stuck_s=0.3):
            await until_applied(tables, 1)
    assert silent.joined == 3
    assert [each["renewal"] for each in logs if each["event"] == "consumer.stuck"] == [1, 2]


async def test_the_watchdog_gives_up_after_two_renewals(database: Database, bus: Bus, fact: type[Counted]) -> None:
    """What two new starts do not mend needs a new process."""
    consumer = projecting(fact, group=new_name("group"))
    stuck = Runner(consumer, bus=Silent(bus, spells=99), database=database, member="m", stuck_s=0.2)
    async with asyncio.timeout(20):
        with pytest.raises(Stuck, match=consumer.group):
            await stuck.run()
    await stuck.stop()


async def test_lag_is_measured_in_messages_and_seconds(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """While a handler is slow, the metrics show how far behind it is; afterwards they show none."""
    consumer = deciding(fact, lambda session, _: session.execute(text("SELECT 1")))  # type: ignore[arg-type, return-value]
    await publish(bus, *(make_fact(fact, number=n) for n in range(1, 40)))

    def lag(name: str) -> float:
        found = [
            sample.value
            for metric in REGISTRY.collect()
            for sample in metric.samples
            if sample.name == name and sample.labels.get("topic") == fact.topic
        ]
        return max(found, default=-1.0)

    async with consuming(consumer, database, bus):
        await until_applied(tables, 39)
        await wait_until(lambda: lag("samsyn_consumer_lag_messages") == 0, what="the lag to be measured")
        assert lag("samsyn_consumer_lag_seconds") == 0


async def test_two_handlers_of_one_consumer_keep_the_order_between_them(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Messages of two types on one topic reach their handlers in the order of the topic, in the longest runs."""
    runs: list[list[int]] = []
    consumer = Consumer(new_name("group"))
    other = fact_on(fact.topic, kind="other")

    @consumer.on_batch(fact)
    async def on_fact(session: AsyncSession, batch: Sequence[Any]) -> None:
        runs.append([each.message.number for each in batch])
        await project(session, [each.message for each in batch])

    @consumer.on_batch(other)
    async def on_other(session: AsyncSession, batch: Sequence[Any]) -> None:
        runs.append([-each.message.number for each in batch])
        await project(session, [each.message for each in batch])

    kinds = [fact, fact, other, other, other, fact]
    await publish(bus, *(make_fact(kind, number=n) for n, kind in enumerate(kinds, start=1)))
    async with consuming(consumer, database, bus):
        await until_applied(tables, 6)
    assert runs == [[1, 2], [-3, -4, -5], [6]]
    with pytest.raises(ValueError, match="already"):
        consumer.on(fact)(on_fact)  # type: ignore[arg-type]
