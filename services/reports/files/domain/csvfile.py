"""CSV files read as a stream: rows with their lines, in memory that does not grow with the file."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from shared.errors import Invalid
from shared.texts import plain

# Longer lines than this are no table: a quotation mark that is never closed, or another kind of file.
LONGEST_LINE_BYTES = 1 << 20
# Python's reader takes no longer ones.
MOST_CELL = csv.field_size_limit()
# Between quotation marks a row goes on over any number of lines.
LONGEST_ROW = 1 << 20
MOST_COLUMNS = 1000


class Unreadable(Invalid):
    """The file cannot be read any further; the text says why and where."""

    code = "unreadable-file"


class Row(NamedTuple):
    """The cells of one row, and the line of the file it begins on, the first line being 1.

    `broken_to` is set where quotation marks do not match: the last line that this swallowed. `oversize`: one of its
    cells has more than MOST_CELL characters. Such rows have no cells.
    """

    line: int
    cells: Sequence[str]
    broken_to: int | None = None
    oversize: bool = False


class _Stream(io.RawIOBase):
    """Chunks as one file. Each is asked for when it is needed, and forgotten when it is read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = memoryview(b"")
        self._unbroken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = memoryview(chunk)
        size = min(len(buffer), len(self._left))
        part = bytes(self._left[:size])
        self._left = self._left[size:]
        self._unbroken = 0 if b"\n" in part or b"\r" in part else self._unbroken + size
        if self._unbroken > LONGEST_LINE_BYTES:
            raise Unreadable("The file has a line of more than 1 MB: it is no CSV file, or not in this encoding.")
        buffer[:size] = part
        return size


class _Lines:
    """The lines of a text, as many of them as a row may have: whoever takes the row sets `held` back to 0."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self.held = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._text)
        self.held += len(line)
        if self.held > LONGEST_ROW:
            raise Unreadable("The file has a row of more than 1 MB: a quotation mark may be missing.")
        return line


class CsvFile:
    """A CSV file with a header. Iterating gives its rows; blank lines are passed over.

    What cannot be decoded comes out as lone surrogates, so that one bad byte costs one row and not the file.
    Raises Unreadable, also while iterating.
    """

    def __init__(self, chunks: Iterable[bytes], *, delimiter: str, encoding: str) -> None:
        # With or without a byte order mark: what Excel calls "CSV UTF-8" has one.
        encoding = "utf-8-sig" if encoding == "utf-8" else encoding
        text = io.TextIOWrapper(
            io.BufferedReader(_Stream(chunks), 1 << 16), encoding=encoding, errors="surrogateescape", newline=""
        )
        self._lines = _Lines(text)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self._encoding = encoding.removesuffix("-sig")
        first = next(iter(self), None)
        if first is None:
            raise Unreadable("The file is empty.")
        if first.oversize:
            raise Unreadable(f"The header has a cell of more than {MOST_CELL} characters.")
        self.header = tuple(plain(cell) for cell in first.cells)

    def __iter__(self) -> Iterator[Row]:
        line = self._reader.line_num + 1
        while True:
            try:
                for cells in self._reader:
                    self._lines.held = 0
                    if cells:
                        yield Row(line, cells)
                    line = self._reader.line_num + 1
                return
            except csv.Error as wrong:
                oversize = "field larger" in str(wrong) and self._reader.line_num == line
                if not oversize and "expected after" not in str(wrong):
                    raise Unreadable(f"In line {line} a quotation mark is opened and never closed.") from None
                self._lines.held = 0
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
