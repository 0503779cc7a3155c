"""What a gathering is: where, when, how large, and which others come too close. Pure: values in, values out."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from services.events.errors import UnknownArea
from services.events.ground import Ground
from shared import moments
from shared.errors import ITSELF, Conflict, FieldError, Invalid
from shared.geo.geometry import near, to_metres
from shared.geo.neighbourhood import FAR_AWAY, see_areas

Kind = Literal["concert", "festival", "market", "sport", "demonstration", "procession", "celebration", "motor", "other"]
Status = Literal["registered", "cancelled"]
ScaleClass = Literal["S", "M", "L", "XL"]

# No Swedish authority publishes such limits. These are ours, until the municipality sets its own.
SCALE: tuple[tuple[ScaleClass, int], ...] = (("XL", 10_000), ("L", 2_000), ("M", 500), ("S", 0))
CLASSES: tuple[ScaleClass, ...] = ("S", "M", "L", "XL")
# With so many of these three a gathering needs more than its size says: alcohol, outdoors, at night.
WEIGHTY_FROM = 2
NIGHT_FROM, NIGHT_TO = time(22), time(6)

# What lasts longer is several gatherings. The limit also lets an index on the beginning find what is going on.
LONGEST = timedelta(days=31)
FIRST_YEAR, LAST_YEAR = 2000, 2100
BETWEEN = f"Between the years {FIRST_YEAR} and {LAST_YEAR}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """How near is too near: less than `margin` apart in time, and at most `distance_m` apart or in one area."""

    margin: timedelta
    distance_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it is: a point (degrees, and metres in the municipality's system), an area, or both."""

    lon: float | None
    lat: float | None
    e: int | None
    n: int | None
    area_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """When and where a gathering is, as far as somebody may know: metres in the municipality's system, None unknown."""

    starts_at: datetime
    ends_at: datetime
    e: int | None
    n: int | None
    area_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering(Spot):
    """One gathering as it is stored. Times are UTC; `version` is the number of facts told of it.

    said_area: the area that was told of one without a point, where it lies in another while that is out of use.
    """

    id: UUID
    organisation_id: UUID
    name: str
    kind: Kind
    place_name: str
    lon: float | None
    lat: float | None
    organiser: str
    expected_attendance: int
    outdoor: bool
    alcohol: bool
    scale_class: ScaleClass
    status: Status
    cancelled_reason: str | None
    version: int
    registered_at: datetime
    said_area: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Another gathering that comes too close: its fields as this reader may see them, None where it may not."""

    gathering: Mapping[str, Any]
    distance_m: int | None


def register(
    said: Mapping[str, Any], *, gathering_id: UUID, organisation_id: UUID, ground: Ground, now: datetime
) -> Gathering:
    """A gathering from what its organiser says: the fields of a request, with `point` as lon and lat or None.

    Raises Invalid for a place or time that cannot be, UnknownArea.
    """
    facts = {name: value for name, value in said.items() if name not in ("point", "area_code")}
    gathering = Gathering(
        id=gathering_id,
        organisation_id=organisation_id,
        scale_class="S",  # until it is settled
        status="registered",
        cancelled_reason=None,
        version=1,
        registered_at=now,
        **facts,
        **_fields(place(said["point"], said["area_code"], ground=ground)),
    )
    return _settled(gathering, ground=ground)


def changed(gathering: Gathering, said: Mapping[str, Any], *, ground: Ground) -> Gathering:
    """The gathering after a change of some fields; the same one where nothing differs.

    A new point gives a new area, unless another one is named beside it. Raises Conflict for one that is cancelled,
    otherwise what `register` raises.
    """
    # What stands there as it was read was not asked for anew: an area may be out of use by now.
    standing = {**asdict(gathering), "point": _point(gathering)}
    said = {name: value for name, value in said.items() if value != standing[name]}
    facts = {name: value for name, value in said.items() if name not in ("point", "area_code")}
    if "point" in said or "area_code" in said:
        point = said.get("point", _point(gathering))
        # The area of a point was found, not given: it binds nobody once the point moves.
        asked = said.get("area_code", None if point else gathering.area_code)
        facts |= _fields(place(point, asked, ground=ground))
    new = _settled(replace(gathering, **facts), ground=ground)
    if new == gathering:
        return gathering
    if gathering.status == "cancelled":
        raise Conflict(
            "This gathering is cancelled. Register it anew if it takes place after all.",
            code="gathering-cancelled",
            of=ITSELF,
        )
    return replace(new, version=gathering.version + 1)


def cancelled(gathering: Gathering, *, reason: str | None) -> Gathering:
    """The gathering once it is called off. Raises Conflict where it was before."""
    if gathering.status == "cancelled":
        raise Conflict("This gathering is cancelled already.", code="gathering-cancelled", of=ITSELF)
    return replace(gathering, status="cancelled", cancelled_reason=reason, version=gathering.version + 1)


def _settled(gathering: Gathering, *, ground: Ground) -> Gathering:
    starts_at, ends_at = when(gathering.starts_at, gathering.ends_at, zone=ground.zone)
    size = scale_class(
        gathering.expected_attendance,
        alcohol=gathering.alcohol,
        outdoor=gathering.outdoor,
        night=at_night(starts_at, ends_at, zone=ground.zone),
    )
    return replace(gathering, starts_at=starts_at, ends_at=ends_at, scale_class=size)


def place(point: Mapping[str, float] | None, area_code: str | None, *, ground: Ground) -> Place:
    """Where a point (lon, lat in degrees, WGS 84) or an area is. A point's area is the deepest around it, or None.

    An area given beside a point must hold it. Raises Invalid for nothing at all, a point far from the municipality or
    outside the area; UnknownArea.
    """
    if area_code is not None and area_code not in ground.in_use:
        fault = FieldError("/area_code", "unknown_area", see_areas(area_code, codes=ground.in_use))
        raise UnknownArea("No area in use has this code.", errors=(fault,))
    if point is None:
        if area_code is None:
            raise _invalid("point", "missing", "Give a point, an area, or both.")
        return Place(lon=None, lat=None, e=None, n=None, area_code=area_code)
    lon, lat = np.array([point["lon"]]), np.array([point["lat"]])
    if not near(lon, lat, areas=ground.areas, crs=ground.crs).all():
        raise _invalid("point", "impossible_place", FAR_AWAY)
    e, n = to_metres(point["lon"], point["lat"], crs=ground.crs)
    found = ground.areas.code_at(point["lon"], point["lat"])
    if area_code is not None and area_code not in ground.paths.get(found or "", ()):
        raise _invalid("point", "outside_area", "The point lies outside the area in area_code.")
    return Place(lon=point["lon"], lat=point["lat"], e=round(e), n=round(n), area_code=found)


def when(starts_at: datetime, ends_at: datetime, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Beginning and end in UTC. Raises Invalid for an end that is not after the beginning, or too long after it."""
    begin = instant(starts_at, zone=zone, name="starts_at")
    end = instant(ends_at, zone=zone, name="ends_at")
    if end <= begin:
        raise _invalid("ends_at", "before_start", "After starts_at.")
    if end - begin > LONGEST:
        raise _invalid("ends_at", "too_long", f"At most {LONGEST.days} days; register what lasts longer in parts.")
    return begin, end


