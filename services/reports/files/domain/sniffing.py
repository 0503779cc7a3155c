"""What kind of file this is, from its first bytes: encoding, delimiter, decimal sign. And sheets of Excel as CSV."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from services.reports.files.domain.csvfile import Unreadable
from services.reports.mappings.domain.mapping import DELIMITERS

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# An XLSX file is a ZIP: what it unpacks to is bounded before it is read.
MOST_UNPACKED_BYTES = 1 << 29
_COMMA = re.compile(r"-?\d+,\d+")
_POINT = re.compile(r"-?\d+\.\d+")
_LINES = 50


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written."""

    encoding: str
    delimiter: str
    decimal: str


def sniff(head: bytes) -> Dialect:
    """The dialect of a file, from its first bytes (some 50 lines are enough). Never fails: the likeliest is given."""
    encoding = encoding_of(head)
    text = head.decode(encoding, errors="ignore").lstrip("\ufeff")
    lines = text.splitlines()[:_LINES]
    delimiter = max(DELIMITERS, key=lambda each: (_steadiness(lines, each), -DELIMITERS.index(each)))
    return Dialect(encoding, delimiter, _decimal(lines, delimiter))


def encoding_of(head: bytes) -> str:
    """UTF-16 by its mark or its zero bytes, UTF-8 where it decodes, else Windows-1252, which Swedish Excel writes."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        # A character may be cut in two where the bytes end: three bytes at most.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _steadiness(lines: list[str], delimiter: str) -> float:
    """How well a delimiter cuts lines into equally many cells: more cells are better, uneven lines are worse."""
    try:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0
    if not counts or counts[0] < 2:
        return 0
    same = sum(count == counts[0] for count in counts) / len(counts)
    return same * (1 + min(counts[0], 20) / 20)


def _decimal(lines: list[str], delimiter: str) -> str:
    cells = [cell.strip() for row in csv.reader(lines, delimiter=delimiter) for cell in row]
    commas = sum(_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum(_POINT.fullmatch(cell) is not None for cell in cells)
    return "," if commas > points else "."


def sheet_as_csv(content: bytes) -> Iterator[bytes]:
    """The first sheet of an XLSX file as CSV: UTF-8, semicolons, decimal points, ISO dates. Raises Unreadable.

    A line at a time. The file itself is held in memory, for a ZIP is read from its end.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - no file, no need

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED_BYTES:
                raise Unreadable("The workbook unpacks to more than 512 MB.")
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).iter_rows()
    except (zipfile.BadZipFile, CalamineError, IndexError, OSError):
        raise Unreadable("The file is no Excel workbook (.xlsx), or it is damaged.") from None
    line = io.StringIO()
    writer = csv.writer(line, delimiter=";", lineterminator="\r\n")
    for cells in rows:
        writer.writerow([_cell(value) for value in cells])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()


def sheet_dialect(lines: bytes) -> Dialect:
    """How `sheet_as_csv` writes; numbers that stand as texts in the sheet keep their decimal comma."""
    return Dialect("utf-8", ";", _decimal(lines.decode(errors="ignore").splitlines()[:_LINES], ";"))


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
