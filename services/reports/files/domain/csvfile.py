"""CSV files read as a stream: rows with their lines, in memory that does not grow with the file."""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.headings import LOOKED_AT, Numbered, heading_of, is_blank
from services.reports.files.domain.totals import is_total

# Python's reader takes no longer ones.
MOST_CELL = csv.field_size_limit()
# Characters. Between quotation marks a row goes on over any number of lines.
LONGEST_ROW = 1 << 20
_LINE_END = re.compile(r"\r\n|\n|\r(?=.)", re.DOTALL)
MOST_COLUMNS = 1000
# What Excel puts into the first line, so that a list opens alike everywhere.
_SEPARATOR = re.compile(r'"?sep=(.)"?[\r\n]*', re.IGNORECASE)
# What stands for a line break in a cell of a workbook, so that its rows are lines.
BREAK = "\u2028"


class Row(NamedTuple):
    """The cells of one row, and the line of the file it begins on, the first line being 1.

    `broken_to` is set where quotation marks do not match: the last line that this swallowed. `oversize`: one of its
    cells has more than MOST_CELL characters, or one of its lines more than LONGEST_ROW. Such rows have no cells.
    """

    line: int
    cells: Sequence[str]
    broken_to: int | None = None
    oversize: bool = False


class _Lines:
    """The lines of a file, as many of them as a row may have: whoever takes the row sets `held` back to 0.

    Of a line that is longer than any row only its end is given, and `dropped` is set. `breaks`: a BREAK was seen. The
    first line is blank where all it does is name the delimiter. Raises UnicodeError.
    """

    def __init__(self, chunks: Iterable[bytes], *, encoding: str) -> None:
        self._texts = _texts(chunks, encoding)
        self._first = True
        self.held = 0
        self.dropped = False
        self.breaks = False

    def __iter__(self) -> Iterator[str]:
        rest, passing = "", False
        for text in self._texts:
            rest += text
            self.breaks = self.breaks or BREAK in text
            if passing:
                if (end := _LINE_END.search(rest)) is None:
                    rest = "\r" if rest.endswith("\r") else ""
                    continue
                rest, passing = "\n" + rest[end.end() :], False
            whole = max(rest.rfind("\n"), rest.rfind("\r", 0, -1)) + 1  # a last \r may be the half of an end
            yield from self._counted(io.StringIO(rest[:whole], newline=""))
            rest = rest[whole:]
            if len(rest) > LONGEST_ROW:
                rest, passing, self.dropped = "", True, True
        # NULs that fill up a last block, and the sign that ended a file once (Ctrl-Z).
        rest = rest.rstrip("\x00\x1a")
        yield from self._counted(["\n"] if passing else [rest] if rest else [])

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            if len(line) > LONGEST_ROW:
                self.dropped = True
                yield "\n"
                continue
            self.held += len(line)
            if self.held > LONGEST_ROW:
                detail = "The file has a row of more than 1 MB: a quotation mark may be missing."
                raise Unreadable(detail, why="row_too_long")
            yield "\n" if self._first and _SEPARATOR.fullmatch(line) else line
            self._first = False


