"""Rows of a file become reports: a batch at a time, each in one transaction with its place in the file.

The batch is copied into a temporary table and merged by (organisation, external reference): an unknown reference is
new, a known one with the same content unchanged, with other content changed. A stop at any moment loses nothing and
repeats nothing, because the rows and the place up to which they were read are committed together.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.commands.reports import COLUMNS
from services.reports.domain.columns import Columns
from services.reports.domain.imports import MOST_FAULTS_KEPT, Counts
from services.reports.domain.rows import Batch, Fault
from services.reports.tables import import_errors, imports
from shared.copying import copy_rows
from shared.messages.reports import ReportCorrected, ReportSubmitted
from shared.outbox import announce_rows

_FACTS = [name for name in COLUMNS if name not in ("id", "organisation_id", "external_reference")]
_SAME = "reports.organisation_id = staging.organisation_id AND reports.external_reference = staging.external_reference"

STAGING = sa.text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS staging (
        LIKE reports INCLUDING DEFAULTS, number integer NOT NULL, repeated boolean NOT NULL
    ) ON COMMIT DELETE ROWS
""")
# What `lifecycle.correct_report` does, for many: a report that counts no more is not corrected, one in question goes
# back to the queue. Returned without a version: those not corrected.
_CHANGE = sa.text(f"""
    WITH differing AS MATERIALIZED (
        SELECT staging.number, reports.id, reports.counts FROM staging JOIN reports ON {_SAME}
        WHERE NOT staging.repeated AND reports.row_hash <> staging.row_hash
    ), changed AS (
        UPDATE reports SET version = reports.version + 1, {", ".join(f"{name} = staging.{name}" for name in _FACTS)},
            status = CASE reports.status WHEN 'question' THEN 'received' ELSE reports.status END
        FROM differing JOIN staging USING (number) WHERE reports.id = differing.id AND reports.counts
        RETURNING differing.number, reports.id, reports.organisation_id, reports.version
    ), noted AS (
        INSERT INTO report_history (report_id, version, at, organisation_id, change)
        SELECT id, version, :now, organisation_id, 'corrected' FROM changed
    )
    SELECT number, id, version FROM changed
    UNION ALL SELECT number, id, NULL FROM differing WHERE NOT counts
""")
# One array instead of thousands of rows: reading those costs as much as writing the messages.
_ADD = sa.text(f"""
    WITH added AS (
        INSERT INTO reports ({", ".join(COLUMNS)}) SELECT {", ".join(COLUMNS)} FROM staging WHERE NOT repeated
        ON CONFLICT (organisation_id, external_reference) DO NOTHING RETURNING id
    )
    SELECT array_agg(staging.number ORDER BY staging.number) FROM staging JOIN added USING (id)
""")
_DIFFERING = sa.text(f"""
    SELECT staging.number FROM staging LEFT JOIN reports ON {_SAME}
    WHERE staging.repeated AND reports.row_hash IS DISTINCT FROM staging.row_hash
""")
_TOLD = (
    "organisation_id", "category", "subcategory", "area_code", "cell", "occurred_on", "band", "dark", "severity",
    "location_kind",
)  # fmt: skip


class GoneOn(Exception):
    """Another process has gone on with this file; what was prepared here is of no use."""


async def merge_rows(session: AsyncSession, import_id: UUID, batch: Batch, *, done: int, now: datetime) -> Counts:
    """Store a batch, announce what is new or changed in it, and move the file's place from `done` past it.

    Raises GoneOn where the file stands elsewhere. Six statements, two more where there are faults or repeats.
    """
    masked_before = await _hold(session, import_id, done=done)
    await _stage(session, batch)
    differing = {number: (known, version) for number, known, version in await session.execute(_CHANGE, {"now": now})}
    changed = {number: state for number, state in differing.items() if state[1] is not None}
    new = await session.scalar(_ADD) or []
    repeats = (await session.execute(_DIFFERING)).scalars().all() if any(batch.repeated) else []
    await _tell(session, batch.columns, new=new, changed=changed)
    refused = [_closed(batch.lines[number]) for number in differing.keys() - changed.keys()]
    refused += [_repeat(batch.lines[number]) for number in repeats]
    left_out = {*repeats, *(differing.keys() - changed.keys())}
    areas = batch.columns["area_code"]
    counts = Counts(
        read=batch.read,
        new=len(new),
        changed=len(changed),
        unchanged=len(areas) - len(left_out) - len(new) - len(changed),
        failed=batch.read - len(areas) + len(left_out),
        unplaced=sum(code is None and number not in left_out for number, code in enumerate(areas)),
        masked=batch.masked,
        masked_kinds=Counter(masked_before) + Counter(batch.masked_kinds),
    )
    await _keep_faults(session, import_id, [*batch.faults, *refused])
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


async def _stage(session: AsyncSession, batch: Batch) -> None:
    columns = (*(batch.columns[name] for name in COLUMNS), range(len(batch.lines)), batch.repeated)
    rows = zip(*columns, strict=True)
    await copy_rows(session, "staging", columns=[*COLUMNS, "number", "repeated"], rows=rows)


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


def _closed(line: int) -> Fault:
    detail = "This report was withdrawn, rejected or found to be a duplicate, and is not corrected any more."
    return Fault(line, None, "not_corrected_any_more", detail)


async def _tell(
    session: AsyncSession, columns: Columns, *, new: Sequence[int], changed: Mapping[int, tuple[UUID, int]]
) -> None:
    """What travels of reports: where, when and of what kind, coarsely. Their texts stay here."""

    def told(numbers: Collection[int]) -> dict[str, Sequence[Any]]:
        return {name: [columns[name][number] for number in numbers] for name in _TOLD}

    ids = [columns["id"][number] for number in new]
    await announce_rows(session, ReportSubmitted, {"sequence": [1] * len(new), "report_id": ids, **told(new)})
    known, versions = [known for known, _ in changed.values()], [version for _, version in changed.values()]
    await announce_rows(session, ReportCorrected, {"sequence": versions, "report_id": known, **told(changed)})
