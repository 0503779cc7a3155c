"""HTTP shapes of the feed, and of periods; a change here is an API change.

What the overview says beside its periods is shaped in `topics`.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field


class PeriodShape(BaseModel):
    """A cycle: its first and its last day."""

    first: date = Field(serialization_alias="from", examples=["2026-11-16"])
    last: date = Field(serialization_alias="to", examples=["2026-11-29"])


class FeedItem(BaseModel):
    """Something that happened: a fact with a reference, never with free text."""

    id: UUID = Field(description="The message's id; the same in webhooks.")
    type: str = Field(examples=["report.submitted"])
    at: datetime = Field(
        description="The municipality's day alone (its midnight) where the caller sees what it is about coarsely."
    )
    data: dict[str, Any] = Field(
        description="As the body of a webhook of this type has it: see `webhooks` in this description. What the caller"
        " may not see is not there.",
        examples=[{"report_id": "01a2...", "category": "order", "area_code": "0111"}],
    )


class Feed(BaseModel):
    """What happened after a cursor, in the order in which it was told here: the last item is the newest."""

    items: list[FeedItem]
    next_cursor: str = Field(
        description="Send it as `since` to go on; the same as before where nothing happened.",
        examples=["5f0c2d7e.q1J0b2tNX3ZpZXdlcg"],
    )
