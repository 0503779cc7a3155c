"""Why a row of a file cannot be read at all: what is damaged costs its own row, and is named."""

import re
from dataclasses import dataclass
from functools import cache

from services.reports.files.domain.csvfile import MOST_CELL, Row
from services.reports.mappings.domain.faults import FaultCode
from shared.texts import is_typed

# Stands for a cell of a workbook that cannot be read: no character (Unicode §23.7), and yet one that XML takes.
BROKEN = "\ufdd0"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, in which of its columns if one is to blame; its sender's own reference, if known.

    Where the row has not `failed` it is a note: what became of it is not what its sender may think.
    """

    line: int
    column: str | None
    code: FaultCode
    detail: str
    reference: str | None = None
    failed: bool = True


def unreadable(row: Row, *, width: int, encoding: str) -> Fault | None:
    """What is wrong with a row as a whole; None where its cells can be read. `width`: columns of the header."""
    wrong = _damage(row, width=width, encoding=encoding)
    return wrong and Fault(row.line, None, *wrong)


def _damage(row: Row, *, width: int, encoding: str) -> tuple[FaultCode, str] | None:
    if row.oversize:
        return "too_long", f"A cell has more than {MOST_CELL} characters, or the line more than 1 MB."
    if row.broken_to is not None:
        return "quotation_marks", f"The quotation marks of lines {row.line} to {row.broken_to} do not match."
    if (broken := next((at for at, cell in enumerate(row.cells, 1) if BROKEN in cell), None)) is not None:
        return "broken_cell", f"The workbook holds no value that can be read in column {broken} of the row."
    if len(row.cells) < width or any(row.cells[width:]):
        return "columns", f"The row has {len(row.cells)} columns, the header {width}."
    said = "".join(row.cells)
    if not said.isascii() and any("\ud800" <= sign <= "\udfff" for sign in said):  # bytes that could not be decoded
        return "encoding", f"The row holds bytes that are no {encoding} text."
    if is_misread(said, encoding=encoding):
        return "encoding", f"The row is written in UTF-8, and the file is read as {encoding}."
    if not all(map(is_typed, row.cells)):
        return "control_character", (
            "The row holds a sign that no key types: a control character, one that turns text, a heap of accents."
        )
    return None


def is_misread(text: str, *, encoding: str) -> bool:
    """Whether this was written in UTF-8 and read in another encoding; kept so, it is damaged for good."""
    return not text.isascii() and not encoding.startswith("utf") and bool(_misread(encoding).search(text))


@cache
def _misread(encoding: str) -> re.Pattern[str]:
    """How letters of our languages, signs and dashes of UTF-8 look in an encoding of one byte: no word has them."""
    signs = [bytes([byte]).decode(encoding, errors="surrogateescape") for byte in range(256)]
    behind, high = (f"[{re.escape(''.join(signs[first:0xC0]))}]" for first in (0x80, 0xA0))
    lead, odd, wide, dashes = (re.escape(signs[byte]) for byte in (0xC3, 0xC2, 0xE2, 0x80))
    return re.compile(f"{lead}{behind}|{odd}{high}|{wide}{dashes}{behind}")
