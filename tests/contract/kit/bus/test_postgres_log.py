"""What the PostgreSQL log must do by itself: make its tables, remove what is old, free a group whose member is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from shared.bus import BusUnavailable, Handover, OwnershipLost, Place, Record, nothing_lost
from shared.bus.postgres import PostgresBus
from tests.support.make.buses import Member, make_record, make_topic, new_name, running_member
from tests.support.servers.postgres import Database, DatabaseServer


@pytest.fixture
async def database(postgres: DatabaseServer) -> AsyncIterator[Database]:
    """A bus database without tables."""
    database = await postgres.fresh_database("samsyn_bus")
    yield database
    await postgres.drop_database(database)


@pytest.fixture
async def bus(database: Database) -> AsyncIterator[PostgresBus]:
    """A connection to it."""
    bus = PostgresBus(database.owner_url)
    await bus.start()
    yield bus
    await bus.stop()


async def change(database: Database, statement: str, *values: object) -> None:
    """Run one statement beside the bus."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()


async def everything(bus: PostgresBus, topic: str, count: int) -> list[tuple[str, bytes]]:
    """All messages of a topic as a new group sees them, and that there are no more."""
    async with running_member(bus, new_name("group"), topic) as member:
        messages = await member.read(count) if count else []
        assert not await member.subscription.poll(max_records=10, timeout_s=0.3)
        assert all(lag.messages == 0 or messages for lag in (await member.subscription.lag()).values())
    return [(message.key, message.value) for message in messages]


async def test_many_processes_make_the_tables_once(database: Database) -> None:
    """Twelve that start together on an empty database all get on."""
    buses = [PostgresBus(database.owner_url) for _ in range(12)]
    await asyncio.gather(*(bus.start() for bus in buses))
    await asyncio.gather(*(bus.stop() for bus in buses))


async def test_a_role_that_makes_no_tables_can_use_them(database: Database) -> None:
    """Where the owner made the tables, the runtime role publishes and consumes; before, it is told no."""
    runtime = PostgresBus(database.url)
    with pytest.raises(BusUnavailable):
        await runtime.start()
    owner = PostgresBus(database.owner_url)
    await owner.start()
    await owner.stop()
    topic = await make_topic(runtime)
    await runtime.publish([make_record(topic, 1)])
    assert len(await everything(runtime, topic, 1)) == 1
    await runtime.stop()


async def test_compaction_keeps_the_last_message_of_each_key(bus: PostgresBus) -> None:
    """Positions stay valid, other topics whole, and a second time there is nothing to do."""
    compacted, plain = await make_topic(bus, compacted=True), await make_topic(bus)
    for topic in (compacted, plain):
        await bus.publish([make_record(topic, number) for number in range(100)])
    group = new_name("group")
    async with running_member(bus, group, compacted) as member:
        await member.commit(await member.read(100))
    assert await bus.tidy() == 80
    assert await bus.tidy() == 0
    assert sorted(await everything(bus, compacted, 20)) == sorted((f"key-{n % 20}", b"%d" % n) for n in range(80, 100))
    assert len(await everything(bus, plain, 100)) == 100
    await bus.publish([make_record(compacted, 100)])
    async with running_member(bus, group, compacted) as member:
        assert [message.value for message in await member.read(1)] == [b"100"]


async def test_a_tombstone_takes_its_key_away_and_stays_a_week(bus: PostgresBus, database: Database) -> None:
    """Consumers that were away still learn of it; after that nothing of the key is left, and nobody waits for it."""
    topic = await make_topic(bus, compacted=True)
    await bus.publish([make_record(topic, 1, key="gone"), make_record(topic, 2, key="kept")])
    await bus.publish([Record(topic=topic, key="gone", value=b"")])
    assert await bus.tidy() == 1
    assert sorted(await everything(bus, topic, 2)) == [("gone", b""), ("kept", b"2")]
    await change(database, "UPDATE log SET at = at - interval '8 days'")
    assert await bus.tidy() == 1
    assert await everything(bus, topic, 1) == [("kept", b"2")]


async def test_retention_removes_what_is_too_old(bus: PostgresBus, database: Database) -> None:
    """By the topic's own time, also more than one step's worth; a group that was behind goes on with what is left."""
    short, kept = await make_topic(bus, retention_s=3600), await make_topic(bus)
    for topic in (short, kept):
        await bus.publish([make_record(topic, number, key="k") for number in range(25_000)])
    await change(database, "UPDATE log SET at = at - interval '2 hours'")
    await bus.publish([make_record(short, 25_000, key="k")])
    assert await bus.tidy() == 25_000
    assert await everything(bus, short, 1) == [("k", b"25000")]
    assert len(await everything(bus, kept, 25_000)) == 25_000
    await change(database, "UPDATE log SET at = at - interval '2 hours'")
    assert await bus.tidy() == 1
    assert await everything(bus, short, 0) == []


async def test_a_lost_connection_costs_the_place_and_nothing_else(bus: PostgresBus, database: Database) -> None:
    """The member is told, its position is refused, and its next poll has the group again from what was committed."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic, number, key="k") for number in range(10)])
    async with running_member(bus, new_name("group"), topic) as member:
        messages = await member.read(10)
        await member.commit(messages[:4])
        await change(
            database,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'samsyn bus group%'",
        )
        async with asyncio.timeout(5):
            while not member.lost:
                with suppress(BusUnavailable):  # the poll that finds the connection broken may say so
                    await member.subscription.poll(max_records=0, timeout_s=0.1)
        with pytest.raises(OwnershipLost):
            await member.subscription.commit({(topic, 99): 1})
        assert [int(message.value) for message in await member.read(6)] == list(range(4, 10))
        assert len(member.gained) == 2


async def test_a_member_that_fell_silent_loses_the_group(database: Database) -> None:
    """One that neither polls nor commits, as a stopped process, makes room for the standby."""
    bus = PostgresBus(database.owner_url, silence_s=1.0)
    topic, group = await make_topic(bus), new_name("group")
    await bus.publish([make_record(topic, 1)])
    silent = Member(bus.subscribe(group, [topic], member="silent", handover=Handover(lost=nothing_lost)))
    await silent.subscription.start()
    messages = await silent.read(1)
    async with running_member(bus, group, topic, name="standby") as standby:
        assert len(await standby.read(1, within_s=10)) == 1
        with pytest.raises(OwnershipLost):
            await silent.commit(messages)
    await silent.subscription.stop()
    await bus.stop()


async def test_a_topic_removed_under_a_publisher_loses_nothing_silently(bus: PostgresBus, database: Database) -> None:
    """A database that was emptied meanwhile is an outage first, and then a missing topic."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic, 1)])
    await change(database, "DELETE FROM topic")
    with pytest.raises(BusUnavailable):
        await bus.publish([make_record(topic, 2)])


async def test_small_polls_starve_no_place(bus: PostgresBus) -> None:
    """With room for one message a poll, a long partition does not keep the others waiting to its end."""
    topic = await make_topic(bus)
    await bus.publish([make_record(topic, number) for number in range(200)])
    async with running_member(bus, new_name("group"), topic) as member:
        first: set[Place] = {(each.topic, each.partition) for each in await member.read(4, max_records=1)}
    assert first == {(topic, partition) for partition in range(4)}
