"""Numbers, days and times in the language of the request: what pages and templates say them with.

How a language writes them is CLDR's to say (Babel). What CLDR does not know stands in our texts, as patterns: weeks,
`at 19:30`, directions, numbers that are not told. Formatting one value takes Babel some 20 µs and a page has hundreds,
mostly the same ones, so what was said is remembered.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from babel.dates import format_date, format_time, match_skeleton
from babel.numbers import format_decimal, format_percent, get_minus_sign_symbol
from babel.units import format_unit

from services.gateway.pages.speech.language import (
    Language,
    gettext,
    language,
    marked,
    ngettext,
    pgettext,
)

# As statistics offices write what is there and not told.
NOT_YET = ".."
# Before a number from which something is left out: how much is not known, so "about" would say too much.
ABOUT = "≈\u00a0"
_HARD_SPACE = "\u00a0"
# Clockwise from north.
_WINDS = (
    marked("{distance} to the north"), marked("{distance} to the north-east"),
    marked("{distance} to the east"), marked("{distance} to the south-east"),
    marked("{distance} to the south"), marked("{distance} to the south-west"),
    marked("{distance} to the west"), marked("{distance} to the north-west"),
)  # fmt: skip


def number(n: float, *, decimals: int = 0) -> str:
    """A number with that many decimals: 12,345.6; no minus before nothing."""
    return _number(language(), n, decimals)


@lru_cache(maxsize=8192)
def _number(spoken: Language, n: float, decimals: int) -> str:
    pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    text = format_decimal(abs(n), format=pattern, locale=spoken.locale)
    # CLDR has the keyboard's hyphen for some languages; no printed text does.
    minus = get_minus_sign_symbol(spoken.locale).replace("-", "\u2212")
    return f"{minus}{text}" if n < 0 and round(n, decimals) else text


def percent(share_pct: float) -> str:
    """A share in per cent with one decimal: 12.5%."""
    return _percent(language(), share_pct)


@lru_cache(maxsize=1024)
def _percent(spoken: Language, share_pct: float) -> str:
    pattern = spoken.locale.percent_formats[None].pattern.replace("#,##0", "#,##0.0")
    return format_percent(share_pct / 100, format=pattern, locale=spoken.locale)


def mean(n: float | None) -> str:
    """A mean with one decimal, or a dash where there is none."""
    return "–" if n is None else number(n, decimals=1)


def count(n: int | None, about: bool = False) -> str:
    """A count, where None stands for one that is not published yet; about: others' reports in it are rounded."""
    if n is None:
        return NOT_YET
    return f"{ABOUT}{number(n)}" if about else number(n)


def spoken_count(n: int | None, about: bool = False) -> str:
    """The same for those who hear it read."""
    if n is None:
        return gettext("not published yet")
    return gettext("about {n}").format(n=number(n)) if about else number(n)


def reports(n: int | None, about: bool = False) -> str:
    """`14 reports`, `1 report`, `about 15 reports`, `number of reports not published yet`."""
    if n is None:
        return gettext("number of reports not published yet")
    if about:
        return ngettext("about {n} report", "about {n} reports", n).format(n=number(n))
    return ngettext("{n} report", "{n} reports", n).format(n=number(n))


def problems(n: int | None, about: bool = False) -> str:
    """The same of reports of problems: `14 problems reported`."""
    if n is None:
        return gettext("number of problems reported not published yet")
    if about:
        return ngettext("about {n} problem reported", "about {n} problems reported", n).format(n=number(n))
    return ngettext("{n} problem reported", "{n} problems reported", n).format(n=number(n))


def at_least(n: int, *, cut_off: bool) -> str:
    """A number; of a count that was cut off `at least 300`."""
    return gettext("at least {n}").format(n=number(n)) if cut_off else number(n)


def day(value: date) -> str:
    """22 November 2026."""
    return _day(language(), value, "yMMMMd")


def weekday(value: date, *, today: date) -> str:
    """Saturday 28 November; of another year Wednesday 3 September 2025. Ready for the middle of a sentence."""
    return _day(language(), value, "MMMMEEEEd" if value.year == today.year else "yMMMMEEEEd")


@lru_cache(maxsize=4096)
def _day(spoken: Language, value: date, skeleton: str) -> str:
    known = spoken.locale.datetime_skeletons
    pattern = known[match_skeleton(skeleton, known) or "yMMMd"].pattern
    return str(format_date(value, _widened(pattern), locale=spoken.locale))


