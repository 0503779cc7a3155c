"""What a workbook would take, measured as it streams by: its library lays a sheet out whole, whatever that costs."""

import copy
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import IO, BinaryIO
from xml.etree import ElementTree

from services.reports.files.domain.csvfile import MOST_COLUMNS
from services.reports.files.domain.failures import Unreadable

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
# A formula without its result, which only a program that calculates would know.
_UNCOUNTED = re.compile(
    rb"<(?:\w+:)?c(?=[\s>])" + _TOLD + rb"(?<!/)>\s*+<(?:\w+:)?f(?=[\s/>])[^<>]*+>(?:[^<]*+</(?:\w+:)?f>)?\s*+"
    rb"(?:<(?:\w+:)?v\s*+/>|<(?:\w+:)?v>\s*+</(?:\w+:)?v>)?\s*+</(?:\w+:)?c>"
)
_STRING = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")


@dataclass(slots=True)
class Traits:
    """What the library does not tell of a sheet.

    formulas: columns, from 0, with formulas whose results are not kept, by
    the first row of each.
    """

    formulas: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Extent:
    """From which row to which there are filled cells, how many columns wide, and how many cells; `most` may be."""

    most: int
    first: int = 1 << 40
    last: int = 0
    left: int = 1 << 40
    right: int = 0
    cells: int = 0

    @property
    def places(self) -> int:
        """As many as are laid out."""
        return max(max(0, self.last - self.first + 1) * max(0, self.right - self.left + 1), self.cells)

    def check(self) -> None:
        """Raise Unreadable where it is more than may be laid out."""
        rows, columns = max(0, self.last - self.first + 1), max(0, self.right - self.left + 1)
        if self.places > self.most:
            raise Unreadable(
                f"The sheet has {rows} rows by {columns} columns or more between its first and its last cell; "
                f"{MOST_CELLS:,} cells are read at most. Remove what stands far outside the table, or save the table "
                "as CSV.",
                why="workbook_too_large",
            )
        if columns > MOST_COLUMNS:
            raise Unreadable(
                f"The sheet has {columns} columns or more between its first and its last cell; "
                f"{MOST_COLUMNS:,} are read at most. Remove what stands far outside the table.",
                why="too_many_columns",
            )

    def add(self, rows: range, columns: range, *, cells: int) -> None:
        """Take in filled cells that lie within these; both hold something."""
        self.first, self.last = min(self.first, rows[0]), max(self.last, rows[-1])
        self.left, self.right = min(self.left, columns[0]), max(self.right, columns[-1])
        self.cells += cells


class Measured:
    """A workbook, measured part by part not laid out: what all sheets use at once, then each sheet as it is asked.

    parts: by the order of the sheets the name of the part in which each lies, None where that is not to be found; the
    library then says so of its own. What the directory says of a part's length is not believed. All that is unpacked
    counts together. Raises Unreadable, BadZipFile, OSError and what else zipfile and ElementTree raise of a damaged
    file.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left, self._cells = MOST_UNPACKED_BYTES, MOST_CELLS
        with zipfile.ZipFile(file) as parts:
            if any(part.compress_type not in _METHODS for part in parts.infolist()):
                raise zipfile.BadZipFile
            self.parts = _sheets(parts)
            for part in parts.infolist():
                if is_beside(part.filename):
                    self._left -= _check_beside(parts, part, left=self._left)
        file.seek(0)

    def check(self, at: int) -> Traits:
        """What stands in the sheet of this number, from 0. Raises Unreadable where it is more than may be laid out."""
        name = self.parts[at] if at < len(self.parts) else None
        traits = Traits()
        with zipfile.ZipFile(self._file) as parts:
            for part in parts.infolist():
                if part.filename == name if name else not is_beside(part.filename):
                    unpacked, cells = _check_extent(parts, part, traits, left=self._left, most=self._cells)
                    self._left, self._cells = self._left - unpacked, self._cells - cells
        self._file.seek(0)
        return traits


def first_sheet(file: BinaryIO) -> str | None:
    """Measure the first sheet of a workbook; the name of its part, if that is to be found. Raises as `Measured`."""
    measured = Measured(file)
    measured.check(0)
    return measured.parts[0] if measured.parts else None


def is_beside(name: str) -> bool:
    """Whether a part is one that the library reads beside the sheet that is asked for."""
    return _folded(name).endswith((".rels", "workbook.xml", "styles.xml", "sharedstrings.xml"))


def _sheets(parts: zipfile.ZipFile) -> list[str | None]:
    """Where the sheets lie, in their order."""
    try:
        relations = {
            each["Id"]: each["Target"]
            for each in _directory(parts, "xl/_rels/workbook.xml.rels", "Relationship")
            if "Id" in each and "Target" in each
        }
        sheets = list(_directory(parts, "xl/workbook.xml", "sheet"))
    except (KeyError, StopIteration, ElementTree.ParseError):
        return []
    # In any letters and with either slash, as the library finds them; the last of a name, as zipfile does.
    names = {_folded(part.filename): part.filename for part in parts.infolist()}
    return [_placed(names, relations, each) for each in sheets]


def _placed(names: Mapping[str, str], relations: Mapping[str, str], sheet: Mapping[str, str]) -> str | None:
    relation = next((value for name, value in sheet.items() if name.endswith("}id")), "")
    target = relations.get(relation, "")
    return names.get(_folded(target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")))


def _part(parts: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Found as the library finds it. Raises StopIteration."""
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
            detail = "The workbook holds half a megabyte without an end of a cell: it is damaged."
            raise Unreadable(detail, why="damaged_workbook")
    yield rest


