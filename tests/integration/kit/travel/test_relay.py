"""The relay takes the outbox to the bus: whole, in order, by one owner, and within its deadlines."""

import asyncio
import time

import pytest
from sqlalchemy import text

from shared.bus import Bus
from shared.bus.opening import open_bus
from shared.database import Database
from shared.travel import relay
from shared.travel.outbox import announce
from shared.travel.relay import Relay
from tests.integration.kit.travel.relays import LEFT, Watched, metric, on_bus, tell, until_sent
from tests.support.make.facts import Counted, make_fact
from tests.support.make.kit import at_work, blackhole, relaying, rows
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until


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
    monkeypatch.setattr(relay, "LONGEST_POLL_S", 3600)
    async with relaying(database, bus):
        for number in range(1, 6):
            async with database.sessions() as session, session.begin():
                await announce(session, make_fact(fact, number=number))
            await until_sent(tables)


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
