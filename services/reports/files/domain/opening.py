"""How one file is read under a mapping: what that leaves to be found out is filled in, and kept with the import."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.reports.files.domain.csvfile import CsvFile, check_header
from services.reports.files.domain.encodings import Evidence
from services.reports.files.domain.failures import EmptyFile, Unreadable
from services.reports.files.domain.imports import CHUNK_BYTES
from services.reports.files.domain.sniffing import LINES, Dialect, decimal_of, sniff
from services.reports.files.domain.workbooks import Told
from services.reports.mappings.domain.forms import DateForm
from services.reports.mappings.domain.mapping import MOST_FORMATS
from services.reports.mappings.domain.mapping import Mapping as Plan

Document = Mapping[str, Any]
_ISO: DateForm = "iso"


def opened(document: Document, plan: Plan, head: bytes, *, evidence: Evidence, told: Told | None) -> dict[str, Any]:
    """A mapping's document with what it leaves open filled in from the first bytes of a file, as CSV.

    evidence: of its encoding so far. told: of a workbook. What a mapping says of texts goes for no workbook, and the
    other way round. Raises Unreadable, EmptyFile.
    """
    if not head.strip():
        raise EmptyFile("The file is empty.", why="empty")
    if not head.strip(b"\0"):
        raise Unreadable("The file holds nothing but NUL bytes: it was not written whole. Save it anew.", why="no_text")
    found = dialect_of(head, plan, evidence=evidence, told=told)
    open_ = {"encoding": found.encoding, "delimiter": found.delimiter, "header_row": found.row}
    given = {**document, **open_}
    given["decimal"] = found.decimal if told or document.get("decimal", "auto") == "auto" else document["decimal"]
    if told is not None:
        given["datetime_format"] = _and_iso(plan.datetime_formats)
    return given


def dialect_of(head: bytes, plan: Plan, *, evidence: Evidence, told: Told | None) -> Dialect:
    """The dialect of a file by its first bytes: that of `sheet_as_csv` for a workbook, else what is sniffed."""
    if told is not None:
        # Numbers that stand as texts in the sheet keep their decimal comma.
        lines = [line for line in head.decode(errors="ignore").splitlines()[told.row :] if line][:LINES]
        return Dialect("utf-8", ";", decimal_of(lines, ";"), told.row, told.certain)
    likeliest = evidence.likeliest() or "cp1252"
    encoding = plan.encoding if plan.encoding != "auto" else likeliest
    return sniff(
        head,
        encoding=likeliest if encoding.startswith("utf-16") and likeliest.startswith("utf-16") else encoding,
        delimiter=None if plan.delimiter == "auto" else plan.delimiter,
        row=plan.header_row,
        wanted=plan.wanted,
    )


def check_beginning(chunk: bytes, plan: Plan) -> None:
    """Refuse at the door what can be seen from the headings. Raises Unreadable, EmptyFile."""
    file = CsvFile([chunk], delimiter=plan.delimiter, encoding=plan.encoding, row=plan.header_row, wanted=plan.wanted)
    check_header(file.header, plan.wanted)
    try:
        if len(chunk) < CHUNK_BYTES and next(iter(file), None) is None:
            raise EmptyFile("The file has a header and no rows.", why="no_rows")
    except Unreadable:
        return  # rows are the worker's: it says which one


def _and_iso(forms: Sequence[str]) -> list[str]:
    """These forms, and the one that the days and moments of a workbook are written in on their way in."""
    return [*forms, _ISO][:MOST_FORMATS] if _ISO not in forms else list(forms)
