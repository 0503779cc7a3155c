"""Rows of a file become reports: a batch at a time, each in one transaction with its place in the file.

The batch is copied into a temporary table and merged by (organisation, external reference): an unknown reference is
new, a known one with the same content unchanged, with other content changed. A stop at any moment loses nothing and
repeats nothing, because the rows and the place up to which they were read are committed together.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.commands.reports import COLUMNS, row, told
from services.reports.domain.imports import MOST_FAULTS_KEPT, Counts
from services.reports.domain.reports import Report
from services.reports.domain.rows import Batch, Fault
from services.reports.tables import import_errors, imports
from shared.copying import copy_rows
from shared.messages.reports import ReportCorrected
from shared.outbox import announce_many

_FACTS = [name for name in COLUMNS if name not in ("id", "organisation_id", "external_reference")]
_SAME = "reports.organisation_id = staging.organisation_id AND reports.external_reference = staging.external_reference"

STAGING = sa.text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS staging (
        LIKE reports INCLUDING DEFAULTS, number integer NOT NULL, repeated boolean NOT NULL
    ) ON COMMIT DELETE ROWS
""")
_CHANGE = sa.text(f"""
    UPDATE reports SET version = reports.version + 1, {", ".join(f"{name} = staging.{name}" for name in _FACTS)}
    FROM staging WHERE {_SAME} AND NOT staging.repeated AND reports.row_hash <> staging.row_hash
    RETURNING staging.number, reports.id, reports.version
""")
# One array instead of thousands of rows: reading those costs as much as writing the messages.
_ADD = sa.text(f"""
    WITH added AS (
        INSERT INTO reports ({", ".join(COLUMNS)}) SELECT {", ".join(COLUMNS)} FROM staging WHERE NOT repeated
        ON CONFLICT (organisation_id, external_reference) DO NOTHING RETURNING id
    )
    SELECT array_agg(id) FROM added
""")
_DIFFERING = sa.text(f"""
    SELECT staging.number FROM staging LEFT JOIN reports ON {_SAME}
    WHERE staging.repeated AND reports.row_hash IS DISTINCT FROM staging.row_hash
""")


class GoneOn(Exception):
    """Another process has gone on with this file; what was prepared here is of no use."""


async def merge_rows(session: AsyncSession, import_id: UUID, batch: Batch, *, done: int, now: datetime) -> Counts:
    """Store a batch, announce what is new or changed in it, and move the file's place from `done` past it.

    Raises GoneOn where the file stands elsewhere. Six statements, two more where there are faults or repeats.
    """
    masked_before = await _hold(session, import_id, done=done)
    changed = await _stage_and_change(session, batch)
    new = set(await session.scalar(_ADD) or ())
    differing = set((await session.execute(_DIFFERING)).scalars()) if any(batch.repeated) else set()
    await announce_many(
        session,
        [told(report) for report in batch.reports if report.id in new]
        + [corrected(batch.reports[number], **state) for number, state in changed.items()],
    )
    kept = [report for number, report in enumerate(batch.reports) if number not in differing]
    counts = Counts(
        read=batch.read,
        new=len(new),
        changed=len(changed),
        unchanged=len(kept) - len(new) - len(changed),
        failed=batch.read - len(kept),
        unplaced=sum(report.place.area_code is None for report in kept),
        masked=batch.masked,
        masked_kinds=Counter(masked_before) + Counter(batch.masked_kinds),
    )
    await _keep_faults(session, import_id, [*batch.faults, *(_repeat(batch.lines[each]) for each in sorted(differing))])
    await _move_on(session, import_id, counts, now=now)
    return counts


async def _hold(session: AsyncSession, import_id: UUID, *, done: int) -> Mapping[str, int]:
    """Lock the file's place. Returns what was struck out of the rows before it."""
    waiting = sa.and_(imports.c.id == import_id, imports.c.state.in_(("received", "running")))
    query = sa.select(imports.c.rows_read, imports.c.masked_kinds).where(waiting).with_for_update()
    file = (await session.execute(query)).one_or_none()
    if file is None or file.rows_read != done:
        raise GoneOn
    kinds: Mapping[str, int] = file.masked_kinds
    return kinds


async def _stage_and_change(session: AsyncSession, batch: Batch) -> Mapping[int, dict[str, Any]]:
    rows = [
        (*row(report), number, repeated)
        for number, (report, repeated) in enumerate(zip(batch.reports, batch.repeated, strict=True))
    ]
    await copy_rows(session, "staging", columns=[*COLUMNS, "number", "repeated"], rows=rows)
    changed = await session.execute(_CHANGE)
    return {number: {"report_id": known, "sequence": version} for number, known, version in changed}


async def _keep_faults(session: AsyncSession, import_id: UUID, faults: list[Fault]) -> None:
    if not faults:
        return
    kept = await session.scalar(
        sa.select(sa.func.count()).select_from(import_errors).where(import_errors.c.import_id == import_id)
    )
    rows = [
        {"import_id": import_id, "line": fault.line, "column": fault.column, "code": fault.code, "detail": fault.detail}
        for fault in sorted(faults, key=lambda fault: fault.line)[: max(0, MOST_FAULTS_KEPT - (kept or 0))]
    ]
    if rows:
        await session.execute(sa.insert(import_errors), rows)


async def _move_on(session: AsyncSession, import_id: UUID, counts: Counts, *, now: datetime) -> None:
    await session.execute(
        sa.update(imports)
        .where(imports.c.id == import_id)
        .values(
            state="running",
            started_at=sa.func.coalesce(imports.c.started_at, now),
            rows_read=imports.c.rows_read + counts.read,
            rows_new=imports.c.rows_new + counts.new,
            rows_unchanged=imports.c.rows_unchanged + counts.unchanged,
            rows_changed=imports.c.rows_changed + counts.changed,
            rows_failed=imports.c.rows_failed + counts.failed,
            rows_unplaced=imports.c.rows_unplaced + counts.unplaced,
            rows_masked=imports.c.rows_masked + counts.masked,
            masked_kinds=dict(counts.masked_kinds),
        )
    )


def _repeat(line: int) -> Fault:
    return Fault(line, None, "repeated_reference", "An earlier line has the same reference and says something else.")


def corrected(report: Report, *, report_id: UUID, sequence: int) -> ReportCorrected:
    """What travels of a report that is known by an id of before and now says something else."""
    facts = told(report).model_dump() | {"report_id": report_id, "sequence": sequence}
    return ReportCorrected(**facts)
