"""Why a whole file cannot be read, or not be gone on with: a code for programs, where it is, a sentence for people."""

from dataclasses import dataclass, replace
from typing import Literal

from services.reports.mappings.domain.faults import FaultCode
from shared.errors import FieldError, Invalid

# What it is instead of a table, what is wrong with the table, what a mapping asks for and it does not have, what all
# of its first rows are, and what ends the work on it.
FailureCode = Literal[
    "picture", "document", "packed", "data_file", "old_workbook", "binary_workbook", "locked_workbook",
    "open_document", "web_page", "markup", "json", "wide_text", "no_text",
    "empty", "no_rows", "damaged_workbook", "damaged", "takes_too_long", "takes_too_much", "not_in_time",
    "workbook_too_large", "row_too_long", "heading_too_long", "too_many_columns", "quotation_mark_open",
    "encoding_ends", "encoding_unsure", "encoding_contradicts", "formulas", "no_table",
    "no_such_sheet", "no_headings_there", "column_missing",
    "no_row_usable", "points_elsewhere", "points_outside",
    "sender_ended", "unexpected",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a file ended before its last row, for its sender.

    why: for programs. line: of the file, as its faults have it. column: the file's own name, or the mapping's. fault:
    of `no_row_usable`, what is wrong with the row in that line.
    """

    detail: str
    why: FailureCode
    line: int | None = None
    column: str | None = None
    fault: FaultCode | None = None

    def behind(self, rows: int) -> "Failure":
        """The same of a file of which so many rows are in: of those nobody else would say which."""
        if not rows:
            return self
        said = f"{self.detail} The first {rows} rows are in. Mend the file and send it again, or the rest of it."
        return replace(self, detail=said)


UNEXPECTED = Failure(
    detail="Something went wrong here. Name the id of this import when you report it.", why="unexpected"
)


class Unreadable(Invalid):
    """The file cannot be read any further; the text says why and where.

    See `Failure` for what programs are told of it.
    """

    code = "unreadable-file"

    def __init__(
        self,
        detail: str,
        *,
        why: FailureCode,
        line: int | None = None,
        column: str | None = None,
        fault: FaultCode | None = None,
    ) -> None:
        super().__init__(detail, errors=(FieldError("file", why, detail),))
        self.failure = Failure(detail=detail, why=why, line=line, column=column, fault=fault)


class EmptyFile(Invalid):
    """A file without a single byte, or with a header and nothing below it."""

    code = "empty-file"

    def __init__(self, detail: str, *, why: FailureCode) -> None:
        super().__init__(detail, errors=(FieldError("file", why, detail),))
