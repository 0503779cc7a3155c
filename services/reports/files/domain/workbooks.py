"""Excel workbooks as CSV: what is a workbook, its first sheet line by line, and the dialect of either kind of file."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from services.reports.files.domain.csvfile import Unreadable
from services.reports.files.domain.sniffing import LINES, Dialect, decimal_of, sniff
from shared.errors import Malformed

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# An XLSX file is a ZIP: what it unpacks to is bounded before it is read.
MOST_UNPACKED_BYTES = 1 << 29


def is_sheet(content_type: str) -> bool:
    """Whether a body of this type is an Excel workbook; else it is CSV. Raises Malformed for anything else."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("text/csv", SHEET):
        raise Malformed(f"Send the file itself as the body, with Content-Type: text/csv, or {SHEET} for Excel.")
    return kind == SHEET


def dialect_of(head: bytes, *, sheet: bool) -> Dialect:
    """The dialect of a file by its first bytes as CSV: that of `sheet_as_csv` for a sheet, else what is sniffed."""
    if not sheet:
        return sniff(head)
    # Numbers that stand as texts in the sheet keep their decimal comma.
    return Dialect("utf-8", ";", decimal_of(head.decode(errors="ignore").splitlines()[:LINES], ";"))


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
