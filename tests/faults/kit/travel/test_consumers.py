"""Consumers through repeats, poison, members that come and go, and a loop that starves: effects are 1x and in order."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from deploy.redrive import ask_again
from shared.bus import Bus, Record
from shared.bus.opening import open_bus
from shared.database import Database
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming
from tests.support.look.order import check_order
from tests.support.make.buses import new_name
from tests.support.make.facts import Counted, as_record, make_fact
from tests.support.make.kit import applied, consuming, opened, project, projecting, rows
from tests.support.servers import postgres as support
from tests.support.servers.postgres import connected
from tests.support.servers.services import wait_until

COUNT = "SELECT count(*) FROM applied"


async def until_applied(tables: support.Database, count: int, *, timeout_s: float = 60) -> list[tuple[str, int]]:
    """The effects, as soon as there are so many."""

    async def enough() -> bool:
        return bool((await rows(tables, COUNT))[0][0] >= count)

    await wait_until(enough, timeout_s=timeout_s, what=f"{count} effects")
    return await applied(tables)


def facts(fact: type[Counted], count: int, *, items: int) -> list[Counted]:
    """So many messages, in turn about these items."""
    return [make_fact(fact, item=f"{n % items}", number=n // items + 1) for n in range(count)]


def written(messages: list[Counted]) -> dict[str, int]:
    """How many messages each item has."""
    return {each.item: max(other.number for other in messages if other.item == each.item) for each in messages[:50]}


async def flood(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], *, count: int, restarts: int
) -> None:
    """Each message five times, shuffled, while the consumer is stopped and started."""
    rng = random.Random(count)
    records = [as_record(message) for message in facts(fact, count, items=50)]
    deck = records * 5
    rng.shuffle(deck)
    consumer = projecting(fact, group=new_name("group"))
    share = len(deck) // restarts
    for part in range(restarts):
        await bus.publish(deck[part * share : (part + 1) * share] if part < restarts - 1 else deck[part * share :])
        async with consuming(consumer, database, bus):
            await asyncio.sleep(rng.uniform(0.05, 0.3))  # cut off anywhere
    async with consuming(consumer, database, bus):
        seen = await until_applied(tables, count)
        await bus.publish([as_record(make_fact(fact, item="last"))])
        seen = await until_applied(tables, count + 1)
    print(f"flood: {len(deck)} on the bus, {restarts} restarts: effects {len(seen) - 1}, twice {twice(seen)}")
    assert (len(seen), twice(seen)) == (count + 1, 0)


def twice(seen: list[tuple[str, int]]) -> int:
    """How many effects happened more than once."""
    return len(seen) - len(set(seen))


async def test_a_flood_of_repeats(database: Database, tables: support.Database, bus: Bus, fact: type[Counted]) -> None:
    """2,000 messages five times each over three restarts."""
    await flood(database, tables, bus, fact, count=2000, restarts=3)


@pytest.mark.long
async def test_a_flood_of_repeats_long(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted]
) -> None:
    """100,000 messages five times each over twenty restarts."""
    await flood(database, tables, bus, fact, count=100_000, restarts=20)


async def poison(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], *, count: int, one_in: int
) -> None:
    """So many messages a second; one in so many is malformed, one in so many makes its handler fail."""
    items = 1000
    broken = {f"{n}" for n in range(one_in // 2, items, one_in)}
    malformed = {f"{n}" for n in range(0, items, one_in)}
    mended = False
    handled: dict[tuple[str, int], float] = {}
    consumer = Consumer(new_name("group"))

    @consumer.on_batch(fact)
    async def on_counted(session: AsyncSession, batch: Sequence[Incoming]) -> None:
        messages = [each.message for each in batch if isinstance(each.message, Counted)]
        if not mended and any(each.item in broken for each in messages):
            raise LookupError
        await project(session, messages)
        handled.update({(each.item, each.number): time.perf_counter() for each in messages})

    def record(message: Counted) -> Record:
        made = as_record(message)
        return made._replace(value=b"{}") if message.item in malformed and message.number == 1 else made

    messages = facts(fact, count, items=items)
    async with consuming(consumer, database, bus):
        told = await told_steadily(bus, messages, record)
        held = [each for each in messages if each.item in broken | malformed]
        good = count - len(held)
        await until_applied(tables, good)
        await wait_until(lambda: is_parked(tables, len(held)), timeout_s=60, what="the rest to be parked")
        delays = sorted(at - told[each] for each, at in handled.items())
        counted = "SELECT reason, count(*)::int FROM parked WHERE attempts > 0 GROUP BY reason"
        reasons = dict(await rows(tables, counted))
        mended = True
        async with connected(tables.url) as asked:
            for key in broken:
                await ask_again(asked, key=key)
        seen = await until_applied(tables, count - len([each for each in held if each.item in malformed]))
    p99 = delays[int(len(delays) * 0.99)]
    print(f"poison: {count} told, parked {len(held)} {reasons}, p99 of other keys {p99:.2f} s, twice {twice(seen)}")
    assert reasons == {
        "LookupError": len(broken), f"Unreadable: ValidationError in a message on {fact.topic}": len(malformed),
    }  # fmt: skip
    check_order(
        seen, committed={f"{n}": count // items for n in range(items) if f"{n}" not in malformed}, who="after redrive"
    )
    assert twice(seen) == 0
    assert p99 < 5  # on a machine that does nothing else it is a tenth of that; the figure is printed


async def told_steadily(
    bus: Bus, messages: Sequence[Counted], record: Callable[[Counted], Record]
) -> dict[tuple[str, int], float]:
    """Put them on the bus, a thousand a second. Returns when each was told."""
    told: dict[tuple[str, int], float] = {}
    for start in range(0, len(messages), 100):
        await bus.publish([record(each) for each in messages[start : start + 100]])
        told |= {(each.item, each.number): time.perf_counter() for each in messages[start : start + 100]}
        await asyncio.sleep(0.1)
    return told


async def is_parked(tables: support.Database, count: int) -> bool:
    """Whether so many messages are put aside."""
    return bool((await rows(tables, "SELECT count(*) FROM parked"))[0][0] == count)


async def test_poison(database: Database, tables: support.Database, bus: Bus, fact: type[Counted]) -> None:
    """Two in 500 over 2,000 messages."""
    await poison(database, tables, bus, fact, count=2000, one_in=500)


@pytest.mark.long
async def test_poison_long(database: Database, tables: support.Database, bus: Bus, fact: type[Counted]) -> None:
    """Two in 250 over 30,000 messages."""
    await poison(database, tables, bus, fact, count=30_000, one_in=250)


async def come_and_go(
    tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted], *, rounds: int, stay_s: float
) -> None:
    """Three members of one group, of which one at a time leaves and comes back, while messages flow."""
    group = new_name("group")
    consumer = projecting(fact, group=group)
    messages = facts(fact, rounds * 600, items=40)
    sent = 0

    async def member(number: int, stop: asyncio.Event) -> None:
        own_bus = open_bus(bus_url)
        async with opened(tables, connections=3) as own, consuming(consumer, own, own_bus, member=f"{group}-{number}"):
            await stop.wait()
        await own_bus.stop()

    stops = [asyncio.Event() for _ in range(3)]
    members = [asyncio.create_task(member(number, stops[number])) for number in range(3)]
    for turn in range(rounds):
        for start in range(sent, sent + 600, 100):
            await bus.publish([as_record(each) for each in messages[start : start + 100]])
            await asyncio.sleep(stay_s / 6)
        sent += 600
        leaving = turn % 3
        stops[leaving].set()
        await members[leaving]
        stops[leaving] = asyncio.Event()
        members[leaving] = asyncio.create_task(member(leaving, stops[leaving]))
    seen = await until_applied(tables, sent)
    for stop in stops:
        stop.set()
    await asyncio.gather(*members)
    print(f"members came and went {rounds} times: applied twice {twice(seen)}")
    check_order(seen, committed={f"{n}": sent // 40 for n in range(40)}, who="members that come and go")
    assert twice(seen) == 0


async def test_members_come_and_go(tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted]) -> None:
    """Four times."""
    await come_and_go(tables, bus, bus_url, fact, rounds=4, stay_s=0.5)


@pytest.mark.long
async def test_members_come_and_go_long(tables: support.Database, bus: Bus, bus_url: str, fact: type[Counted]) -> None:
    """Sixty times."""
    await come_and_go(tables, bus, bus_url, fact, rounds=60, stay_s=3)


async def starve(
    database: Database, tables: support.Database, bus: Bus, fact: type[Counted], *, spells_s: tuple[float, ...]
) -> None:
    """The event loop stands still for a while, as it does when something computes in it; then it goes on."""
    messages = facts(fact, 100 * (len(spells_s) + 1), items=10)
    async with consuming(projecting(fact, group=new_name("group")), database, bus):
        await bus.publish([as_record(each) for each in messages[:100]])
        await until_applied(tables, 100)
        for number, spell_s in enumerate(spells_s, start=1):
            await bus.publish([as_record(each) for each in messages[number * 100 : number * 100 + 100]])
            time.sleep(spell_s)
            started = time.perf_counter()
            await until_applied(tables, 100 * (number + 1), timeout_s=30)
            resumed_s = time.perf_counter() - started
            print(f"loop starved for {spell_s} s: consumption resumed after {resumed_s:.1f} s")
            assert resumed_s < 10
    check_order(await applied(tables), committed={f"{n}": len(messages) // 10 for n in range(10)}, who="starved loop")


async def test_a_starved_loop(database: Database, tables: support.Database, bus: Bus, fact: type[Counted]) -> None:
    """For two seconds."""
    await starve(database, tables, bus, fact, spells_s=(2,))


@pytest.mark.long
async def test_a_starved_loop_long(database: Database, tables: support.Database, bus: Bus, fact: type[Counted]) -> None:
    """Up to twenty seconds."""
    await starve(database, tables, bus, fact, spells_s=(2, 5, 9, 20))
