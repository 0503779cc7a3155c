"""The lägesbild of a cycle."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.reports.intake.domain import EARLIEST
from services.reports.lagesbild import domain, queries
from services.reports.lagesbild.observing import Observed, observed
from services.reports.lagesbild.schemas import (
    CellCount,
    Cells,
    Clock,
    Lagesbild,
    OrganisationCount,
    Period,
    Quality,
    Table,
    area_counts,
)
from services.reports.publications.queries import NOTHING, Published, UnitShown, show_published
from shared import cycles
from shared.access import Principal, sees_each
from shared.access.door import may
from shared.access.published import counts_near
from shared.cycles import cycle_of
from shared.database import Session
from shared.errors import FieldError, Invalid
from shared.geo.geometry import CELL_SIZE_M
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.http.problems import problems
from shared.shapes import AreaCode, Day

router = APIRouter(route_class=Operation, tags=["lagesbild"])

_AHEAD = timedelta(days=366)
Reader = Annotated[Principal, may("reports:read")]
WantedDay = Annotated[
    Day | None,
    Query(
        alias="from",
        description=f"Any day of the cycle wanted, from {EARLIEST} to a year from now; else the running one.",
        examples=["2026-11-09"],
    ),
]


@router.get("/lagesbild", response_model=Lagesbild, openapi_extra=costing(30))
async def get_lagesbild(
    request: Request,
    session: Session,
    principal: Reader,
    day: WantedDay = None,
    area: Annotated[
        AreaCode | None,
        Query(
            description="`weekdays` and `quality` are of this area and those in it alone, where you see each of its "
            "reports; all else is of everywhere.",
            examples=["0112"],
        ),
    ] = None,
) -> Response:
    """Where, of what kind and when: the reports of a cycle, against the one before and the mean of the earlier ones."""
    zone = request.app.state.ground.zone
    period, today = _wanted(request, day)
    by_hour = principal.sees_everything
    # Others' moments are published for all of the reader's areas together: no part of them can be told.
    near = area if area and sees_each(principal, await queries.get_path(session, area)) else None
    counted, reported = await queries.count_by_area(session, period, principal=principal)
    heard = observed(reported, period=period)
    if heard.strays:
        counted, _ = await queries.count_by_area(session, period, principal=principal, observed=heard)
    moments = await queries.count_moments(
        session, period, principal=principal, zone=zone.key, by_hour=by_hour, area=near
    )
    areas = await queries.list_areas(session)
    published = await _published(request, session, principal, period.earlier(1).first, period.last)
    # Beside the loop, which goes on answering: some thousand cells, 50 ms at 400 areas.
    body = await asyncio.to_thread(
        _drawn, heard, counted, moments, areas, published, near, principal=principal, complete=period.last < today
    )
    return Response(body, media_type="application/json")


@router.get("/lagesbild/cells", responses=problems(404), openapi_extra=costing(5))
async def get_cells(
    request: Request,
    session: Session,
    principal: Reader,
    area: Annotated[AreaCode, Query(description="Its code; areas in it count too.", examples=["0112"])],
    day: WantedDay = None,
) -> Cells:
    """Where in an area: the reports of a cycle by the square of 250 m."""
    period, _ = _wanted(request, day)
    path = await queries.get_path(session, area)
    rows = await queries.count_by_cell(session, period, area=area, principal=principal)
    return Cells(
        period=Period.model_validate(period),
        area_code=area,
        size_m=CELL_SIZE_M,
        complete=sees_each(principal, path),
        cells=[CellCount.model_validate(row) for row in rows if row.cell is not None],
        without_cell=sum(row.reports for row in rows if row.cell is None),
    )


def _drawn(
    heard: Observed,
    counted: Sequence[domain.Counted],
    moments: Sequence[domain.Moments],
    areas: Sequence[domain.Area],
    published: Published | None,
    near: str | None,
    *,
    principal: Principal,
    complete: bool,
) -> bytes:
    """The answer, as JSON."""
    period = heard.period
    before = period.earlier(1)
    now, earlier = (published.of(each) if published else NOTHING for each in (period, before))
    found = domain.picture(
        counted,
        observed=heard,
        areas=areas,
        exact=lambda path: sees_each(principal, path),
        published=(now and now.counts, earlier and earlier.counts),
    )
    answer = Lagesbild(
        period=Period.model_validate(period),
        previous=Period.model_validate(before),
        published_through=published.through if published else None,
        complete=complete,
        data_from=min(heard.begins.values(), default=None),
        earlier_periods=heard.periods(),
        total=Table.model_validate(found.total),
        unplaced=Table.model_validate(found.unplaced),
        areas=[area_counts(area) for area in found.areas],
        weekdays=_weekdays(moments, now, near, principal=principal),
        quality=_quality(domain.quality(moments), heard, everything=principal.sees_everything),
    )
    return answer.model_dump_json(by_alias=True).encode()


def _weekdays(
    moments: Sequence[domain.Moments], now: UnitShown | None, near: str | None, *, principal: Principal
) -> Clock:
    by_hour, rounded = principal.sees_everything, counts_near(principal)
    others = (now and now.moments) if rounded else NOTHING.moments
    clock = domain.clock(moments, slots=24 if by_hour else 12, published=others)
    return Clock(
        resolution_h=1 if by_hour else 2,
        matrix=[list(row) for row in clock.matrix],
        unknown_hour=clock.unknown_hour,
        rounded=rounded,
        area_code=near,
    )


async def _published(
    request: Request, session: Session, principal: Principal, first: date, last: date
) -> Published | None:
    """What this reader is shown of what it gets counts only of; None for who sees everything."""
    if principal.sees_everything:
        return None
    return await show_published(session, first, last, principal=principal, memory=request.app.state.published)


def _wanted(request: Request, day: date | None) -> tuple[cycles.Period, date]:
    """The cycle that holds a day, or the running one, and today. Raises Invalid."""
    here = request.app.state.settings.municipality
    today = datetime.now(UTC).astimezone(request.app.state.ground.zone).date()
    return cycle_of(_possible(day or today, today=today), start=here.cycle_start, days=here.cycle_days), today


def _possible(day: date, *, today: date) -> date:
    """The day, if a report can be of its cycle, or its cycle can be planned for. Raises Invalid."""
    if not EARLIEST <= day <= today + _AHEAD:
        fault = FieldError("from", "impossible_day", f"From {EARLIEST} to a year from now.")
        raise Invalid("There is no lägesbild of that day.", errors=(fault,))
    return day


def _quality(found: domain.Quality, heard: Observed, *, everything: bool) -> Quality:
    if not everything:
        return Quality(organisations=None, unplaced_share_pct=None, unknown_hour_share_pct=None)
    return Quality(
        organisations=[
            OrganisationCount(organisation_id=who, reports=n, mean_from=heard.since([who]))
            for who, n in found.organisations.items()
        ],
        unplaced_share_pct=_percent(found.unplaced_share),
        unknown_hour_share_pct=_percent(found.unknown_hour_share),
    )


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)
