"""Two years of fictive reports, drawn from the habits in `profiles`. The same seed and day give the same reports."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import repeat
from zoneinfo import ZoneInfo

import numpy as np

from deploy.demo.places import PLACES, Place
from deploy.demo.profiles import FEASTS, HOURS, KINDS, PLACE_BASE, PRESENCE, SEASON, WEEK, Kind
from deploy.demo.profiles import PLACES as SHARES
from deploy.demo.texts import MARK, TEXTS
from shared.cycles import cycle_of
from shared.geo.geometry import to_lonlat
from shared.geo.sun import is_dark

SEED = 2380
# As in municipality.env, which a test holds together with this.
ZONE = ZoneInfo("Europe/Stockholm")
HOME_CRS = "EPSG:3006"
FIRST_CYCLE, CYCLE = date(2024, 1, 1), timedelta(days=14)
CYCLES = 52

# Counts of real reports vary more than chance allows: each place and category has better and worse fortnights, by a
# gamma factor of this shape.
UNEVENNESS = 7.0
SECOND_WITNESS_SHARE = 0.015
WALKERS_FROM_HOUR = 19
LOCATION_KINDS = ("residential", "public", "semi_public")
GROUNDS = {
    "centre": (0, 8, 2),
    "youth": (1, 7, 2),
    "homes": (7, 0, 3),
    "roads": (1, 9, 0),
    "shops": (0, 1, 9),
    "public": (2, 8, 0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A fictive report as its organisation knows it. e, n: SWEREF 99 TM, metres. Times are aware, in local time."""

    organisation: str
    external_reference: str
    category: str
    subcategory: str | None
    occurred_from: datetime
    occurred_to: datetime | None
    e: float
    n: float
    place_code: str
    location_kind: str
    severity: int
    text: str


def cycle_start(day: date) -> date:
    """The first day of the cycle that `day` lies in."""
    return cycle_of(day, start=FIRST_CYCLE, days=CYCLE.days).first


def background(start: date) -> list[Report]:
    """What one cycle brings without anything special, in order of time; the references count per organisation."""
    numbers = np.random.default_rng([SEED, start.toordinal()])
    choices = random.Random(SEED * 1_000_000 + start.toordinal())
    reports: list[Report] = []
    for kind, place, day in _occasions(start, numbers):
        report = draw(kind, place, day, choices)
        if report is None:
            continue
        reports.append(report)
        if choices.random() < SECOND_WITNESS_SHARE:
            reports += _second_witness(report, kind, place, choices)
    return numbered(reports, prefix=f"{start:%y}{start.isocalendar().week:02}")


def numbered(reports: list[Report], *, prefix: str) -> list[Report]:
    """The reports in order of time, each with a reference of its organisation's own series."""
    counts: dict[str, int] = {}
    result = []
    for report in sorted(reports, key=lambda r: (r.occurred_from, r.organisation, r.text)):
        counts[report.organisation] = number = counts.get(report.organisation, 0) + 1
        result.append(replace(report, external_reference=f"{prefix}-{number:03}"))
    return result


def _occasions(start: date, numbers: np.random.Generator) -> Iterator[tuple[Kind, Place, date]]:
    """Which kind happens where and on which day, as often as it does. One Poisson draw for the whole cycle."""
    days = [start + timedelta(days=k) for k in range(CYCLE.days)]
    categories = sorted({kind.category for kind in KINDS})
    luck = numbers.gamma(UNEVENNESS, 1 / UNEVENNESS, (len(categories), len(PLACES)))
    rates = np.array([[[_rate(kind, day)] for day in days] for kind in KINDS])
    shares = np.array([[_shares(kind)] for kind in KINDS])
    uneven = np.array([[luck[categories.index(kind.category)]] for kind in KINDS])
    counts = numbers.poisson(rates * shares * uneven)
    for k, d, p in np.argwhere(counts):
        yield from repeat((KINDS[k], PLACES[p], days[d]), counts[k, d, p])


def _rate(kind: Kind, day: date) -> float:
    week, season = WEEK[kind.week], SEASON[kind.season]
    rate = kind.per_year / 365 * week[day.weekday()] * 7 / sum(week) * season[day.month - 1] * 12 / sum(season)
    return rate * FEASTS.get((day.month, day.day), {}).get(kind.subcategory, 1.0)


def _shares(kind: Kind) -> list[float]:
    weights = [SHARES[kind.places].get(place.code, PLACE_BASE) for place in PLACES]
    return [weight / sum(weights) for weight in weights]


