"""Days and moments as callers write them, and which of them anybody means. Pure.

Whatever comes in is bounded here before anything is reckoned with it: at both ends of what computers hold, a zone, a
day more or a year less leads out of it.
"""

import re
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Further than the memory of whoever is alive, and than any plan.
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
# What was planned is also written down years afterwards; further from today than these years is a typing mistake.
_YEARS = 10

# RFC 3339, without seconds and without a zone too. Nothing else that ISO 8601 allows: weeks, days of the year, commas,
# nor the hour 24, which Python takes from 3.14 on.
_WRITTEN = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ]((?!24)\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?:[Zz]|[+-]\d\d:?[0-5]\d)?)?", re.ASCII
)


class Unwritten(ValueError):
    """This is no day and no time, as they are written here."""

    def __init__(self) -> None:
        # In an address a plus would be a space: the time of the example can be sent anywhere.
        super().__init__("Write a day as 2026-11-20, and a time as 2026-11-20T15:30:00Z (in an address + is %2B).")


class NoSuchTime(Unwritten):
    """It is written as days and times are, and there is no such day or time."""

    def __str__(self) -> str:
        return "There is no such day in the calendar, or no such time."


class Unmeant(ValueError):
    """A day or time that nobody means; the text says which ones are too far. A field may ask for less."""

    def __init__(self, first: date = FIRST, last: date = LAST) -> None:
        super().__init__(f"Not before {first}, and not after {last}.")


class Skipped(ValueError):
    """A local time that there is not: that day the clocks go forward over it."""

    def __init__(self) -> None:
        super().__init__("There is no such time on that day: the clocks go forward over it.")


def read(written: str) -> datetime | date:
    """The moment that a text says, or the day where it says no time; bounded. Raises Unwritten, NoSuchTime, Unmeant."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise Unwritten
    try:
        value = date.fromisoformat(found[1]) if found[2] is None else datetime.fromisoformat(written.upper())
    except ValueError:
        raise NoSuchTime from None
    check(value)
    return value


def written(moment: datetime) -> str:
    """A moment as all that goes out has it: in UTC, with `Z` at its end."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def check(value: datetime | date) -> None:
    """Raise Unmeant unless zones and days can be added to this and taken from it."""
    day = value.date() if isinstance(value, datetime) else value
    if not FIRST <= day <= LAST:
        raise Unmeant


def to_utc(moment: datetime, *, zone: ZoneInfo) -> datetime:
    """A moment in UTC; one without an offset is local, the first of two where the clocks go back. Raises Skipped."""
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    found = moment.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != moment.replace(fold=0):
        raise Skipped
    return found


def plans(today: date) -> tuple[date, date]:
    """The first and the last day that something is planned for, or is written down as having been."""
    return _years_from(today, -_YEARS), _years_from(today, _YEARS)


def check_plan(day: date, *, today: date) -> None:
    """Raise Unmeant for a day that nobody plans anything for: more than ten years from today."""
    first, last = plans(today)
    if not first <= day <= last:
        raise Unmeant(first, last)


def _years_from(day: date, years: int) -> date:
    """The same day of another year; the last of February for the day that this year does not have."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name on the IANA list. Raises ValueError for all else that a machine may have under one.

    `localtime` is another zone on each machine, `right/…` counts leap seconds, and `Factory` stands for none.
    """
    if name not in zones():
        raise ValueError("is no time zone of the IANA list, such as Europe/Stockholm")
    return ZoneInfo(name)


@cache
def zones() -> frozenset[str]:
    """The names of the IANA list."""
    others = ("right/", "posix/", "localtime", "posixrules", "Factory")
    return frozenset(name for name in available_timezones() if not name.startswith(others))
