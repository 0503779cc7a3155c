"""A file of reports as its sender follows it."""

from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from pydantic import BaseModel, Field

from services.reports.files.domain.failures import FailureCode
from services.reports.files.domain.imports import Snapshot, SnapshotOf, State, Withheld
from services.reports.files.domain.workbooks import SHEET
from services.reports.mappings.domain.faults import FaultCode

A_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string", "format": "binary"},
                "example": "Ärendenr;Datum;Kl;Ärendetyp\nGR-001;2026-11-16;20:00;Klotter\n",
            },
            SHEET: {"schema": {"type": "string", "format": "binary"}},
            # What generators of clients know of; the bytes say what it is.
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
WHAT_A_SNAPSHOT_DOES = (
    "The file is all that you have. report: tell which reports of this mapping it has no more; withdraw: withdraw them."
)
ERRORS_CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "line,column,code,detail,reference,failed\n"
                "118,Ärendetyp,missing,A category is needed.,GR-118,true\n",
            }
        },
        "description": "The errors, a line each.",
    }
}


class UnknownWord(BaseModel):
    """A word of a file that its mapping does not know."""

    field: str = Field(examples=["category"])
    text: str = Field(description="Personal data is struck out.", examples=["Brandstiftelse"])
    count: int = Field(description="Rows that say so.", examples=[99])


class FaultKind(BaseModel):
    """What is wrong with rows of a file, or to be known of them, taken together: the same of the same column."""

    code: str = Field(description="As errors have it.", examples=["unknown_word"])
    column: str | None = Field(description="The file's own name for it.", examples=["Ärendetyp"])
    failed: bool = Field(description="False for notes, of rows that were dealt with.", examples=[True])
    count: int = Field(description="How often, also where the list of errors keeps fewer.", examples=[240])
    lines: list[int] = Field(description="The first of them, five at most.", examples=[[2701, 2702]])


