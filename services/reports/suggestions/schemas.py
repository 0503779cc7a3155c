"""A suggested mapping as a person gets it, to look at."""

from typing import Any

from pydantic import BaseModel, Field

from services.reports.suggestions.doubts import DoubtCode


class SuggestedWord(BaseModel):
    """A word of the rows that were looked at, in a column that is told in codes."""

    field: str = Field(examples=["category"])
    column: str = Field(examples=["Typ"])
    text: str = Field(examples=["Klotter"])
    count: int = Field(description="Rows that say so.", examples=[7])
    code: str | int | None = Field(description="What it means, where that is known.", examples=["damage"])


class SuggestedDate(BaseModel):
    """What the first date of the file says in a form that it may be written in."""

    format: str = Field(description="As datetime_format of a mapping has it.", examples=["dmy"])
    first: str | None = Field(
        description="As it is kept: a day, a moment on the municipality's clock, or the first and last day of a week;"
        " null where it is not read.",
        examples=["2026-11-16 20:00:00+01:00"],
    )


class SuggestedMapping(BaseModel):
    """A mapping that may fit a file, beside the file's first rows. Look at it, mend it, then PUT it."""

    mapping: dict[str, Any] = Field(
        description="In the form of PUT /mappings/{name}.",
        examples=[{"columns": {"external_reference": "Nr", "occurred_from": ["Datum", "Kl"], "category": "Typ"}}],
    )
    header: list[str] = Field(examples=[["Nr", "Datum", "Kl", "Typ"]])
    rows: list[list[str]] = Field(
        description="The first five rows; a personnummer and the like are struck out.",
        examples=[[["1", "2026-11-16", "20:00", "Klotter"]]],
    )
    looked_at: int = Field(description="Rows that the suggestion was made from.", examples=[1])
    lines: list[int] = Field(
        description="In which line of the file each of these rows stands; of a workbook its number in Excel.",
        examples=[[2]],
    )
    sheets: list[str] = Field(
        description="The sheets of a workbook, up to 100 of them; none of a text.", examples=[["Ärenden", "Summering"]]
    )
    doubts: list[str] = Field(
        description="What could not be told from the file, in sentences.",
        examples=[["The points in 'X + Y' fall into no area in any system tried, lines 3, 17: set crs."]],
    )
    doubt_codes: list[DoubtCode] = Field(
        description="The same in the same order, for programs that say it in words of their own.",
        examples=[["system_unknown"]],
    )
    doubt_columns: list[str | None] = Field(
        description="Which column each of them is about, in the same order; null for none or"
        " several. Columns that are read together stand with a plus between them.",
        examples=[["X + Y"]],
    )
    doubt_fields: list[str | None] = Field(
        description="Which field of a mapping each of them leaves open, in the same order; null for none or several.",
        examples=[["x"]],
    )
    doubt_lines: list[list[int]] = Field(
        description="In which lines of the file what each of them is about stands, the first nine, in the same order;"
        " none where it is about all rows.",
        examples=[[[3, 17]]],
    )
    words: list[SuggestedWord] = Field(
        description="All words of the coded columns in those rows, field by field, the most frequent first."
    )
    dates: list[SuggestedDate] = Field(description="The suggested forms first, then others that read the first date.")
