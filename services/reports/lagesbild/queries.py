"""What a lägesbild is made of: counts by area and category, the period's moments, and the areas. Three statements."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.intake.queries import visible
from services.reports.lagesbild.domain import EARLIER_PERIODS, Area, Counted, Moments
from services.reports.tables import areas, reports
from services.reports.taxonomy import today_called
from shared.access import Principal
from shared.cycles import Period

# Duplicates, rejected and withdrawn reports are no incidents of their own, and do not count.
_COUNTS = reports.c.counts


async def count_by_area(session: AsyncSession, period: Period, *, principal: Principal) -> Sequence[Counted]:
    """Reports by area and category as it is called now, 26 periods back, by ix_reports_occurred_on_area_code.

    Of those that the reader sees one by one. One category may have more than one row, of the names it had.
    """
    oldest = period.earlier(EARLIER_PERIODS).first
    days_ago = sa.literal(period.first, sa.Date) - reports.c.occurred_on + (period.days - 1)
    back = (sa.cast(days_ago, sa.Integer) // period.days).label("back")
    inner = sa.select(back, reports.c.area_code, reports.c.category).where(
        reports.c.occurred_on.between(oldest, period.last), _COUNTS, visible(principal)
    )
    rows = inner.subquery()
    # Summed up here: a row for each of 27 periods would be 100,000 of them.
    many = sa.func.count()
    sums = (many.filter(rows.c.back == 0), many.filter(rows.c.back == 1), many.filter(rows.c.back > 0))
    by = (rows.c.area_code, rows.c.category)
    older = sa.select(reports.c.id).where(reports.c.occurred_on < oldest, _COUNTS, visible(principal)).exists()
    beyond = sa.select(sa.null(), sa.null(), *(sa.literal(n) for n in (0, 0, 0, EARLIER_PERIODS + 1))).where(older)
    counted = sa.select(*by, *sums, sa.func.max(rows.c.back)).group_by(*by).union_all(beyond)
    found = [Counted._make(row) for row in await session.execute(counted)]
    return [row._replace(category=row.category and today_called(row.category)) for row in found]


async def count_moments(
    session: AsyncSession, period: Period, *, principal: Principal, zone: str, by_hour: bool
) -> Sequence[Moments]:
    """Reports of a period by weekday, local hour (else two-hour band) and organisation, by the same index.

    `seen` are the rows that the reader sees one by one. Elsewhere only who sees everything has moments.
    """
    seen = sa.true() if principal.sees_everything else sa.func.coalesce(visible(principal), False)
    hour = sa.extract("hour", sa.func.timezone(zone, reports.c.occurred_from))
    slot = sa.case((reports.c.band.is_not(None), hour)) if by_hour else reports.c.band
    groups = (
        sa.cast(sa.extract("isodow", reports.c.occurred_on), sa.Integer).label("weekday"),
        sa.cast(slot, sa.Integer).label("slot"),
        reports.c.organisation_id,
        reports.c.area_code.is_not(None).label("placed"),
        seen.label("seen"),
    )
    inner = sa.select(*groups).where(reports.c.occurred_on.between(period.first, period.last), reports.c.counts)
    rows = inner.subquery()
    return [Moments._make(row) for row in await session.execute(sa.select(*rows.c, sa.func.count()).group_by(*rows.c))]


async def list_areas(session: AsyncSession) -> Sequence[Area]:
    """Every area, retired ones too, from the root down, then by code."""
    columns = (areas.c.code, areas.c.name, areas.c.level, areas.c.parent, areas.c.path)
    rows = await session.execute(sa.select(*columns).order_by(areas.c.level, areas.c.code))
    return [Area(**row._mapping) for row in rows]
