"""What the consumer runner cannot handle is tried again, put aside or gone on from, and its key waits."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from deploy.redrive import ask_again
from shared.bus import Bus
from shared.database import Database
from shared.errors import Conflict, Unavailable
from shared.travel import attempts
from tests.integration.kit.travel.consuming import PARKED, count, deciding, publish, until_applied, until_parked
from tests.support.make.buses import new_name
from tests.support.make.facts import Counted, as_record, make_fact
from tests.support.make.kit import consuming, projecting, rows
from tests.support.servers import postgres as support
from tests.support.servers.postgres import connected
from tests.support.servers.services import wait_until


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
        async with connected(tables.url) as asked:
            assert await ask_again(asked, key=None) == 10
        await wait_until(lambda: is_parked(tables, {"b"}), what="a to be redone")
        await publish(bus, *(make_fact(fact, item=item, number=6) for item in "abc"))
        await until_applied(tables, 12)
        assert await rows(tables, "SELECT count(*), bool_or(redrive), max(attempts) FROM parked") == [(6, False, 3)]
        broken.clear()
        async with connected(tables.url) as asked:
            assert await ask_again(asked, key="b") == 6
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
            raise Conflict("This cannot be any more.", code="name-taken", of=())

    consumer = deciding(fact, refuse)
    messages = [make_fact(fact, number=n) for n in (1, 2, 3)]
    await publish(bus, *messages)
    with capture_logs() as logs:
        async with consuming(consumer, database, bus):
            seen = await until_applied(tables, 2)
    assert seen == [("a", 1), ("a", 3)]
    assert await rows(tables, PARKED) == []
    refused = [each for each in logs if each["event"] == "consumer.refused"]
    assert [(each["reason"], each["topic"]) for each in refused] == [("name-taken", fact.topic)]
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
        failure[0] = Conflict("Too late.", code="name-taken", of=())
        async with connected(tables.url) as asked:
            await ask_again(asked, key="a")
        assert await until_applied(tables, 1) == [("a", 2)]
        await wait_until(lambda: is_parked(tables, set()), what="nothing to be parked")


async def test_what_is_no_message_is_parked(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Without headers, or with data its schema refuses: put aside with the reason, and none of the data in it."""
    good, bad = as_record(make_fact(fact, item="good")), as_record(make_fact(fact, item="bad"))
    wrong = bad._replace(key="wrong", value=b'{"number": "MARKER"}')
    bare = bad._replace(key="bare", headers=())
    await bus.publish([wrong, bare, good])
    with capture_logs() as logs:
        async with consuming(projecting(fact, group=new_name("group")), database, bus):
            assert await until_applied(tables, 1) == [("good", 1)]
            parked = await until_parked(tables, 2)
    reasons = {key: reason for key, reason, _ in parked}
    assert reasons["bare"] == "Unreadable: header 'ce_type' is missing"
    assert reasons["wrong"] == f"Unreadable: ValidationError in a message on {fact.topic}"
    assert "MARKER" not in str([{**each, "exc_info": str(each.get("exc_info"))} for each in logs])


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
