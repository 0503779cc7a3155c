"""Reports: one row each, their counts by period, area, category and sender, and what a reader is told of those."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as UUID_
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel import counts
from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic, store_newer
from services.gateway.tables import tables
from shared.access.published import Shown
from shared.access.rounding import Number
from shared.cycles import cycle_of
from shared.messages.reports import (
    ReportAmended,
    ReportCorrected,
    ReportRemoved,
    ReportReturned,
    ReportReviewed,
    ReportSubmitted,
    ReportWithdrawn,
)
from shared.travel.envelope import Incoming

report_facts = sa.Table(
    "report_facts",
    tables,
    sa.Column("report_id", sa.Uuid, primary_key=True),
    sa.Column("organisation_id", sa.Uuid, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("area_code", sa.Text),
    sa.Column("period", sa.Date, nullable=False),
    sa.Column("counted", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)
area_counts = sa.Table(
    "area_counts",
    tables,
    sa.Column("period", sa.Date, primary_key=True),
    # '' stands for reports without an area: a primary key takes no NULL.
    sa.Column("area_code", sa.Text, primary_key=True),
    sa.Column("category", sa.Text, primary_key=True),
    # Whoever knows its own reports can take them off a count: what is left must be fit to be told.
    sa.Column("organisation_id", sa.Uuid, primary_key=True),
    sa.Column("reports", sa.Integer, nullable=False),
)

_COUNT = sa.text("""
    INSERT INTO area_counts (period, area_code, category, organisation_id, reports)
    SELECT * FROM unnest(CAST(:periods AS date[]), CAST(:areas AS text[]), CAST(:categories AS text[]),
                         CAST(:organisations AS uuid[]), CAST(:changes AS int[]))
           AS change (period, area_code, category, organisation_id, reports)
    ORDER BY period, area_code, category, organisation_id
    ON CONFLICT (period, area_code, category, organisation_id)
    DO UPDATE SET reports = area_counts.reports + excluded.reports
""")
_KNOWN = sa.select(report_facts).where(report_facts.c.report_id == sa.any_(sa.bindparam("ids", type_=ARRAY(UUID_))))
ReportMessage = ReportSubmitted | ReportReviewed | ReportWithdrawn


Rounded = Annotated[
    bool,
    Field(
        description="Others' reports, of which you get counts only, are in these numbers as they were published up to "
        "`published_through`: rounded to a multiple of three for each week and organisation, up or down, less "
        "than three from what they are. Null where nothing of the period is published yet."
    ),
]


Reports = Annotated[
    int | None, Field(description="All that happened in this period and counts, positive observations too.")
]
Before = Annotated[int | None, Field(description="The same of the whole previous period.")]
Problems = Annotated[int | None, Field(description="Of `reports`, all but positive observations.")]
ProblemsBefore = Annotated[int | None, Field(description="The same of the whole previous period.")]


class AreaCounts(BaseModel):
    """An area's reports, with those of the areas in it."""

    code: str = Field(examples=["011"])
    name: str = Field(examples=["Staden"])
    level: int = Field(examples=[2])
    reports: Reports = Field(examples=[14])
    reports_before: Before = Field(examples=[9])
    problems: Problems = Field(examples=[12])
    problems_before: ProblemsBefore = Field(examples=[8])
    by_category: dict[str, int | None] = Field(
        description="Of `reports`, those of this period; `positive` is no problem.",
        examples=[{"order": 9, "damage": 3, "positive": 2}],
    )
    rounded: Rounded


class Totals(BaseModel):
    """All reports of the municipality, those without an area included; as in the areas."""

    reports: Reports = Field(examples=[112])
    reports_before: Before = Field(examples=[97])
    problems: Problems = Field(examples=[104])
    problems_before: ProblemsBefore = Field(examples=[90])
    without_area: int | None = Field(
        description="Of `reports`, those that lie in no known area; they are in no area's numbers.", examples=[4]
    )
    rounded: Rounded


async def count_reports(session: AsyncSession, batch: Sequence[Incoming], cycle: Cycle) -> None:
    """Keep one row a report, and with it the counts by period, area, category and sender; three statements.

    A message older than what is known of its report changes nothing.
    """
    messages = [each.message for each in batch if isinstance(each.message, ReportMessage)]
    found = await session.execute(_KNOWN, {"ids": list({message.report_id for message in messages})})
    before = {row.report_id: row._asdict() for row in found}
    after: dict[UUID, dict[str, Any]] = {}
    for message in messages:
        known = after.get(message.report_id) or before.get(message.report_id)
        if known is None or known["sequence"] < message.sequence:
            after[message.report_id] = _fact(message, known, cycle=cycle)
    if after:
        await store_newer(session, report_facts, list(after.values()), key="report_id")
    changes: dict[tuple[date, str, str, UUID], int] = defaultdict(int)
    for report_id, fact in after.items():
        for each, change in ((before.get(report_id), -1), (fact, 1)):
            if each is not None and each["counted"]:
                changes[each["period"], each["area_code"] or "", each["category"], each["organisation_id"]] += change
    if moved := {cell: change for cell, change in changes.items() if change}:
        periods, areas, categories, organisations = zip(*moved, strict=True)
        await session.execute(
            _COUNT,
            {
                "periods": list(periods),
                "areas": list(areas),
                "categories": list(categories),
                "organisations": list(organisations),
                "changes": list(moved.values()),
            },
        )


