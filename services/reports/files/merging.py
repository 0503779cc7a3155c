"""Rows of a file become reports: a batch at a time, each in one transaction with its place in the file.

The batch is copied into a temporary table and merged by (organisation, external reference): an unknown reference is
new, a known one with the same content unchanged, with other content changed. A stop at any moment loses nothing and
repeats nothing, because the rows and the place up to which they were read are committed together.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.columns import Columns
from services.reports.files.domain.imports import Counts, Waiting
from services.reports.files.domain.rows import Batch
from services.reports.files.recognising import recognise, remember
from services.reports.files.returning import bring_back
from services.reports.files.staging import SAME, closed, lock_import, repeated, settle, stage
from services.reports.intake.commands import COLUMNS
from shared.messages.reports import ReportCorrected, ReportRemoved, ReportReturned, ReportSubmitted
from shared.travel.outbox import announce_rows

_FACTS = [name for name in COLUMNS if name not in ("id", "organisation_id", "external_reference")]

# One array instead of thousands of rows: reading those costs as much as writing the messages. By their ids, which
# chance gave: in the order of the file the feed would tell which rows stand beside each other.
_ADD = sa.text(f"""
    WITH added AS (
        INSERT INTO reports ({", ".join(COLUMNS)}, mapping)
        SELECT {", ".join(COLUMNS)}, CAST(:mapping AS text) FROM staging WHERE NOT repeated
        ON CONFLICT (organisation_id, external_reference) DO NOTHING RETURNING id
    )
    SELECT array_agg(staging.number ORDER BY id) FROM staging JOIN added USING (id)
""")
# What `review.commands.correct_report` does, for many: a report that counts no more is not corrected, one in question
# goes back to the queue. Returned without a version: those not corrected, and those withdrawn.
_CHANGE = sa.text(f"""
    WITH differing AS MATERIALIZED (
        SELECT staging.number, reports.id, reports.counts, reports.area_code AS before, reports.status AS stood,
            reports.row_hash <> staging.row_hash AS differs
        FROM staging JOIN reports ON {SAME}
        WHERE NOT staging.repeated AND (reports.row_hash <> staging.row_hash OR reports.status = 'withdrawn')
        FOR UPDATE OF reports
    ), changed AS (
        UPDATE reports SET version = reports.version + 1, {", ".join(f"{name} = staging.{name}" for name in _FACTS)},
            mapping = CAST(:mapping AS text),
            status = CASE reports.status WHEN 'question' THEN 'received' ELSE reports.status END
        FROM differing JOIN staging USING (number) WHERE reports.id = differing.id AND reports.counts
        RETURNING differing.number, differing.before, differing.stood, reports.id, reports.organisation_id,
            reports.version
    ), noted AS (
        INSERT INTO report_history (report_id, version, at, organisation_id, change)
        SELECT id, version, :now, organisation_id, CASE stood WHEN 'question' THEN 'answered' ELSE 'corrected' END
        FROM changed
    )
    SELECT number, id, version, before, true FROM changed
    UNION ALL SELECT number, id, NULL, NULL, differs FROM differing WHERE NOT counts ORDER BY id
""")
_DIFFERING = sa.text(f"""
    SELECT staging.number FROM staging LEFT JOIN reports ON {SAME}
    WHERE staging.repeated AND reports.row_hash IS DISTINCT FROM staging.row_hash
""")
_TOLD = (
    "organisation_id", "category", "subcategory", "area_code", "cell", "occurred_on", "band", "dark", "severity",
    "location_kind",
)  # fmt: skip


class Changed(NamedTuple):
    """A report of which a row says something else; without a version it is not corrected any more.

    Where the row does not differ, the report was withdrawn.
    """

    report_id: UUID
    version: int | None
    moved_from: str | None
    differs: bool


async def merge_rows(session: AsyncSession, file: Waiting, batch: Batch, *, done: int, now: datetime) -> Counts:
    """Store a batch, announce what is new or changed in it, and move the file's place from `done` past it.

    Raises GoneOn where the file stands elsewhere. Five statements where all is new, six where all is known, two more
    where there are faults or repeats, three where reports come back, and those of `recognising` where rows have no
    references of their own.
    """
    masked_before = await lock_import(session, file.id, done=done)
    await stage(session, batch)
    await recognise(session, file, batch, dry_run=False)
    new = await session.scalar(_ADD, {"mapping": file.mapping}) or []
    some_known = len(new) + sum(batch.repeated) < len(batch.lines)
    differing, returned = await _differing(session, file, now=now) if some_known else ({}, set())
    changed = {number: each for number, each in differing.items() if each.version is not None}
    repeats = (await session.execute(_DIFFERING)).scalars().all() if any(batch.repeated) else []
    await _tell(session, batch.columns, new=new, changed=changed)
    await remember(session, file, batch)
    shut = {number: each for number, each in differing.items() if each.version is None}
    refused = {number: closed(batch, number) for number, each in shut.items() if each.differs}
    refused |= {number: repeated(batch, number) for number in repeats}
    return await settle(
        session,
        file.id,
        batch,
        new=len(new),
        changed=len(changed.keys() | returned),
        refused=refused,
        masked_before=masked_before,
        still_withdrawn=sum(not each.differs for each in shut.values()),
        now=now,
    )


async def _differing(session: AsyncSession, file: Waiting, *, now: datetime) -> tuple[dict[int, Changed], set[int]]:
    """Correct what rows say otherwise, and have count again what a file took back: both by their numbers."""

    async def change() -> dict[int, Changed]:
        known = await session.execute(_CHANGE, {"now": now, "mapping": file.mapping})
        return {number: Changed(*of) for number, *of in known}

    differing = await change()
    shut = {number for number, each in differing.items() if each.version is None}
    returned = await bring_back(session, shut, now=now) if shut else set()
    if returned:
        differing = {number: each for number, each in differing.items() if number not in shut} | await change()
    return differing, returned


async def _tell(session: AsyncSession, columns: Columns, *, new: Sequence[int], changed: Mapping[int, Changed]) -> None:
    """What travels of reports: where, when and of what kind, coarsely. Their texts stay here."""
    areas = columns["area_code"]

    def told(numbers: Collection[int]) -> dict[str, Sequence[Any]]:
        return {name: [columns[name][number] for number in numbers] for name in _TOLD}

    ids = [columns["id"][number] for number in new]
    await announce_rows(session, ReportSubmitted, {"sequence": [1] * len(new), "report_id": ids, **told(new)})

    def corrected(numbers: Collection[int]) -> dict[str, Sequence[Any]]:
        of = [changed[number] for number in numbers]
        return {
            "sequence": [each.version for each in of],
            "report_id": [each.report_id for each in of],
            "moved_from": [None if changed[n].moved_from == areas[n] else changed[n].moved_from or "" for n in numbers],
            **told(numbers),
        }

    # As `intake.commands.told_corrected` has it, for many.
    await announce_rows(session, ReportCorrected, corrected(changed))
    moved = [number for number, each in changed.items() if each.moved_from != areas[number]]
    left = corrected([number for number in moved if changed[number].moved_from is not None])
    await announce_rows(session, ReportRemoved, left | {"area_code": left["moved_from"], "moved_to": left["area_code"]})
    await announce_rows(session, ReportReturned, corrected([n for n in moved if areas[n] is not None]))
