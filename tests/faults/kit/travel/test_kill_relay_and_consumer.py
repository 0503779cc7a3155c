"""kill -9 of the relay and of the consumer alone, many times a run: what the kit holds without a service around it.

Their short form is test_kill_under_load.py, with services around them.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from shared.bus import Bus
from shared.database import Database
from tests.faults.kit.travel.plant import Plant, plant
from tests.support.look.bus import BusProbe
from tests.support.look.order import change, check_order, committed, told
from tests.support.make.buses import new_name
from tests.support.make.facts import Counted
from tests.support.make.kit import applied, relaying, rows
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until

# What a relay may have sent without having it deleted when it dies.
BATCH = 1000


@asynccontextmanager
async def writing(database: Database, fact: type[Counted], *, writers: int = 4) -> AsyncIterator[None]:
    """Writers that change items and tell it as fast as they can while the block runs."""
    done = asyncio.Event()

    async def write(seed: int) -> None:
        rng = random.Random(seed)
        while not done.is_set():
            async with database.sessions() as session, session.begin():
                await change(session, fact, f"item-{rng.randrange(20)}")

    tasks = [asyncio.create_task(write(seed)) for seed in range(writers)]
    try:
        yield
    finally:
        done.set()
        await asyncio.gather(*tasks)


async def is_sent(tables: support.Database) -> bool:
    """Whether the outbox is empty."""
    return not await rows(tables, "SELECT FROM outbox LIMIT 1")


async def until_moved(tables: support.Database, query: str) -> None:
    """Wait until a count that only grows has grown."""
    before = (await rows(tables, query))[0][0]

    async def moved() -> bool:
        return bool((await rows(tables, query))[0][0] > before)

    await wait_until(moved, timeout_s=30, what="work to go on")


async def kill_the_relay(
    database: Database, tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted], *, kills: int
) -> None:
    """Kill it under load; then hold the bus to what was written."""
    rng = random.Random(kills)
    sent = "SELECT coalesce(sum(number), 0) - (SELECT count(*) FROM outbox) FROM item"
    async with plant("relay", tables.url, bus_url) as relay:
        async with writing(database, fact):
            for _ in range(kills):
                await until_moved(tables, sent)
                await asyncio.sleep(rng.uniform(0, 0.2))  # so that it dies at any point of its round
                await relay.kill()
                await relay.start()
        await wait_until(lambda: is_sent(tables), timeout_s=30, what="the outbox to be empty")
    written = await committed(tables)
    probe = await BusProbe(bus, [fact.topic]).start()

    async def all_there() -> bool:
        return len(set(told(await probe.pull()))) >= sum(written.values())

    await wait_until(all_there, timeout_s=30, what="all messages on the bus")
    await probe.stop()
    seen = told(probe.seen)
    repeats = len(seen) - len(set(seen))
    print(f"relay killed {kills} times: repeats {repeats}")
    check_order(seen, committed=written, who=f"relay killed {kills} times")
    assert repeats <= kills * BATCH


@pytest.mark.long
async def test_a_killed_relay(
    database: Database, tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted]
) -> None:
    """Twenty kills: nothing lost, nothing out of order, at most a batch of repeats each time."""
    await kill_the_relay(database, tables, bus, bus_url, fact, kills=20)


async def kill_the_consumer(
    database: Database, tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted], *, kills: int
) -> None:
    """Kill it under load; then hold the projection to what was written."""
    rng = random.Random(kills)
    count = "SELECT count(*) FROM applied"
    consumer = Plant("consume", tables.url, bus_url, fact.topic, new_name("group"), "member-0")
    async with relaying(database, bus), writing(database, fact):
        for _ in range(kills):
            await consumer.start()
            await until_moved(tables, count)
            await asyncio.sleep(rng.uniform(0, 0.2))
            await consumer.kill()
    await consumer.start()
    written = await committed(tables)

    async def all_applied() -> bool:
        return bool((await rows(tables, count))[0][0] >= sum(written.values()))

    async with relaying(database, bus):
        await wait_until(all_applied, timeout_s=60, what="all effects")
    await consumer.stop()
    seen = await applied(tables)
    print(f"consumer killed {kills} times: applied twice {len(seen) - len(set(seen))}")
    check_order(seen, committed=written, who=f"consumer killed {kills} times")
    assert len(seen) == len(set(seen))
    sums = dict(await rows(tables, "SELECT name, total::int FROM tally"))
    assert sums == {name: number * (number + 1) // 2 for name, number in written.items()}


@pytest.mark.long
async def test_a_killed_consumer(
    database: Database, tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted]
) -> None:
    """Twenty kills, during and after its commits: each effect exactly once, in order."""
    await kill_the_consumer(database, tables, bus, bus_url, fact, kills=20)
