"""The relay takes the outbox to the bus: whole, in order, by one owner, and within its deadlines."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from shared import relay
from shared.bus import MAX_VALUE_BYTES, Bus, BusUnavailable, Record, Topic
from shared.bus_open import open_bus
from shared.database import Database
from shared.outbox import announce, announce_many, redrive
from shared.relay import Relay
from tests.support import postgres as support
from tests.support.bus import BusProbe
from tests.support.facts import Counted, fact_on, make_fact
from tests.support.kit import at_work, blackhole, relaying, rows
from tests.support.order import told
from tests.support.services import wait_until

LEFT = "SELECT key, headers::json ->> 'ce_sequence' FROM outbox ORDER BY id"
DEAD = "SELECT key, headers::json ->> 'ce_sequence', reason FROM outbox_dead ORDER BY id"


async def tell(database: Database, *messages: Counted) -> None:
    """Announce these in one transaction."""
    async with database.sessions() as session, session.begin():
        await announce_many(session, messages)


async def until_sent(tables: support.Database, *, timeout_s: float = 10) -> None:
    """Wait until the outbox is empty."""

    async def empty() -> bool:
        return not await rows(tables, LEFT)

    await wait_until(empty, timeout_s=timeout_s, what="the outbox to be empty")


async def on_bus(bus: Bus, fact: type[Counted], count: int) -> list[tuple[str, int]]:
    """What stands on the fact's topic, which are so many messages."""
    probe = await BusProbe(bus, [fact.topic]).start()

    async def there() -> bool:
        return len(await probe.pull()) >= count

    await wait_until(there, what=f"{count} messages")
    await probe.stop()
    return told(probe.seen)


def metric(name: str) -> float:
    """What a metric without labels stands at."""
    return REGISTRY.get_sample_value(name) or 0.0