def _widened(pattern: str) -> str:
    """A pattern of CLDR with whole names of months and days, and days that stay on the line of their month.

    CLDR keeps one pattern for names of all widths, to be widened by whoever uses it (UTS 35, Matching Skeletons).
    """
    wide = re.sub(r"E+", "EEEE", re.sub(r"c+", "cccc", re.sub(r"M{3,}", "MMMM", re.sub(r"L{3,}", "LLLL", pattern))))
    return re.sub(r"(?<=d) (?=[ML])|(?<=d\.) (?=[ML])|(?<=[ML]) (?=d)", _HARD_SPACE, wide)


def weekday_name(number_of_day: int) -> str:
    """Monday is 0."""
    return str(language().locale.days["stand-alone"]["wide"][number_of_day])


def short_weekday(number_of_day: int) -> str:
    """Mon is 0."""
    return str(language().locale.days["stand-alone"]["abbreviated"][number_of_day])


def span(first: date, last: date) -> str:
    """16–29 November 2026, 30 November – 13 December 2026: month and year once where they are the same."""
    return day(first) if first == last else _span(language(), first, last)


@lru_cache(maxsize=1024)
def _span(spoken: Language, first: date, last: date) -> str:
    differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    known = spoken.locale.interval_formats
    parts: Sequence[str] = (known.get("yMMMMd") or known.get("yMMMd") or {}).get(differs, ())
    if len(parts) != 2:
        return str(known[None]).format(day(first), day(last))
    begin, end = (
        format_date(at, _widened(part), locale=spoken.locale) for at, part in zip((first, last), parts, strict=True)
    )
    return f"{begin}{end}"


def weeks(first: date, last: date) -> str:
    """The ISO weeks of a period: week 47, or weeks 47–48."""
    begin, end = first.isocalendar().week, last.isocalendar().week
    if begin == end:
        return gettext("week\u00a0{number}").format(number=begin)
    return gettext("weeks\u00a0{first}–{last}").format(first=begin, last=end)


def clock(value: datetime, *, zone: tzinfo) -> str:
    """19:30, local time."""
    local = value.astimezone(zone)
    return _clock(language(), time(local.hour, local.minute))


@lru_cache(maxsize=4096)
def _clock(spoken: Language, value: time) -> str:
    # A text of ours: CLDR has the colon of tables, where Swedish sentences have a full stop.
    pattern = spoken.texts.pgettext("CLDR's pattern of a time of day", "HH:mm")
    return str(format_time(value, pattern, locale=spoken.locale))


def at_clock(said: str) -> str:
    """`at 19:30`."""
    return gettext("at\u00a0{time}").format(time=said)


def day_at_clock(said: str, value: datetime, *, zone: tzinfo) -> str:
    """A day that was said already, and the time: `22 November 2026 at 19:30`."""
    return pgettext("time of a day", "{day} {time}").format(day=said, time=at_clock(clock(value, zone=zone)))


def moment(value: datetime | date, *, zone: tzinfo, today: date) -> str:
    """`today at 19:30`, `yesterday at 08:15`, `Tuesday 24 November at 19:30`; with the year where it is another.

    Of a day `today`, `yesterday`, `Tuesday 24 November`.
    """
    local = value.astimezone(zone).date() if isinstance(value, datetime) else value
    if abs(local - today) <= timedelta(days=1):
        name = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}[(local - today).days]
    else:
        name = weekday(local, today=today)
    return day_at_clock(name, value, zone=zone) if isinstance(value, datetime) else name


def time_span(starts: datetime, ends: datetime, *, zone: tzinfo, today: date) -> str:
    """When something takes place: `Saturday 28 November at 12:00–23:00`; the end with its day where that is another."""
    first, last = starts.astimezone(zone).date(), ends.astimezone(zone).date()
    begin = day_at_clock(weekday(first, today=today), starts, zone=zone)
    if first == last:
        return f"{begin}–{clock(ends, zone=zone)}"
    return f"{begin} – {day_at_clock(weekday(last, today=today), ends, zone=zone)}"


def position(lat: float, lon: float) -> str:
    """`63.17650, 14.64000`: latitude, longitude, degrees."""
    pattern = pgettext("position", "{latitude}, {longitude}")
    return pattern.format(latitude=number(lat, decimals=5), longitude=number(lon, decimals=5))


def away(distance_m: float, bearing_deg: float) -> str:
    """`12 km to the south-east`; the bearing clockwise from north."""
    km = format_unit(max(1, round(distance_m / 1000)), "length-kilometer", length="short", locale=language().locale)
    return gettext(_WINDS[round(bearing_deg / 45) % 8]).format(distance=km.replace(" ", _HARD_SPACE))


def sentence(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
