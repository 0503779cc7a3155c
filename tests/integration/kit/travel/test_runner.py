"""The consumer runner: every message has its effect once, in order, whatever fails around it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from shared.bus import Bus, Lag, Place, Received, pairs_of
from shared.database import Database
from shared.travel import attempts
from shared.travel.consumer import Consumer
from shared.travel.runner import Runner, Stuck
from tests.integration.kit.travel.consuming import PARKED, count, deciding, publish, until_applied
from tests.support.make.buses import new_name
from tests.support.make.facts import Counted, as_record, fact_on, make_fact
from tests.support.make.kit import applied, consuming, project, projecting, rows
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until


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


async def test_types_nobody_handles_are_passed_over(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """A newer producer's type, unknown here, stops nothing."""
    known = as_record(make_fact(fact, item="known"))
    headers = tuple((name, b"brand.new" if name == "ce_type" else value) for name, value in pairs_of(known.headers))
    fresh = tuple(
        (name, b"01a2b3c4-0000-7000-8000-000000000001" if name == "ce_id" else value) for name, value in headers
    )
    await bus.publish([type(known)(topic=known.topic, key="k", value=b"{}", headers=fresh), known])
    async with consuming(projecting(fact, group=new_name("group")), database, bus):
        assert await until_applied(tables, 1) == [("known", 1)]
    assert await rows(tables, PARKED) == []


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
