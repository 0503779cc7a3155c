"""The beginning of a file as a table, for a suggestion: its headings and first rows, and where in the file they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from services.reports.files.domain.csvfile import CsvFile, Row, as_text, check_header
from services.reports.files.domain.encodings import Evidence
from services.reports.files.domain.failures import EmptyFile, Unreadable
from services.reports.files.domain.imports import CHUNK_BYTES
from services.reports.files.domain.opening import dialect_of
from services.reports.files.domain.sniffing import Dialect, other_sign
from services.reports.files.domain.workbooks import Told
from services.reports.mappings.domain.mapping import MOST_COLUMN
from services.reports.mappings.domain.mapping import Mapping as Plan
from services.reports.spoilt import is_sound, mended
from services.reports.suggestions.doubts import (
    Doubt,
    damaged_text,
    encoding_unsure,
    letters_mended,
    one_column,
    sheets_alike,
)
from shared.texts import LOST, is_kept, kept

# A mapping that leaves everything to be found out.
_ANY = Plan(columns={}, constants={}, delimiter="auto", encoding="auto", decimal="auto")
_NO_HEADINGS = Doubt(
    "no_headings",
    "The first row looks like data: the columns are called Column 1, Column 2 and so on. Set header_row if there are"
    " headings.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The beginning of a table. lines: of its rows, as errors tell them. place: what a mapping says of that."""

    dialect: Dialect
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[int]
    place: Mapping[str, Any]
    doubts: Sequence[Doubt]


def beginning_of(head: bytes, told: Told | None, *, most_rows: int) -> Beginning:
    """The beginning of a file, by its first bytes as CSV; told: of a workbook. Raises Unreadable and Invalid."""
    if not head.strip():
        raise EmptyFile("The file is empty.", why="empty")
    evidence = Evidence()
    evidence.add(head)
    dialect = dialect_of(head, _ANY, evidence=evidence, told=told)
    if not (certain := dialect.certain):
        dialect = replace(dialect, row=0)
    file = CsvFile([head], delimiter=dialect.delimiter, encoding=dialect.encoding, row=dialect.row)
    check_header(file.header, ())
    if max(map(len, file.header)) > MOST_COLUMN:
        detail = f"The header has a name of more than {MOST_COLUMN} characters."
        raise Unreadable(detail, why="heading_too_long")
    rows = _first(file, cut=len(head) >= CHUNK_BYTES, most=most_rows)
    rows = [row._replace(cells=list(map(as_text, row.cells))) for row in rows]
    unsure = told is None and evidence.likeliest() is None
    spoilt_at = [] if unsure else _spoilt_in(file.header, rows)
    rows = [row._replace(cells=list(map(mended, row.cells))) for row in rows] if spoilt_at else rows
    if not rows:
        raise EmptyFile("The file has no header with rows below it.", why="no_rows")
    # Without columns of nothing, as programs leave them at the side of a table.
    named = enumerate(file.header)
    used = [at for at, name in named if name != f"Column {at + 1}" or any(row.cells[at] for row in rows)]
    return Beginning(
        dialect=dialect,
        header=[kept(file.header[at]) for at in used],
        rows=[[kept(row.cells[at]) for at in used] for row in rows],
        lines=[row.line for row in rows],
        place=_place(dialect, told, auto=unsure or evidence.is_ascii()) | ({"mend_letters": True} if spoilt_at else {}),
        doubts=[
            *(() if certain else (_NO_HEADINGS,)),
            *((one_column(other_sign(head, dialect.encoding)),) if len(used) == 1 and told is None else ()),
            *((encoding_unsure(),) if unsure else ()),
            *_of_damage(file.header, rows),
            *spoilt_at,
            *_of_sheets(told),
        ],
    )


def _of_damage(header: Sequence[str], rows: Sequence[Row]) -> list[Doubt]:
    """What is shown with a mark in it, for it cannot be read as it stands: in which line that is first."""
    if not _is_whole("".join(header)):
        return [damaged_text(None)]
    return [damaged_text(row.line) for row in rows if not _is_whole("".join(row.cells))][:1]


def _is_whole(text: str) -> bool:
    return is_kept(text) and LOST not in text


def _spoilt_in(header: Sequence[str], rows: Sequence[Row]) -> list[Doubt]:
    """The first cell that was read in a wrong encoding before the file was saved."""
    if is_sound([cell for row in rows for cell in row.cells]):
        return []
    cells = ((row.line, header[at], cell) for row in rows for at, cell in enumerate(row.cells))
    first = next(((line, column) for line, column, cell in cells if mended(cell) != cell), None)
    return [letters_mended(first[0], kept(first[1]))] if first else []


def _of_sheets(told: Told | None) -> list[Doubt]:
    return [sheets_alike(told.sheet, told.alike)] if told is not None and told.alike else []


def _first(file: CsvFile, *, cut: bool, most: int) -> Sequence[Row]:
    """The first rows that can be read; without the last one where the file was cut in it."""
    rows = list[Row]()
    try:
        # What stands beyond the headings is in no column.
        rows += (row for row in islice(file, most) if row.cells)
    except Unreadable:
        if not cut and not rows:
            raise
        return rows
    return rows[:-1] if cut and len(rows) < most else rows


def _place(dialect: Dialect, told: Told | None, *, auto: bool) -> dict[str, Any]:
    """What a mapping says of where the table lies and how it is written, as far as it does not go without saying.

    auto: the encoding is left to be found out by the whole file, for its beginning does not tell.
    """
    place: dict[str, Any] = {}
    if told is None and auto:
        place["encoding"] = "auto"
    if told is not None and told.several:
        place["sheet"] = told.sheet
    if dialect.row is not None and dialect.row != 1:
        place["header_row"] = dialect.row
    return place
