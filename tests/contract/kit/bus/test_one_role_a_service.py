"""The bus on one machine as services reach it: each by its own role, which does for its own topics and group alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from deploy.services import SERVICES, topics_read
from shared.bus import Bus, BusUnavailable, Topic
from shared.bus.postgres import PostgresBus, divide
from shared.messages import COMPACTED, TOPICS
from tests.support.make.buses import make_record, running_member
from tests.support.servers.leftovers import PASSWORD
from tests.support.servers.postgres import DatabaseServer, connected

ROLES = list(SERVICES)
# What a role does to its own topics and group, and to no other's.
OF_TOPICS = (
    "INSERT INTO log VALUES ('{topic}', 0, 99, 'k', '[]', '', now())",
    "UPDATE head SET next_offset = next_offset WHERE topic = '{topic}' RETURNING 1",
    "INSERT INTO topic VALUES ('{topic}.new', 1, false, NULL)",
    "INSERT INTO head VALUES ('{topic}', 99, 0)",
)
OF_GROUPS = (
    "INSERT INTO group_offset VALUES ('{group}', 'reports.report.v1', 9, 1)",
    "UPDATE group_offset SET next_offset = 0 WHERE consumer_group = '{group}' RETURNING 1",
    "DELETE FROM group_offset WHERE consumer_group = '{group}' RETURNING 1",
)
NOBODYS = (
    "DELETE FROM log WHERE topic = '{topic}' AND NOT (SELECT compacted FROM topic WHERE name = '{topic}') RETURNING 1",
    "UPDATE log SET key = 'x' WHERE topic = '{topic}' RETURNING 1",
    "UPDATE topic SET compacted = true WHERE name = '{topic}' RETURNING 1",
    "UPDATE head SET topic = 'x' WHERE topic = '{topic}' RETURNING 1",
    "DELETE FROM head WHERE topic = '{topic}' RETURNING 1",
    "DELETE FROM topic WHERE name = '{topic}' RETURNING 1",
    "TRUNCATE log",
    "DROP TABLE log CASCADE",
    "ALTER TABLE log DISABLE ROW LEVEL SECURITY",
    "CREATE TABLE other (n integer)",
)


@pytest.fixture(scope="module")
async def urls(postgres: DatabaseServer) -> AsyncIterator[dict[str, str]]:
    """A bus as `samsyn up` makes it, with a message on every topic: its address for each service."""
    database = await postgres.fresh_database("samsyn_bus")
    for role in ROLES:
        await postgres.drop_database(await postgres.fresh_database(role))  # the server has the role then
    async with connected(database.admin_url) as admin:
        await admin.execute(f'GRANT CONNECT ON DATABASE "{database.name}" TO {", ".join(ROLES)}')
    async with connected(database.owner_url) as owner:
        for _ in range(2):  # as at every start
            await divide(owner, reads=topics_read())
    found = {role: postgres.postgres.url(user=role, password=PASSWORD, database=database.name) for role in ROLES}
    for role, url in found.items():
        own = [name for name in TOPICS if name.startswith(f"{role}.")]
        async with bus_of(url) as bus:
            await bus.ensure_topics([Topic(name=name, compacted=name in COMPACTED) for name in own])
            await bus.publish([make_record(name, n, key="k") for name in own for n in range(3)])
    yield found
    await postgres.drop_database(database)


@asynccontextmanager
async def bus_of(url: str) -> AsyncIterator[Bus]:
    """A connection to the bus for the block."""
    bus = PostgresBus(url)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.stop()


async def does(connection: asyncpg.Connection, change: str) -> bool:
    """Whether a statement changes anything for this role; it is undone."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        done = await connection.fetch(change)
        return bool(done) or change.startswith("INSERT")
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_does_for_its_own_topics_and_group_alone(urls: dict[str, str], role: str) -> None:
    """Every change to every topic and group: its own are allowed, others' change nothing."""
    async with connected(urls[role]) as connection:
        await connection.execute(f"INSERT INTO group_offset VALUES ('{role}', 'reports.report.v1', 0, 1)")
        for topic in TOPICS:
            for change in OF_TOPICS:
                assert await does(connection, change.format(topic=topic)) is topic.startswith(f"{role}."), (
                    change,
                    topic,
                )
            for change in NOBODYS:
                assert not await does(connection, change.format(topic=topic)), (change, topic)
        for group in ROLES:
            for change in OF_GROUPS:
                assert await does(connection, change.format(group=group)) is (group == role), (change, group)
        await connection.execute("DELETE FROM group_offset")


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_reads_what_its_consumers_take_and_no_more(urls: dict[str, str], role: str) -> None:
    """Messages, how many there are of each topic, and that there is one: its own and those of `deploy/reads.json`."""
    readable = {topic for topic in TOPICS if topic.startswith(f"{role}.")} | set(topics_read()[role])
    async with connected(urls[role]) as connection:
        for table, column in (("log", "topic"), ("head", "topic"), ("topic", "name")):
            found = await connection.fetch(f"SELECT DISTINCT {column} AS topic FROM {table}")
            assert {row["topic"] for row in found} == readable, table


async def test_services_work_by_their_roles(urls: dict[str, str]) -> None:
    """One appends, another consumes, commits, goes back and reads again; each tidies its own topics alone."""
    async with bus_of(urls["reports"]) as reports, bus_of(urls["notify"]) as notify:
        with pytest.raises(BusUnavailable):
            await notify.publish([make_record("reports.report.v1")])
        for left, removed in ((6, 2), (4, 0)):  # of three areas of one key the last one stays
            async with running_member(notify, "notify", "reports.report.v1", "reports.area.v1") as member:
                await member.commit(await member.read(left))
            await notify.rewind("notify", ["reports.report.v1", "reports.area.v1"])
            assert (await notify.tidy(), await reports.tidy()) == (0, removed)