def instant(moment: datetime, *, zone: ZoneInfo, name: str) -> datetime:
    """A moment in UTC; one without a zone is local. Raises Invalid for a year that nobody means, or no time at all."""
    try:
        found = moments.to_utc(moment, zone=zone)
    except moments.Skipped as skipped:
        raise _invalid(name, "skipped_time", str(skipped)) from None
    # On the clock here, so that the same moment is taken or refused on whichever offset it is written.
    if not FIRST_YEAR <= found.astimezone(zone).year <= LAST_YEAR:
        raise _invalid(name, "impossible_time", BETWEEN)
    return found


def first_of(asked: datetime | date, *, zone: ZoneInfo) -> datetime:
    """The first moment of what was asked for, in UTC: of a day alone its local midnight."""
    return _utc(asked if isinstance(asked, datetime) else datetime.combine(asked, time()), zone)


def end_of(asked: datetime | date, *, zone: ZoneInfo) -> datetime:
    """The moment that what was asked for ends before, in UTC: of a day alone the local midnight after it."""
    return first_of(asked if isinstance(asked, datetime) else asked + timedelta(days=1), zone=zone)


def asked(
    begin: datetime | date | None, end: datetime | date | None, *, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    """The ends of what a list is asked for, in UTC. Raises Invalid for an end before the beginning."""
    first = None if begin is None else first_of(begin, zone=zone)
    last = None if end is None else end_of(end, zone=zone)
    if first is not None and last is not None and last < first:
        fault = FieldError("to", "before_start", "Not before from.")
        raise Invalid("The end is before the beginning.", errors=(fault,))
    return first, last


def _utc(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)


def scale_class(expected_attendance: int, *, alcohol: bool, outdoor: bool, night: bool) -> ScaleClass:
    """How much a gathering asks of everybody: by its size, one class more where enough weighs on it."""
    size = next(name for name, least in SCALE if expected_attendance >= least)
    if alcohol + outdoor + night < WEIGHTY_FROM:
        return size
    return CLASSES[min(CLASSES.index(size) + 1, len(CLASSES) - 1)]


def at_night(starts_at: datetime, ends_at: datetime, *, zone: ZoneInfo) -> bool:
    """Whether any of it lies between ten in the evening and six in the morning, local time."""
    begin, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return begin.time() < NIGHT_TO or end > datetime.combine(begin.date(), NIGHT_FROM, zone)


def distance_m(one: Spot, other: Spot) -> int | None:
    """How far two gatherings are from each other, whole metres on the map; None where one has no point."""
    if one.e is None or one.n is None or other.e is None or other.n is None:
        return None
    return round(math.hypot(one.e - other.e, one.n - other.n))


def clash(one: Spot, other: Spot, *, near: Nearness, paths: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether two gatherings come too close in time and place. `paths` holds the path of every area, by code.

    In place: two points clash when near, or in one area smaller than the municipality; where a point is missing, the
    area of the one must be in the area of the other.
    """
    apart = max(one.starts_at, other.starts_at) - min(one.ends_at, other.ends_at)
    if apart >= near.margin:
        return False
    distance = distance_m(one, other)
    mine, theirs = (paths.get(each.area_code or "", ()) for each in (one, other))
    if distance is not None:
        return distance <= near.distance_m or (one.area_code == other.area_code and len(mine) > 1)
    return one.area_code in theirs or other.area_code in mine


def _point(gathering: Gathering) -> Mapping[str, float] | None:
    if gathering.lon is None or gathering.lat is None:
        return None
    return {"lon": gathering.lon, "lat": gathering.lat}


def _fields(where: Place) -> dict[str, Any]:
    return asdict(where) | {"said_area": None}


def _invalid(name: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, errors=(FieldError(f"/{name}", code, detail),))