class Import(BaseModel):
    """A file that came in. `read` is the sum of `new`, `unchanged`, `changed` and `failed`."""

    id: UUID
    mapping: str | None = Field(description="Null where it was tried with a draft.", examples=["granen"])
    file_name: str | None = Field(description="As its sender called it.", examples=["vecka-47.csv"])
    dry_run: bool = Field(
        description="Only told what would become of its rows: no report comes of it.", examples=[False]
    )
    state: State = Field(examples=["done"])
    size_bytes: int = Field(examples=[158089])
    read: int = Field(description="Rows dealt with so far.", examples=[1204])
    new: int = Field(examples=[1180])
    takes_over: bool = Field(
        description="Its rows correct also reports that another mapping of yours brought.", examples=[False]
    )
    unchanged: int = Field(description="Known, and the same as before.", examples=[20])
    changed: int = Field(
        description="Known, and now saying something else; or there again, after a snapshot without them.", examples=[3]
    )
    failed: int = Field(description="Rows that are no reports; see errors.", examples=[1])
    unplaced: int = Field(description="Rows kept without an area: no usable point, or outside all areas.", examples=[2])
    passed_over: int = Field(
        description="Rows that are no reports and are not among those read: they add up others, or say the headings"
        " again. Known once the file is done.",
        examples=[1],
    )
    masked: int = Field(
        description="Rows that held personal data; it was struck out before they were kept.", examples=[4]
    )
    masked_kinds: dict[str, int] = Field(
        description="How much of what was struck out.", examples=[{"personnummer": 1, "phone": 3}]
    )
    repeated: int = Field(description="Of the unchanged: stood in the file before, word for word.", examples=[0])
    still_withdrawn: int = Field(
        description="Of the unchanged: somebody withdrew their reports, which stay withdrawn though the file has them.",
        examples=[0],
    )
    not_corrected: int = Field(
        description="Of the unchanged: say something else of a report that was rejected, withdrawn by somebody or found"
        " to be a duplicate, and that stays as it is. See errors: there they are notes, which say which of the three.",
        examples=[0],
    )
    corrections_replaced: int = Field(
        description="Of the changed: say something else than the last time, and stand now in the place of what somebody"
        " had corrected. See errors, where they are notes. A row that says what it said the last time replaces none.",
        examples=[0],
    )
    of_other_mapping: int = Field(
        description="Of the failed: have the reference of a report that another mapping of yours brought, and say"
        " something else. Where both lists tell of the same reports, send the file with takes_over=true; else map also"
        " a column to external_reference that tells the lists apart.",
        examples=[0],
    )
    other_mapping: str | None = Field(description="That mapping, of most of them.", examples=[None])
    mended_codes: int = Field(
        description="Rows whose area was found once its code had the noughts before it again.", examples=[12]
    )
    alike: int = Field(
        description="Of the new: rows like those of another mapping, in when, where and of what kind. Read in with"
        " both, an incident is two reports: put this mapping in the place of the other instead.",
        examples=[0],
    )
    alike_mapping: str | None = Field(description="That other mapping.", examples=[None])
    fillers: int = Field(
        description="Rows with a sign or a word for none in the place of a reference (0, xxx, 9999, saknas, ny): they"
        " are known by what they say, as those without one.",
        examples=[3],
    )
    filler: str | None = Field(description="What stands there most often.", examples=["0"])
    by_default: int = Field(
        description="Rows kept with a word that the mapping does not know, or an area that is none: they have what it"
        " says for such in `defaults`. See errors, where they are notes.",
        examples=[99],
    )
    words_by_default: list[UnknownWord] = Field(
        description="Those words, the most frequent first: at most 100 of a field, none of more than 100 characters."
    )
    unknown_words: int = Field(
        description="Of the failed: say a word that the mapping does not know, or an area that is none. See errors.",
        examples=[240],
    )
    words_unknown: list[UnknownWord] = Field(
        description="Those words, the most frequent first, bounded as the others: give them a meaning in the mapping."
    )
    fault_kinds: list[FaultKind] = Field(
        description="Errors and notes by kind: of rows that failed first, then the most frequent. Empty for files of"
        " before it was kept."
    )
    snapshot: Snapshot | None = Field(
        description="The file is all that its sender has: reports that it has no more are told, or withdrawn.",
        examples=["report"],
    )
    snapshot_of: SnapshotOf | None = Field(description="All within its days, or all at all.", examples=["period"])
    missing: int | None = Field(
        description="Reports of this mapping that the file has no more, once it is at its end; see missing.",
        examples=[2],
    )
    withdrawn: int = Field(description="How many of them are withdrawn.", examples=[0])
    withheld: Withheld | None = Field(
        description="Why none was withdrawn unasked: too many rows failed, or more than half would go.", examples=[None]
    )
    rows_per_s: float | None = Field(examples=[21000.0])
    failure: str | None = Field(
        description="Why the file could not be gone on with. What was stored of it stays.", examples=[None]
    )
    failure_code: str | None = Field(
        description=f"The same for programs: {', '.join(get_args(FailureCode))}. Null for files of before it was kept.",
        examples=[None],
    )
    failure_line: int | None = Field(description="The line that it is about, where it is about one.", examples=[None])
    failure_column: str | None = Field(
        description="The column that it is about, by the file's or the mapping's name for it.", examples=[None]
    )
    failure_fault: str | None = Field(
        description="Of no_row_usable: what is wrong with the row in that line, a code as errors have it.",
        examples=[None],
    )
    received_at: datetime | None = Field(examples=["2026-11-22T08:15:00Z"])
    started_at: datetime | None = Field(examples=["2026-11-22T08:15:01Z"])
    finished_at: datetime | None = Field(examples=["2026-11-22T08:15:02Z"])


class ImportPage(BaseModel):
    """A stretch of the list of imports, the last to be sent first."""

    imports: list[Import]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])


class RowError(BaseModel):
    """What is wrong with one row, or to be known of it; never what the row says."""

    line: int = Field(examples=[118])
    column: str | None = Field(description="The file's own name for it.", examples=["Ärendetyp"])
    code: str = Field(description=f"For programs: {', '.join(get_args(FaultCode))}.", examples=["unknown_word"])
    detail: str = Field(examples=["The mapping has no code for this text."])
    reference: str | None = Field(
        description="The sender's own reference of the row, where it has one that is no personal data.",
        examples=["GR-118"],
    )
    failed: bool = Field(
        description="False for a note: the row was dealt with, and is not among the failed.", examples=[True]
    )


class RowErrorPage(BaseModel):
    """A stretch of the list of row errors and notes, refused rows first. At most 10,000 are kept of one file."""

    errors: list[RowError]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])


class Missing(BaseModel):
    """A report that a file with all of its sender's has no more."""

    id: UUID
    external_reference: str | None = Field(description="The sender's own; null without one.", examples=["GR-118"])
    category: str = Field(examples=["damage"])
    subcategory: str | None = Field(examples=["graffiti"])
    occurred_on: date = Field(examples=["2026-11-20"])
    area_code: str | None = Field(examples=["0112"])
    status: str = Field(examples=["received"])


class MissingPage(BaseModel):
    """A stretch of the list of reports that a file has no more."""

    missing: list[Missing]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])
