"""Whose file is next, and the locks by which one process alone works on an organisation's files.

Organisations take turns: next is the one that was worked for least, so a small file of one never waits behind a large
one of another. Of an organisation's the smallest is next, except that files of one mapping stay in the order in which
they came: a later one corrects what an earlier one says.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reports.files import queries
from services.reports.files.domain.imports import Waiting
from services.reports.files.domain.turns import Served
from services.reports.files.staging import STAGING
from shared.database import Database

Connection = AsyncConnection

_LOCK = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:organisation, 1))")
_UNLOCK = sa.text("SELECT pg_advisory_unlock(hashtextextended(:organisation, 1))")


class Claims:
    """The organisations whose locks this process holds, on the connection over which rows are merged."""

    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        self.connection = connection
        self.served = Served()
        self._database = database
        self._held: set[UUID] = set()

    async def next(self) -> Waiting | None:
        """The file whose turn it is, its organisation locked; None when there is none to be had."""
        async with self._database.sessions(bind=self.connection) as session, session.begin():
            for first in self.served.in_turn(await queries.list_first(session)):
                owner = first.organisation_id
                if owner not in self._held:
                    if not await session.scalar(_LOCK, {"organisation": str(owner)}):
                        continue
                    self._held.add(owner)
                    await session.execute(STAGING)
                # Read again under the lock: its last owner may have gone on until a moment ago.
                if current := await queries.find_waiting(session, first.id):
                    return current
        return None

    async def let_go(self, *, but: Collection[UUID]) -> None:
        """Let other processes have the organisations, except those that are named."""
        if not (idle := self._held - set(but)):
            return
        async with self._database.sessions(bind=self.connection) as session, session.begin():
            for organisation in idle:
                await session.execute(_UNLOCK, {"organisation": str(organisation)})
        self._held -= idle


@asynccontextmanager
async def claiming(database: Database) -> AsyncIterator[Claims]:
    """Claims for the block, all let go at its end."""
    async with database.engine.connect() as connection:
        claims = Claims(database, connection)
        try:
            yield claims
            await claims.let_go(but=())
            await connection.commit()
        except BaseException:
            # The locks belong to the connection and must not go back to the pool with it.
            await connection.invalidate()
            raise
