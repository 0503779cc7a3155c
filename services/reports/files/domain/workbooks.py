"""Excel workbooks as CSV: what is a workbook, its table row by row, each in the line that Excel shows it in."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from services.reports.files.domain.cells import Text, as_months, repeated, texts_of
from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.formats import Filled, shown_in
from services.reports.files.domain.sheets import DAMAGED, Table, Workbook, whole
from shared.errors import Malformed
from shared.http.media import media_type

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What browsers and programs call files of either kind; what one is, its bytes say.
TYPES = (
    "text/csv", SHEET, "text/plain", "text/tab-separated-values", "application/csv", "application/vnd.ms-excel",
    "application/octet-stream",
)  # fmt: skip
MOST_SHEET_BYTES = 50_000_000
MOST_CSV_BYTES = 1 << 28
# One text may stand in a million cells, so a line can be much longer than anything in the file.
MOST_LINE_BYTES = 1 << 20
_PART_BYTES = 1 << 16
# With one of these a form reads moments, else days: one with a name, or of strptime.
_HOURS = re.compile("^[a-z_]+$|%-?[HIcXTrR]| 00:00")
_SHOWN_SHEETS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told of a workbook ahead of its rows: which sheet they are of, and the row of its headings, 0 for none.

    names: of the first sheets, in their order. several: more than one holds a table. certain: as `Heading` has it.
    alike: the names of other sheets with the same headings.
    """

    sheet: str
    number: int
    row: int
    names: Sequence[str]
    several: bool
    certain: bool
    alike: Sequence[str] = ()


def check_type(content_type: str) -> None:
    """Raise Malformed for a body that says it is no table; whether it is one, its bytes say."""
    if media_type(content_type) not in TYPES:
        raise Malformed(f"Send the file itself as the body, with Content-Type: text/csv, or {SHEET} for Excel.")


def told_of(part: bytes) -> Told:
    """What the first part of `sheet_as_csv` says. It comes from a child, and is believed no further than its form."""
    told = json.loads(part)
    return Told(
        sheet=str(told["sheet"])[:100], number=int(told["number"]), row=int(told["row"]), several=bool(told["several"]),
        certain=bool(told["certain"]), names=[str(name)[:100] for name in told["names"]][:_SHOWN_SHEETS],
        alike=[str(name)[:100] for name in told["alike"]][:_SHOWN_SHEETS],
    )  # fmt: skip


def sheet_as_csv(
    file: BinaryIO,
    *,
    sheet: str | int = "auto",
    row: int | None = None,
    wanted: Sequence[str] = (),
    formats: Sequence[str] = (),
    most_rows: int | None = None,
) -> Iterator[bytes]:
    """The table of an XLSX file as CSV: UTF-8, semicolons, decimal points, ISO dates. Raises Unreadable.

    First `Told` as JSON, then parts of whole lines, of `most_rows` rows from the headings on where that is said. Each
    row is one line, under the number that Excel shows; BREAK stands for line breaks in its cells.
    sheet, row, wanted: as of a mapping; formats: how it reads dates. For a child process: no check keeps the libraries
    from dying of a file that was made for it.
    """
    try:
        book = Workbook(file)
        table = book.table(sheet=sheet, row=row, wanted=wanted)
        shown = _shown(file, table, formats)
    except DAMAGED as damaged:
        detail = "The file is no Excel workbook (.xlsx), or it is damaged."
        raise Unreadable(detail, why="damaged_workbook") from damaged
    if table.heading is None and row is not None and table.filled:
        detail = f"The sheet has nothing in row {row}, where the mapping has its headings (header_row)."
        raise Unreadable(detail, why="no_headings_there", line=row)
    if table.heading is not None:
        _check_formulas(table, table.heading.names, wanted)
    told = Told(
        sheet=table.name, number=table.number, row=table.heading.row if table.heading else 1, several=table.several,
        names=book.names[:_SHOWN_SHEETS], certain=table.heading is not None and table.heading.certain,
        alike=table.alike[:_SHOWN_SHEETS],
    )  # fmt: skip
    yield json.dumps(asdict(told)).encode()
    rows = as_months(whole(table.rows.iter_rows()), shown.months)
    texts = texts_of(shown.moments, width=table.width, numbers=shown.numbers)
    yield from _lines(table, rows, texts, told.row, None if most_rows is None else told.row + most_rows)


