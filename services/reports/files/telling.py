"""What became of a batch of rows, as the file's sender reads it: counts, what is wrong with rows, and notes on some."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.damage import Fault
from services.reports.files.domain.defaulting import together
from services.reports.files.domain.faultkinds import kinds_of
from services.reports.files.domain.imports import MOST_FAULTS_KEPT, MOST_NOTES_KEPT, Counts
from services.reports.files.domain.rows import Batch
from services.reports.files.staging import Before
from services.reports.files.weighing import Weighed
from services.reports.intake.domain import is_of_a_row
from services.reports.mappings.domain.faults import FaultCode
from services.reports.tables import import_errors, imports
from shared.database.copying import copy_rows

_OTHER = (
    "Another mapping brought the report of this reference, and the row says something else. Send the file with"
    " takes_over=true if both lists tell of the same reports; else map also a column to external_reference that tells"
    " the lists apart."
)
_REPLACED = "Somebody had corrected this report. The row says something else than the last time, and stands now."
# Of a report that counts no more, by its status.
_SHUT: Mapping[str, tuple[FaultCode, str]] = {
    "withdrawn": ("was_withdrawn", "This report was withdrawn, and is not corrected any more."),
    "rejected": ("was_rejected", "This report was rejected, and is not corrected any more."),
    "duplicate": ("is_duplicate", "This report was found to be a duplicate, and is not corrected any more."),
}


async def settle(
    session: AsyncSession,
    import_id: UUID,
    batch: Batch,
    weighed: Weighed,
    *,
    new: int,
    before: Before,
    now: datetime,
) -> Counts:
    """Write down what became of a batch, and move the file's place past it; one statement, three with faults."""
    areas, others = batch.columns["area_code"], weighed.others
    refused, changed = others.keys() | weighed.repeats, len(weighed.changed | weighed.back)
    told, faults = refused | weighed.shut.keys(), [*batch.faults, *_told(batch, weighed)]
    counts = Counts(
        read=batch.read,
        new=new,
        changed=changed,
        unchanged=len(areas) - len(refused) - new - changed,
        failed=batch.read - len(areas) + len(refused),
        unplaced=sum(code is None and number not in refused for number, code in enumerate(areas)),
        masked=batch.masked,
        masked_kinds=Counter(before.masked_kinds) + Counter(batch.masked_kinds),
        repeated=sum(again and number not in told for number, again in enumerate(batch.repeated)),
        mended=batch.mended,
        still_withdrawn=len(weighed.still_withdrawn),
        not_corrected=len(weighed.shut),
        corrections_replaced=len(weighed.replaced),
        of_other_mapping=len(others),
        other_mapping=Counter(others.values()).most_common(1)[0][0] if others else None,
        fillers=sum(batch.fillers.values()),
        by_default=batch.by_default.rows,
        words_by_default=together(before.words_by_default, batch.by_default.words),
        unknown_words=batch.unknown.rows,
        words_unknown=together(before.words_unknown, batch.unknown.words),
        kinds=kinds_of(before.fault_kinds, faults),
        filler=max(batch.fillers, key=lambda text: batch.fillers[text], default=None),
    )
    await _keep_faults(session, import_id, faults)
    await _move_on(session, import_id, counts, days=batch.columns["occurred_on"], now=now)
    return counts


def _told(batch: Batch, weighed: Weighed) -> Iterator[Fault]:
    """What is wrong with rows of a batch beside what is kept; and notes."""

    def told(number: int, code: FaultCode, detail: str, *, failed: bool) -> Fault:
        reference: str = batch.columns["external_reference"][number]
        return Fault(
            batch.lines[number], None, code, detail, None if is_of_a_row(reference) else reference, failed=failed
        )

    for number in weighed.repeats:
        detail = f"Line {batch.firsts[number]} has the same reference and says something else."
        yield told(number, "repeated_reference", detail, failed=True)
    for number in weighed.others:
        yield told(number, "other_mapping", _OTHER, failed=True)
    for number, status in weighed.shut.items():
        yield told(number, *_SHUT[status], failed=False)
    for number in weighed.replaced:
        yield told(number, "correction_replaced", _REPLACED, failed=False)


async def _keep_faults(session: AsyncSession, import_id: UUID, faults: Sequence[Fault]) -> None:
    """Write down as many as are kept of a file, in the order of their lines; notes where faults leave room."""
    if not faults:
        return
    noted = sa.func.count().filter(~import_errors.c.failed)
    query = sa.select(sa.func.count(), noted).where(import_errors.c.import_id == import_id)
    kept, notes = (await session.execute(query)).one()
    failed = [fault for fault in faults if fault.failed]
    of_kept = [fault for fault in faults if not fault.failed][: max(0, MOST_NOTES_KEPT - notes)]
    told = [*failed, *of_kept][: max(0, MOST_FAULTS_KEPT - kept)]
    rows = [
        (import_id, fault.line, fault.column, fault.code, fault.detail, fault.reference, fault.failed)
        for fault in sorted(told, key=lambda fault: fault.line)
    ]
    columns = ["import_id", "line", "column", "code", "detail", "reference", "failed"]
    if rows:
        await copy_rows(session, "import_errors", columns=columns, rows=rows)


async def _move_on(
    session: AsyncSession, import_id: UUID, counts: Counts, *, days: Sequence[date], now: datetime
) -> None:
    more = {
        f"rows_{name}": imports.c[f"rows_{name}"] + getattr(counts, name)
        for name in (
            "read", "new", "unchanged", "changed", "failed", "unplaced", "masked", "repeated", "mended",
            "still_withdrawn", "not_corrected", "corrections_replaced", "of_other_mapping", "fillers",
            "by_default", "unknown_words",
        )
    }  # fmt: skip
    await session.execute(
        sa.update(imports)
        .where(imports.c.id == import_id)
        .values(
            state="running",
            started_at=sa.func.coalesce(imports.c.started_at, now),
            **more,
            other_mapping=sa.func.coalesce(imports.c.other_mapping, counts.other_mapping),
            filler=sa.func.coalesce(imports.c.filler, counts.filler),
            first_day=sa.func.least(imports.c.first_day, min(days, default=None)),
            last_day=sa.func.greatest(imports.c.last_day, max(days, default=None)),
            masked_kinds=dict(counts.masked_kinds),
            words_by_default=counts.words_by_default,
            words_unknown=counts.words_unknown,
            fault_kinds=counts.kinds,
        )
    )
