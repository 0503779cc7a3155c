"""Takes the next file that waits, so that one process alone works on an organisation's files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.reports.files import queries
from services.reports.files.domain.imports import Waiting
from services.reports.files.staging import STAGING
from shared.database import Database

Connection = AsyncConnection

_LOCK = sa.text("SELECT pg_try_advisory_lock(hashtextextended(:organisation, 1))")
_UNLOCK = sa.text("SELECT pg_advisory_unlock_all()")


@asynccontextmanager
async def claimed(database: Database) -> AsyncIterator[tuple[AsyncConnection, Waiting] | None]:
    """The oldest waiting file whose organisation's lock could be had, and the connection that holds the lock."""
    async with database.engine.connect() as connection:
        try:
            yield await _claim(database, connection)
            await connection.execute(_UNLOCK)
            await connection.commit()
        except BaseException:
            # The lock belongs to the connection and must not go back to the pool with it.
            await connection.invalidate()
            raise


async def _claim(database: Database, connection: AsyncConnection) -> tuple[AsyncConnection, Waiting] | None:
    async with database.sessions(bind=connection) as session, session.begin():
        tried: set[UUID] = set()
        for file in await queries.list_waiting(session):
            if file.organisation_id in tried:
                continue
            tried.add(file.organisation_id)
            if await session.scalar(_LOCK, {"organisation": str(file.organisation_id)}):
                await session.execute(STAGING)
                # Read again under the lock: its last owner may have gone on until a moment ago.
                if current := await queries.find_waiting(session, file.id):
                    return connection, current
    return None
