"""Takes files in, chunk by chunk, and says what became of them. How rows become reports stands in `merging`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import MOST_WAITING, MOST_WAITING_BYTES, UNFINISHED, State
from services.reports.tables import import_chunks, imports
from shared.access import Principal
from shared.database.ceilings import alone
from shared.errors import TooMany


async def begin_import(
    session: AsyncSession,
    import_id: UUID,
    *,
    principal: Principal,
    mapping: str,
    document: Mapping[str, Any],
    dry_run: bool,
) -> None:
    """A file begins to come in; `document` is the mapping as it is now. Raises TooMany while too much waits already."""
    await alone(session, "imports", organisation_id=principal.organisation_id)
    waiting = sa.and_(
        imports.c.organisation_id == principal.organisation_id, imports.c.state.in_(("receiving", *UNFINISHED))
    )
    sizes = sa.func.coalesce(sa.func.sum(imports.c.size_bytes), 0)
    count, size = (await session.execute(sa.select(sa.func.count(), sizes).where(waiting))).one()
    if count >= MOST_WAITING or size >= MOST_WAITING_BYTES:
        raise TooMany(f"Your organisation has {count} files waiting. Wait until some are read in.", retry_after_s=60)
    await session.execute(
        sa.insert(imports).values(
            id=import_id,
            organisation_id=principal.organisation_id,
            client_id=principal.client_id,
            mapping=mapping,
            document=dict(document),
            dry_run=dry_run,
            state="receiving",
        )
    )


async def store_chunk(session: AsyncSession, import_id: UUID, *, number: int, body: bytes) -> None:
    """Keep the next part of a file. Each in a transaction of its own: a slow sender must not hold one open."""
    await session.execute(sa.insert(import_chunks).values(import_id=import_id, number=number, body=body))
    await session.execute(
        sa.update(imports).where(imports.c.id == import_id).values(size_bytes=imports.c.size_bytes + len(body))
    )


async def receive_import(session: AsyncSession, import_id: UUID, *, now: datetime) -> None:
    """The whole file is there: it waits to be worked off."""
    await session.execute(sa.update(imports).where(imports.c.id == import_id).values(state="received", received_at=now))


async def drop_import(session: AsyncSession, import_id: UUID) -> None:
    """Forget a file that did not come in whole."""
    await session.execute(sa.delete(imports).where(imports.c.id == import_id, imports.c.state == "receiving"))


async def drop_broken_off(session: AsyncSession, *, now: datetime, after: timedelta) -> None:
    """Forget files whose senders, or whose process here, went away in the middle, long enough ago to be sure."""
    stale = sa.and_(imports.c.state == "receiving", imports.c.begun_at < now - after)
    await session.execute(sa.delete(imports).where(stale))


async def finish_import(session: AsyncSession, import_id: UUID, *, now: datetime) -> None:
    """All rows are dealt with; the file itself is no longer needed."""
    await _end(session, import_id, state="done", failure=None, now=now)


async def fail_import(session: AsyncSession, import_id: UUID, *, failure: str, now: datetime) -> None:
    """The file cannot be gone on with; `failure` says why, to its sender. What is stored of it stays."""
    await _end(session, import_id, state="failed", failure=failure, now=now)


async def _end(session: AsyncSession, import_id: UUID, *, state: State, failure: str | None, now: datetime) -> None:
    await session.execute(
        sa.update(imports)
        .where(imports.c.id == import_id)
        .values(state=state, failure=failure, finished_at=now, started_at=sa.func.coalesce(imports.c.started_at, now))
    )
    await session.execute(sa.delete(import_chunks).where(import_chunks.c.import_id == import_id))