def draw(kind: Kind, place: Place, day: date, choices: random.Random) -> Report | None:
    """One report of a kind at a place and day; None where it needs darkness and the night has none."""
    hour = _hour(kind, place, day, choices)
    if hour is None:
        return None
    begin, end = _interval(kind, day, hour, choices)
    e, n = _near(place, choices)
    plats = {"plats": place.name}
    senders = _senders(kind, place, hour)
    return Report(
        organisation=choices.choices(list(senders), list(senders.values()))[0],
        external_reference="",
        category=kind.category,
        subcategory=kind.subcategory,
        occurred_from=begin,
        occurred_to=end,
        e=e,
        n=n,
        place_code=place.code,
        location_kind=choices.choices(LOCATION_KINDS, GROUNDS[kind.places])[0],
        severity=choices.choices((1, 2, 3), kind.severity)[0],
        text=f"{choices.choice(TEXTS[kind.category, kind.subcategory]).format_map(plats)} {MARK}",
    )


def local(day: date, hour: int, minute: int) -> datetime:
    """A local time; hours from 24 lie on the next day. One that summer time skips becomes the hour after."""
    moment = datetime.combine(day + timedelta(days=hour // 24), time(hour % 24, minute), tzinfo=ZONE)
    return moment.astimezone(UTC).astimezone(ZONE)


def _hour(kind: Kind, place: Place, day: date, choices: random.Random) -> int | None:
    weights = HOURS[kind.hours]
    if kind.only_dark:
        lon, lat = to_lonlat(float(place.e), float(place.n), crs=HOME_CRS)
        weights = {hour: weight for hour, weight in weights.items() if is_dark(lon, lat, local(day, hour, 0))}
    return choices.choices(list(weights), list(weights.values()))[0] if weights else None


def _interval(kind: Kind, day: date, hour: int, choices: random.Random) -> tuple[datetime, datetime | None]:
    """When it happened, or between which times it must have: damage is found in the morning, a bicycle days later."""
    minute = choices.randrange(0, 60, 5)
    if kind.lasts == "night":
        found = local(day, 30 + choices.randrange(3), minute)
        return local(day, 17 + choices.randrange(5), choices.randrange(0, 60, 15)), found
    if kind.lasts == "days":
        gone = local(day - timedelta(days=choices.randint(1, 3)), choices.randint(15, 20), 0)
        return gone, local(day, hour, minute)
    begin = local(day, hour, minute)
    # Added in UTC: added to local time, an interval over the change of the clock would be an hour off.
    end = begin.astimezone(UTC) + timedelta(minutes=choices.randrange(15, 95, 5))
    return begin, end.astimezone(ZONE) if kind.lasts == "while" else None


def _near(place: Place, choices: random.Random) -> tuple[float, float]:
    """A point around a place, most often near its middle; in the centre places lie close, so it strays less there."""
    nearest = min(math.hypot(place.e - other.e, place.n - other.n) for other in PLACES if other is not place)
    spread = min(0.25 * place.reach_m, 0.3 * nearest)
    return round(choices.gauss(place.e, spread), 1), round(choices.gauss(place.n, spread), 1)


def _senders(kind: Kind, place: Place, hour: int) -> dict[str, float]:
    """Who could have seen it, by weight: those who work at the place, and night walkers in the evening only."""
    everywhere = frozenset({place.code})
    here = {key: w for key, w in kind.senders.items() if place.code in PRESENCE.get(key, everywhere)}
    if hour < WALKERS_FROM_HOUR:
        here.pop("nattvandrarna", None)
    return here or {"municipality": 1.0}


def _second_witness(report: Report, kind: Kind, place: Place, choices: random.Random) -> list[Report]:
    """The same occurrence, seen by another organisation some metres and minutes off."""
    others = [key for key in _senders(kind, place, report.occurred_from.hour) if key != report.organisation]
    if not others:
        return []
    later = timedelta(minutes=choices.randrange(5, 25, 5))
    end = report.occurred_to and (report.occurred_to.astimezone(UTC) + later).astimezone(ZONE)
    return [
        replace(
            report,
            organisation=choices.choice(others),
            occurred_from=(report.occurred_from.astimezone(UTC) + later).astimezone(ZONE),
            occurred_to=end,
            e=round(report.e + choices.gauss(0, 30), 1),
            n=round(report.n + choices.gauss(0, 30), 1),
        )
    ]
