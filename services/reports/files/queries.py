"""Files that came in: as their senders follow them, and as the worker takes them up."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import UNFINISHED, Waiting
from services.reports.files.domain.turns import First
from services.reports.intake.queries import external_reference_shown
from services.reports.tables import import_chunks, import_errors, import_missing, imports, reports
from shared.access import Principal
from shared.errors import NotFound

_SHOWN = (
    imports.c.id,
    imports.c.mapping,
    imports.c.file_name,
    imports.c.dry_run,
    imports.c.takes_over,
    imports.c.snapshot,
    imports.c.snapshot_of,
    imports.c.state,
    imports.c.size_bytes,
    imports.c.rows_read.label("read"),
    imports.c.rows_new.label("new"),
    imports.c.rows_unchanged.label("unchanged"),
    imports.c.rows_changed.label("changed"),
    imports.c.rows_failed.label("failed"),
    imports.c.rows_unplaced.label("unplaced"),
    imports.c.rows_passed_over.label("passed_over"),
    imports.c.rows_masked.label("masked"),
    imports.c.masked_kinds,
    imports.c.rows_repeated.label("repeated"),
    imports.c.rows_mended.label("mended_codes"),
    imports.c.rows_still_withdrawn.label("still_withdrawn"),
    imports.c.rows_alike.label("alike"),
    imports.c.alike_mapping,
    imports.c.rows_fillers.label("fillers"),
    imports.c.filler,
    *(imports.c[f"rows_{name}"].label(name) for name in ("not_corrected", "corrections_replaced", "of_other_mapping")),
    imports.c.rows_by_default.label("by_default"),
    imports.c.words_by_default,
    imports.c.rows_unknown_words.label("unknown_words"),
    imports.c.words_unknown,
    imports.c.fault_kinds,
    imports.c.other_mapping,
    imports.c.missing,
    imports.c.withheld,
    imports.c.rows_withdrawn.label("withdrawn"),
    imports.c.failure,
    *(imports.c[f"failure_{of}"] for of in ("code", "line", "column", "fault")),
    imports.c.received_at,
    imports.c.started_at,
    imports.c.finished_at,
)


async def get_import(session: AsyncSession, import_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """A file of the caller's organisation, by the primary key. Raises NotFound."""
    own = imports.c.organisation_id == principal.organisation_id
    row = (await session.execute(sa.select(*_SHOWN).where(imports.c.id == import_id, own))).one_or_none()
    if row is None:
        raise NotFound("No such import.")
    return row._asdict()


async def list_imports(
    session: AsyncSession, *, principal: Principal, before: UUID | None, limit: int
) -> Sequence[dict[str, Any]]:
    """The files of the caller's organisation, newest first, by ix_imports_organisation_id_id."""
    query = sa.select(*_SHOWN).where(imports.c.organisation_id == principal.organisation_id)
    if before is not None:
        query = query.where(imports.c.id < before)
    rows = await session.execute(query.order_by(imports.c.id.desc()).limit(limit))
    return [row._asdict() for row in rows]


_ERROR = tuple(import_errors.c[name] for name in ("line", "column", "code", "detail", "reference", "failed"))


# Whoever looks at the first of them looks for what was refused; of a file 10,000 are kept at most.
ERRORS_IN_ORDER = (sa.case((import_errors.c.failed, 0), else_=1), import_errors.c.number)


async def list_errors(
    session: AsyncSession, import_id: UUID, *, failed: bool | None, after: tuple[int, int] | None, limit: int
) -> Sequence[dict[str, Any]]:
    """What is wrong with rows of a file: refused rows, then notes, each in the order of its lines.

    failed: only of the one or the other. after: 0 behind a refused row, 1 behind a note, and its number.
    """
    query = sa.select(import_errors.c.number, *_ERROR).where(import_errors.c.import_id == import_id)
    if failed is not None:
        query = query.where(import_errors.c.failed == failed)
    if after is not None:
        query = query.where(sa.tuple_(*ERRORS_IN_ORDER) > sa.tuple_(*map(sa.literal, after)))
    rows = await session.execute(query.order_by(*ERRORS_IN_ORDER).limit(limit))
    return [row._asdict() for row in rows]


async def list_missing(
    session: AsyncSession, import_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[dict[str, Any]]:
    """Reports that a file has no more, by their ids, by the primary key. They are its sender's own."""
    columns = (reports.c[name] for name in ("id", "category", "subcategory", "occurred_on", "area_code", "status"))
    mine = external_reference_shown()
    query = sa.select(*columns, mine).join(import_missing, import_missing.c.report_id == reports.c.id)
    query = query.where(import_missing.c.import_id == import_id)
    if after is not None:
        query = query.where(import_missing.c.report_id > after)
    rows = await session.execute(query.order_by(import_missing.c.report_id).limit(limit))
    return [row._asdict() for row in rows]


_WAITING = sa.select(
    imports.c.id,
    imports.c.organisation_id,
    imports.c.client_id,
    imports.c.document,
    imports.c.rows_read.label("done"),
    imports.c.dry_run,
    imports.c.mapping,
    imports.c.identity,
    imports.c.snapshot,
    imports.c.takes_over,
    imports.c.withdrawing,
).where(imports.c.state.in_(UNFINISHED))


# A later file of a mapping corrects an earlier one, so only the earliest of each is to be had.
_OF_MAPPINGS = (
    sa.select(imports.c.id, imports.c.organisation_id, imports.c.size_bytes, imports.c.received_at)
    .where(imports.c.state.in_(UNFINISHED))
    .distinct(imports.c.organisation_id, imports.c.mapping)
    .order_by(imports.c.organisation_id, imports.c.mapping, imports.c.received_at, imports.c.id)
    .subquery()
)
_FIRST = (
    sa.select(_OF_MAPPINGS)
    .distinct(_OF_MAPPINGS.c.organisation_id)
    .order_by(_OF_MAPPINGS.c.organisation_id, _OF_MAPPINGS.c.size_bytes, _OF_MAPPINGS.c.received_at)
)


async def list_first(session: AsyncSession) -> Sequence[First]:
    """Of each organisation the file to be worked off or gone on with next, by ix_imports_waiting; one statement."""
    return [First(**row._mapping) for row in await session.execute(_FIRST)]


async def find_waiting(session: AsyncSession, import_id: UUID) -> Waiting | None:
    """One such file, or None when it waits no longer."""
    row = (await session.execute(_WAITING.where(imports.c.id == import_id))).one_or_none()
    return Waiting(**row._mapping) if row else None


async def find_chunk(session: AsyncSession, import_id: UUID, number: int) -> bytes | None:
    """A part of a file, or None after the last."""
    wanted = import_chunks.c.import_id == import_id, import_chunks.c.number == number
    body: bytes | None = await session.scalar(sa.select(import_chunks.c.body).where(*wanted))
    return body
