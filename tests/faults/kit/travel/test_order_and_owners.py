"""Order under everything that usually breaks it: late commits, rollbacks, two relays, a relay that stands still."""

import asyncio

import pytest

from shared.bus import Bus
from shared.database import Database
from tests.faults.kit.travel.plant import plant
from tests.support.look.bus import BusProbe
from tests.support.look.order import BY_TRANSACTION, NAIVE, Cursor, check_order, committed, told, writers
from tests.support.make.facts import Counted
from tests.support.make.kit import relaying, rows
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until


async def on_bus(bus: Bus, fact: type[Counted], count: int) -> list[tuple[str, int]]:
    """What stands on the topic, once so many different messages are there."""
    probe = await BusProbe(bus, [fact.topic]).start()

    async def there() -> bool:
        return len(set(told(await probe.pull()))) >= count

    await wait_until(there, timeout_s=30, what=f"{count} messages on the bus")
    await probe.stop()
    return told(probe.seen)


async def is_sent(tables: support.Database) -> bool:
    """Whether the outbox is empty."""
    return not await rows(tables, "SELECT FROM outbox LIMIT 1")


async def relay_under_writers(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], *, seconds: float
) -> None:
    """Twelve slow writers, one in ten giving up, most writing something else before they have the aggregate."""
    async with relaying(database, bus):
        async with writers(tables, fact, seconds=seconds, items=8) as finished:
            await finished
        await wait_until(lambda: is_sent(tables), timeout_s=30, what="the outbox to be empty")
    written = await committed(tables)
    check_order(await on_bus(bus, fact, sum(written.values())), committed=written, who="relay")


async def test_the_relay_under_slow_writers(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """Nothing lost, nothing out of order."""
    await relay_under_writers(database, tables, bus, fact, seconds=1.5)


@pytest.mark.long
async def test_the_relay_under_slow_writers_long(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """The same for thirty seconds."""
    await relay_under_writers(database, tables, bus, fact, seconds=30)


@pytest.mark.long
@pytest.mark.parametrize(
    ("query", "items", "fault"),
    [
        pytest.param(NAIVE, 500, "lost", id="by id"),
        pytest.param(BY_TRANSACTION, 8, "out of order", id="by transaction"),
    ],
)
async def test_cursors_under_slow_writers(
    tables: support.Database, fact: type[Counted], query: str, items: int, fault: str
) -> None:
    """The two usual cursors fail the very check that the relay passes, on the same writers."""
    cursor = Cursor(tables, query)
    async with writers(tables, fact, seconds=10, items=items) as finished:
        await cursor.follow(finished)
    with pytest.raises(AssertionError, match=fault):
        check_order(cursor.seen, committed=await committed(tables), who=f"cursor that failed by {fault}")


async def stand_still(
    tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted], *, silence_s: float, beyond_s: float
) -> None:
    """Two relays; the owner is stopped in its tracks, the second takes over, the first one wakes in the middle."""
    relayed = "SELECT coalesce(sum(number), 0) - (SELECT count(*) FROM outbox) FROM item"

    async def sent() -> int:
        return int((await rows(tables, relayed))[0][0])

    async def until_sent_more(timeout_s: float) -> None:
        before = await sent()

        async def more() -> bool:
            return await sent() > before + 20

        await wait_until(more, timeout_s=timeout_s, what="rows to be relayed")

    silence = str(silence_s)
    async with plant("relay", tables.url, bus_url, silence) as owner, plant("relay", tables.url, bus_url, silence):
        async with writers(tables, fact, seconds=silence_s * 2 + beyond_s, items=8) as finished:
            await until_sent_more(20)
            owner.freeze()
            started = asyncio.get_running_loop().time()
            await until_sent_more(silence_s + 20)
            taken_over_s = asyncio.get_running_loop().time() - started
            await asyncio.sleep(beyond_s / 2)  # the second one is at work when the first one wakes
            owner.thaw()
            await finished
        await wait_until(lambda: is_sent(tables), timeout_s=60, what="the outbox to be empty")
    written = await committed(tables)
    seen = await on_bus(bus, fact, sum(written.values()))
    print(f"owner stopped: taken over after {taken_over_s:.1f} s, repeats {len(seen) - len(set(seen))}")
    check_order(seen, committed=written, who="two relays, the owner stopped and woken")


async def test_an_owner_that_stands_still(
    tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted]
) -> None:
    """For two seconds: the other relay takes over; what the first one sends when it wakes are repeats."""
    await stand_still(tables, bus, bus_url, fact, silence_s=1, beyond_s=1)


@pytest.mark.long
async def test_an_owner_that_stands_still_long(
    tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted]
) -> None:
    """With the silence that services allow."""
    await stand_still(tables, bus, bus_url, fact, silence_s=20, beyond_s=10)
