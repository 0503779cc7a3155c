"""What codes of reports are called on the pages, and reports made ready to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from fastapi import Request

from services.gateway.pages.frame.categories import Categories, categories
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.maps.areas import area_names
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import CERTAINTY, KINDS, SEVERITY, STATUS, label
from services.gateway.pages.speech.language import gettext as _

# What its sender can still correct and withdraw, and the coordinator decide on.
COUNTING = frozenset({"received", "accepted", "question"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Names of categories, sub-categories and areas by code, the zone of local times, and the day it is there."""

    categories: Categories
    areas: Mapping[str, str]
    zone: tzinfo
    today: date

    def category(self, code: str, subcategory: str | None = None) -> str:
        """`Damage: graffiti`, `Damage`."""
        found = next((each for each in self.categories if each["code"] == code), None)
        if found is None:
            return code
        inner = next((label(each) for each in found["subcategories"] if each["code"] == subcategory), None)
        if not inner:
            return label(found)
        # EPA-traktor stays as it is.
        return f"{label(found)}: {inner if inner[1:2].isupper() else inner[:1].lower() + inner[1:]}"

    def area(self, code: str | None) -> str:
        """The area's name, or that it is not known."""
        if code is None:
            return _("in no known place")
        return self.areas.get(code, code)


async def words_of(request: Request, person: Person) -> Words:
    """The names, with the categories as the reports service has them."""
    zone = request.app.state.zone
    known, areas, today = await categories(request, person), await area_names(request), datetime.now(zone).date()
    return Words(categories=known, areas=areas, zone=zone, today=today)


def in_words(report: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """A report for a page. `coarse`: this reader sees place and time roughly and no text; `None` is then hidden."""
    return {
        "id": report["id"],
        "coarse": report.get("version", 1) is None,
        "what": words.category(report["category"], report.get("subcategory")),
        "when": when(report, words),
        "area": words.area(report["area_code"]),
        "area_code": report["area_code"],
        "severity": SEVERITY[report["severity"]],
        "grade": report["severity"],
        "status": STATUS.get(report.get("status") or "", ""),
        "state": report.get("status"),
        "kind": KINDS.get(report.get("location_kind") or ""),
        "certainty": CERTAINTY.get(report.get("certainty") or ""),
        "dark": report.get("dark"),
        "text": report.get("text"),
        "point": _point(report),
        "reference": report.get("external_reference"),
        "version": report.get("version"),
        "incident": report.get("incident_id"),
        "organisation": report.get("organisation_id"),
    }


def when(report: Mapping[str, Any], words: Words) -> str:
    """The time as far as the reader has it: minutes, a whole day, or the day and its two-hour band."""
    start, zone = report.get("occurred_from"), words.zone
    if start is None:
        return band(date.fromisoformat(report["occurred_on"]), report.get("band"), words)
    first = datetime.fromisoformat(start).astimezone(zone)
    end = report.get("occurred_to")
    last = datetime.fromisoformat(end).astimezone(zone) if end else None
    day = saying.sentence(saying.weekday(first.date(), today=words.today))
    if last is not None and is_whole_day(first, last):
        return _("{day}, all day").format(day=day)
    if last is None or last == first:
        return saying.day_at_clock(day, first, zone=zone)
    return saying.sentence(saying.time_span(first, last, zone=zone, today=words.today))


def is_whole_day(first: datetime, last: datetime) -> bool:
    """Whether two local moments are the ends of one day."""
    # By the clock on the wall: two days of the year have 23 and 25 hours.
    return (first.hour, first.minute) == (0, 0) and last.replace(tzinfo=None) - first.replace(tzinfo=None) in (
        timedelta(days=1),
        timedelta(days=1) - timedelta(seconds=1),
        timedelta(days=1) - timedelta(microseconds=1),
    )


def band(day: date, number: int | None, words: Words) -> str:
    """`Fredag 20 november kl. 16–18`."""
    said = saying.sentence(saying.weekday(day, today=words.today))
    return said if number is None else f"{said} {saying.at_clock(f'{number * 2}–{number * 2 + 2}')}"


def _point(report: Mapping[str, Any]) -> str | None:
    lon, lat = report.get("lon"), report.get("lat")
    return None if lon is None or lat is None else saying.position(lat, lon)
