"""CSV files read as a stream: rows with their lines, in memory that does not grow with the file."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from shared.errors import Invalid
from shared.texts import plain

# Python's reader takes no longer ones.
MOST_CELL = csv.field_size_limit()
# Characters. Between quotation marks a row goes on over any number of lines.
LONGEST_ROW = 1 << 20
_LINE_END = re.compile(r"\r\n|\n|\r(?=.)", re.DOTALL)
MOST_COLUMNS = 1000


class Unreadable(Invalid):
    """The file cannot be read any further; the text says why and where."""

    code = "unreadable-file"


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

    Of a line that is longer than any row only its end is given, and `dropped` is set. Raises UnicodeError.
    """

    def __init__(self, chunks: Iterable[bytes], *, encoding: str) -> None:
        self._texts = _texts(chunks, encoding)
        self.held = 0
        self.dropped = False

    def __iter__(self) -> Iterator[str]:
        rest, passing = "", False
        for text in self._texts:
            rest += text
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
        yield from self._counted(["\n"] if passing else [rest] if rest else [])

    def _counted(self, lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            if len(line) > LONGEST_ROW:
                self.dropped = True
                yield "\n"
                continue
            self.held += len(line)
            if self.held > LONGEST_ROW:
                raise Unreadable("The file has a row of more than 1 MB: a quotation mark may be missing.")
            yield line


def _texts(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    for chunk in chunks:
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


class CsvFile:
    """A CSV file with a header. Iterating gives its rows; blank lines are passed over.

    What cannot be decoded comes out as lone surrogates, so that one bad byte costs one row and not the file.
    Raises Unreadable, also while iterating.
    """

    def __init__(self, chunks: Iterable[bytes], *, delimiter: str, encoding: str) -> None:
        # With or without a byte order mark: what Excel calls "CSV UTF-8" has one.
        encoding = "utf-8-sig" if encoding == "utf-8" else encoding
        self._lines = _Lines(chunks, encoding=encoding)
        self._reader = csv.reader(iter(self._lines), delimiter=delimiter, strict=True)
        self._encoding = encoding.removesuffix("-sig")
        first = next(iter(self), None)
        if first is None:
            raise Unreadable("The file is empty.")
        if first.oversize:
            raise Unreadable(f"The header has a cell of more than {MOST_CELL} characters, or is longer than 1 MB.")
        self.header = tuple(plain(cell) for cell in first.cells)

    def __iter__(self) -> Iterator[Row]:
        line = self._reader.line_num + 1
        while True:
            try:
                for cells in self._reader:
                    self._lines.held = 0
                    if self._lines.dropped:
                        self._lines.dropped = False
                        yield Row(line, (), oversize=True)
                    elif cells:
                        yield Row(line, cells)
                    line = self._reader.line_num + 1
                return
            except csv.Error as wrong:
                oversize = "field larger" in str(wrong) and self._reader.line_num == line
                if not oversize and "expected after" not in str(wrong):
                    raise Unreadable(f"In line {line} a quotation mark is opened and never closed.") from None
                self._lines.held, self._lines.dropped = 0, False
                yield Row(line, (), broken_to=None if oversize else self._reader.line_num, oversize=oversize)
                line = self._reader.line_num + 1
            except UnicodeError:
                raise Unreadable(f"From line {line} on the file is not {self._encoding}.") from None


def check_header(header: Sequence[str], wanted: Iterable[str]) -> None:
    """Raise Unreadable unless every wanted column is there, once. Says the wanted names, never what the file holds."""
    if len(header) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(header)} columns, and {MOST_COLUMNS} are read at most.")
    for name in wanted:
        if header.count(name) > 1:
            raise Unreadable(f"The file has more than one column {name!r}.")
        if name not in header:
            detail = f"The file has no column {name!r}, which the mapping asks for"
            only = "; it has one column only, so the delimiter may be another" if len(header) == 1 else ""
            raise Unreadable(f"{detail}{only}.")