def _fact(message: ReportMessage, known: Mapping[str, Any] | None, *, cycle: Cycle) -> dict[str, Any]:
    """What is known of a report after a message: decisions and withdrawals say whether it counts, others what it is.

    A withdrawn report can still be corrected by a file that is sent again, or move to another area: it counts no more.
    """
    fact = dict(known) if known else {"category": "", "area_code": None, "period": cycle.start, "counted": True}
    fact |= {
        "report_id": message.report_id,
        "organisation_id": message.organisation_id,
        "sequence": message.sequence,
    }
    if isinstance(message, ReportReviewed | ReportWithdrawn):
        fact["counted"] = isinstance(message, ReportReviewed) and message.counts
    if isinstance(message, ReportSubmitted):
        period = cycle_of(message.occurred_on, start=cycle.start, days=cycle.days)
        fact |= {"category": message.category, "area_code": message.area_code, "period": period.first}
    return fact


async def reported_periods(session: AsyncSession) -> tuple[date, date] | None:
    """The first day of the first and of the last period of which there is a report that counts; None without any.

    Of everybody's reports: for who sees each of them. By the primary key's two ends.
    """
    of_any = area_counts.c.reports > 0
    ends = (sa.select(end(area_counts.c.period)).where(of_any).scalar_subquery() for end in (sa.func.min, sa.func.max))
    first, last = (await session.execute(sa.select(*ends))).one()
    return None if first is None else (first, last)


def _columns(asked: Asked) -> Mapping[str, sa.ColumnElement[Any]]:
    """Counts of two periods by area and category: [period, area, category, reports, of these the reader's own].

    They are everybody's; `shaped` takes of them what this reader may see one by one. area_counts is read by its primary
    key (period first): some thousand rows whatever the number of reports.
    """
    rows = area_counts.c
    own = sa.func.sum(rows.reports).filter(rows.organisation_id == asked.principal.organisation_id)
    counted = (
        sa.select(
            rows.period,
            rows.area_code,
            rows.category,
            sa.func.sum(rows.reports).label("reports"),
            sa.func.coalesce(own, 0).label("own"),
        )
        .where(rows.period.in_((asked.current.first, asked.previous.first)), rows.reports > 0)
        .group_by(rows.period, rows.area_code, rows.category)
        .subquery("counted")
    )
    listed = sa.func.json_agg(sa.func.json_build_array(*counted.c))
    return {"counts": sa.select(sa.func.coalesce(listed, sa.text("'[]'"), type_=sa.JSON)).scalar_subquery()}


async def _shaped(found: Mapping[str, Any], asked: Asked) -> Mapping[str, Any]:
    published = await _published(found, asked)
    return counts.for_reader(
        found["known_areas"], found["counts"], current=asked.current, principal=asked.principal, published=published
    )


async def _published(found: Mapping[str, Any], asked: Asked) -> list[Shown[Number] | None]:
    """What the reader is shown of others' reports in each of the two periods: of the units that begin in it.

    None where nothing of the period is published yet.
    """
    if asked.principal.sees_everything:
        return [counts.NOTHING, counts.NOTHING]
    units = {unit: known for unit, (_, known) in asked.known.items()}
    newest = {date.fromisoformat(unit): last for unit, last in found["published_units"] or ()}
    if newest:
        work_out = partial(counts.work_out, found["published_tables"], principal=asked.principal)
        units |= await asked.memory.ask(asked.principal, newest, work_out)
    through = found["published_through"]
    return [
        Shown.together(shown for unit, shown in units.items() if period.first <= unit <= period.last)
        if through is not None and period.first <= through
        else None
        for period in (asked.current, asked.previous)
    ]


TOPIC = Topic(
    messages=(
        ReportSubmitted,
        ReportCorrected,
        ReportAmended,
        ReportReviewed,
        ReportWithdrawn,
        ReportRemoved,
        ReportReturned,
    ),
    tables=(report_facts, area_counts),
    project=count_reports,
    overview=Part(columns=_columns, fields={"totals": Totals, "areas": list[AreaCounts]}, shaped=_shaped),
)
