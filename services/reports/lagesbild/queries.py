"""What a lägesbild is made of: counts by area and category, the period's moments, and the areas. Three statements."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.lagesbild.domain import EARLIER_PERIODS, Area, Counted, Moments
from services.reports.tables import areas, reports
from services.reports.taxonomy import today_called
from shared.access import Principal, sight
from shared.cycles import Period

# Duplicates, rejected and withdrawn reports are no incidents of their own, and do not count.
_COUNTED = sa.text("""
    SELECT (CAST(:first AS date) - occurred_on + :days - 1) / :days, area_code, category, count(*),
           count(*) FILTER (WHERE organisation_id = :reader)
    FROM reports WHERE occurred_on BETWEEN :oldest AND :last AND counts GROUP BY 1, 2, 3
    UNION ALL
    SELECT :beyond, NULL, NULL, 1, 0 WHERE EXISTS (SELECT FROM reports WHERE occurred_on < :oldest AND counts)
""")


async def count_by_area(session: AsyncSession, period: Period, *, principal: Principal) -> Sequence[Counted]:
    """Reports by period, area and category as it is called now, 26 periods back, by ix_reports_occurred_on_area_code.

    One category may have more than one row, of the names it had.
    """
    days = {"first": period.first, "last": period.last, "oldest": period.earlier(EARLIER_PERIODS).first}
    numbers = {"days": period.days, "beyond": EARLIER_PERIODS + 1}
    rows = await session.execute(_COUNTED, {**days, **numbers, "reader": principal.organisation_id})
    counted = [Counted._make(row) for row in rows]
    return [row._replace(category=row.category and today_called(row.category)) for row in counted]


async def count_moments(
    session: AsyncSession, period: Period, *, principal: Principal, zone: str, by_hour: bool
) -> Sequence[Moments]:
    """Reports of a period by weekday, local hour (else two-hour band) and organisation, by the same index.

    `seen` are the rows of the reader's own organisation and areas; elsewhere only who sees everything has moments.
    """
    own = sight.own(principal, organisation=reports.c.organisation_id)
    near = sa.or_(own, sight.inside(principal, area=reports.c.area_code, areas=areas))
    hour = sa.extract("hour", sa.func.timezone(zone, reports.c.occurred_from))
    slot = sa.case((reports.c.band.is_not(None), hour)) if by_hour else reports.c.band
    groups = (
        sa.cast(sa.extract("isodow", reports.c.occurred_on), sa.Integer).label("weekday"),
        sa.cast(slot, sa.Integer).label("slot"),
        reports.c.organisation_id,
        reports.c.area_code.is_not(None).label("placed"),
        (sa.true() if principal.sees_everything else sa.func.coalesce(near, False)).label("seen"),
    )
    inner = sa.select(*groups).where(reports.c.occurred_on.between(period.first, period.last), reports.c.counts)
    rows = inner.subquery()
    return [Moments._make(row) for row in await session.execute(sa.select(*rows.c, sa.func.count()).group_by(*rows.c))]


async def list_areas(session: AsyncSession) -> Sequence[Area]:
    """Every area, retired ones too, from the root down, then by code."""
    columns = (areas.c.code, areas.c.name, areas.c.level, areas.c.parent, areas.c.path)
    rows = await session.execute(sa.select(*columns).order_by(areas.c.level, areas.c.code))
    return [Area(**row._mapping) for row in rows]
