"""What a report is, and where and when it happened: values in, values or a refusal out."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import orjson

from services.reports.ground import Ground
from services.reports.intake.clocks import begins, ends
from services.reports.intake.hours import BAND_HOURS, begun
from services.reports.taxonomy import CATEGORIES, in_force, is_category, is_subcategory
from shared import moments
from shared.errors import FieldError, Invalid
from shared.geo import geometry
from shared.geo.neighbourhood import FAR_AWAY, see_areas
from shared.geo.sun import is_dark
from shared.spelling import choices

Status = Literal["received", "accepted", "question", "duplicate", "rejected", "withdrawn"]
Purpose = Literal["daily_work", "est_meeting", "review", "follow_up", "request_for_documents", "system"]
LocationKind = Literal["residential", "public", "semi_public"]
Certainty = Literal["certain", "likely", "uncertain"]
# An incident of its own: not withdrawn, rejected or a duplicate of another.
COUNTING: frozenset[Status] = frozenset({"received", "accepted", "question"})
# In the coordinator's queue.
WAITING: tuple[Status, ...] = ("received", "question")

LONGEST_REFERENCE, LONGEST_TEXT = 100, 2000
# Earlier than this is a typing mistake rather than a memory.
EARLIEST = date(1990, 1, 1)
BETWEEN = f"Between {EARLIEST} and now."
# Clocks of senders differ from ours.
_AHEAD = timedelta(minutes=5)
# What a row of a file is known by where its sender gives no reference. It is a hash of the row: whoever saw it could
# tell a row guessed right from one guessed wrong.
OF_A_ROW = r"^row:[0-9a-f]+:[0-9]+$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point in degrees, WGS 84; `e`, `n` in metres in the municipality's system, and the grid cell around it."""

    lon: float
    lat: float
    e: int
    n: int
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a report lies: at a point, or only in the area its sender named. Without an area it is unplaced.

    said_area: the one that was named, where it lies in another while that is out of use.
    """

    area_code: str | None = None
    point: Point | None = None
    said_area: str | None = None


NOWHERE = Place()


class When(NamedTuple):
    """When it happened: an interval in UTC, and the local day and two-hour band it began in.

    `band` is None for a whole day, whose hour nobody knows.
    """

    occurred_from: datetime
    occurred_to: datetime | None
    occurred_on: date
    band: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report, ready to be stored."""

    id: UUID
    organisation_id: UUID
    client_id: str
    external_reference: str | None
    category: str
    subcategory: str | None
    when: When
    place: Place
    dark: bool | None
    severity: int
    location_kind: str | None
    text: str | None
    certainty: str | None = None


def placed(
    said: Mapping[str, Any],
    *,
    report_id: UUID,
    organisation_id: UUID,
    client_id: str,
    ground: Ground,
    now: datetime,
    stays: Place | None = None,
) -> Report:
    """A report from what its sender says: the fields of a request, with `point` as lon and lat or None.

    Codes out of use on its day become those in their place. An area beside a point is looked up alone. stays: where it
    lies already, said once more. Raises Invalid.
    """
    check_category(said["category"], said["subcategory"])
    moment = when(begins(said, zone=ground.zone), ends(said, zone=ground.zone, now=now), zone=ground.zone, now=now)
    category, subcategory = in_force(said["category"], said["subcategory"], on=moment.occurred_on)
    where = stays or place_in(said["area_code"], ground=ground)
    if (point := said["point"]) is not None:
        where = place(point["lon"], point["lat"], ground=ground)
    return Report(
        id=report_id,
        organisation_id=organisation_id,
        client_id=client_id,
        external_reference=said.get("external_reference"),
        category=category,
        subcategory=subcategory,
        when=moment,
        place=where,
        dark=darkness(moment, where),
        severity=said["severity"],
        location_kind=said["location_kind"],
        text=said["text"],
        certainty=said["certainty"],
    )


def check_category(category: str, subcategory: str | None) -> None:
    """Raise Invalid unless the codes exist, or did once, and belong together."""
    if not is_category(category):
        fault = FieldError("/category", "unknown_category", choices(CATEGORIES, sent=category))
        raise Invalid("There is no such category.", errors=(fault,))
    if subcategory is not None and not is_subcategory(category, subcategory):
        fits = CATEGORIES[category].subcategories if category in CATEGORIES else {}
        told = choices(fits, sent=subcategory, begin=f"Under {category} there are")
        fault = FieldError("/subcategory", "unknown_subcategory", told)
        raise Invalid("There is no such sub-category.", errors=(fault,))


def is_of_a_row(reference: str) -> bool:
    """Whether a reference has the form of those that rows of files are given; a sender's own is hidden from nobody."""
    return re.search(OF_A_ROW, reference) is not None


def when(
    occurred_from: datetime | date,
    occurred_to: datetime | date | None,
    *,
    zone: ZoneInfo,
    now: datetime,
    written_in: ZoneInfo | None = None,
) -> When:
    """The time of a report. A date alone is that whole local day, 23 or 25 hours long where the clock changes.

    zone: the municipality's, in which day and band are told. written_in: that of times without an offset, else `zone`.
    Raises Invalid for an end before the beginning, a time before EARLIEST or to come, or one that the clocks go forward
    over.
    """
    written_in = written_in or zone
    known = begun(occurred_from, written_in, zone)
    told = When(known[0], None, known[1], known[2]) if known else _closely(occurred_from, written_in, zone)
    # Behind all ways in which it may be written, so that none leads past the bounds, the quick one neither.
    if told.occurred_on < EARLIEST or told.occurred_from > now + _AHEAD:
        raise _impossible("occurred_from")
    return told if occurred_to is None else told._replace(occurred_to=_end(told, occurred_to, written_in, now=now))