def _texts(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The text without its mark, if it has one: what Excel calls "CSV UTF-8" does. Raises UnicodeError."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    begun = False
    for chunk in chunks:
        text = decoder.decode(chunk)
        yield text if begun else text.lstrip("\ufeff")
        begun = begun or bool(text)
    yield decoder.decode(b"", final=True)


# With what such a formula begins: without it no cell is one.
AS_TEXT = '="'
_AS_TEXT = re.compile(r'\s*="((?:[^"]|"")*)"\s*')


class CsvFile:
    """A CSV file with headings. Iterating gives the rows of its table, each as wide as those, without blank ones.

    Passed over are rows that add up the others, and headings that are said again; `passed_over` counts them. What
    cannot be decoded comes out as lone surrogates, so that one bad byte costs one row and not the file.
    row: the line of the headings, 0 for none, None to look for them; wanted: the names of columns that are asked for.
    Raises Unreadable, also while iterating.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        *,
        delimiter: str,
        encoding: str,
        row: int | None = None,
        wanted: Collection[str] = (),
    ) -> None:
        self._lines = _Lines(chunks, encoding=encoding)
        self._delimiter, self._encoding = delimiter, encoding
        self._reader = csv.reader(iter(self._lines), delimiter=delimiter, strict=True)
        self.passed_over = 0
        self._ahead, self._broken = self._look_ahead()
        first = next(iter(self._ahead), None)
        if first is None:
            raise self._broken or Unreadable("The file is empty.", why="empty")
        if first.oversize:
            detail = f"The header has a cell of more than {MOST_CELL} characters, or is longer than 1 MB."
            raise Unreadable(detail, why="heading_too_long")
        self._wrapped = self._is_wrapped()
        rows = [Numbered(each.line, self._cells(each.cells)) for each in self._ahead if each.cells]
        heading = heading_of(rows, row=row, wanted=wanted)
        if heading is None:
            detail = f"The file has no row of headings in line {row}: say which it is in header_row."
            raise Unreadable(detail, why="no_headings_there", line=row)
        self.heading = heading
        self._said = next((each.cells for each in rows if each.number == heading.row), None)

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self.heading.names

    def __iter__(self) -> Iterator[Row]:
        width, behind = len(self.header), self.heading.row
        rows = chain(self._ahead, self._failing(), self._rows())
        for row in rows:
            if row.line <= behind:
                continue
            if not (cells := row.cells):
                yield row
                continue
            if self._wrapped or self._lines.breaks:
                cells = self._cells(cells)
            if not cells[0].strip() and is_blank(cells):
                continue
            if is_total(cells) or cells == self._said:
                self.passed_over += 1
                continue
            # Programs leave out what is empty at a row's end, or put delimiters there.
            if len(cells) != width:
                cells = [*cells, *[""] * (width - len(cells))] if len(cells) < width else _cut(cells, width)
            yield row if cells is row.cells else Row(row.line, cells)

    def _look_ahead(self) -> tuple[list[Row], Unreadable | None]:
        """The first rows with something in them, and what keeps from reading on behind them."""
        rows = list[Row]()
        try:
            for row in self._rows():
                if not row.cells or not is_blank(row.cells):
                    rows.append(row)
                if len(rows) >= LOOKED_AT:
                    break
        except Unreadable as broken:
            return rows, broken
        return rows, None

    def _failing(self) -> Iterator[Row]:
        if self._broken is not None:
            raise self._broken
        yield from ()

    def _is_wrapped(self) -> bool:
        """Whether each line as a whole stands in quotation marks, as a cell of a workbook that holds lines of CSV."""
        whole = [each.cells for each in self._ahead if each.cells]
        return all(len(cells) == 1 for cells in whole) and self._delimiter in whole[0][0] if whole else False

    def _cells(self, cells: Sequence[str]) -> Sequence[str]:
        if self._wrapped and len(cells) == 1:
            cells = _narrowed(next(csv.reader([cells[0]], delimiter=self._delimiter), [""]))
        return [cell.replace(BREAK, "\n") for cell in cells] if self._lines.breaks else cells

    def _rows(self) -> Iterator[Row]:
        """All rows that have a cell, from where the reader stands."""
        line = self._reader.line_num + 1
        while True:
            try:
                for cells in self._reader:
                    self._lines.held = 0
                    if self._lines.dropped:
                        self._lines.dropped = False
                        yield Row(line, (), oversize=True)
                    elif cells:
                        yield Row(line, cells if len(cells) <= MOST_COLUMNS else _narrowed(cells))
                    line = self._reader.line_num + 1
                return
            except csv.Error as wrong:
                oversize = "field larger" in str(wrong) and self._reader.line_num == line
                if not oversize and "expected after" not in str(wrong):
                    detail = f"In line {line} a quotation mark is opened and never closed."
                    raise Unreadable(detail, why="quotation_mark_open", line=line) from None
                self._lines.held, self._lines.dropped = 0, False
                yield Row(line, (), broken_to=None if oversize else self._reader.line_num, oversize=oversize)
                line = self._reader.line_num + 1
            except UnicodeError:
                detail = f"From line {line} on the file is not {self._encoding}."
                raise Unreadable(detail, why="encoding_ends", line=line) from None


def separator_of(text: str) -> str | None:
    """The delimiter that a text names in its first line, if that is all the line does."""
    first = _LINE_END.split(text.lstrip("\ufeff"), maxsplit=1)[0]
    return told[1] if (told := _SEPARATOR.fullmatch(first)) else None


def _cut(cells: Sequence[str], width: int) -> Sequence[str]:
    return cells if any(cells[width:]) else cells[:width]


def _narrowed(cells: Sequence[str]) -> Sequence[str]:
    """A row with one cell for all that it has beyond MOST_COLUMNS: so wide a row is a fault, not work."""
    return [*cells[:MOST_COLUMNS], next(filter(None, beyond), "")] if (beyond := cells[MOST_COLUMNS:]) else cells


def as_text(cell: str) -> str:
    """A cell without the formula that keeps a spreadsheet from taking it for a number: ="00991" is 00991."""
    found = _AS_TEXT.fullmatch(cell)
    return found[1].replace('""', '"') if found else cell


def check_header(header: Sequence[str], wanted: Iterable[str]) -> None:
    """Raise Unreadable unless every wanted column is there, once. Says the wanted names, never what the file holds."""
    if len(header) > MOST_COLUMNS:
        detail = f"The file has more than {MOST_COLUMNS:,} columns; so many are read at most. Send those that matter."
        raise Unreadable(detail, why="too_many_columns")
    if lacking := [name for name in dict.fromkeys(wanted) if name not in header]:
        columns = "column" if len(lacking) == 1 else "columns"
        detail = f"The file has no {columns} {', '.join(map(repr, lacking))}, which the mapping asks for"
        only = "; it has one column only, so the delimiter may be another" if len(header) == 1 else ""
        readable = all(map(str.isascii, lacking)) or only
        coded = "" if readable else "; it may have it in another encoding, which auto finds out"
        raise Unreadable(f"{detail}{only}{coded}.", why="column_missing", column=lacking[0])
