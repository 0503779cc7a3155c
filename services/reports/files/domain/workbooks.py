"""Excel workbooks as CSV: what is a workbook, its first sheet line by line, and the dialect of either kind of file."""

import csv
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from functools import reduce
from itertools import islice
from typing import IO, Any, BinaryIO
from xml.etree import ElementTree

from services.reports.files.domain.csvfile import Unreadable
from services.reports.files.domain.damage import BROKEN
from services.reports.files.domain.mending import mended
from services.reports.files.domain.sniffing import LINES, Dialect, decimal_of, sniff
from shared.errors import Malformed
from shared.http.media import media_type

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHEET_BYTES = 50_000_000
# What a workbook may unpack to and hold. Its library lays a sheet out whole, 32 bytes for each place between its first
# and its last cell, and 40 more for each that is filled.
MOST_UNPACKED_BYTES = 1 << 29
MOST_CELLS = 3_000_000
MOST_CSV_BYTES = 1 << 28
# One text may stand in a million cells, so a line can be much longer than anything in the file.
MOST_LINE_BYTES = 1 << 20
_PART_BYTES = 1 << 16
_DIRECTORY_BYTES = 1 << 20
# A cell with something in it; one that is only coloured closes itself, and is not laid out.
_FILLED = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Z]{1,8})([0-9]{1,10})["'][^<>]*(?<!/)>""")
_LONGEST_TAG_BYTES = 256
# How OLE files begin: what Excel encrypts is put into one, and the old workbooks are some.
_ENCRYPTED_OR_OLD = bytes.fromhex("d0cf11e0a1b11ae1")


def is_sheet(content_type: str) -> bool:
    """Whether a body of this type is an Excel workbook; else it is CSV. Raises Malformed for anything else."""
    kind = media_type(content_type)
    if kind not in ("text/csv", SHEET):
        raise Malformed(f"Send the file itself as the body, with Content-Type: text/csv, or {SHEET} for Excel.")
    return kind == SHEET


def dialect_of(head: bytes, *, sheet: bool) -> Dialect:
    """The dialect of a file by its first bytes as CSV: that of `sheet_as_csv` for a sheet, else what is sniffed."""
    if not sheet:
        return sniff(head)
    # Numbers that stand as texts in the sheet keep their decimal comma.
    return Dialect("utf-8", ";", decimal_of(head.decode(errors="ignore").splitlines()[:LINES], ";"))


def sheet_as_csv(file: BinaryIO, *, most_rows: int | None = None) -> Iterator[bytes]:
    """The first sheet of an XLSX file as CSV: UTF-8, semicolons, decimal points, ISO dates. Raises Unreadable.

    In parts of whole lines; of `most_rows` rows where that is said. For a child process: no check keeps the libraries
    from dying of a file that was made for it.
    """
    try:
        rows = _rows(file)
    except (zipfile.BadZipFile, zlib.error, IndexError, OSError, NotImplementedError, RuntimeError):
        raise Unreadable("The file is no Excel workbook (.xlsx), or it is damaged.") from None
    part, given = io.StringIO(), 0
    writer = csv.writer(part, delimiter=";", lineterminator="\r\n")
    for number, cells in enumerate(islice(rows, most_rows), start=1):
        begun = part.tell()
        writer.writerow([_cell(value) for value in cells])
        if part.tell() - begun > MOST_LINE_BYTES:
            raise Unreadable(f"Row {number} of the workbook holds more than 1 MB of text.")
        if part.tell() > _PART_BYTES:
            given += part.tell()
            yield part.getvalue().encode(errors="replace")
            part.seek(0)
            part.truncate()
        if given > MOST_CSV_BYTES:
            raise Unreadable("The workbook holds more than 256 MB of text. Save the table as CSV.")
    yield part.getvalue().encode(errors="replace")


def _rows(file: BinaryIO) -> Iterator[Sequence[Any]]:
    """The rows of the first sheet; a cell that cannot be read is BROKEN. Raises Unreadable, RuntimeError and more."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - the child's alone

    sheet = _check_size(file)
    try:
        return _whole(CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).iter_rows())
    except CalamineError as damaged:
        if sheet is None:
            raise RuntimeError from damaged
    file.seek(0)
    try:
        return _whole(CalamineWorkbook.from_filelike(mended(file, sheet)).get_sheet_by_index(0).iter_rows())
    except CalamineError as damaged:
        raise RuntimeError from damaged


def _whole(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except (ValueError, OverflowError):  # a number with the form of a duration, of more days than there can be
            yield [BROKEN]


def _check_size(file: BinaryIO) -> str | None:
    """Look at a workbook without laying it out; the name of its first sheet's part, if that is to be found.

    Raises Unreadable, BadZipFile, OSError.
    """
    begin = file.read(8)
    if begin == _ENCRYPTED_OR_OLD:
        raise Unreadable("The workbook is protected by a password, or of the old kind (.xls). Save it as .xlsx.")
    if not begin.startswith(b"PK"):
        raise zipfile.BadZipFile
    with zipfile.ZipFile(file) as parts:
        if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED_BYTES:
            raise Unreadable("The workbook unpacks to more than 512 MB.")
        if (sheet := _first_sheet(parts)) is not None:
            with parts.open(sheet) as content:
                rows, columns = _extent(content)
            if rows * columns > MOST_CELLS:
                raise Unreadable(
                    f"The sheet has {rows} rows by {columns} columns between its first and its last cell; 3,000,000 "
                    "cells are read at most. Remove what stands far outside the table, or save the table as CSV."
                )
    file.seek(0)
    return None if sheet is None else sheet.filename


def _first_sheet(parts: zipfile.ZipFile) -> zipfile.ZipInfo | None:
    """Where the first sheet lies; None where that is not to be found, which the library then says of its own."""
    try:
        sheets = _directory(parts, "xl/workbook.xml", "sheet")
        relation = next(value for name, value in next(sheets).items() if name.endswith("}id"))
        relations = _directory(parts, "xl/_rels/workbook.xml.rels", "Relationship")
        target = next(each["Target"] for each in relations if each.get("Id") == relation)
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        return next(part for part in parts.infolist() if part.filename.casefold() == path.casefold())
    except (KeyError, StopIteration, ElementTree.ParseError):
        return None


def _directory(parts: zipfile.ZipFile, name: str, tag: str) -> Iterator[dict[str, str]]:
    with parts.open(name) as content:
        root = ElementTree.fromstring(content.read(_DIRECTORY_BYTES))  # noqa: S314 - in a child with bounds
    return (each.attrib for each in root.iter() if each.tag.rpartition("}")[2] == tag)


def _extent(content: IO[bytes]) -> tuple[int, int]:
    """How many rows and columns there are from a sheet's first to its last filled cell.

    Counted from the cells, for what a sheet says of itself (`dimension`) is often wrong. (0, 0) where they do not say
    where they stand, as they need not.
    """
    columns, first, last = set[bytes](), 1 << 40, 0
    rest = b""
    while piece := content.read(1 << 20):
        text = rest + piece
        if found := _FILLED.findall(text):
            columns.update(column for column, _ in found)
            rows = [int(row) for _, row in found]
            first, last = min(first, *rows), max(last, *rows)
        rest = text[-_LONGEST_TAG_BYTES:]
    numbers = [_number(column) for column in columns]
    return (last - first + 1, max(numbers) - min(numbers) + 1) if numbers else (0, 0)


def _number(column: bytes) -> int:
    """A column's number by its letters: A is 1, Z 26, AA 27."""
    return reduce(lambda number, letter: 26 * number + letter - 64, column, 0)


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