def _closely(begin: datetime | date, written_in: ZoneInfo, zone: ZoneInfo) -> When:
    """The time of a beginning that is not worked out by its hour alone, in any year. Raises Invalid."""
    _check_meant(begin, "occurred_from")
    if isinstance(begin, datetime):
        first = _utc(begin, written_in, field="/occurred_from")
        local = first.astimezone(zone)
        return When(first, None, local.date(), local.hour // BAND_HOURS)
    first, last = (_utc(each, written_in) for each in (begin, begin + timedelta(days=1)))
    return When(first, last, begin, None)


def _end(told: When, said: datetime | date, written_in: ZoneInfo, *, now: datetime) -> datetime:
    """The end in UTC; of a day alone its last moment. Raises Invalid for one to come, or before the beginning."""
    _check_meant(said, "occurred_to")
    end = begin = _utc(said, written_in, field="/occurred_to")
    if begin > now + _AHEAD:
        raise _impossible("occurred_to")
    if whole_day := not isinstance(said, datetime):
        end = _utc(said + timedelta(days=1), written_in)
    # The end of the day before is the midnight at which this one begins.
    if end < told.occurred_from or (whole_day and end == told.occurred_from):
        fault = FieldError("/occurred_to", "before_start", "Not before occurred_from.")
        raise Invalid("The report ends before it begins.", errors=(fault,))
    return end


def _check_meant(value: datetime | date, field: str) -> None:
    """Raise Invalid unless zones and days can be reckoned with: files hold any year that their format has."""
    try:
        moments.check(value)
    except moments.Unmeant:
        raise _impossible(field) from None


def _impossible(field: str) -> Invalid:
    fault = FieldError(f"/{field}", "impossible_time", BETWEEN)
    return Invalid("The time is not one that can have been.", errors=(fault,))


def _utc(value: datetime | date, zone: ZoneInfo, *, field: str = "") -> datetime:
    """A time in UTC, or the first moment of a day, where its midnight is gone over the one after. Raises Invalid."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, tzinfo=zone).astimezone(UTC)
    try:
        return moments.to_utc(value, zone=zone)
    except moments.Skipped as skipped:
        fault = FieldError(field, "skipped_time", str(skipped))
        raise Invalid("The time is not one that can have been.", errors=(fault,)) from None


def since(asked: datetime | date | None, *, zone: ZoneInfo) -> datetime | None:
    """The first moment of what was asked for, in UTC; of a day alone its local midnight. Raises Invalid."""
    return None if asked is None else _utc(asked, zone, field="updated_since")


def place(lon: float, lat: float, *, ground: Ground) -> Place:
    """The grid cell and area of a point in degrees, WGS 84; no area near the municipality and outside its areas.

    Raises Invalid farther away.
    """
    if not geometry.near(np.array([lon]), np.array([lat]), areas=ground.areas, crs=ground.crs).all():
        fault = FieldError("/point", "impossible_place", FAR_AWAY)
        raise Invalid("The point lies far outside the municipality.", errors=(fault,))
    e, n = geometry.to_ground(lon, lat, crs=ground.crs)
    point = Point(lon=lon, lat=lat, e=round(e), n=round(n), cell=geometry.cell_of(e, n))
    return Place(area_code=ground.areas.code_at(lon, lat), point=point)


def place_in(area_code: str | None, *, ground: Ground) -> Place:
    """The place of a report whose sender names an area, or nothing. Raises Invalid for an area not in use."""
    if area_code is None:
        return NOWHERE
    if area_code not in ground.codes:
        told = see_areas(area_code, codes=ground.codes, names=ground.names)
        raise Invalid("There is no such area in use.", errors=(FieldError("/area_code", "unknown_area", told),))
    return Place(area_code=area_code)


def darkness(moment: When, where: Place) -> bool | None:
    """Whether it was dark (civil twilight over) when and where it began; None where either is not known."""
    if where.point is None or moment.band is None:
        return None
    return is_dark(where.point.lon, where.point.lat, moment.occurred_from)


def row_hash(report: Report) -> bytes:
    """What tells two versions of a report apart: 16 bytes over everything the sender may change.

    Not over the area of a point, nor one in the place of what was named: they change when the municipality draws its
    areas anew. Degrees to a centimetre, because a new release of the projection library may move the last digits.
    """
    moment, point = report.when, report.place.point
    named = report.place.said_area or report.place.area_code
    return hash_of(
        (
            report.category,
            report.subcategory,
            moment.occurred_from,
            moment.occurred_to,
            moment.band is None,
            (round(point.lon, 7), round(point.lat, 7)) if point else named,
            report.severity,
            report.location_kind,
            report.text,
            *((report.certainty,) if report.certainty else ()),  # so that rows without one keep the hash they had
        )
    )


def hash_of(facts: tuple[object, ...]) -> bytes:
    """What `row_hash` makes of a report's facts in its order, for those who have them in columns."""
    return hashlib.blake2b(orjson.dumps(facts), digest_size=16).digest()
