"""What a workbook would take, measured as it streams by: its library lays a sheet out whole, whatever that costs."""

import copy
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import IO, BinaryIO
from xml.etree import ElementTree

from services.reports.files.domain.csvfile import Unreadable

# What a workbook may unpack to and hold. Its library lays a sheet out whole, 32 bytes for each place between its first
# and its last cell, and 40 more for each that is filled. Measured with cells of texts: 2.2 s of a processor a million.
MOST_UNPACKED_BYTES = 1 << 28
MOST_CELLS = 2_000_000
# From one tag to the next. A cell has 32,767 characters at most, each of ten bytes where it is escaped.
_LONGEST_RUN_BYTES = 1 << 19
_PIECE_BYTES = 1 << 20
_DIRECTORY_BYTES = 1 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# No pattern looks at a byte twice: each stops at the next tag and gives nothing back (`*+`), so that a sheet of any
# bytes takes time by its length alone. What stands inside a tag is looked at by a pattern of its own.
_TOLD = rb"""((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)"""
# A cell with something in it; one that is only coloured closes itself, and is not laid out.
_FILLED = re.compile(rb"<(?:\w+:)?c(?=[\s>])" + _TOLD + rb"(?<!/)>")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])" + _TOLD + rb">")
_PLACE = re.compile(rb"""\sr\s*+=\s*+["']([A-Za-z]{1,8})([0-9]{1,10})["']""")
_NUMBER = re.compile(rb"""\sr\s*+=\s*+["']([0-9]{1,10})["']""")
_STRING = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")


@dataclass(slots=True)
class _Extent:
    """From which row to which there are filled cells, how many columns wide, and how many cells."""

    first: int = 1 << 40
    last: int = 0
    left: int = 1 << 40
    right: int = 0
    cells: int = 0

    def check(self) -> None:
        """Raise Unreadable where it is more than may be laid out."""
        rows, columns = max(0, self.last - self.first + 1), max(0, self.right - self.left + 1)
        if max(rows * columns, self.cells) > MOST_CELLS:
            raise Unreadable(
                f"The sheet has {rows} rows by {columns} columns or more between its first and its last cell; "
                f"{MOST_CELLS:,} cells are read at most. Remove what stands far outside the table, or save the table "
                "as CSV."
            )

    def add(self, rows: range, columns: range, *, cells: int) -> None:
        """Take in filled cells that lie within these; both hold something."""
        self.first, self.last = min(self.first, rows[0]), max(self.last, rows[-1])
        self.left, self.right = min(self.left, columns[0]), max(self.right, columns[-1])
        self.cells += cells


def first_sheet(file: BinaryIO) -> str | None:
    """Measure a workbook without laying it out; the name of its first sheet's part, if that is to be found.

    What the directory says of a part's length is not believed. Raises Unreadable, BadZipFile, OSError and what else
    zipfile and ElementTree raise of a damaged file.
    """
    with zipfile.ZipFile(file) as parts:
        if any(part.compress_type not in _METHODS for part in parts.infolist()):
            raise zipfile.BadZipFile
        sheet, left = _first_sheet(parts), MOST_UNPACKED_BYTES
        for part in parts.infolist():
            if is_beside(part.filename):
                left -= _check_beside(parts, part, left=left)
        for part in [sheet] if sheet else parts.infolist():
            if not is_beside(part.filename):
                _check_extent(parts, part, left=left)
    file.seek(0)
    return None if sheet is None else sheet.filename


def is_beside(name: str) -> bool:
    """Whether a part is one that the library reads beside the sheet that is asked for."""
    return _folded(name).endswith((".rels", "workbook.xml", "styles.xml", "sharedstrings.xml"))


def _first_sheet(parts: zipfile.ZipFile) -> zipfile.ZipInfo | None:
    """Where the first sheet lies; None where that is not to be found, which the library then says of its own."""
    try:
        sheets = _directory(parts, "xl/workbook.xml", "sheet")
        relation = next(value for name, value in next(sheets).items() if name.endswith("}id"))
        relations = _directory(parts, "xl/_rels/workbook.xml.rels", "Relationship")
        target = next(each["Target"] for each in relations if each.get("Id") == relation)
        return _part(parts, target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}"))
    except (KeyError, StopIteration, ElementTree.ParseError):
        return None


