"""What becomes of reports, as it is sent and read."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.reports.intake.domain import Status
from services.reports.intake.schemas import Recoded
from services.reports.review.domain import Outcome
from shared.privacy.free_text import Confirmed, Screened
from shared.shapes import Body, Lines

Reason = Annotated[str, Lines(500), Screened()]
_ID = "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"


class Withdrawal(Body):
    """Why a report is taken back."""

    reason: Reason = Field(examples=["Skickades två gånger av misstag."])
    confirmed_no_personal_data: Confirmed = False


class Review(Body):
    """What the coordinator decides of a report."""

    outcome: Outcome = Field(
        description="`received` takes a decision back. `question` and `rejected` need a reason.", examples=["accepted"]
    )
    reason: Reason | None = Field(default=None, examples=["Vilken ände av parkeringen?"])
    duplicate_of: UUID | None = Field(default=None, description="With `duplicate`: the report that stays.")
    confirmed_no_personal_data: Confirmed = False


class Changed(BaseModel):
    """A report's new version; the ETag of the answer holds it too."""

    id: UUID = Field(examples=[_ID])
    version: int = Field(examples=[2])
    recoded: Recoded | None = Field(default=None, description="Of a correction: as in the receipt of a report.")


class Event(BaseModel):
    """One thing that became of a report."""

    version: int = Field(examples=[2])
    at: datetime = Field(examples=["2026-11-22T08:15:00Z"])
    organisation_id: UUID = Field(description="Who did it.", examples=[_ID])
    change: Literal[
        "received", "corrected", "answered", "moved", "withdrawn", "accepted", "question", "duplicate", "rejected"
    ] = Field(
        description="`answered`: corrected while a question stood. `moved`: the areas were drawn anew, and it lies in "
        "another one now."
    )
    reason: str | None = Field(examples=["Vilken ände av parkeringen?"])


class History(BaseModel):
    """What became of a report, the first change first."""

    events: list[Event]


class Suggestion(BaseModel):
    """A report that may tell of the same incident, and why."""

    id: UUID = Field(examples=[_ID])
    organisation_id: UUID = Field(examples=[_ID])
    score: float = Field(ge=0, le=1, description="0 to 1; orders suggestions, decides nothing.", examples=[0.82])
    distance_m: float | None = Field(description="Null where one of them has no point.", examples=[35.0])
    apart_s: float = Field(description="Seconds between them; 0 where they overlap.", examples=[600.0])
    same_subcategory: bool = Field(examples=[True])
    occurred_on: date = Field(examples=["2026-11-20"])
    band: int | None = Field(examples=[8])
    occurred_from: datetime = Field(examples=["2026-11-20T15:30:00Z"])
    occurred_to: datetime | None = Field(examples=["2026-11-20T16:15:00Z"])
    severity: int = Field(examples=[2])
    area_code: str | None = Field(examples=["0111"])
    status: Status
    text: str | None = Field(examples=["Ett tjugotal ungdomar samlade vid väntsalen, hög musik."])


class Waiting(BaseModel):
    """A report that waits for review."""

    id: UUID = Field(examples=[_ID])
    organisation_id: UUID = Field(examples=[_ID])
    status: Status
    category: str = Field(examples=["order"])
    subcategory: str | None = Field(examples=["gathering"])
    occurred_from: datetime = Field(examples=["2026-11-20T15:30:00Z"])
    occurred_to: datetime | None = Field(examples=["2026-11-20T16:15:00Z"])
    area_code: str | None = Field(examples=["0111"])
    cell: str | None = Field(examples=["E481750N7005250"])
    severity: int = Field(examples=[2])
    certainty: str | None = Field(examples=["likely"])
    location_kind: str | None = Field(examples=["public"])
    text: str | None = Field(examples=["Ett tjugotal ungdomar samlade vid väntsalen, hög musik."])
    received_at: datetime = Field(examples=["2026-11-20T17:02:11Z"])
    version: int = Field(examples=[1])
    answered: bool = Field(description="Its sender answered what was asked, and it waits again.", examples=[False])


class Queue(BaseModel):
    """Reports that wait: those whose sender answered a question first, those that wait for an answer last."""

    reports: list[Waiting]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])


class QueueCount(BaseModel):
    """How many reports wait."""

    waiting: int = Field(description="Reports of any time that nobody has decided on yet.", examples=[31])
    asked: int = Field(description="Beside them, those that wait for their sender's answer.", examples=[2])


class Suggestions(BaseModel):
    """Reports that may tell of the same incident, likeliest first."""

    suggestions: list[Suggestion]


class Read(BaseModel):
    """Somebody read a report in full."""

    at: datetime = Field(examples=["2026-11-22T08:15:00Z"])
    organisation_id: UUID = Field(examples=[_ID])
    client_id: str = Field(examples=["client_3f0c5f8e9d6b4b0f"])
    operation: str = Field(examples=["get"])
    purpose: str = Field(examples=["review"])
    possible: bool = Field(
        default=False,
        description="An export of before the report last changed: what it asked for may have fitted the report then.",
        examples=[False],
    )


class Reads(BaseModel):
    """Who read a report in full, the last reading first."""

    reads: list[Read]
