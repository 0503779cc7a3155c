"""Which columns of a file tell when it happened: by what stands in them as well as by their names.

A day and its clock often stand in two columns. What reads as a clock and is not used is named, for a clock that is left
out without a word makes whole days of moments.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain, compress

from services.reports.mappings.domain.forms import read_in
from services.reports.mappings.domain.written import is_dayless, is_unknown
from services.reports.suggestions.formats import days_of, formats_of, is_sensible, may_be_either, moment, with_more
from services.reports.suggestions.forms import (
    CLOCKS,
    are_dated,
    has_hours,
    is_clock,
    is_counted,
    is_dated,
    is_day,
    is_written,
    says_clock,
    with_noughts,
)
from services.reports.suggestions.turned import turned_rows

_USUAL = "%Y-%m-%d %H:%M"
_OF_CLOCKS = re.compile(r"\bkl\b|klock|clock|tid|time", re.IGNORECASE)

Cells = Mapping[str, Sequence[str]]
Rows = Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Which columns tell begin and end, in which formats, and which clocks are left over.

    columns: field -> its columns, to be joined; without `occurred_from` none looks like a date. unread, beyond: by the
    field the rows, from 0, whose text nobody can read, or that cannot have been. missing: the rows without a day.
    either: another order of day, month and year would read it too, as other days. begins: what the rows say of the
    beginning. turned: the rows, from 0, whose day and month may have been turned, by the column that says so.
    """

    columns: Mapping[str, tuple[str, ...]]
    formats: tuple[str, ...]
    unused: tuple[str, ...]
    unread: Rows = field(default_factory=dict)
    beyond: Rows = field(default_factory=dict)
    missing: Sequence[int] = ()
    either: bool = False
    begins: tuple[str, ...] = ()
    turned: Mapping[str, Sequence[int]] = field(default_factory=dict)


def times_of(
    cells: Cells,
    *,
    named: Mapping[str, Sequence[str]],
    taken: Collection[str],
    reported: Collection[str] = (),
    today: date,
) -> Times:
    """The times in these columns.

    named: the columns that are called so, best first, for `occurred_from`, `time`, `occurred_to` and `time_to`. taken:
    those that tell something else. reported: those that tell when it was said, which no day of the event goes with.
    """
    called = {column for columns in named.values() for column in columns}
    cells = {
        column: with_noughts(texts) if column in called else texts
        for column, texts in ((column, [cell.strip() for cell in texts]) for column, texts in cells.items())
    }
    begin = _begin(cells, named, taken)
    begins = _texts(cells, begin)
    elsewhere = days_of(filter(is_dated, chain.from_iterable(cells.values())), today=today)
    whole = list(compress(begins, (all(row) for row in zip(*(cells[column] for column in begin), strict=True))))
    formats = formats_of(begins, whole, pair=len(begin) == 2, elsewhere=elsewhere, today=today)
    end = _end(cells, named, begin, formats, today=today)
    columns = {name: found for name, found in (("occurred_from", begin), ("occurred_to", end)) if found}
    ends = _texts(cells, end)
    formats = with_more(formats, ends, pair=len(end) == 2, today=today)
    said = {text: moment(text, formats) for text in (*begins, *ends) if text}
    texts = {name: {"occurred_from": begins, "occurred_to": ends}[name] for name in columns}
    unused = _unused(cells, named, columns, formats)
    return Times(
        columns=columns,
        formats=formats or (_USUAL,),
        unread=_rows_in(texts, lambda text: said[text] is None and not is_dayless(text)),
        beyond=_rows_in(texts, lambda text: said[text] is not None and not is_sensible(said[text], today)),
        missing=[row for row, text in enumerate(begins) if is_dayless(text)],
        unused=tuple(column for column in unused if not (column in reported and are_dated(cells[column]))),
        begins=tuple(filter(None, begins)),
        either=may_be_either(said, formats, elsewhere=elsewhere, today=today),
        turned={
            found[0]: rows
            for found, texts in ((begin, begins), (end, ends))
            if found and (rows := turned_rows(texts, formats))
        },
    )


def _rows_in(texts: Cells, tells: Callable[[str], bool]) -> Rows:
    """By field the rows whose text tells this; fields without any are left out."""
    found = {name: [row for row, text in enumerate(of) if text and tells(text)] for name, of in texts.items()}
    return {name: rows for name, rows in found.items() if rows}


def _only_clocks(texts: Sequence[str]) -> bool:
    return any(texts) and all(is_clock(text) for text in texts if text)


