"""The kit on its own, without any service: a database that holds its tables, and one projection to consume into."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.consumer import Consumer
from shared.database import Database
from shared.envelope import Incoming
from shared.kit_tables import kit_tables
from tests.support import postgres
from tests.support.facts import Counted
from tests.support.postgres import DatabaseServer, connected

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
