"""`/`: how it stands in a cycle, for the whole municipality or one of its areas. All of its state is in the address."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, SignedIn
from services.gateway.pages.maps.areas import known_places
from services.gateway.pages.maps.tree import Place
from services.gateway.pages.overview import by_area, picture, questions
from services.gateway.pages.overview.news import Names, tell
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import Texts, marked, ngettext
from services.gateway.pages.speech.language import gettext as _
from services.gateway.readmodel import queries
from services.gateway.readmodel.overview import make_overview
from services.gateway.readmodel.schemas import PeriodShape
from services.gateway.readmodel.topics.findings import open_findings
from services.gateway.readmodel.topics.gatherings import Gathering
from services.gateway.readmodel.topics.reports import AreaCounts, Totals
from shared.errors import NotFound
from shared.http.operations import Page
from shared.shapes import Day

router = APIRouter(route_class=Page, include_in_schema=False)

SIZES = Texts({"S": marked("small"), "M": marked("of some size"), "L": marked("large"), "XL": marked("very large")})
_FINDINGS, _GATHERINGS, _LINES = 5, 5, 6
# Of one area the newest facts are picked out of this many.
_FACTS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the page has from the gateway's own database."""

    period: PeriodShape
    totals: Totals
    areas: list[AreaCounts]
    gatherings: list[Gathering]
    published_through: date | None
    places: dict[str, Place]
    findings: Any
    facts: Any


@router.get("/")
async def show_overview(
    request: Request,
    person: SignedIn,
    area: Annotated[str | None, Query(max_length=100)] = None,
    period: Day | None = None,
    order: Annotated[str, Query(pattern="^(area|count)$")] = "area",
    show: Annotated[str, Query(pattern="^(some|all)$")] = "some",
) -> Response:
    """The overview of the running cycle, or of the one that holds `period`; of one area where `area` is its code."""
    today = datetime.now(request.app.state.zone).date()
    if period is not None and not 1990 <= period.year <= today.year + 1:
        raise NotFound("There is no such period.")
    wanted = by_area.Wanted(area=area, period=period, order=order, show=show)
    read, found, asked = await asyncio.gather(
        _read(request, person, wanted=wanted, today=today),
        picture.find(request, person, day=period),
        questions.questions(request, person),
    )
    # In a thread: a map that was not drawn yet takes its time, and others call meanwhile.
    seen = await asyncio.to_thread(by_area.view, read.areas, read.places, wanted=wanted)
    names = _names(read.places, found.names, zone=request.app.state.zone, today=today)
    counted = next((each for each in read.areas if each.code == area), read.totals)
    return page(
        request,
        "overview/overview.html",
        person=person,
        period=_period(read.period, wanted, cycle_days=request.app.state.cycle.days, today=today),
        ground=seen,
        questions=questions.said(asked, places=read.places, categories=found.names, today=today),
        figures=_figures(read, counted, wanted),
        findings=[_finding(row, today) for row in read.findings],
        findings_more=max(0, _waiting(read.findings) - _FINDINGS),
        gatherings=[_gathering(each, names) for each in _here(read.gatherings, read.places, area)[:_GATHERINGS]],
        told=_told(request, read, names, area),
        picture=picture.view(found, area=area, counted=counted),
        asks_too_much=found.asks_too_much,
        whole=wanted.address(area=None),
        today=today,
        published_through=read.published_through,
        of_counts=not person.principal.sees_everything,
    )


def _names(places: Mapping[str, Place], categories: Mapping[str, str], *, zone: tzinfo, today: date) -> Names:
    areas = {code: place.name for code, place in places.items()}
    return Names(areas=areas, categories=categories, zone=zone, today=today)