class Watched:
    """The real bus, with a note of each batch on its way in, and a door that can be shut."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.batches: list[int] = []
        self.shut = False

    async def publish(self, records: Sequence[Record]) -> None:
        if self.shut:
            raise BusUnavailable("shut")
        self.batches.append(len(records))
        await self._bus.publish(records)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)


async def test_everything_goes_in_whole_batches_and_in_order(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """2,500 rows are three batches; each key's messages keep their order, and the outbox is empty afterwards."""
    await tell(database, *(make_fact(fact, item=f"{n % 7}", number=n // 7 + 1) for n in range(2500)))
    watched = Watched(bus)
    async with relaying(database, watched):
        await until_sent(tables)
    assert watched.batches == [1000, 1000, 500]
    seen = await on_bus(bus, fact, 2500)
    for key in map(str, range(7)):
        of_key = [number for name, number in seen if name == key]
        assert of_key == list(range(1, len(of_key) + 1))
    assert len(seen) == 2500


async def test_a_commit_wakes_the_relay(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not wait for the next look: here there would be none for an hour."""
    monkeypatch.setattr(relay, "POLL_S", 3600)
    async with relaying(database, bus):
        for number in range(1, 6):
            async with database.sessions() as session, session.begin():
                await announce(session, make_fact(fact, number=number))
            await until_sent(tables)


async def test_a_row_the_bus_will_not_take_holds_its_key_and_nothing_else(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Too large: it is put aside with the reason, later ones of its key wait behind it, all others go."""
    huge = "x" * MAX_VALUE_BYTES
    await tell(database, make_fact(fact, item="a", number=1), make_fact(fact, item="b", number=1))
    await tell(database, make_fact(fact, item="a", number=2, note=huge), make_fact(fact, item="a", number=3))
    await tell(database, make_fact(fact, item="b", number=2))
    async with relaying(database, bus):
        await until_sent(tables)
        await tell(database, make_fact(fact, item="a", number=4), make_fact(fact, item="b", number=3))
        await until_sent(tables)
    assert sorted(await on_bus(bus, fact, 4)) == [("a", 1), ("b", 1), ("b", 2), ("b", 3)]
    dead = await rows(tables, DEAD)
    assert [(key, number) for key, number, _ in dead] == [("a", "2"), ("a", "3"), ("a", "4")]
    assert "at most" in dead[0][2]
    assert huge[:50] not in dead[0][2]
    assert "earlier row" in dead[1][2]


async def test_a_key_is_still_held_after_a_restart(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """The next relay learns from the table which keys wait."""
    missing = fact_on(fact.topic.replace("test.", "missing."))
    await tell(database, make_fact(missing, item="a", number=1))
    async with relaying(database, bus):
        await until_sent(tables)
    await tell(database, make_fact(missing, item="a", number=2))
    async with relaying(database, bus):
        await until_sent(tables)
        assert metric("samsyn_outbox_dead") == 1
    assert [number for _, number, _ in await rows(tables, DEAD)] == ["1", "2"]


async def test_a_redrive_sends_the_key_in_order(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """When the reason is gone and somebody asks, what waited goes first, then what came since."""
    missing = fact_on(fact.topic.replace("test.", "missing."))
    await tell(database, *(make_fact(missing, item="a", number=number) for number in range(1, 1501)))
    await tell(database, make_fact(missing, item="b", number=1))
    async with relaying(database, bus, sweep_s=0.2):
        await until_sent(tables)
        await bus.ensure_topics([Topic(name=missing.topic)])
        async with database.sessions() as session, session.begin():
            assert await redrive(session, key="a") == 1500
        await wait_until(lambda: dead_keys(tables, {"b"}), what="the key to be sent")
        await tell(database, make_fact(missing, item="a", number=1501))
        await until_sent(tables)
        async with database.sessions() as session, session.begin():
            assert await redrive(session, key=None) == 1
        await wait_until(lambda: dead_keys(tables, set()), what="the rest to be sent")
    seen = await on_bus(bus, missing, 1502)
    assert [number for key, number in seen if key == "a"] == list(range(1, 1502))
    assert seen.count(("b", 1)) == 1


async def dead_keys(tables: support.Database, keys: set[str]) -> bool:
    """Whether just these keys are put aside."""
    return {key for key, _, _ in await rows(tables, DEAD)} == keys


async def test_a_redrive_that_is_refused_again_ends(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """The key stays aside, the request is taken back, and the relay goes on with the rest."""
    missing = fact_on(fact.topic.replace("test.", "missing."))
    await tell(database, make_fact(missing, number=1), make_fact(missing, number=2))
    async with relaying(database, bus, sweep_s=0.1):
        await until_sent(tables)
        async with database.sessions() as session, session.begin():
            assert await redrive(session, key=None) == 2

        async def taken_back() -> bool:
            return not await rows(tables, "SELECT FROM outbox_dead WHERE redrive")

        await wait_until(taken_back, what="the request to be taken back")
        await tell(database, make_fact(fact, item="other"))
        await until_sent(tables)
    assert [(key, number) for key, number, _ in await rows(tables, DEAD)] == [("a", "1"), ("a", "2")]


async def test_a_redrive_outlives_a_bus_that_is_away(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """What somebody asked for is done when the bus is back, not forgotten."""
    missing = fact_on(fact.topic.replace("test.", "missing."))
    await tell(database, make_fact(missing, number=1))
    watched = Watched(bus)
    async with relaying(database, watched, sweep_s=0.1):
        await until_sent(tables)
        await bus.ensure_topics([Topic(name=missing.topic)])
        watched.shut = True
        rebuilt = metric("samsyn_relay_rebuilt_total")
        async with database.sessions() as session, session.begin():
            await redrive(session, key=None)
        await wait_until(lambda: metric("samsyn_relay_rebuilt_total") > rebuilt, what="the relay to fail")
        watched.shut = False
        await wait_until(lambda: dead_keys(tables, set()), what="the row to be sent")
    assert await on_bus(bus, missing, 1) == [("a", 1)]


async def test_draining_sends_what_is_left(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """A stopping owner empties the outbox, more than one batch of it."""
    one = Relay(database.url, bus=bus, wake=asyncio.Event(), name="kit")
    async with at_work(one.run):
        await tell(database, make_fact(fact, item="first"))
        await until_sent(tables)
    await tell(database, *(make_fact(fact, item=f"{n}") for n in range(1200)))
    await one.drain(timeout_s=5)
    await one.close()
    assert await rows(tables, LEFT) == []


async def test_draining_keeps_its_time_when_the_bus_is_silent(
    database: Database, tables: support.Database, fact: type[Counted]
) -> None:
    """A bus that takes the connection and says nothing is given up; the rows are still there."""
    await tell(database, make_fact(fact))
    async with blackhole() as port:
        silent = open_bus(f"postgresql://samsyn:x@127.0.0.1:{port}/samsyn_bus")
        one = Relay(database.url, bus=silent, wake=asyncio.Event(), name="kit")
        async with at_work(one.run):
            await wait_until(lambda: metric("samsyn_outbox_owner") == 1, what="the relay to begin")
        started = time.monotonic()
        await one.drain(timeout_s=1)
        await one.close()
        assert time.monotonic() - started < 3
        await silent.stop()
    assert len(await rows(tables, LEFT)) == 1


async def test_two_relays_have_one_owner(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """The second one sends nothing, also when it is stopped, until the first one is gone; then it takes over."""
    first, second = Watched(bus), Watched(bus)
    standby = Relay(database.url, bus=second, wake=asyncio.Event(), name="kit")
    owner = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
    async with relaying(database, first):
        await tell(database, make_fact(fact, number=1))
        await until_sent(tables)
        async with at_work(standby.run):
            connected = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kit-relay'"

            async def both() -> bool:
                return bool((await rows(tables, connected))[0][0] == 2)

            await wait_until(both, what="the second relay to stand by")
            await tell(database, make_fact(fact, number=2))
            await until_sent(tables)
        await standby.drain(timeout_s=1)
        mine = f"{owner} (SELECT oid FROM pg_database WHERE datname = current_database())"
        assert (await rows(tables, mine))[0][0] == 1
        assert second.batches == []
        async with at_work(standby.run):
            await tell(database, make_fact(fact, number=3))
            await until_sent(tables)
            assert second.batches == []
    async with at_work(standby.run):
        await tell(database, make_fact(fact, number=4))
        await until_sent(tables)
        assert second.batches == [1]
    await standby.close()
    assert await on_bus(bus, fact, 4) == [("a", number) for number in range(1, 5)]


async def test_a_silent_owner_loses_the_outbox(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """An owner stopped in its tracks keeps its connection, but not the lock: the next one takes over and sends."""
    stopped = Relay(database.url, bus=bus, wake=asyncio.Event(), name="kit", silence_s=1)
    async with at_work(stopped.run):
        await tell(database, make_fact(fact, number=1))
        await until_sent(tables)
    await tell(database, make_fact(fact, number=2))
    async with relaying(database, bus):
        await until_sent(tables)
    await stopped.close()
    assert await on_bus(bus, fact, 2) == [("a", 1), ("a", 2)]


async def test_the_relay_waits_out_a_bus_that_is_away(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Nothing is lost, the age of the oldest row can be watched meanwhile, and the count of what waits is whole."""
    watched = Watched(bus)
    watched.shut = True
    await tell(database, *(make_fact(fact, item=f"{n}") for n in range(1500)))
    async with database.sessions() as session, session.begin():
        await session.execute(text("UPDATE outbox SET created_at = now() - interval '90 s'"))
    async with relaying(database, watched):
        await wait_until(lambda: metric("samsyn_outbox_pending") == 1500, what="the metric")
        assert 89 < metric("samsyn_outbox_oldest_seconds") < 200
        watched.shut = False
        await until_sent(tables)
        await wait_until(lambda: metric("samsyn_outbox_pending") == 0, what="the metric")
    assert len(await on_bus(bus, fact, 1500)) == 1500


async def test_reading_starts_above_what_is_long_gone(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The low-water mark moves up with the time of the longest transaction, and a late row is still found."""
    monkeypatch.setattr(relay, "LONGEST_TRANSACTION_S", -5)
    async with relaying(database, bus, sweep_s=0.5) as one:
        await tell(database, *(make_fact(fact, item=f"{n}") for n in range(50)))
        await until_sent(tables)
        await wait_until(lambda: one._low >= 50, what="the mark to move")
        async with database.sessions() as session, session.begin():
            await announce(session, make_fact(fact, item="late"))
            await session.execute(text("UPDATE outbox SET id = 1"))
        await until_sent(tables)
    assert ("late", 1) in await on_bus(bus, fact, 51)
