"""Takes files in, chunk by chunk, and says what became of them. How rows become reports stands in `merging`."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.failures import Failure
from services.reports.files.domain.imports import MOST_WAITING, MOST_WAITING_BYTES, TO_SEND_FILES, WAITING, State
from services.reports.tables import import_chunks, import_seen, imports
from shared.access import Principal
from shared.database.ceilings import alone
from shared.errors import TooMany
from shared.messages.gateway import CredentialEnded, OrganisationChanged
from shared.travel import endings

ENDED = Failure(
    detail="Whoever sent this file was shut out before all of its rows were in. What is in stays; send the file again"
    " with a credential that is in use.",
    why="sender_ended",
)


async def begin_import(
    session: AsyncSession,
    import_id: UUID,
    *,
    principal: Principal,
    mapping: str | None,
    document: Mapping[str, Any],
    dry_run: bool,
    **told: Any,
) -> None:
    """A file begins to come in. Raises TooMany while too much waits already, Unauthenticated for who ended meanwhile.

    mapping: None for a draft. `document` is the mapping as it is now. told: of `identity`, `file_name`, `snapshot`,
    `snapshot_of` and `takes_over` what there is.
    """
    await endings.check_goes_on(session, principal)
    await alone(session, "imports", organisation_id=principal.organisation_id)
    waiting = sa.and_(imports.c.organisation_id == principal.organisation_id, imports.c.state.in_(WAITING))
    sizes = sa.func.coalesce(sa.func.sum(imports.c.size_bytes), 0)
    count, size = (await session.execute(sa.select(sa.func.count(), sizes).where(waiting))).one()
    if count >= MOST_WAITING or size >= MOST_WAITING_BYTES:
        raise TooMany(f"Your organisation has {count} files waiting. Wait until some are read in.", retry_after_s=60)
    await session.execute(
        sa.insert(imports).values(
            id=import_id,
            organisation_id=principal.organisation_id,
            mapping=mapping,
            document=dict(document),
            dry_run=dry_run,
            state="receiving",
            **told,
            **endings.maker(principal),
        )
    )


async def store_chunk(session: AsyncSession, import_id: UUID, *, number: int, body: bytes) -> None:
    """Keep the next part of a file. Each in a transaction of its own: a slow sender must not hold one open.

    Nothing is kept of one that ended meanwhile with what it is sent by.
    """
    receiving = sa.update(imports).where(imports.c.id == import_id, imports.c.state == "receiving")
    longer = receiving.values(size_bytes=imports.c.size_bytes + len(body)).returning(imports.c.id)
    if await session.scalar(longer) is not None:
        await session.execute(sa.insert(import_chunks).values(import_id=import_id, number=number, body=body))


async def receive_import(session: AsyncSession, import_id: UUID, *, document: Mapping[str, Any], now: datetime) -> None:
    """The whole file is there: it waits to be worked off, unless it ended meanwhile.

    document: its mapping, with all that is known of the file now that its last byte is here.
    """
    receiving = sa.update(imports).where(imports.c.id == import_id, imports.c.state == "receiving")
    await session.execute(receiving.values(state="received", document=dict(document), received_at=now))


async def drop_import(session: AsyncSession, import_id: UUID) -> None:
    """Forget a file that did not come in whole."""
    await session.execute(sa.delete(imports).where(imports.c.id == import_id, imports.c.state == "receiving"))


async def drop_broken_off(session: AsyncSession, *, now: datetime, after: timedelta) -> None:
    """Forget files whose senders, or whose process here, went away in the middle, long enough ago to be sure."""
    stale = sa.and_(imports.c.state == "receiving", imports.c.begun_at < now - after)
    await session.execute(sa.delete(imports).where(stale))


async def note_passed_over(session: AsyncSession, import_id: UUID, passed_over: int) -> None:
    """Write down how many rows of a file are no reports: totals, headings said again."""
    await session.execute(sa.update(imports).where(imports.c.id == import_id).values(rows_passed_over=passed_over))


async def finish_import(session: AsyncSession, import_id: UUID, *, passed_over: int | None, now: datetime) -> None:
    """All rows are dealt with, and what the file has no more; the file itself is no longer needed.

    passed_over: totals, headings said again; None where that is written down already.
    """
    if passed_over is not None:
        await note_passed_over(session, import_id, passed_over)
    await _end(session, imports.c.id == import_id, state="done", failure=None, now=now)


async def fail_import(session: AsyncSession, import_id: UUID, *, failure: Failure, now: datetime) -> None:
    """The file cannot be gone on with; `failure` says why. What is stored of it stays."""
    await _end(session, imports.c.id == import_id, state="failed", failure=failure, now=now)


async def end_of_credential(session: AsyncSession, ended: CredentialEnded, *, now: datetime) -> None:
    """End the files that a credential sent until then and that still wait, or make them another client's.

    Only of a client that may send files itself, and has not ended since.
    """
    await endings.remember(session, ended)
    sent = endings.made_by(imports, ended)
    if not set(TO_SEND_FILES) <= set(ended.scopes) or not await endings.has_heir(session, ended):
        await _end(session, sent, state="failed", failure=ENDED, now=now)
        return
    heirs = sa.update(imports).where(sent, imports.c.state.in_(WAITING))
    await session.execute(heirs.values(endings.heir_of(ended)))


async def end_of_organisation(session: AsyncSession, ended: OrganisationChanged, *, now: datetime) -> None:
    """End the files of an organisation that left, as far as they were sent until then and still wait."""
    await endings.remember(session, ended)
    await _end(session, endings.made_in(imports, ended), state="failed", failure=ENDED, now=now)


async def _end(
    session: AsyncSession, which: sa.ColumnElement[bool], *, state: State, failure: Failure | None, now: datetime
) -> None:
    change = (
        sa.update(imports)
        .where(which, imports.c.state.in_(WAITING))
        .values(
            state=state,
            **_failed(failure),
            finished_at=now,
            withdrawing=False,
            started_at=sa.func.coalesce(imports.c.started_at, now),
        )
        .returning(imports.c.id)
    )
    if ended := (await session.execute(change)).scalars().all():
        for held in (import_chunks, import_seen):
            await session.execute(sa.delete(held).where(held.c.import_id.in_(ended)))


def _failed(failure: Failure | None) -> dict[str, Any]:
    if failure is None:
        return {}
    told = {"code": failure.why, "line": failure.line, "column": failure.column, "fault": failure.fault}
    return {"failure": failure.detail} | {f"failure_{name}": value for name, value in told.items()}