async def _read(request: Request, person: Person, *, wanted: by_area.Wanted, today: date) -> _Read:
    """Everything from the gateway's own database, in one transaction. Raises NotFound for an area there is not."""
    async with request.app.state.database.sessions() as session, session.begin():
        places = await known_places(request, session)
        if wanted.area is not None and wanted.area not in places:
            raise NotFound("There is no such area.")
        state = request.app.state
        overview = await make_overview(
            session,
            person.principal,
            cycle=state.cycle,
            zone=state.zone,
            cursors=state.cursors,
            memory=state.published,
            day=wanted.period,
        )
        return _Read(
            period=overview.period,
            totals=overview.totals,
            areas=overview.areas,
            gatherings=overview.gatherings,
            published_through=overview.published_through,
            places=places,
            findings=await open_findings(
                session, principal=person.principal, today=today, within=wanted.area, limit=_FINDINGS
            ),
            facts=await queries.latest_feed(session, principal=person.principal, limit=_FACTS),
        )


def _period(period: PeriodShape, wanted: by_area.Wanted, *, cycle_days: int, today: date) -> dict[str, Any]:
    """The period's name, where it stands, and the addresses of the ones beside it."""
    first, last = period.first, period.last
    running = first <= today <= last
    return {
        "first": first,
        "last": last,
        "days": cycle_days,
        "day": (today - first).days + 1 if running else cycle_days,
        "running": running,
        "weeks": saying.sentence(saying.weeks(first, last)),
        "previous": wanted.address(period=first - timedelta(days=cycle_days)),
        "next": None if last >= today else wanted.address(period=last + timedelta(days=1)),
        "current": None if running else wanted.address(period=None),
    }


def _figures(read: _Read, shown: AreaCounts | Totals, wanted: by_area.Wanted) -> dict[str, Any]:
    """The numbers at the top."""
    areas = read.areas
    codes = by_area.tile_codes(read.places, wanted.area)
    tiles = [each for each in areas if each.code in codes]
    most = max((each for each in tiles if each.reports), key=lambda each: each.reports or 0, default=None)
    return {
        "reports": shown.reports,
        "reports_before": shown.reports_before,
        "rounded": shown.rounded,
        "without_area": shown.without_area if isinstance(shown, Totals) else None,
        "most": most,
        "unpublished": any(each.reports is None for each in tiles),
        "findings": _waiting(read.findings),
        "late": read.findings[0].late if read.findings else 0,
        "gatherings": len(_here(read.gatherings, read.places, wanted.area)),
    }


def _waiting(findings: Any) -> int:
    return int(findings[0].waiting) if findings else 0


def _finding(row: Any, today: date) -> dict[str, Any]:
    late = (today - row.due_on).days
    when = _("by {day}").format(day=saying.day(row.due_on))
    if late > 0:
        when = ngettext("{n} day overdue", "{n} days overdue", late).format(n=saying.number(late))
    return {
        "area": row.area or row.area_code,
        "owner": row.owner or (_("nobody answers for it") if row.in_full else None),
        "when": when,
        "late": late > 0,
        "planned": row.status == "planned",
    }


def _here(gatherings: list[Gathering], places: dict[str, Place], area: str | None) -> list[Gathering]:
    if area is None:
        return gatherings
    return [each for each in gatherings if each.area_code in places and area in places[each.area_code].path]


def _told(request: Request, read: _Read, names: Names, area: str | None) -> Any:
    facts = _facts_here(read.facts, read.places, area)
    return tell(facts, names=names, lines=_LINES, sentences=request.app.state.pages.news)


def _facts_here(facts: Any, places: dict[str, Place], area: str | None) -> Any:
    if area is None:
        return facts
    paths = {code: place.path for code, place in places.items()}
    return [each for each in facts if area in paths.get(each["data"].get("area_code"), ())]


def _gathering(each: Gathering, names: Names) -> dict[str, Any]:
    return {
        "day": saying.weekday(each.starts_at.astimezone(names.zone).date(), today=names.today),
        "when": saying.sentence(saying.time_span(each.starts_at, each.ends_at, zone=names.zone, today=names.today)),
        "area": names.areas.get(each.area_code or "", _("outside the areas")),
        "size": _size(each),
    }


def _size(each: Gathering) -> str | None:
    """How many are expected, or for whom that is not how large a gathering is taken to be."""
    if each.expected_attendance is not None:
        return _("{n} expected").format(n=saying.number(each.expected_attendance))
    return SIZES.get(each.scale_class or "")
