"""The kit on its own, without any service: a database that holds its tables, and one projection to consume into."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import Bus
from shared.database import Database
from shared.database.kit_tables import kit_tables
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming
from shared.travel.relay import Relay
from shared.travel.runner import Runner
from tests.support.make.facts import Counted
from tests.support.servers import postgres
from tests.support.servers.postgres import DatabaseServer, connected

# `item` is an aggregate: a row that is locked, changed and told. `applied` is a projection that remembers the order.
_OWN_TABLES = """
CREATE TABLE item (name text PRIMARY KEY, number integer NOT NULL DEFAULT 0);
CREATE TABLE ledger (name text NOT NULL, number integer NOT NULL, PRIMARY KEY (name, number));
CREATE TABLE applied (place bigint GENERATED ALWAYS AS IDENTITY, name text NOT NULL, number integer NOT NULL);
CREATE TABLE tally (name text PRIMARY KEY, total bigint NOT NULL);
"""
_APPLY = text("""
    INSERT INTO applied (name, number)
    SELECT name, number FROM unnest(CAST(:names AS text[]), CAST(:numbers AS int[])) WITH ORDINALITY
         AS told (name, number, place) ORDER BY place
""")
_TALLY = text("""
    INSERT INTO tally (name, total)
    SELECT name, sum(number) FROM unnest(CAST(:names AS text[]), CAST(:numbers AS int[])) AS told (name, number)
    GROUP BY name ORDER BY name
    ON CONFLICT (name) DO UPDATE SET total = tally.total + excluded.total
""")


async def kit_database(server: DatabaseServer) -> postgres.Database:
    """A fresh database with the kit's tables and the test's own."""
    made = await server.fresh_database("kit")
    statements: list[str] = []

    class Operations:
        execute = staticmethod(statements.append)

    kit_tables(Operations)
    async with connected(made.owner_url) as owner:
        for statement in (*statements, _OWN_TABLES):
            await owner.execute(statement)
    return made


@asynccontextmanager
async def opened(database: postgres.Database | str, *, connections: int = 5) -> AsyncIterator[Database]:
    """The kit's own connections to a database, closed in the end."""
    url = database if isinstance(database, str) else database.url
    found = Database(url, connections=connections, statement_timeout_s=10, name="kit")
    try:
        yield found
    finally:
        await found.stop()


def projecting(fact: type[Counted], *, group: str) -> Consumer:
    """A consumer that writes what it gets into `applied`, in order, and adds it up in `tally`."""
    consumer = Consumer(group)

    @consumer.on_batch(fact)
    async def on_counted(session: AsyncSession, batch: Sequence[Incoming]) -> None:
        await project(session, [each.message for each in batch if isinstance(each.message, Counted)])

    return consumer


async def project(session: AsyncSession, messages: Sequence[Counted]) -> None:
    """Write what messages say into the projection; two statements."""
    told = {"names": [each.item for each in messages], "numbers": [each.number for each in messages]}
    await session.execute(_APPLY, told)
    await session.execute(_TALLY, told)


async def rows(database: postgres.Database, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query finds, as the superuser sees it."""
    async with connected(database.admin_url) as admin:
        return [tuple(row) for row in await admin.fetch(query, *values)]


async def applied(database: postgres.Database) -> list[tuple[str, int]]:
    """Which messages had their effect, in the order in which they had it."""
    return [(name, number) for name, number in await rows(database, "SELECT name, number FROM applied ORDER BY place")]


@asynccontextmanager
async def relaying(database: Database, bus: Bus, **changes: Any) -> AsyncIterator[Relay]:
    """A running relay of a database's outbox; at the end it is cut off, without draining."""
    relay = Relay(database.url, bus=bus, wake=database.announced, name="kit", **changes)
    async with at_work(relay.run):
        yield relay
    await relay.close()


@asynccontextmanager
async def consuming(consumer: Consumer, database: Database, bus: Bus, **changes: Any) -> AsyncIterator[Runner]:
    """A running member of a consumer group, stopped in the end."""
    runner = Runner(consumer, bus=bus, database=database, **{"member": f"{consumer.group}-0", **changes})
    async with at_work(runner.run):
        yield runner
    await runner.stop()


async def _whole(work: Callable[[], Awaitable[None]]) -> None:
    await work()


@asynccontextmanager
async def at_work(work: Callable[[], Awaitable[None]]) -> AsyncIterator[asyncio.Task[None]]:
    """Run something beside the block. If it fails, so does the test."""
    task = asyncio.create_task(_whole(work))
    try:
        yield task
    finally:
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=10)
        for each in done:
            if not each.cancelled() and (failure := each.exception()):
                raise failure


@asynccontextmanager
async def blackhole() -> AsyncIterator[int]:
    """A port of 127.0.0.1 that takes connections and never says a word."""
    ends: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: ends.append(writer), host="127.0.0.1", port=0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for end in ends:
            end.close()
        server.close()
