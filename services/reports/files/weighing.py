"""What rows mean for the reports that they are about: which they correct, and which they leave as they are.

A row is compared with what it said the last time (`reports.said_hash`, or the report itself where that says the same),
so one that says that again changes nothing, whatever was corrected meanwhile. The import and its trial weigh alike.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.columns import Columns
from services.reports.files.domain.imports import Waiting
from services.reports.files.domain.keeping import corrected, hash_as_said
from services.reports.files.domain.rows import Batch
from services.reports.files.recognising import mapping_of
from services.reports.files.returning import TAKEN_BY_A_FILE
from services.reports.files.staging import SAME
from services.reports.intake.commands import COLUMNS

SAID = "coalesce(reports.said_hash, reports.row_hash)"
# Another mapping of the organisation brought the report, and may mean another incident by the same reference. Asked of
# the row's reference of today: in a trial its report has the earlier one still.
OF_ANOTHER = """(
    reports.mapping <> CAST(:mapping AS text) AND NOT CAST(:takes_over AS boolean) AND staging.own
)"""
TAKEN = f"(reports.status = 'withdrawn' AND {TAKEN_BY_A_FILE})"
_DIFFERING = f"""
    SELECT staging.number, reports.status, reports.counts, {TAKEN} AS taken, reports.row_hash, reports.said_hash,
        {SAID} <> staging.row_hash AS differs, {OF_ANOTHER} AS of_another, reports.mapping
    FROM staging JOIN reports ON {SAME}
    WHERE NOT staging.repeated AND ({SAID} <> staging.row_hash OR reports.status = 'withdrawn')
"""
_FOR_UPDATE = sa.text(f"{_DIFFERING} FOR UPDATE OF reports")
_TO_LOOK = sa.text(_DIFFERING)
_WHOLE = (*COLUMNS, "said_area")
_FACTS = sa.text(f"""
    SELECT staging.number, {", ".join(f"reports.{name}" for name in _WHOLE)} FROM staging JOIN reports ON {SAME}
    WHERE staging.number = ANY(CAST(:numbers AS integer[]))
""")


@dataclass(slots=True, kw_only=True)
class Weighed:
    """What becomes of rows and their reports, by their numbers in the batch; those unnamed are new, or say the same.

    kept: of the `changed` those whose reports keep what the row leaves empty, with all facts as they become.
    replaced: of the `changed` those that stand over what somebody corrected. said: what the report says already, by
    words that are to be remembered. back: a file took them, and they count again. shut: they do not, by their status.
    others: another mapping's, by its name. repeats: an earlier row of the file has the same reference and says
    something else.
    """

    changed: set[int] = field(default_factory=set)
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)
    replaced: set[int] = field(default_factory=set)
    said: set[int] = field(default_factory=set)
    back: set[int] = field(default_factory=set)
    still_withdrawn: set[int] = field(default_factory=set)
    shut: dict[int, str] = field(default_factory=dict)
    others: dict[int, str] = field(default_factory=dict)
    repeats: set[int] = field(default_factory=set)

    def columns(self, batch: Batch) -> Columns:
        """The batch's columns, with what reports keep."""
        if not self.kept:
            return batch.columns
        whole = {name: list(values) for name, values in batch.columns.items()}
        for number, facts in self.kept.items():
            for name in whole.keys() & facts.keys():
                whole[name][number] = facts[name]
        return whole

    def weigh_repeated(self, rows: Collection[Any]) -> None:
        """Rows whose reference stands in the file before them, and whose report does not say the same."""
        for row in rows:
            if row.of_another:
                self.others[row.number] = row.mapping
            elif row.counts is False:
                self.shut[row.number] = row.status
            else:
                self.repeats.add(row.number)


def asked_of(file: Waiting) -> dict[str, Any]:
    """What statements with OF_ANOTHER are told of a file. A draft that is kept under no name is of no mapping."""
    return {"mapping": mapping_of(file) or "", "takes_over": file.takes_over}


async def weigh(session: AsyncSession, file: Waiting, batch: Batch, *, lock: bool) -> Weighed:
    """Compare staged rows with their reports; one statement, two where somebody had a hand in some of these.

    lock: hold the reports that differ until commit.
    """
    weighed = Weighed()
    rows = (await session.execute(_FOR_UPDATE if lock else _TO_LOOK, asked_of(file))).all()
    merged = await _merged(session, [each for each in rows if each.differs and not each.of_another], batch)
    for row in rows:
        becomes = merged.get(row.number)
        says = becomes["row_hash"] if becomes else batch.columns["row_hash"][row.number]
        _weigh_row(weighed, row, differs=row.differs and says != bytes(row.row_hash))
        if row.number in weighed.changed and becomes is not None:
            weighed.kept[row.number] = becomes["facts"]
            if becomes["replaces"]:
                weighed.replaced.add(row.number)
    return weighed


def _weigh_row(weighed: Weighed, row: Any, *, differs: bool) -> None:
    number = row.number
    if differs and row.of_another:
        weighed.others[number] = row.mapping
        return
    if row.taken:
        weighed.back.add(number)
    elif row.status == "withdrawn" and not differs:
        weighed.still_withdrawn.add(number)
    if differs and (row.counts or row.taken):
        weighed.changed.add(number)
    elif differs:
        weighed.shut[number] = row.status
    elif row.differs and (row.counts or row.taken) and not row.of_another:
        weighed.said.add(number)


async def _merged(session: AsyncSession, rows: Collection[Any], batch: Batch) -> dict[int, dict[str, Any]]:
    """What reports that people had a hand in become by their rows, their hash then, and whether that replaces theirs.

    Those are the reports that were corrected, and those that came by themselves; all others are what their rows said.
    """
    said = {row.number: row.said_hash for row in rows if row.said_hash is not None or row.mapping is None}
    if not said:
        return {}
    merged = {}
    for found in await session.execute(_FACTS, {"numbers": list(said)}):
        number, report = found.number, {name: getattr(found, name) for name in _WHOLE}
        row = {name: batch.columns[name][number] for name in COLUMNS} | {"said_area": None}
        unsaid = () if batch.severity_said[number] else ("severity",)
        facts, before = corrected(report, row, unsaid=unsaid), said[number]
        replaces = before is not None and hash_as_said(report, row, unsaid=unsaid) != bytes(before)
        merged[number] = {"facts": facts, "row_hash": facts["row_hash"], "replaces": replaces}
    return merged