def _too_large() -> Unreadable:
    detail = "The table of the workbook unpacks to more than 256 MB. Save the table as CSV."
    return Unreadable(detail, why="workbook_too_large")


def _check_beside(parts: zipfile.ZipFile, part: zipfile.ZipInfo, *, left: int) -> int:
    """How many bytes a part unpacks to. Raises Unreadable where it holds more texts than there are cells for them."""
    size, strings = 0, 0
    for text in _runs(parts, part, left=left):
        size += len(text)
        strings += len(_STRING.findall(text))
        if strings > MOST_CELLS:
            detail = f"The workbook holds more than {MOST_CELLS:,} texts. Save the table as CSV."
            raise Unreadable(detail, why="workbook_too_large")
    return size


def _check_extent(
    parts: zipfile.ZipFile, sheet: zipfile.ZipInfo, traits: Traits, *, left: int, most: int
) -> tuple[int, int]:
    """How many bytes a sheet unpacks to, and how many places it has from its first to its last filled cell.

    Raises Unreadable where it is more than are read. Counted from the cells, for what a sheet says of itself
    (`dimension`) is often wrong.
    """
    extent, size = _Extent(most), 0
    for text in _runs(parts, sheet, left=left):
        size += len(text)
        told = _FILLED.findall(text)
        if len(places := _PLACE.findall(b"\n".join(told))) < len(told):
            return _check_rows(parts, sheet, left=left, most=most)
        if places:
            columns = [_column(letters) for letters in {letters for letters, _ in places}]
            rows = [int(row) for _, row in places]
            extent.add(range(min(rows), max(rows) + 1), range(min(columns), max(columns) + 1), cells=len(places))
            extent.check()
            _note(traits, text)
    return size, extent.places


def _note(traits: Traits, text: bytes) -> None:
    """Note of a piece of a sheet what the library does not tell."""
    if b"<f" not in text and b":f" not in text:
        return
    for told in _UNCOUNTED.findall(text):
        if place := _PLACE.search(told):
            traits.formulas.setdefault(_column(place[1]) - 1, int(place[2]))


def _check_rows(parts: zipfile.ZipFile, sheet: zipfile.ZipInfo, *, left: int, most: int) -> tuple[int, int]:
    """The same where cells do not say where they stand, as they need not: each then follows the one before it."""
    extent, row, column, seen, size = _Extent(most), 1, 0, 0, 0
    for text in _runs(parts, sheet, left=left):
        size += len(text)
        # What stands before the first row, then in turn what a row says of itself and what is in it.
        pieces = _ROW.split(text)
        seen += len(pieces) // 2
        if seen > MOST_CELLS:
            detail = f"The sheet has more than {MOST_CELLS:,} rows. Save the table as CSV."
            raise Unreadable(detail, why="workbook_too_large")
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
    return size, extent.places


def _column(letters: bytes) -> int:
    """A column's number by its letters: A is 1, Z 26, AA 27."""
    return reduce(lambda number, letter: 26 * number + letter - 64, letters.upper(), 0)
