"""What a lägesbild is made of: counts by area and category, the period's moments, and the areas. Three statements.

And counts of one area by the square of 250 m.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.intake.queries import REPORTS, local_hour, visible
from services.reports.lagesbild.domain import Area, Counted, InCell, Moments
from services.reports.lagesbild.observing import EARLIER_PERIODS, LOOKED_BACK, Observed, Reported
from services.reports.tables import areas, reports
from services.reports.taxonomy import POSITIVE, today_called
from shared.access import Principal, sight
from shared.cycles import Period
from shared.errors import NotFound
from shared.geo.areas import check_known

# Duplicates, rejected and withdrawn reports are no incidents of their own, and do not count.
_COUNTS = reports.c.counts


async def count_by_area(
    session: AsyncSession, period: Period, *, principal: Principal, observed: Observed | None = None
) -> tuple[Sequence[Counted], Sequence[Reported]]:
    """Reports by sender, area and category as it is called now, and by sender and period; by one look at two years.

    Of those that the reader sees one by one, by ix_reports_days. One category may have more than one
    row, of the names it had. observed: what was reported before is left out of `earlier`; else nothing is.
    """
    oldest = period.earlier(LOOKED_BACK).first
    days_ago = sa.literal(period.first, sa.Date) - reports.c.occurred_on + (period.days - 1)
    back = (sa.cast(days_ago, sa.Integer) // period.days).label("back")
    known = sight.in_full(principal, REPORTS)
    sender = reports.c.organisation_id if principal.sees_everything else sa.case((known, reports.c.organisation_id))
    inner = sa.select(
        back, sender.label("sender"), reports.c.area_code, reports.c.category, reports.c.occurred_on
    ).where(reports.c.occurred_on.between(oldest, period.last), _COUNTS, visible(principal))
    rows = inner.subquery().c
    many = sa.func.count()
    earlier = sa.and_(rows.back.between(1, EARLIER_PERIODS), *_heard(rows, observed))
    by_area, by_period = (rows.sender, rows.area_code, rows.category), (rows.sender, rows.back)
    query = sa.select(
        sa.func.grouping(rows.back).label("of_all"),
        *by_area,
        many.filter(rows.back == 0).label("now"),
        many.filter(rows.back == 1).label("previous"),
        many.filter(earlier).label("earlier"),
        rows.back,
        many.label("reports"),
        sa.func.min(rows.occurred_on).label("first"),
    ).group_by(sa.func.grouping_sets(sa.tuple_(*by_area), sa.tuple_(*by_period)))
    counted: list[Counted] = []
    reported: list[Reported] = []
    for of_all, who, area, category, now, previous, before, periods, n, first in await session.execute(query):
        if not of_all:
            reported.append(Reported(who, periods, n, first))
        elif now or before:
            counted.append(Counted(who, area, today_called(category), now, previous, before))
    return counted, reported


def _heard(rows: Any, observed: Observed | None) -> list[sa.ColumnElement[bool]]:
    """The days on which those with strays were heard; of others all days are."""
    begins = {who: observed.begins[who] for who in observed.strays} if observed else {}
    return [sa.or_(rows.sender.is_distinct_from(who), rows.occurred_on >= begin) for who, begin in begins.items()]


async def count_moments(
    session: AsyncSession, period: Period, *, principal: Principal, zone: str, by_hour: bool, area: str | None = None
) -> Sequence[Moments]:
    """Reports of a period by weekday, local hour (else two-hour band) and organisation, by the same index.

    Of one area and those below it where it is named.

    `seen` are the rows that the reader sees one by one. Elsewhere only who sees everything has moments.
    """
    seen = sa.true() if principal.sees_everything else sa.func.coalesce(visible(principal), False)
    slot = local_hour(zone) if by_hour else reports.c.band
    groups = (
        sa.cast(sa.extract("isodow", reports.c.occurred_on), sa.Integer).label("weekday"),
        sa.cast(slot, sa.Integer).label("slot"),
        reports.c.organisation_id,
        reports.c.area_code.is_not(None).label("placed"),
        seen.label("seen"),
    )
    inner = sa.select(*groups).where(reports.c.occurred_on.between(period.first, period.last), reports.c.counts)
    if area is not None:
        inner = inner.where(reports.c.area_code.in_(_below(area)))
    rows = inner.subquery()
    return [Moments._make(row) for row in await session.execute(sa.select(*rows.c, sa.func.count()).group_by(*rows.c))]


def _below(area: str) -> sa.Select[Any]:
    return sa.select(areas.c.code).where(areas.c.path.contains([area]))


async def get_path(session: AsyncSession, code: str) -> Sequence[str]:
    """The codes from the root down to an area that is in use. Raises Invalid for none that ever was, else NotFound."""
    query = sa.select(areas.c.path).where(areas.c.code == code, areas.c.active)
    path: Sequence[str] | None = (await session.execute(query)).scalar_one_or_none()
    if path is None:
        await check_known(session, code, field="area")
        raise NotFound("This area is out of use.")
    return path


async def count_by_cell(session: AsyncSession, period: Period, *, area: str, principal: Principal) -> Sequence[InCell]:
    """Reports of a period by the square of 250 m, of those that the reader sees one by one in an area and below it.

    By ix_reports_days, as many rows as squares with reports.
    """
    wanted = sa.and_(reports.c.occurred_on.between(period.first, period.last), reports.c.area_code.in_(_below(area)))
    many = sa.func.count()
    problems = many.filter(reports.c.category != POSITIVE)
    query = sa.select(reports.c.cell, many, problems).where(wanted, _COUNTS, visible(principal))
    grouped = query.group_by(reports.c.cell).order_by(reports.c.cell)
    return [InCell._make(row) for row in await session.execute(grouped)]


async def list_areas(session: AsyncSession) -> Sequence[Area]:
    """Every area, retired ones too, from the root down, then by code."""
    columns = (areas.c.code, areas.c.name, areas.c.level, areas.c.parent, areas.c.path)
    rows = await session.execute(sa.select(*columns).order_by(areas.c.level, areas.c.code))
    return [Area(**row._mapping) for row in rows]
