"""HTTP shapes of the overview and the feed; a change here is an API change."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field


class PeriodShape(BaseModel):
    """A cycle: its first and its last day."""

    first: date = Field(serialization_alias="from", examples=["2026-11-16"])
    last: date = Field(serialization_alias="to", examples=["2026-11-29"])


class AreaCounts(BaseModel):
    """An area's reports, with those of the areas in it.

    Null where the reader gets counts only: one or two of others, or what would give such a number away.
    """

    code: str = Field(examples=["0101"])
    name: str = Field(examples=["Staden"])
    level: int = Field(examples=[2])
    reports: int | None = Field(examples=[14])
    reports_before: int | None = Field(examples=[9])
    by_category: dict[str, int | None] = Field(examples=[{"order": 9, "damage": None}])


class Totals(BaseModel):
    """All reports of the municipality, those without an area included. Null as in the areas."""

    reports: int | None = Field(examples=[112])
    reports_before: int | None = Field(examples=[97])
    without_area: int | None = Field(examples=[4])


class Findings(BaseModel):
    """Findings of safety walks that wait for their owner."""

    open: int = Field(examples=[7])
    overdue: int = Field(examples=[1])


class Gathering(BaseModel):
    """A public gathering to come."""

    id: UUID
    area_code: str | None = Field(examples=["010101"])
    starts_at: datetime
    ends_at: datetime
    expected_attendance: int = Field(examples=[1200])


class Overview(BaseModel):
    """How it stands in this cycle, as far as the caller may see."""

    period: PeriodShape
    previous: PeriodShape
    totals: Totals
    areas: list[AreaCounts]
    findings: Findings
    gatherings: list[Gathering]
    feed_cursor: str = Field(
        description="Everything told up to here is counted; the feed goes on after it.", examples=["5f0c2d7e.4711"]
    )


class FeedItem(BaseModel):
    """Something that happened: a fact with a reference, never with free text."""

    id: UUID = Field(description="The message's id; the same in webhooks.")
    type: str = Field(examples=["report.submitted"])
    at: datetime
    data: dict[str, Any] = Field(examples=[{"report_id": "01a2...", "category": "order", "area_code": "010101"}])


class Feed(BaseModel):
    """What happened after a cursor, oldest first."""

    items: list[FeedItem]
    next_cursor: str = Field(
        description="Send it as `since` to go on; the same as before where nothing happened.",
        examples=["5f0c2d7e.4711"],
    )
