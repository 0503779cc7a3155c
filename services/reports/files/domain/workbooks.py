"""Excel workbooks as CSV: what is a workbook, its first sheet line by line, and the dialect of either kind of file."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO

from services.reports.files.domain.csvfile import Unreadable
from services.reports.files.domain.damage import BROKEN
from services.reports.files.domain.measuring import first_sheet
from services.reports.files.domain.mending import mended
from services.reports.files.domain.sniffing import LINES, Dialect, decimal_of, sniff
from shared.errors import Malformed
from shared.http.media import media_type

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHEET_BYTES = 50_000_000
MOST_CSV_BYTES = 1 << 28
# One text may stand in a million cells, so a line can be much longer than anything in the file.
MOST_LINE_BYTES = 1 << 20
_PART_BYTES = 1 << 16
# What zipfile, ElementTree and the library raise of a file that is none, or not whole: also of numbers in its directory
# that lead out of it (ValueError), of names and declarations in codes that there are not (LookupError, UnicodeError).
_DAMAGED = (zipfile.BadZipFile, zlib.error, LookupError, OSError, EOFError, ValueError, RuntimeError)
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
    except _DAMAGED:
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

    Raises Unreadable, BadZipFile and what a damaged file makes `measuring.first_sheet` raise.
    """
    begin = file.read(8)
    if begin == _ENCRYPTED_OR_OLD:
        raise Unreadable("The workbook is protected by a password, or of the old kind (.xls). Save it as .xlsx.")
    if not begin.startswith(b"PK"):
        raise zipfile.BadZipFile
    return first_sheet(file)


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
