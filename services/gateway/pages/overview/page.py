"""`/`: how it stands in a cycle, for the whole municipality or one of its areas. All of its state is in the address."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from services.gateway.pages.frame.addresses import Page, wrong_value
from services.gateway.pages.frame.asking import may
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.standing import standing
from services.gateway.pages.frame.visitors import Person, SignedIn
from services.gateway.pages.frame.way_back import remember_list
from services.gateway.pages.maps.areas import all_places, known_places
from services.gateway.pages.maps.tree import Place, code_of
from services.gateway.pages.overview import by_area, figures, picture, questions, waiting
from services.gateway.pages.overview.news import Names, Told, tell
from services.gateway.pages.overview.numbers import Counted, Number
from services.gateway.pages.overview.table import Days, Wanted
from services.gateway.pages.speech import saying
from services.gateway.readmodel import queries
from services.gateway.readmodel.overview import make_overview
from services.gateway.readmodel.schemas import PeriodShape
from services.gateway.readmodel.topic import Cycle
from services.gateway.readmodel.topics.findings import open_findings
from services.gateway.readmodel.topics.gatherings import Gathering, coming_gatherings
from services.gateway.readmodel.topics.reports import AreaCounts, Totals, reported_periods
from shared.cycles import cycle_of
from shared.errors import NotFound
from shared.privacy.free_text import Screened
from shared.shapes import MOST_AREA_CODE, Day, Line

router = APIRouter(route_class=Page, include_in_schema=False)

# What is shown of each list, and all of it where it is asked for: nobody reads more in one go.
_SOME, _ALL = 5, 500
_LINES = 6
# As far back as a lägesbild looks for when reports began.
EARLIER_PERIODS = 26
# The newest lines are made of so many facts; a run of alike ones that is longer is said to be.
_FACTS = 300


# A code as an address has it: where it came escaped twice, each letter of it may be seven signs.
_Area = Annotated[str, Line(7 * MOST_AREA_CODE), Screened(codes=True), Query()]


class NoSuchArea(NotFound):
    """An address names an area that there is not, or no longer."""

    code = "no-such-area"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the page has from the gateway's own database. coming: how many gatherings there are in all.

    reported: the first and the last period with reports, for who sees everything.
    """

    period: PeriodShape
    previous: PeriodShape
    totals: Totals
    areas: list[AreaCounts]
    gatherings: list[Gathering]
    coming: int
    published_through: date | None
    places: dict[str, Place]
    area_names: Mapping[str, str]
    findings: Any
    facts: Any
    reported: tuple[date, date] | None

    def counted(self, area: str | None) -> AreaCounts | Totals:
        """The counts of an area, or of the whole municipality."""
        return next((each for each in self.areas if each.code == area), self.totals)


@router.get("/")
async def show_overview(
    request: Request,
    person: SignedIn,
    area: _Area | None = None,
    period: Day | None = None,
    order: Literal["area", "count"] = "area",
    show: Literal["some", "all"] = "some",
    more: Literal["", "findings", "late", "gatherings"] = "",
) -> Response:
    """The overview of the running cycle, or of the one that holds `period`; of one area where `area` is its code."""
    now, cycle = datetime.now(request.app.state.zone), request.app.state.cycle
    today = now.date()
    if period is not None and not 1990 <= period.year <= today.year + 1:
        raise wrong_value("period")
    area = _known(area, await all_places(request))
    wanted = Wanted(area=area, period=period, order=order, show=show, more=more)
    first = cycle_of(period or today, start=cycle.start, days=cycle.days).first
    (read, named), found, asked, moving = await asyncio.gather(
        _read_and_name(request, person, wanted=wanted, now=now, today=today),
        picture.find(request, person, day=first, area=area),
        questions.questions(request, person),
        standing(request, person),
    )
    shown = await _shown(request, person, wanted, read, found, named=named, asked=asked, moving=moving, today=today)
    remember_list(request, person, shown, of="/")
    return shown


async def _shown(
    request: Request,
    person: Person,
    wanted: Wanted,
    read: _Read,
    found: picture.Found,
    *,
    named: waiting.Told,
    asked: list[dict[str, Any]],
    moving: dict[str, Any] | None,
    today: date,
) -> Response:
    area, zone = wanted.area, request.app.state.zone
    days = _days(read, found, area=area, person=person)
    # In a thread: a map that was not drawn yet takes its time, and others call meanwhile.
    seen = await asyncio.to_thread(by_area.view, read.areas, read.places, wanted=wanted, days=days, cells=found.cells)
    names = Names(areas=read.area_names, categories=found.names, zone=zone, today=today)
    counted, tiles = read.counted(area), by_area.tile_codes(read.places, area)
    short = figures.in_short(
        counted, read.areas, tiles, wanted=wanted, days=days, findings=read.findings, table=seen.table
    )
    return page(
        request,
        "overview/overview.html",
        person=person,
        period=_period(read.period, wanted, cycle_days=request.app.state.cycle.days, today=today),
        ground=seen,
        questions=questions.said(asked, names=names),
        reviews=may(person, "GET", "/review-queue"),
        standing=moving,
        figures=short,
        **_waits(read, named, names, short.waiting, wanted=wanted),
        told=_told(request, read, names),
        picture=picture.view(found, area=area, counted=counted, days=days),
        asks_too_much=found.asks_too_much,
        today=today,
        **_around(request, person, read, wanted=wanted),
    )


