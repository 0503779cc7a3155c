"""What stands in a cell of a workbook as text, by its value and by what its column holds; each row is one line."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import MAXYEAR, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from services.reports.files.domain.csvfile import BREAK
from services.reports.files.domain.formats import Filled

_BREAKS = re.compile("\r\n?|\n")
_MIDNIGHT = time()
_DAY_S = 86_400
_SECOND = timedelta(seconds=1)
# Spreadsheets keep fifteen digits and write noughts for the rest: digits would say that it was the whole number.
_WHOLE = 1e15
# From the first row, from the first column, to the last row, to the last column; from 0.
Merged = tuple[tuple[int, int], tuple[int, int]]
Text = Callable[[Any], str]
NONE: Mapping[int, Filled] = {}


def texts_of(clocked: Collection[int], *, width: int, numbers: Mapping[int, Filled] = NONE) -> Sequence[Text]:
    """For each column what makes a text of a cell.

    clocked: columns of moments, where midnight is one. numbers: columns whose whole numbers are filled up with noughts.
    Moments as 2026-11-20 21:30, with seconds where there are some; clocks and durations as 21:30, numbers without a
    power of ten but for those that a workbook cannot hold whole, TRUE and FALSE; an error is an empty cell, as the
    library has it.
    """
    return [_reader(clocked=column in clocked, filled=numbers.get(column)) for column in range(width)]


def _reader(*, clocked: bool, filled: Filled | None) -> Text:
    night = " 00:00" if clocked else ""

    def text(value: Any) -> str:
        if isinstance(value, str):
            return value if "\n" not in value and "\r" not in value else _BREAKS.sub(BREAK, value)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, float):
            written = _number(value)
            return f"{filled.before}{written.zfill(filled.digits)}" if filled and written.isdecimal() else written
        if isinstance(value, datetime):
            return _moment(value, night=night)
        if isinstance(value, date):
            return f"{value.isoformat()}{night}"
        if isinstance(value, time):
            seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
            return _clock(min(_DAY_S - 1, round(seconds)))
        return _clock(round(value.total_seconds())) if isinstance(value, timedelta) else str(value)

    return text


def _number(value: float) -> str:
    if abs(value) >= _WHOLE:
        return f"{value:.14E}"
    written = str(int(value)) if value.is_integer() else repr(value)
    return format(Decimal(written), "f") if "e" in written else written.removesuffix(".0")


def _moment(value: datetime, *, night: str) -> str:
    """A moment to the second: what a day's fraction cannot say exactly is rounded, as the spreadsheet shows it."""
    near = (value + _SECOND / 2).replace(microsecond=0) if value.year < MAXYEAR else value.replace(microsecond=0)
    if near.time() == _MIDNIGHT:
        return f"{near.date().isoformat()}{night}"
    return near.isoformat(" ", timespec="seconds" if near.second else "minutes")


def _clock(seconds: int) -> str:
    minus, seconds = "-" if seconds < 0 else "", abs(seconds)
    clock = f"{minus}{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{clock}:{seconds % 60:02}" if seconds % 60 else clock


def as_months(rows: Iterator[Sequence[Any]], shown: Mapping[int, Collection[int]]) -> Iterator[Sequence[Any]]:
    """The rows, with a month where a cell shows one and holds its first day: a spreadsheet keeps no other.

    shown: of each column the rows that show no day, from 1.
    """
    if not shown:
        return rows
    return (_with_months(row, number, shown) for number, row in enumerate(rows, start=1))


def _with_months(row: Sequence[Any], number: int, shown: Mapping[int, Collection[int]]) -> Sequence[Any]:
    here = {column for column, numbers in shown.items() if number in numbers and column < len(row)}
    return [
        f"{cell:%Y-%m}" if column in here and type(cell) is date and cell.day == 1 else cell
        for column, cell in enumerate(row)
    ]


def repeated(rows: Iterator[Sequence[Any]], merged: Sequence[Merged], *, left: int, behind: int) -> Iterator[list[Any]]:
    """The rows, with what was merged downwards in each row that it stands for; sideways it stays in its first column.

    left: the column that the rows begin with. behind: the row of headings, from 0; those stay as they are.
    """
    begins = sorted((begin[0], begin[1] - left, end[0]) for begin, end in merged if end[0] > begin[0] > behind)
    open_, at = dict[int, tuple[int, Any]](), 0
    for number, given in enumerate(rows):
        row = list(given)
        while at < len(begins) and begins[at][0] <= number:
            first, column, last = begins[at]
            if first == number and 0 <= column < len(row):
                open_[column] = (last, row[column])
            at += 1
        if open_:
            open_ = {column: each for column, each in open_.items() if each[0] >= number}
            if any(cell != "" for cell in row):
                for column, (_, value) in open_.items():
                    row[column] = row[column] if row[column] != "" else value
        yield row
