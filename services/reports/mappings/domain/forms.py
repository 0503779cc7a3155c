"""The forms that dates of files are written in: a few with names, and formats of strptime."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from services.reports.mappings.domain import dates
from services.reports.mappings.domain.faults import FaultCode
from services.reports.mappings.domain.written import LONGEST, NoSuchDay, Order, is_dayless, on_the_clock, read

DateForm = Literal["iso", "ymd", "dmy", "mdy", "week", "excel", "unix_s", "unix_ms"]
DATE_FORMS: tuple[str, ...] = get_args(DateForm)
# How a text of each looks, for sentences and for choosing from.
EXAMPLES: dict[str, str] = {
    "iso": "2026-11-20T21:30:00+01:00",
    "ymd": "2026-11-20 21:30",
    "dmy": "20.11.2026 21:30",
    "mdy": "11/20/2026 9:30 PM",
    "week": "2026-W47",
    "excel": "46346.8958",
    "unix_s": "1795206600",
    "unix_ms": "1795206600000",
}
# The days of Excel's 1900 system, behind the 29 February 1900 that it believes in.
_SERIAL_ZERO, _LAST_SERIAL = date(1899, 12, 30), 110_000
_SERIAL = re.compile(r"(\d{1,6})(?:[.,](\d{1,17}))?(?:\s+(.+))?", re.ASCII)
# Of 1990 to 2119: no date that is written in digits alone has five of them.
SERIAL_ALONE = re.compile(r"(?:3[3-9]|[4-7]\d)\d{3}(?:[.,]\d{1,17})?", re.ASCII)
_PART_OF_DAY = re.compile(r"0?[.,](\d{1,17})(?:[eE]-0*(\d))?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,14}(?:[.,]\d{1,9})?", re.ASCII)
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ]\s*(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?)?\s*"
    r"([Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
_ISO_WEEK = re.compile(r"(\d{4})-?[Ww](\d\d)(?:-?([1-7]))?", re.ASCII)
_ISO_ORDINAL = re.compile(r"(\d{4})-(\d{3})", re.ASCII)
# A year and a number are a month to whoever reads them, unless something says that it is a week.
_WEEK = r"(?:(?:veckan?|week|woche|viikko|uge|uke|kw|vk|wk|[vwu])[\s.]*)"
_YEAR_AND_WEEK = r"(?P<y>\d{{4}})[\s./,\-]*{}(?P<w>\d{{1,2}})"
_WEEK_AND_YEAR = r"{}(?P<w>\d{{1,2}})[\s./,\-]+(?:år\s+)?(?P<y>\d{{4}})"
_WEEKS, _BARE_WEEKS = (
    [re.compile(each.format(_WEEK + often), re.ASCII | re.IGNORECASE) for each in (_YEAR_AND_WEEK, _WEEK_AND_YEAR)]
    for often in ("", "?")
)
_SAYS_WEEK = re.compile(r"veck(?!odag)|week(?!day)|woche(?!n?tag)|viikko|(?<![^\W_])(?:uge|uke|kw|vk|wk)(?![^\W_])")
# What `week` is under a heading that says so.
_BARE_WEEK = "week of its heading"
_A_YEAR, _A_MONTH, _A_NAME = r"(?:19|20)\d\d", r"(?:0?[1-9]|1[0-2])", r"[^\W\d_]{3,12}\.?"
_NO_DAY = re.compile(
    rf"{_A_YEAR}(?:[\s./\-]*(?:{_A_MONTH}|{_A_NAME}))?|(?:{_A_MONTH}[\s./\-]+|{_A_NAME}[\s./\-]*){_A_YEAR}"
)
# 21:00-23:00, 21.00 – 23.30, kl 21-23.
_FROM_AND_TO = re.compile(
    r"(?<![\d:.])\d{1,2}[:.]\d\d\s?[-–—]\s?\d{1,2}[:.]\d\d$|\s\d{1,2}\s?[-–—]\s?\d{1,2}$|\d\s[-–—]\s\d{4}", re.ASCII
)
_PROBE = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)


class Days(NamedTuple):
    """Some days in a row, of which nobody knows on which it happened."""

    first: date
    last: date


Said = datetime | date | Days
Read = Callable[[str], Said | None]


@lru_cache(maxsize=256)
def reader_of(form: str) -> Read:
    """What reads a text in one of DATE_FORMS or a format of strptime. None where it is written otherwise.

    What is read raises NoSuchDay for a day that is in no calendar.
    """
    return _NAMED.get(form) or dates.reader_of(form)


def read_in(forms: Sequence[str], text: str) -> Said | None:
    """What a text says by the first of these forms that reads it; None where none does."""
    for form in forms:
        try:
            if (said := reader_of(form)(text)) is not None:
                return said
        except NoSuchDay:
            continue
    return None


@lru_cache(maxsize=256)
def under_headings(forms: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """These forms as they read columns of these names: a year and a number are a week where a name says so."""
    if "week" not in forms or not any(_SAYS_WEEK.search(name.casefold()) for name in names):
        return forms
    return tuple(_BARE_WEEK if form == "week" else form for form in forms)


def why_unread(forms: Sequence[str], text: str) -> tuple[FaultCode, str]:
    """The code and the sentence for a text that none of these forms reads."""
    if is_dayless(text):
        return "missing", "A date is needed: there is none, but for a time of day or a word for none."
    if is_no_day(text):
        return "no_day", "A day is needed: a month or a year alone would be counted on a day that nobody meant."
    for form in forms if SERIAL_ALONE.fullmatch(text) is None else ():
        try:
            order = order_of(form)
            if order is None:
                reader_of(form)(text)
            else:
                read(text, order)
        except NoSuchDay as none:
            return "no_such_day", str(none)
    if SERIAL_ALONE.fullmatch(text) and "excel" not in forms:
        return "not_a_date", "A number of days, as Excel keeps dates. Add excel to datetime_format of the mapping."
    if _FROM_AND_TO.search(text):
        return "not_a_date", "From and to stand in one cell, which is not read. Write them into two columns."
    ways = " or ".join(dict.fromkeys(map(example_of, forms)))
    return "not_a_date", f"Written in another way than {ways}. Add this way to datetime_format of the mapping."


def is_no_day(text: str) -> bool:
    """Whether a text says a month or a year, and no day."""
    return len(text) <= LONGEST and _NO_DAY.fullmatch(text) is not None


def example_of(form: str) -> str:
    """How a text in this form looks, the same moment in each."""
    return EXAMPLES.get("week" if form == _BARE_WEEK else form) or _PROBE.strftime(form)


def order_of(form: str) -> Order | None:
    """In which order a form has day, month and year, for the three that there are; None for another."""
    if form in ("ymd", "dmy", "mdy"):
        return form  # type: ignore[return-value]
    letters = re.findall("[Yymbd]", "".join(re.findall(r"%-?([A-Za-z])", form)).replace("B", "b"))
    said = "".join(letters).lower().replace("b", "m")
    return said if said in ("ymd", "dmy", "mdy") else None  # type: ignore[return-value]


def _iso(text: str) -> Said | None:
    """Any day or moment of ISO 8601, weeks and days of the year too. A day with an offset is that whole local day."""
    if week := _ISO_WEEK.fullmatch(text):
        monday = _monday(int(week[1]), int(week[2]))
        return monday + timedelta(days=int(week[3]) - 1) if week[3] else Days(monday, monday + timedelta(days=6))
    if ordinal := _ISO_ORDINAL.fullmatch(text):
        day = date(int(ordinal[1]), 1, 1) + timedelta(days=int(ordinal[2]) - 1) if int(ordinal[1]) else None
        if day is None or day.year != int(ordinal[1]):
            raise NoSuchDay("There is no such day in the calendar.")
        return day
    if (found := _ISO.fullmatch(text)) is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise NoSuchDay("There is no such day in the calendar.") from None
    if found[4] is None:
        return day
    clock = f"{found[4]}:{found[5] or '00'}:{found[6] or '00'}.{found[7] or '0'}{found[8] or ''}"
    return on_the_clock(day, clock)


def _monday(year: int, week: int) -> date:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        raise NoSuchDay("There is no such week in that year.") from None


def _week(text: str, patterns: Sequence[re.Pattern[str]]) -> Days | None:
    """A week by its number, ISO 8601: the whole of it, for it happened on one of its days."""
    for pattern in patterns:
        if found := pattern.fullmatch(text):
            monday = _monday(int(found["y"]), int(found["w"]))
            return Days(monday, monday + timedelta(days=6))
    return None


def _excel(text: str) -> Said | None:
    """A serial day of Excel's 1900 system; with its part of a day, or with a clock behind it, a moment."""
    if (found := _SERIAL.fullmatch(text)) is None or not 1 <= int(found[1]) <= _LAST_SERIAL:
        return None
    day = _SERIAL_ZERO + timedelta(days=int(found[1]))
    part = f"0.{found[2]}" if found[2] else None
    if found[3]:
        if (fraction := _PART_OF_DAY.fullmatch(found[3])) is None:
            return on_the_clock(day, f" {found[3]}")
        part = f"0.{fraction[1]}e-{fraction[2] or 0}"
    if part is None or float(part) == 0:
        return day
    # To the second: the fifteen digits that Excel keeps make 21:29:59.9999 of half past nine.
    return datetime(day.year, day.month, day.day) + timedelta(seconds=round(float(part) * 86_400))  # noqa: DTZ001


def _unix(text: str, *, per_s: int) -> datetime | None:
    if len(text) > LONGEST or _NUMBER.fullmatch(text) is None:
        return None
    try:
        return datetime.fromtimestamp(float(text.replace(",", ".")) / per_s, UTC)
    except (ValueError, OverflowError, OSError):
        return None


_NAMED: dict[str, Read] = {
    "iso": _iso,
    "ymd": lambda text: read(text, "ymd"),
    "dmy": lambda text: read(text, "dmy"),
    "mdy": lambda text: read(text, "mdy"),
    "week": lambda text: _week(text, _WEEKS),
    _BARE_WEEK: lambda text: _week(text, _BARE_WEEKS),
    "excel": _excel,
    "unix_s": lambda text: _unix(text, per_s=1),
    "unix_ms": lambda text: _unix(text, per_s=1000),
}