def _part(parts: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Found as the library finds it, in any letters and with either slash. Raises StopIteration."""
    return next(part for part in parts.infolist() if _folded(part.filename) == _folded(name))


def _folded(name: str) -> str:
    return name.replace("\\", "/").casefold()


def _directory(parts: zipfile.ZipFile, name: str, tag: str) -> Iterator[dict[str, str]]:
    with parts.open(_part(parts, name)) as content:
        root = ElementTree.fromstring(content.read(_DIRECTORY_BYTES))  # noqa: S314 - in a child with bounds
    return (each.attrib for each in root.iter() if each.tag.rpartition("}")[2] == tag)


def _runs(parts: zipfile.ZipFile, part: zipfile.ZipInfo, *, left: int) -> Iterator[bytes]:
    """A part from its first byte to its last in pieces of whole tags. Raises Unreadable for more than `left` bytes."""
    if part.file_size > left:
        raise _too_large()
    # Read to where its packed bytes end, as the library does, and not to where the directory says.
    whole = copy.copy(part)
    whole.file_size = MOST_UNPACKED_BYTES + _PIECE_BYTES
    with parts.open(whole) as content:
        yield from _cut(content, left=left)


def _cut(content: IO[bytes], *, left: int) -> Iterator[bytes]:
    rest = b""
    while piece := content.read(_PIECE_BYTES):
        left -= len(piece)
        if left < 0:
            raise _too_large()
        text = rest + piece
        cut = max(0, text.rfind(b"<"))
        yield text[:cut]
        rest = text[cut:]
        if len(rest) > _LONGEST_RUN_BYTES:
            raise Unreadable("The workbook holds half a megabyte without an end of a cell: it is damaged.")
    yield rest


def _too_large() -> Unreadable:
    return Unreadable("The table of the workbook unpacks to more than 256 MB. Save the table as CSV.")


def _check_beside(parts: zipfile.ZipFile, part: zipfile.ZipInfo, *, left: int) -> int:
    """How many bytes a part unpacks to. Raises Unreadable where it holds more texts than there are cells for them."""
    size, strings = 0, 0
    for text in _runs(parts, part, left=left):
        size += len(text)
        strings += len(_STRING.findall(text))
        if strings > MOST_CELLS:
            raise Unreadable(f"The workbook holds more than {MOST_CELLS:,} texts. Save the table as CSV.")
    return size


def _check_extent(parts: zipfile.ZipFile, sheet: zipfile.ZipInfo, *, left: int) -> None:
    """Raise Unreadable where a sheet has more places from its first to its last filled cell than are read.

    Counted from the cells, for what a sheet says of itself (`dimension`) is often wrong.
    """
    extent = _Extent()
    for text in _runs(parts, sheet, left=left):
        told = _FILLED.findall(text)
        if len(places := _PLACE.findall(b"\n".join(told))) < len(told):
            return _check_rows(parts, sheet, left=left)
        if places:
            columns = [_column(letters) for letters in {letters for letters, _ in places}]
            rows = [int(row) for _, row in places]
            extent.add(range(min(rows), max(rows) + 1), range(min(columns), max(columns) + 1), cells=len(places))
            extent.check()
    return None


def _check_rows(parts: zipfile.ZipFile, sheet: zipfile.ZipInfo, *, left: int) -> None:
    """The same where cells do not say where they stand, as they need not: each then follows the one before it."""
    extent, row, column, seen = _Extent(), 1, 0, 0
    for text in _runs(parts, sheet, left=left):
        # What stands before the first row, then in turn what a row says of itself and what is in it.
        pieces = _ROW.split(text)
        seen += len(pieces) // 2
        if seen > MOST_CELLS:
            raise Unreadable(f"The sheet has more than {MOST_CELLS:,} rows. Save the table as CSV.")
        for at, inside in enumerate(pieces[::2]):
            if at:
                number = _NUMBER.search(pieces[2 * at - 1])
                row, column = int(number[1]) if number else row + 1, 0
            if told := _FILLED.findall(inside):
                places = _PLACE.findall(b"\n".join(told))
                rows = [row, *(int(there) for _, there in places)]
                # More than there are, if some of them say where they stand and some do not.
                column = max((column, *(_column(letters) for letters, _ in places))) + len(told)
                extent.add(range(min(rows), max(rows) + 1), range(1, column + 1), cells=len(told))
        extent.check()


def _column(letters: bytes) -> int:
    """A column's number by its letters: A is 1, Z 26, AA 27."""
    return reduce(lambda number, letter: 26 * number + letter - 64, letters.upper(), 0)
