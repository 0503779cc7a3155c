"""The forms in which dates and clocks are known here, and whether a text is written in one of them. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache, lru_cache

from services.reports.mappings.domain.forms import SERIAL_ALONE, read_in

DAYS = (
    "%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%y%m%d", "%Y/%m/%d", "%y-%m-%d", "%Y.%m.%d",
    "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y", "%d%m%y", "%d/%m-%Y", "%d/%m %Y",
    "%d/%m-%y", "%y.%m.%d", "%y/%m/%d",
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
_UP_TO_FOUR = re.compile(r"\d{1,4}", re.ASCII)


def is_written(text: str, form: str) -> bool:
    """Whether a text is what this format writes, but for noughts before a day, a month or an hour.

    To strptime "20" is two o'clock as %H%M, and "261116" a day of 2611 as %Y%m%d.
    """
    if form in LETTERED:
        return _LETTERS.search(text) is not None and read_in((form,), text) is not None
    if (digits := NUMBERED.get(form)) is not None:
        return digits.fullmatch(text) is not None and read_in((form,), text) is not None
    return len(text) <= _LONGEST and _has_shape(_shape(text), form) and read_in((form,), text) is not None


def written(texts: Collection[str], family: Collection[str], *, bare: bool = False) -> dict[str, list[str]]:
    """For each of these forms what is written in it; those that write none of it are left out.

    bare: what a form with a name reads is written in it without letters too.
    """
    shapes: dict[str, list[str]] = {}
    for text in texts:
        shapes.setdefault(_shape(text) if len(text) <= _LONGEST else "", []).append(text)
    found = {}
    for form in family:
        if bare:
            told = [text for text in texts if read_in((form,), text) is not None]
        elif form in LETTERED or form in NUMBERED:
            told = [text for text in texts if is_written(text, form)]
        else:
            alike = (text for shape, some in shapes.items() if _has_shape(shape, form) for text in some)
            told = [text for text in alike if read_in((form,), text) is not None]
        if told:
            found[form] = told
    return found


def _shape(text: str) -> str:
    """A text with its digits as noughts; spaces and digits of other widths are those of a keyboard."""
    return _DIGIT.sub("0", text if text.isascii() else unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=4096)
def _fitting(shape: str) -> tuple[str, ...]:
    """The formats that write texts of this shape: few, of many that each text would have to be tried with."""
    return tuple(form for form in FORMATS if _has_shape(shape, form))


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


def says_clock(text: str) -> bool:
    """Whether a text is a time of day however it is written, as in "ca kl. 21.30"; an hour alone is none."""
    said = None if text.isdigit() else read_in(("ymd",), f"2026-01-02 {text}")
    return is_clock(text) or (isinstance(said, datetime) and said.tzinfo is None)


def with_noughts(texts: Sequence[str]) -> list[str]:
    """Clocks of four digits with the noughts that a column of numbers takes from them; other texts as they are.

    What is less than 100 is an hour in some files: only beside a number of three digits, or above 23, is it minutes.
    """
    filled = {text for text in texts if text}
    widths = {len(text) for text in filled}
    if not all(_UP_TO_FOUR.fullmatch(text) and is_written(text.zfill(4), "%H%M") for text in filled) or 4 not in widths:
        return list(texts)
    lost = 3 in widths or any(int(text) > 23 for text in filled if len(text) < 3)
    return [text and text.zfill(4) for text in texts] if lost else list(texts)


@lru_cache(maxsize=1024)
def is_day(text: str) -> bool:
    """Whether a text is a day alone, or at the midnight that stands for one."""
    if any(is_written(text, f"{day}{night}") for day in DAYS for night in MIDNIGHTS):
        return True
    return _LETTERS.search(text) is not None and type(read_in(LETTERED, text)) is date


@lru_cache(maxsize=1 << 14)
def is_dated(text: str) -> bool:
    """Whether a text is a day or a moment."""
    if len(text) <= _LONGEST and any(read_in((form,), text) is not None for form in _fitting(_shape(text))):
        return True
    return any(is_written(text, form) for form in LETTERED)


def is_counted(text: str) -> bool:
    """Whether a number may be a day or a moment, under a name that says so."""
    return any(is_written(text, form) for form in NUMBERED)


def are_dated(texts: Sequence[str]) -> bool:
    """Whether most of these are dates or moments, written in a form that is known here."""
    filled = [text for text in texts if text]
    return bool(filled) and sum(map(is_dated, filled)) * 10 >= len(filled) * 8


def has_hours(text: str) -> bool:
    """Whether it is a moment with a clock other than a workbook's midnight."""
    forms = (form for form in _fitting(_shape(text[:_LONGEST])) if "%H" in form or "%I" in form)
    read = (read_in((form,), text) for form in forms)
    return any(isinstance(moment, datetime) and moment.time() != time() for moment in read)
