"""The forms in which dates and clocks are known here, and whether a text is written in one of them. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import cache, lru_cache

from services.reports.mappings.domain.forms import SERIAL_ALONE, read_in

DAYS = (
    "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%y%m%d", "%Y/%m/%d", "%y-%m-%d", "%Y.%m.%d",
    "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%d%m%y",
)  # fmt: skip
CLOCKS = ("%H:%M", "%H:%M:%S", "%H.%M", "%H%M", "%H", "%H:%M:%S.%f", "%I:%M:%S %p", "%I:%M %p")
# A workbook's or a database's day, when it is written with the clock that it does not have.
MIDNIGHTS = ("", " 00:00:00", " 00:00", "T00:00:00", " 00:00:00.000")
# Midnights first: what is at midnight in all rows is a day.
FORMATS = (
    *(f"{day}{night}" for night in MIDNIGHTS[1:] for day in DAYS),
    *(f"{day} {clock}" for day in DAYS for clock in CLOCKS),
    *(f"%Y-%m-%dT{clock}{offset}" for clock in CLOCKS for offset in ("", "%z", "Z")),
    *(f"%Y-%m-%d {clock}{offset}" for clock in CLOCKS[:2] for offset in (" %z", "%z")),
    *DAYS,
)
# The mapping's own names for what people write in letters: "fre 20 november 2026 kl. 21.30", "v. 47 2026".
LETTERED = ("dmy", "mdy", "ymd", "week", "iso")
# Digits alone: of columns that are called times, for any number may look so.
NUMBERED: Mapping[str, re.Pattern[str]] = {
    "%Y%m%d%H%M": re.compile(r"(?:19|20)\d{10}", re.ASCII),
    "%Y%m%d%H%M%S": re.compile(r"(?:19|20)\d{12}", re.ASCII),
    "excel": SERIAL_ALONE,
    "unix_s": re.compile(r"(?:[6-9]\d{8}|[1-3]\d{9})(?:[.,]\d{1,9})?", re.ASCII),
    "unix_ms": re.compile(r"(?:[6-9]\d{11}|[1-3]\d{12})", re.ASCII),
}
_LONGEST = 40
_LETTERS = re.compile(r"[^\W\d_]")
_WIDTHS = {"Y": r"\d{4}", "f": r"\d{1,6}", "z": r"(?:Z|[+-]\d\d:?\d\d)", "H": r"\d{1,2}", "m": r"\d{1,2}",
           "d": r"\d{1,2}", "I": r"\d{1,2}", "p": "(?:[AaPp][Mm])"}  # fmt: skip
_DIGIT = re.compile("[0-9]")


def is_written(text: str, form: str) -> bool:
    """Whether a text is what this format writes, but for noughts before a day, a month or an hour.

    To strptime "20" is two o'clock as %H%M, and "261116" a day of 2611 as %Y%m%d.
    """
    if form in LETTERED:
        return _LETTERS.search(text) is not None and read_in((form,), text) is not None
    if (digits := NUMBERED.get(form)) is not None:
        return digits.fullmatch(text) is not None and read_in((form,), text) is not None
    if len(text) > _LONGEST or not _has_shape(_DIGIT.sub("0", text), form):
        return False
    return read_in((form,), text) is not None if "%d" in form else _is_a_clock(text, form)


def _is_a_clock(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1 << 16)
def _has_shape(shape: str, form: str) -> bool:
    """Of a thousand rows hardly three have shapes of their own."""
    return _pattern(form).fullmatch(shape) is not None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    parts = re.findall(r"(?:%[A-Za-z])+|[^%]+", form)
    return re.compile("".join(_run(part) if part[0] == "%" else re.escape(part) for part in parts), re.ASCII)


def _run(part: str) -> str:
    """Letters of a format that stand together have their whole width."""
    letters = part[1::2]
    alone = len(letters) == 1
    return "".join(r"\d\d" if letter in "mdH" and not alone else _WIDTHS.get(letter, r"\d\d") for letter in letters)


def is_clock(text: str, clocks: Sequence[str] = CLOCKS) -> bool:
    """Whether a text is a time of day in one of these forms."""
    return any(is_written(text, clock) for clock in clocks)


@lru_cache(maxsize=1024)
def is_day(text: str) -> bool:
    """Whether a text is a day alone, or at the midnight that stands for one."""
    if any(is_written(text, f"{day}{night}") for day in DAYS for night in MIDNIGHTS):
        return True
    return _LETTERS.search(text) is not None and type(read_in(LETTERED, text)) is date


@lru_cache(maxsize=1 << 14)
def is_dated(text: str) -> bool:
    """Whether a text is a day or a moment."""
    return any(is_written(text, form) for form in (*FORMATS, *LETTERED))


def are_dated(texts: Sequence[str]) -> bool:
    """Whether most of these are dates or moments, written in a form that is known here."""
    filled = [text for text in texts if text]
    return bool(filled) and sum(map(is_dated, filled)) * 10 >= len(filled) * 8


def has_hours(text: str) -> bool:
    """Whether it is a moment with a clock other than a workbook's midnight."""
    forms = (form for form in FORMATS if ("%H" in form or "%I" in form) and is_written(text, form))
    read = (read_in((form,), text) for form in forms)
    return any(isinstance(moment, datetime) and moment.time() != time() for moment in read)
