"""A suggested mapping as a person gets it, to look at."""

from typing import Any

from pydantic import BaseModel, Field


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
    doubts: list[str] = Field(
        description="What could not be told from the file.",
        examples=[["No column looks like a place. Reports without one lie nowhere."]],
    )
