"""A file of reports as its sender follows it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.reports.files.domain.imports import State


class Import(BaseModel):
    """A file that came in. `read` is the sum of `new`, `unchanged`, `changed` and `failed`."""

    id: UUID
    mapping: str | None = Field(description="Null where it was tried with a draft.", examples=["granen"])
    dry_run: bool = Field(
        description="Only told what would become of its rows: no report comes of it.", examples=[False]
    )
    state: State = Field(examples=["done"])
    size_bytes: int = Field(examples=[158089])
    read: int = Field(description="Rows dealt with so far.", examples=[1204])
    new: int = Field(examples=[1180])
    unchanged: int = Field(description="Known, and the same as before.", examples=[20])
    changed: int = Field(description="Known, and now saying something else.", examples=[3])
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
    rows_per_s: float | None = Field(examples=[21000.0])
    failure: str | None = Field(
        description="Why the file could not be gone on with. What was stored of it stays.", examples=[None]
    )
    received_at: datetime | None = Field(examples=["2026-11-22T08:15:00Z"])
    started_at: datetime | None = Field(examples=["2026-11-22T08:15:01Z"])
    finished_at: datetime | None = Field(examples=["2026-11-22T08:15:02Z"])


class ImportPage(BaseModel):
    """A stretch of the list of imports, the last to be sent first."""

    imports: list[Import]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])


class RowError(BaseModel):
    """What is wrong with one row; never what the row says."""

    line: int = Field(examples=[118])
    column: str | None = Field(description="The file's own name for it.", examples=["Ärendetyp"])
    code: str = Field(examples=["unknown_word"])
    detail: str = Field(examples=["The mapping has no code for this text."])


class RowErrorPage(BaseModel):
    """A stretch of the list of row errors, in the order of the file. At most 10,000 are kept of one file."""

    errors: list[RowError]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])