def _lines(
    table: Table, rows: Iterator[Sequence[Any]], texts: Sequence[Text], row: int, most_rows: int | None
) -> Iterator[bytes]:
    rows = repeated(rows, table.merged, left=table.left, behind=row - 1)
    part, given = io.StringIO(newline=""), 0
    writer = csv.writer(part, delimiter=";", lineterminator="\n")
    for number, cells in enumerate(islice(rows, most_rows), start=1):
        begun = part.tell()
        if any(cell != "" for cell in cells):
            writer.writerow([text(cell) for text, cell in zip(texts, cells, strict=False)])
        else:
            part.write("\n")
        if part.tell() - begun > MOST_LINE_BYTES:
            detail = f"Row {number} of the workbook holds more than 1 MB of text."
            raise Unreadable(detail, why="row_too_long", line=number)
        if part.tell() > _PART_BYTES:
            given += part.tell()
            yield part.getvalue().encode(errors="replace")
            part.seek(0)
            part.truncate()
        if given > MOST_CSV_BYTES:
            detail = "The workbook holds more than 256 MB of text. Save the table as CSV."
            raise Unreadable(detail, why="workbook_too_large")
    yield part.getvalue().encode(errors="replace")


class _Shown(NamedTuple):
    """How columns are shown, by their numbers from 0.

    moments: some of their cells have a clock, or are shown with one where the mapping reads such; none is a day.
    months: of each column the rows that show months, from 1. numbers: how whole numbers are filled up, where all of a
    column are, in one way.
    """

    moments: set[int]
    months: Mapping[int, set[int]]
    numbers: Mapping[int, Filled]


def _shown(file: BinaryIO, table: Table, formats: Sequence[str]) -> _Shown:
    moments, days, numbers, firsts = set[int](), set[int](), Counter[int](), False
    for row in whole(table.rows.iter_rows()):
        for column, value in enumerate(row):
            if type(value) is datetime:
                moments.add(column)
            elif type(value) is float:
                numbers[column] += 1
            elif type(value) is date:
                days.add(column)
                firsts = firsts or value.day == 1
    with_hours = not formats or any(map(_HOURS.search, formats))
    undecided = days if with_hours or firsts else set()
    named = {_letters(column + table.left): column for column in numbers.keys() | undecided}
    if not named or not table.part:
        return _Shown(moments, {}, {})
    shown = shown_in(file, table.part, named)
    if with_hours:
        clocked, alone = ({named[name] for name in each} & undecided for each in (shown.clocked, shown.days))
        moments = (moments | clocked) - alone
    months = {named[name]: rows for name, rows in shown.months.items() if named[name] in undecided}
    alike = {named[name]: next(iter(ways.items())) for name, ways in shown.numbers.items() if len(ways) == 1}
    return _Shown(moments, months, {column: way for column, (way, many) in alike.items() if many >= numbers[column]})


def _check_formulas(table: Table, names: Sequence[str], wanted: Collection[str]) -> None:
    for column, row in table.traits.formulas.items():
        at = column - table.left
        if 0 <= at < len(names) and names[at] in wanted:
            raise Unreadable(
                f"The column {names[at]!r} holds formulas without their results (row {row}). Open the workbook in"
                " Excel, save it, and send it again.",
                why="formulas",
                line=row,
                column=names[at],
            )


def _letters(column: int) -> str:
    """A column's letters by its number from 0: A, Z, AA."""
    letters, left = "", column + 1
    while left:
        left, last = divmod(left - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters
