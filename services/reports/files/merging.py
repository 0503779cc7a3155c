"""Rows of a file become reports: a batch at a time, each in one transaction with its place in the file.

A batch of which nothing is known goes straight into the table (`adding`). Any other is copied into a temporary table
and merged by (organisation, external reference): an unknown reference is new, a known one that says what it said the
last time unchanged, one that says something else changed. A stop at any moment loses nothing and repeats nothing,
because the rows and the place up to which they were read are committed together.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.adding import add_unknown
from services.reports.files.domain.columns import Columns
from services.reports.files.domain.imports import Counts, Waiting
from services.reports.files.domain.rows import Batch
from services.reports.files.recognising import adopt, recognise, remember
from services.reports.files.returning import bring_back
from services.reports.files.staging import SAME, lock_import, stage
from services.reports.files.telling import settle
from services.reports.files.weighing import OF_ANOTHER, SAID, Weighed, asked_of, weigh
from services.reports.intake.commands import COLUMNS
from services.reports.tables import reports
from shared.messages.reports import ReportCorrected, ReportRemoved, ReportReturned, ReportSubmitted
from shared.travel.outbox import announce_rows

# A row says its own area, so one that it keeps from before goes with the facts.
_FACTS = [*(name for name in COLUMNS if name not in ("id", "organisation_id", "external_reference")), "said_area"]

# One array instead of thousands of rows: reading those costs as much as writing the messages. By their ids, which
# chance gave: in the order of the file the feed would tell which rows stand beside each other.
_ADD = sa.text(f"""
    WITH added AS (
        INSERT INTO reports ({", ".join(COLUMNS)}, mapping, import_id)
        SELECT {", ".join(COLUMNS)}, CAST(:mapping AS text), :import_id FROM staging WHERE NOT repeated
        ON CONFLICT (organisation_id, external_reference) DO NOTHING RETURNING id
    )
    SELECT array_agg(staging.number ORDER BY id) FROM staging JOIN added USING (id)
""")
# Those rows whose reports keep something that they do not say: as the reports become, beside what the row said.
_KEEP = sa.text(f"""
    UPDATE staging
    SET said_hash = nullif(staging.row_hash, kept.row_hash), {", ".join(f"{name} = kept.{name}" for name in _FACTS)}
    FROM unnest(CAST(:number AS integer[]), {", ".join(f":{name}" for name in _FACTS)})
        AS kept (number, {", ".join(_FACTS)})
    WHERE staging.number = kept.number
""").bindparams(*(sa.bindparam(name, type_=ARRAY(reports.c[name].type)) for name in _FACTS))
# What `review.commands.correct_report` does, for many: one in question goes back to the queue.
_CHANGE = sa.text(f"""
    WITH stood AS MATERIALIZED (
        SELECT staging.number, reports.id, reports.area_code AS before, reports.category AS was, reports.status
        FROM staging JOIN reports ON {SAME} WHERE staging.number = ANY(CAST(:numbers AS integer[]))
    ), changed AS (
        UPDATE reports SET version = reports.version + 1, {", ".join(f"{name} = staging.{name}" for name in _FACTS)},
            said_hash = staging.said_hash, mapping = CAST(:mapping AS text),
            status = CASE reports.status WHEN 'question' THEN 'received' ELSE reports.status END
        FROM stood JOIN staging USING (number) WHERE reports.id = stood.id
        RETURNING stood.number, stood.before, stood.was, stood.status AS stood, reports.id, reports.organisation_id,
            reports.version
    ), noted AS (
        INSERT INTO report_history (report_id, version, at, organisation_id, change, import_id)
        SELECT id, version, :now, organisation_id, CASE stood WHEN 'question' THEN 'answered' ELSE 'corrected' END,
            :import_id
        FROM changed
    )
    SELECT number, id, version, before, was FROM changed ORDER BY id
""")
# Nothing of the report changes: only what its row said last.
_HEAR = sa.text(f"""
    UPDATE reports SET said_hash = nullif(staging.row_hash, reports.row_hash) FROM staging
    WHERE {SAME} AND staging.number = ANY(CAST(:numbers AS integer[]))
""")
_REPEATED = sa.text(f"""
    SELECT staging.number, reports.status, reports.counts, reports.mapping, {OF_ANOTHER} AS of_another
    FROM staging LEFT JOIN reports ON {SAME} WHERE staging.repeated AND {SAID} IS DISTINCT FROM staging.row_hash
""")
_TOLD = (
    "organisation_id", "category", "subcategory", "area_code", "cell", "occurred_on", "band", "dark", "severity",
    "location_kind",
)  # fmt: skip


class Changed(NamedTuple):
    """A report that a row corrected."""

    report_id: UUID
    version: int
    moved_from: str | None
    category_from: str


async def merge_rows(session: AsyncSession, file: Waiting, batch: Batch, *, done: int, now: datetime) -> Counts:
    """Store a batch, announce what is new or changed in it, and move the file's place from `done` past it.

    Raises GoneOn where the file stands elsewhere. Five statements where all is new, seven where all is known, one more
    where rows changed, two more where people had a hand in their reports, two more where there are faults or repeats,
    three where reports come back, and those of `recognising` where rows have no references of their own.
    """
    before = await lock_import(session, file.id, done=done)
    if (new := await add_unknown(session, file, batch)) is not None:
        await _tell(session, batch.columns, new=new, changed={})
        return await settle(session, file.id, batch, Weighed(), new=len(new), before=before, now=now)
    await stage(session, batch)
    await recognise(session, file, batch, dry_run=False)
    new = await session.scalar(_ADD, {"mapping": file.mapping, "import_id": file.id}) or []
    some_known = len(new) + sum(batch.repeated) < len(batch.lines)
    weighed = await weigh(session, file, batch, lock=True) if some_known else Weighed()
    await bring_back(session, weighed.back, import_id=file.id, now=now)
    changed = await _correct(session, file, weighed, now=now)
    if any(batch.repeated):
        weighed.weigh_repeated((await session.execute(_REPEATED, asked_of(file))).all())
    await _tell(session, weighed.columns(batch), new=new, changed=changed)
    await remember(session, file, batch)
    await adopt(session, file)
    return await settle(session, file.id, batch, weighed, new=len(new), before=before, now=now)


async def _correct(session: AsyncSession, file: Waiting, weighed: Weighed, *, now: datetime) -> dict[int, Changed]:
    """Have reports say what their rows do, by the numbers of these; none without a statement."""
    if weighed.said:
        await session.execute(_HEAR, {"numbers": list(weighed.said)})
    if weighed.kept:
        columns = {name: [facts[name] for facts in weighed.kept.values()] for name in _FACTS}
        await session.execute(_KEEP, {"number": list(weighed.kept), **columns})
    if not weighed.changed:
        return {}
    here = {"numbers": list(weighed.changed), "now": now, "mapping": file.mapping, "import_id": file.id}
    return {number: Changed(*of) for number, *of in await session.execute(_CHANGE, here)}


async def _tell(session: AsyncSession, columns: Columns, *, new: Sequence[int], changed: Mapping[int, Changed]) -> None:
    """What travels of reports: where, when and of what kind, coarsely. Their texts stay here."""
    areas, categories = columns["area_code"], columns["category"]

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
            "category_from": [None if (was := changed[n].category_from) == categories[n] else was for n in numbers],
            **told(numbers),
        }

    # As `intake.commands.told_corrected` has it, for many.
    await announce_rows(session, ReportCorrected, corrected(changed))
    moved = [number for number, each in changed.items() if each.moved_from != areas[number]]
    gone = [number for number in moved if changed[number].moved_from is not None]
    left = corrected(gone)
    left |= {"area_code": left["moved_from"], "moved_to": left["area_code"]}
    left["category"] = [changed[number].category_from for number in gone]
    await announce_rows(session, ReportRemoved, left)
    await announce_rows(session, ReportReturned, corrected([n for n in moved if areas[n] is not None]))
