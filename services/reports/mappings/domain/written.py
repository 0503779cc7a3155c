"""Reads dates as people write them, once it is known in which order day, month and year stand.

All else is read as it comes: 20.11.2026, 20/11-26, 20 nov 2026, fre 20 november 2026 kl. 21.30, 9:05, 9.05 pm, 24:00.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from services.reports.mappings.domain.names import MONTHS, WEEKDAYS, ZONES, word

Order = Literal["ymd", "dmy", "mdy"]
# A longer cell is no date, and an expression may take the square of its length.
LONGEST = 80
# Of a year in two digits, as POSIX has it: what happened before 1990 is refused later in any case.
_CENTURY_TURNS_AT = 69
_FIRST_OFFSET, _LAST_OFFSET = timedelta(hours=-12), timedelta(hours=14)
_STEP_OF_OFFSETS = timedelta(minutes=15)
_NOWHERE = timezone(timedelta(hours=23))

_GAP = r"[\s./,\-]+"
_DAY = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th|:e|:a)?"
_MONTH, _NAME = r"(?P<m>[0-9]{1,2})", r"(?P<n>[^\W\d_]+)"
_YEAR, _WHOLE_YEAR = r"['’]?(?P<y>[0-9]{4}|[0-9][0-9])(?![0-9])", r"(?P<y>[0-9]{4})"
_NUMBERED = {
    "ymd": (
        rf"{_YEAR}{_GAP}{_MONTH}{_GAP}{_DAY}(?![0-9])",
        r"(?P<y>[0-9]{4}|[0-9]{1,2})(?P<m>[0-9][0-9])(?P<d>[0-9][0-9])(?![0-9])",
    ),
    "dmy": (
        rf"{_DAY}{_GAP}{_MONTH}{_GAP}{_YEAR}",
        r"(?P<d>[0-9]{1,2})(?P<m>[0-9][0-9])(?P<y>[0-9]{4}|[0-9][0-9])(?![0-9])",
    ),
    "mdy": (
        rf"{_MONTH}{_GAP}{_DAY}{_GAP}{_YEAR}",
        r"(?P<m>[0-9]{1,2})(?P<d>[0-9][0-9])(?P<y>[0-9]{4}|[0-9][0-9])(?![0-9])",
    ),
}
# A name tells which is the month, and four digits before it which is the year.
_NAMED = (
    rf"{_DAY}[\s./,\-]*{_NAME}[\s./,\-]*{_YEAR}",
    rf"{_NAME}[\s./,\-]*{_DAY}{_GAP}{_YEAR}",
    rf"{_WHOLE_YEAR}[\s./,\-]*{_NAME}[\s./,\-]*{_DAY}(?![0-9])",
)
_BEFORE = r"(?:(?P<w>[^\W\d_]+)[\s.,]+)??(?:(?:den|the|am|d\.)\s+)?"
# Nobody writes the year first and then the day: a whole year in front is followed by the month in any order.
_PATTERNS = {
    order: [
        re.compile(_BEFORE + each, re.IGNORECASE)
        for each in (
            _NUMBERED[order][0],
            *_NAMED,
            rf"{_WHOLE_YEAR}{_GAP}{_MONTH}{_GAP}{_DAY}(?![0-9])",
            _NUMBERED[order][1],
        )
    ]
    for order in _NUMBERED
}
# A workbook's or a database's midnight behind a day, before the clock that is meant.
_NO_CLOCK = re.compile(r"[\sT]+00:00(?::00(?:[.,]0+)?)?(?=\s+\S)", re.IGNORECASE)
_AT = re.compile(
    r"[\s,T\-]*(?:(?:(?:c:?a|cirka|circa|omkring|runt|about|approx|noin|etwa|gegen)\b|[~≈±])[\s.]*)?"
    r"(?:(?P<at>kl|klockan|klo|um|at|@)\b[\s.:]*)?",
    re.IGNORECASE,
)
# Stands behind a day where nobody knows the time.
_UNKNOWN = re.compile(
    r"[-–—?.]{1,3}|n/?a|okän[td]|ej känt|vet ej|saknas|uppgift saknas|ukjent|ukendt|unknown|unbekannt|ei tiedossa",
    re.IGNORECASE,
)
_ZONE = rf"(?:(?:utc|gmt)\s?[+\-][0-9]{{1,2}}(?::?[0-5][0-9])?|{'|'.join(ZONES)})"
_CLOCK = re.compile(
    r"(?:(?P<H>[0-9]{1,2})(?:[:.h](?P<M>[0-9][0-9])(?:[:.](?P<S>[0-9][0-9])(?:[.,](?P<f>[0-9]{1,9}))?)?)?"
    r"|(?P<run>[0-9]{3,4}|[0-9]{6}))"
    r"\s*(?P<half>[ap]\.?m\.?|[fe]\.?m\.?|[ai]p\.?)?\s*(?:uhr|hrs|h)?\s*"
    rf"(?P<zone>{_ZONE}|\({_ZONE}\)|[+\-][0-9][0-9](?::?[0-5][0-9])?)?",
    re.IGNORECASE,
)
_SHIFT = re.compile(r"(?:utc|gmt)?\s?([+\-])([0-9]{1,2}):?([0-9]{2})?", re.IGNORECASE)
_LAST_WORD, _LONGEST_NAME = re.compile(r"([A-Za-z]+)\)?\s*$"), 12
_NO_DAY_BUT_CLOCK = re.compile(r":|^kl|^[0-9]{1,2}[.](?:00|1[3-9]|[2-5][0-9])$", re.IGNORECASE)
_ANY_DAY = date(2026, 1, 1)
_END_OF_DAY = re.compile(r"(?<![0-9])24[:.]?00(?![0-9])")
_ZONE_ALONE = re.compile(rf"(?:{_ZONE}|[+\-][0-9][0-9]:[0-5][0-9])", re.IGNORECASE)


class NoSuchDay(ValueError):
    """The text says a day that is in no calendar, or under a weekday that it was not."""


def read(text: str, order: Order) -> datetime | date | None:
    """The moment that a text says, the day where it says no clock; None where it is no date. Raises NoSuchDay.

    A day with an offset and no clock is that whole local day. 24:00 is the midnight at the end of a day.
    """
    if len(text) > LONGEST:
        return None
    for found in _days(text, order):
        if (day := _day(found)) is None:
            continue
        rest = text[found.end() :]
        if is_unknown(rest) or _ZONE_ALONE.fullmatch(rest.strip()):
            return day
        return on_the_clock(day, rest)
    return None


def is_unknown(clock: str) -> bool:
    """Whether this says that nobody knows the time of the day; nothing at all says so too."""
    return not clock.strip() or _UNKNOWN.fullmatch(clock.strip()) is not None


def is_dayless(text: str) -> bool:
    """Whether this says no day at all: nothing, a sign or a word for none, or a clock alone."""
    said = text.strip()
    if len(said) > LONGEST:
        return False
    first, _, clock = said.partition(" ")
    return is_unknown(said) or _is_clock(said) or (is_unknown(first) and _is_clock(clock))


def _is_clock(text: str) -> bool:
    """Whether it is a clock and cannot be anything else: 2026 and 20.11 may say a day as well."""
    return _NO_DAY_BUT_CLOCK.search(text) is not None and _clocked(_ANY_DAY, f" {text}") is not None


def _days(text: str, order: Order) -> Iterator[re.Match[str]]:
    return (found for pattern in _PATTERNS[order] if (found := pattern.match(text)))


def _day(found: re.Match[str]) -> date | None:
    said = found.groupdict()
    weekday = None
    if said.get("w") and (weekday := WEEKDAYS.get(word(said["w"]))) is None:
        return None
    month = MONTHS.get(word(said["n"])) if said.get("n") else int(said["m"])
    year = int(said["y"])
    if month is None or (len(said["y"]) > 2 and not 1800 <= year <= 2300):
        return None
    if len(said["y"]) <= 2:
        year += 2000 if year < _CENTURY_TURNS_AT else 1900
    if not 1 <= month <= 12:
        raise NoSuchDay("There is no month of that number. Day and month may stand in the other order.")
    try:
        day = date(year, month, int(said["d"]))
    except ValueError:
        raise NoSuchDay("There is no such day in the calendar.") from None
    if weekday is not None and day.isoweekday() != weekday:
        raise NoSuchDay("That day is another weekday. Day and month may stand in the other order.")
    return day


def on_the_clock(day: date, rest: str) -> datetime | None:
    """A day with the clock that is written behind it; None where that is none."""
    bare = _NO_CLOCK.sub("", rest, count=1)
    # A midnight before something else than a clock is the clock that is meant: 00:00 UTC, 00:00 Uhr.
    return _clocked(day, bare) or (_clocked(day, rest) if bare != rest else None)


def _clocked(day: date, rest: str) -> datetime | None:
    at = _AT.match(rest)
    begin = at.end() if at else 0
    found = _CLOCK.fullmatch(rest[begin:].strip())
    # An hour alone is one only where the text says that it is a clock.
    if found is None or not (found["M"] or found["run"] or found["half"] or (at and at["at"])):
        return None
    hour, minute, second, micro = _parts(found)
    hour = _of_twenty_four(hour, found["half"])
    end_of_day = (hour, minute, second, micro) == (24, 0, 0, 0)
    if not (0 <= hour < 24 or end_of_day) or minute > 59 or second > 59:
        return None
    moment = datetime(day.year, day.month, day.day, 0 if end_of_day else hour, minute, second, micro)  # noqa: DTZ001
    return on_an_offset((moment + timedelta(days=end_of_day)).replace(tzinfo=_offset(found["zone"])))


def on_an_offset(moment: datetime) -> datetime | None:
    """The moment, unless no clock on earth has its offset: what stands there is a second clock, as in 21:00-23:00."""
    offset = moment.utcoffset()
    if offset is None or (_FIRST_OFFSET <= offset <= _LAST_OFFSET and not offset % _STEP_OF_OFFSETS):
        return moment
    return None


def _parts(found: re.Match[str]) -> tuple[int, int, int, int]:
    if found["run"]:
        run = found["run"].zfill(4).ljust(6, "0")
        return int(run[:2]), int(run[2:4]), int(run[4:]), 0
    fraction = (found["f"] or "").ljust(6, "0")[:6]
    return int(found["H"]), int(found["M"] or 0), int(found["S"] or 0), int(fraction)


def _of_twenty_four(hour: int, half: str | None) -> int:
    """An hour with am or pm (fm, em; ap, ip) as one of twenty-four, -1 for one that there is not."""
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        return -1
    return hour % 12 + (12 if half[0].lower() in "pei" else 0)


def _offset(zone: str | None) -> timezone | None:
    if zone is None:
        return None
    if (found := _SHIFT.fullmatch(zone.strip("()"))) is None:
        return timezone(timedelta(hours=ZONES[zone.strip("()").lower()]))
    span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-span if found[1] == "-" else span) if span < timedelta(days=1) else _NOWHERE


def is_end_of_day(text: str) -> bool:
    """Whether the clock of a text is 24:00, which nobody writes where nobody knows the time."""
    return _END_OF_DAY.search(text) is not None


def zone_of(text: str) -> str | None:
    """The name of a zone behind a clock, in small letters; None where none stands there, or one in numbers."""
    found = _LAST_WORD.search(text[-_LONGEST_NAME:])
    return found[1].lower() if found and found[1].lower() in ZONES else None
