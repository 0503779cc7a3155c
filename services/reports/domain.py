"""What a report is, and where and when it happened. Pure: values in, values or a refusal out."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.reports.taxonomy import CATEGORIES
from shared.errors import FieldError, Invalid
from shared.geo import AreaIndex, cell_of, to_metres
from shared.sun import is_dark

BAND_HOURS = 2
# Later than this before the present is a typing mistake rather than a memory.
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What placing needs to know of the municipality: its clock, its projected system, its areas."""

    zone: ZoneInfo
    crs: str
    areas: AreaIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a report lies. `e`, `n` in metres in the municipality's system; `area_code` None outside all areas."""

    lon: float
    lat: float
    e: int
    n: int
    cell: str
    area_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
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
    place: Place | None
    dark: bool | None
    severity: int
    location_kind: str | None
    text: str | None


def check_category(category: str, subcategory: str | None) -> None:
    """Raise Invalid unless the codes exist and belong together."""
    known = CATEGORIES.get(category)
    if known is None:
        fault = FieldError("/category", "unknown_category", f"One of {', '.join(CATEGORIES)}.")
        raise Invalid("There is no such category.", errors=(fault,))
    if subcategory is not None and subcategory not in known.subcategories:
        fits = ", ".join(known.subcategories) or "none"
        fault = FieldError("/subcategory", "unknown_subcategory", f"Under {category}: {fits}.")
        raise Invalid("There is no such sub-category.", errors=(fault,))


def when(occurred_from: datetime | date, occurred_to: datetime | None, *, zone: ZoneInfo, now: datetime) -> When:
    """The time of a report. A date alone is that whole local day, 23 or 25 hours long where the clock changes.

    Datetimes without a zone are local. Raises Invalid for an end before the beginning, or a time to come.
    """
    if not isinstance(occurred_from, datetime):
        begin = datetime.combine(occurred_from, time.min, tzinfo=zone).astimezone(UTC)
        end: datetime | None = datetime.combine(occurred_from + timedelta(days=1), time.min, tzinfo=zone).astimezone(
            UTC
        )
        day, band = occurred_from, None
    else:
        local = occurred_from.replace(tzinfo=zone) if occurred_from.tzinfo is None else occurred_from.astimezone(zone)
        begin, day, band = local.astimezone(UTC), local.date(), local.hour // BAND_HOURS
        end = _utc(occurred_to, zone) if occurred_to is not None else None
    if begin > now + timedelta(minutes=5) or day < EARLIEST:
        raise Invalid(
            "The time is not one that can have been.",
            errors=(FieldError("/occurred_from", "impossible_time", f"Between {EARLIEST} and now."),),
        )
    if end is not None and end < begin:
        raise Invalid(
            "The report ends before it begins.",
            errors=(FieldError("/occurred_to", "before_start", "Not before occurred_from."),),
        )
    return When(occurred_from=begin, occurred_to=end, occurred_on=day, band=band)


def _utc(value: datetime, zone: ZoneInfo) -> datetime:
    return (value.replace(tzinfo=zone) if value.tzinfo is None else value).astimezone(UTC)


def place(lon: float, lat: float, *, ground: Ground) -> Place:
    """The grid cell and area of a point in degrees, WGS 84. Raises Invalid where the projection does not reach."""
    e, n = to_metres(lon, lat, crs=ground.crs)
    if abs(e) > 1e8 or abs(n) > 1e8:  # also true for inf; nan is refused below by the comparison
        raise _no_place(ground.crs)
    if not (e == e and n == n):  # noqa: PLR0124 - nan
        raise _no_place(ground.crs)
    return Place(lon=lon, lat=lat, e=round(e), n=round(n), cell=cell_of(e, n), area_code=ground.areas.code_at(lon, lat))


def _no_place(crs: str) -> Invalid:
    fault = FieldError("/point", "impossible_place", f"The point cannot be placed in {crs}.")
    return Invalid("The point is not one on this map.", errors=(fault,))


def darkness(moment: When, where: Place | None) -> bool | None:
    """Whether it was dark (civil twilight over) when and where it began; None where either is not known."""
    if where is None or moment.band is None:
        return None
    return is_dark(where.lon, where.lat, moment.occurred_from)


def row_hash(report: Report) -> bytes:
    """What tells two versions of a report apart: 16 bytes over everything the sender may change."""
    where = (report.place.lon, report.place.lat) if report.place else None
    facts = (
        report.category, report.subcategory, report.when, where, report.severity, report.location_kind, report.text,
    )  # fmt: skip
    return hashlib.blake2b(repr(facts).encode(), digest_size=16).digest()