def _around(request: Request, person: Person, read: _Read, *, wanted: Wanted) -> dict[str, Any]:
    """What the numbers are of, and where else to look."""
    return {
        "latest_reports": _latest(read, wanted, cycle=request.app.state.cycle),
        "had_areas": bool(read.area_names),
        "may_import_areas": may(person, "POST", "/areas/imports"),
        "whole": wanted.address(area=None, more=""),
        "published_through": read.published_through,
        "of_counts": not person.principal.sees_everything,
    }


def _known(written: str | None, places: Mapping[str, Place]) -> str | None:
    """The code of an area that there is. Raises NoSuchArea."""
    if written is None:
        return None
    if (code := code_of(places, written)) is None:
        raise NoSuchArea("There is no such area.")
    return code


def _waits(read: _Read, told: waiting.Told, names: Names, findings: int, *, wanted: Wanted) -> dict[str, Any]:
    """Findings and gatherings, and how many more there are. findings: how many wait in all."""
    all_findings, all_gatherings = (wanted.address(more=each) for each in ("findings", "gatherings"))
    return {
        "findings": [waiting.finding_line(row, told, names) for row in read.findings],
        "findings_more": figures.beyond(findings, len(read.findings), all_findings),
        "gatherings": [waiting.gathering_line(each, told, names) for each in read.gatherings],
        "gatherings_more": figures.beyond(read.coming, len(read.gatherings), all_gatherings),
        "coming": figures.of_list(read.coming, all_gatherings, at="gatherings"),
    }


def _told(request: Request, read: _Read, names: Names) -> list[Told]:
    cut_off, sentences = len(read.facts) == _FACTS, request.app.state.pages.news
    return tell(read.facts, names=names, lines=_LINES, cut_off=cut_off, sentences=sentences)


async def _read_and_name(
    request: Request, person: Person, *, wanted: Wanted, now: datetime, today: date
) -> tuple[_Read, waiting.Told]:
    read = await _read(request, person, wanted=wanted, now=now, today=today)
    told = await waiting.ask_names(request, person, findings=read.findings, gatherings=read.gatherings)
    return read, told


async def _read(request: Request, person: Person, *, wanted: Wanted, now: datetime, today: date) -> _Read:
    """Everything from the gateway's own database, in one transaction."""
    state, who = request.app.state, person.principal
    async with state.database.sessions() as session, session.begin():
        places = await known_places(request, session)
        overview = await make_overview(
            session,
            who,
            cycle=state.cycle,
            zone=state.zone,
            cursors=state.cursors,
            memory=state.published,
            day=wanted.period,
        )
        gatherings, coming = await coming_gatherings(
            session, principal=who, now=now, within=wanted.area, limit=_ALL if wanted.more == "gatherings" else _SOME
        )
        return _Read(
            period=overview.period,
            previous=overview.previous,
            totals=overview.totals,
            areas=overview.areas,
            gatherings=gatherings,
            coming=coming,
            published_through=overview.published_through,
            places=places,
            area_names=state.pages.places.names,
            findings=await open_findings(
                session,
                principal=who,
                today=today,
                within=wanted.area,
                late=wanted.more == "late",
                limit=_ALL if wanted.more in ("findings", "late") else _SOME,
            ),
            reported=await reported_periods(session) if who.sees_everything else None,
            facts=await queries.latest_feed(
                session, principal=who, zone=str(state.zone), within=wanted.area, limit=_FACTS
            ),
        )


def _days(read: _Read, found: picture.Found, *, area: str | None, person: Person) -> Days:
    """The two periods. Since when there are data, who sees everything is told; of others' nobody else is."""
    began = _began(read, found) if person.principal.sees_everything else None
    now, before = (
        # The two services may know of a report a moment apart: what is counted is there.
        Counted(first=each.first, last=each.last, area=area, no_data_before=None if n and began == date.max else began)
        for each, n in ((read.period, read.totals.reports), (read.previous, read.totals.reports_before))
    )
    return Days(now=now, before=before)


def _began(read: _Read, found: picture.Found) -> date | None:
    """Since when there are reports; None where that is long ago, for a lägesbild looks two years back at most."""
    began = found.data_from
    if read.reported is None or began is None:
        return began
    first, _last = read.reported
    if began == date.max:
        return first if first > read.period.first else None
    days = read.period.last - read.period.first + timedelta(days=1)
    return None if first < read.period.first - EARLIER_PERIODS * days else began


def _latest(read: _Read, wanted: Wanted, *, cycle: Cycle) -> Number | None:
    """The last period with reports and its address, where the one that is shown has none."""
    if read.reported is None or read.totals.reports:
        return None
    last = cycle_of(read.reported[1], start=cycle.start, days=cycle.days)
    if last.first == read.period.first:
        return None
    return Number(saying.span(last.first, last.last), wanted.address(period=last.first, more=""))


def _period(period: PeriodShape, wanted: Wanted, *, cycle_days: int, today: date) -> dict[str, Any]:
    """The period's name, where it stands, and the addresses of the ones beside it."""
    first, last = period.first, period.last
    running = first <= today <= last
    return {
        "first": first,
        "last": last,
        "days": cycle_days,
        "day": (today - first).days + 1 if running else cycle_days,
        "running": running,
        "ahead": today < first,
        "weeks": saying.sentence(saying.weeks(first, last)),
        "previous": wanted.address(period=first - timedelta(days=cycle_days)),
        "next": None if last >= today else wanted.address(period=last + timedelta(days=1)),
        "current": None if running else wanted.address(period=None),
    }