def _begin(cells: Cells, named: Mapping[str, Sequence[str]], taken: Collection[str]) -> tuple[str, ...]:
    day = _day(cells, named["occurred_from"])
    if day is None:
        dated = (column for column in named["time"] if any(map(is_dated, cells[column])))
        day = next(dated, None)
    if day is None:
        return ()
    known = {*taken, *(column for columns in named.values() for column in columns)}
    others = [
        column
        for column, texts in cells.items()
        if column not in known and _only_clocks(texts) and all(":" in text for text in texts if text)
    ]
    if any(map(has_hours, chain.from_iterable(cells[column] for column in named["occurred_from"] if column != day))):
        others = []  # a moment under a better name: a person has to choose
    called = [*named["time"], *(column for column in named["occurred_from"] if _only_clocks(cells[column]))]
    clock = next((column for column in (*called, *others) if column != day and _fits(cells[day], cells[column])), None)
    return (day,) if clock is None else (day, clock)


def _day(cells: Cells, named: Sequence[str]) -> str | None:
    """The first column that holds a date; else that holds more than clocks, or nothing yet."""
    more = [column for column in named if not _only_clocks(cells[column])]
    filled = [column for column in more if any(cells[column])]
    dated = [column for column in filled if any(is_dated(text) or is_counted(text) for text in cells[column])]
    return next(iter((*dated, *filled, *more)), None)


def _fits(days: Sequence[str], clocks: Sequence[str]) -> bool:
    """Whether most clocks beside a day that can be read are clocks, and none is another to strptime."""
    beside = [clock for day, clock in zip(days, clocks, strict=True) if is_day(day) and not is_unknown(clock)]
    if sum(map(says_clock, beside)) * 2 <= len(beside):
        return False
    used = [form for form in CLOCKS if any(is_written(clock, form) for clock in clocks)]
    odd = [clock for clock in clocks if not is_clock(clock, used)]
    return not any(read_in((form,), clock) is not None for clock in odd for form in used)


def _end(
    cells: Cells, named: Mapping[str, Sequence[str]], begin: tuple[str, ...], formats: Sequence[str], *, today: date
) -> tuple[str, ...]:
    """Its own day with its clock; a clock alone is of the day of the beginning, where no row speaks against it."""
    called = [*named["time_to"], *(column for column in named["occurred_to"] if _only_clocks(cells[column]))]
    clocks = [column for column in called if column not in begin]
    if (day := _day(cells, named["occurred_to"])) is not None:
        clock = next((column for column in clocks if column != day and _fits(cells[day], cells[column])), None)
        return (day,) if clock is None else (day, clock)
    if len(begin) < 2:
        return ()
    return next(((begin[0], clock) for clock in clocks if _follows(cells, begin, clock, formats, today)), ())


def _follows(cells: Cells, begin: tuple[str, ...], clock: str, formats: Sequence[str], today: date) -> bool:
    """Whether every row has both clocks, the end not before the beginning.

    An end that is left open would be read as that of its day, and one after midnight as one before the beginning.
    """
    begins, ends = _texts(cells, begin), _texts(cells, (begin[0], clock))
    formats = with_more(formats, ends, pair=True, today=today)
    read = [(moment(first, formats), moment(last, formats)) for first, last in zip(begins, ends, strict=True)]
    return all(isinstance(first, datetime) and isinstance(last, datetime) and first <= last for first, last in read)


def _texts(cells: Cells, columns: tuple[str, ...]) -> list[str]:
    """What a file that is read by these columns says in each row."""
    return [" ".join(row).strip() for row in zip(*(cells[column] for column in columns), strict=True)]


def _unused(
    cells: Cells, named: Mapping[str, Sequence[str]], columns: Mapping[str, tuple[str, ...]], formats: Sequence[str]
) -> list[str]:
    """The columns of clocks that tell neither begin nor end. The more a name says of clocks, the less a cell has to."""
    used = {column for each in columns.values() for column in each}
    clocks = {*named["time"], *named["time_to"]}
    moments = {*named["occurred_from"], *named["occurred_to"]}
    hourless = {
        column
        for name in ("occurred_from", "occurred_to")
        if not any(isinstance(moment(text, formats), datetime) for text in _texts(cells, columns.get(name, ())))
        for column in named[name]
    }

    def tells(column: str) -> bool:
        texts = [text for text in cells[column] if text]
        return (
            any(_COLON.fullmatch(text) for text in texts)
            or (column in clocks and bool(texts))
            or (column in moments and any(map(is_clock, texts)))
            or (column in hourless and any(_HOURS.fullmatch(text) or has_hours(text) for text in texts))
            or ((column in moments or bool(_OF_CLOCKS.search(column))) and any(map(_DOTTED.fullmatch, texts)))
        )

    return [column for column in cells if column not in used and tells(column)]


def _about(clock: str) -> re.Pattern[str]:
    """A clock, or from one to another, with a few letters about it: "kl. 20:00", "20:00–21:30", "ca 20:00 (UTC)"."""
    return re.compile(rf"\D{{0,8}}{clock}(?:\D{{1,8}}{clock})?\D{{0,8}}", re.ASCII)


_COLON = _about(r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?")
_DOTTED = _about(r"(?:[01]?\d|2[0-4])\.?[0-5]\d")
_HOURS = _about(r"(?:[01]?\d|2[0-4])")
