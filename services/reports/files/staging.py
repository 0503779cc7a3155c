"""Where a file stands: its rows on the way in, what is wrong with some of them, and how far it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.damage import Fault
from services.reports.files.domain.imports import MOST_FAULTS_KEPT, UNFINISHED, Counts
from services.reports.files.domain.rows import Batch
from services.reports.intake.commands import COLUMNS
from services.reports.intake.domain import is_of_a_row
from services.reports.tables import import_errors, imports
from shared.database.copying import copy_rows

SAME = "reports.organisation_id = staging.organisation_id AND reports.external_reference = staging.external_reference"
STAGING = sa.text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS staging (
        LIKE reports INCLUDING DEFAULTS, number integer NOT NULL, repeated boolean NOT NULL, kin text, earlier text[]
    ) ON COMMIT DELETE ROWS
""")


class GoneOn(Exception):
    """Another process has gone on with this file; what was prepared here is of no use."""


async def lock_import(session: AsyncSession, import_id: UUID, *, done: int) -> Mapping[str, int]:
    """Hold the file's place until commit. Returns what was struck out of the rows before it. Raises GoneOn."""
    waiting = sa.and_(imports.c.id == import_id, imports.c.state.in_(UNFINISHED))
    query = sa.select(imports.c.rows_read, imports.c.masked_kinds).where(waiting).with_for_update()
    file = (await session.execute(query)).one_or_none()
    if file is None or file.rows_read != done:
        raise GoneOn
    kinds: Mapping[str, int] = file.masked_kinds
    return kinds


async def stage(session: AsyncSession, batch: Batch) -> None:
    """Copy a batch into the temporary table; one statement."""
    columns = {name: batch.columns[name] for name in COLUMNS}
    columns |= {"number": range(len(batch.lines)), "repeated": batch.repeated}
    if any(batch.kin):
        columns["kin"] = batch.kin
    if batch.earlier:
        columns["earlier"] = [list(each) for each in zip(*batch.earlier, strict=True)]
    await copy_rows(session, "staging", columns=list(columns), rows=zip(*columns.values(), strict=True))


async def settle(
    session: AsyncSession,
    import_id: UUID,
    batch: Batch,
    *,
    new: int,
    changed: int,
    refused: Mapping[int, Fault],
    masked_before: Mapping[str, int],
    still_withdrawn: int,
    now: datetime,
) -> Counts:
    """Write down what became of a batch, and move the file's place past it; one statement, three with faults.

    refused: what is wrong with some of its reports, by their number in the batch. All others are kept.
    """
    areas = batch.columns["area_code"]
    counts = Counts(
        read=batch.read,
        new=new,
        changed=changed,
        unchanged=len(areas) - len(refused) - new - changed,
        failed=batch.read - len(areas) + len(refused),
        unplaced=sum(code is None and number not in refused for number, code in enumerate(areas)),
        masked=batch.masked,
        masked_kinds=Counter(masked_before) + Counter(batch.masked_kinds),
        repeated=sum(again and number not in refused for number, again in enumerate(batch.repeated)),
        mended=batch.mended,
        still_withdrawn=still_withdrawn,
        fillers=sum(batch.fillers.values()),
        filler=max(batch.fillers, key=lambda text: batch.fillers[text], default=None),
    )
    await _keep_faults(session, import_id, [*batch.faults, *refused.values()])
    await _move_on(session, import_id, counts, days=batch.columns["occurred_on"], now=now)
    return counts


async def _keep_faults(session: AsyncSession, import_id: UUID, faults: Sequence[Fault]) -> None:
    if not faults:
        return
    kept = await session.scalar(
        sa.select(sa.func.count()).select_from(import_errors).where(import_errors.c.import_id == import_id)
    )
    told = sorted(faults, key=lambda fault: fault.line)[: max(0, MOST_FAULTS_KEPT - (kept or 0))]
    rows = [(import_id, fault.line, fault.column, fault.code, fault.detail, fault.reference) for fault in told]
    columns = ["import_id", "line", "column", "code", "detail", "reference"]
    if rows:
        await copy_rows(session, "import_errors", columns=columns, rows=rows)


async def _move_on(
    session: AsyncSession, import_id: UUID, counts: Counts, *, days: Sequence[date], now: datetime
) -> None:
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
            rows_repeated=imports.c.rows_repeated + counts.repeated,
            rows_mended=imports.c.rows_mended + counts.mended,
            rows_still_withdrawn=imports.c.rows_still_withdrawn + counts.still_withdrawn,
            rows_fillers=imports.c.rows_fillers + counts.fillers,
            filler=sa.func.coalesce(imports.c.filler, counts.filler),
            first_day=sa.func.least(imports.c.first_day, min(days, default=None)),
            last_day=sa.func.greatest(imports.c.last_day, max(days, default=None)),
            masked_kinds=dict(counts.masked_kinds),
        )
    )


def repeated(batch: Batch, number: int) -> Fault:
    """A row whose reference stands in the file before, for something else."""
    detail = f"Line {batch.firsts[number]} has the same reference and says something else."
    return Fault(batch.lines[number], None, "repeated_reference", detail, _own(batch, number))


def closed(batch: Batch, number: int) -> Fault:
    """A row that would correct a report that counts no more."""
    detail = "This report was withdrawn, rejected or found to be a duplicate, and is not corrected any more."
    return Fault(batch.lines[number], None, "not_corrected_any_more", detail, _own(batch, number))


def _own(batch: Batch, number: int) -> str | None:
    """The sender's own reference of a row, if it has one."""
    reference: str = batch.columns["external_reference"][number]
    return None if is_of_a_row(reference) else reference
