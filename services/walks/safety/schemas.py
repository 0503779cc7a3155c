"""HTTP shapes of the walks service; a change here is an API change."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.walks.safety.domain import Answer, FindingKind, FindingStatus, Participants, WalkStatus
from shared.privacy.free_text import Confirmed, Screened
from shared.shapes import AreaCode, AtMost, Body, Day, Lines, Point

# Whatever people write in their own words. It becomes a public document and never travels in a message.
FreeText = Annotated[str, Lines(1000), Screened()]
HeadCount = Annotated[int, Field(ge=0, le=1000, strict=True)]

EXAMPLE_WALK = "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"
EXAMPLE_FINDING = "01936f7a-1b4c-7d5e-8f60-a1b2c3d4e5f6"
EXAMPLE_ORGANISATION = "7b0c9a52-3f64-4d3e-8f1a-2c5d6e7f8091"


class NewWalk(Body):
    """A safety walk: one that is to come, or one of before that is written down."""

    area_code: AreaCode = Field(description="An area in use, see GET /areas.", examples=["0111"])
    planned_on: Day = Field(
        description="Ten years from today at most, and as far back: a walk of before is written down too.",
        examples=["2026-12-08"],
    )
    reason: FreeText = Field(
        description="Why this area. It becomes a public document: write nothing about persons.",
        examples=["Flest rapporter i höst, och många nämner mörka gångvägar."],
    )
    meeting_point: FreeText = Field(examples=["Utanför biblioteket, klockan 18."])
    expected_participants: int = Field(ge=1, le=1000, strict=True, description="A head-count.", examples=[20])
    confirmed_no_personal_data: Confirmed = False


class Walked(Body):
    """What is recorded when a walk has taken place: when, how many and in what light; never who."""

    walked_on: Day = Field(description="Not in the future.", examples=["2026-12-08"])
    head_counts: Annotated[dict[Participants, HeadCount], AtMost(30)] = Field(
        description="How many took part, by kind of organisation; at least one in all.",
        examples=[{"municipality": 4, "housing": 2, "police": 1, "residents": 9}],
    )
    dark: bool = Field(strict=True, description="Whether it was walked in the dark.", examples=[True])


class Closing(Body):
    """How a walk is closed."""

    leave_open: bool = Field(
        default=False,
        strict=True,
        description="Close although owners of findings have not answered; they may still do so.",
        examples=[False],
    )
    reason: FreeText | None = Field(
        default=None,
        description="Needed with findings left open, and for a walk that never took place.",
        examples=["Fastighetsägaren svarar först efter årsskiftet."],
    )
    confirmed_no_personal_data: Confirmed = False


class Walk(BaseModel):
    """A safety walk as this reader may see it; a field that the reader may not see is null."""

    id: UUID = Field(examples=[EXAMPLE_WALK])
    organisation_id: UUID | None = Field(description="Who planned it.", examples=[EXAMPLE_ORGANISATION])
    area_code: str = Field(examples=["0111"])
    planned_on: date = Field(examples=["2026-12-08"])
    reason: str | None = Field(examples=["Flest rapporter i höst, och många nämner mörka gångvägar."])
    meeting_point: str | None = Field(examples=["Utanför biblioteket, klockan 18."])
    expected_participants: int | None = Field(examples=[20])
    status: WalkStatus = Field(examples=["walked"])
    walked_on: date | None = Field(description="Null until it was walked.", examples=["2026-12-08"])
    head_counts: dict[Participants, int] | None = Field(
        description="Null until it was walked.", examples=[{"municipality": 4, "residents": 9}]
    )
    dark: bool | None = Field(description="Null until it was walked.", examples=[True])
    closing_reason: str | None = Field(examples=[None])
    version: int | None = Field(default=None, description="Also the ETag: send it back as If-Match.", examples=[2])
    created_at: datetime | None = Field(examples=["2026-11-22T08:15:00Z"])


class WalkPage(BaseModel):
    """A stretch of a list: the last day of entry first, and within a day by chance."""

    walks: list[Walk]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZSJd"])


class PlannedWalk(BaseModel):
    """What the planner of a walk gets back."""

    id: UUID = Field(examples=[EXAMPLE_WALK])
    status: WalkStatus = Field(examples=["planned"])


class NewFinding(Body):
    """What a walk saw, and who answers for the place."""

    kind: FindingKind = Field(
        description="`positive` is for what is good: it asks for no answer.", examples=["lighting"]
    )
    note: FreeText = Field(
        description="What was seen and what could be done. It becomes a public document: write nothing about persons.",
        examples=["Tre lampor i rad är släckta längs gångvägen mot skolan."],
    )
    point: Point | None = Field(
        default=None, description="Where in the area, if it is one spot; a little outside of it too."
    )
    owner_id: UUID = Field(description="The organisation that answers for the place.", examples=[EXAMPLE_ORGANISATION])
    priority: int = Field(ge=1, le=3, strict=True, description="1 is the most urgent.", examples=[1])
    due_on: Day | None = Field(
        default=None, description="Without it six months after the walk.", examples=["2027-02-01"]
    )
    confirmed_no_personal_data: Confirmed = False


class RaisedFinding(BaseModel):
    """What is said at once of a finding that was recorded."""

    id: UUID = Field(examples=[EXAMPLE_FINDING])
    status: FindingStatus = Field(examples=["open"])
    due_on: date = Field(examples=["2027-02-01"])


class FindingAnswer(Body):
    """What the owner of a finding says becomes of it."""

    status: Answer = Field(examples=["planned"])
    due_on: Day | None = Field(
        default=None,
        description="Needed with `planned`, and only there: the day, from today on.",
        examples=["2027-01-15"],
    )
    reason: FreeText | None = Field(
        default=None,
        description="Needed with `declined`: the protocol shows why nothing is done.",
        examples=["Lamporna byts när gångvägen ändå grävs upp i januari."],
    )
    confirmed_no_personal_data: Confirmed = False


class Finding(BaseModel):
    """A finding as this reader may see it; a field that the reader may not see is null."""

    id: UUID = Field(examples=[EXAMPLE_FINDING])
    walk_id: UUID = Field(examples=[EXAMPLE_WALK])
    organisation_id: UUID | None = Field(description="Who planned the walk.", examples=[EXAMPLE_ORGANISATION])
    area_code: str = Field(examples=["0111"])
    kind: FindingKind = Field(examples=["lighting"])
    note: str | None = Field(examples=["Tre lampor i rad är släckta längs gångvägen mot skolan."])
    point: Point | None = None
    owner_id: UUID | None = Field(description="Who answers for the place.", examples=[EXAMPLE_ORGANISATION])
    priority: int | None = Field(description="1 is the most urgent.", examples=[1])
    due_on: date = Field(examples=["2027-01-15"])
    status: FindingStatus = Field(examples=["planned"])
    reason: str | None = Field(description="The owner's words.", examples=[None])
    version: int | None = Field(default=None, description="Also the ETag: send it back as If-Match.", examples=[2])
    answered_at: datetime | None = Field(examples=["2026-12-10T09:30:00Z"])
    created_at: datetime | None = Field(examples=["2026-12-08T19:40:00Z"])


def shape_of_finding(row: Mapping[str, Any]) -> Finding:
    """A finding from its row, whose point is in two columns."""
    placed = row["lon"] is not None
    return Finding(**row, point=Point(lon=row["lon"], lat=row["lat"]) if placed else None)


class FindingPage(BaseModel):
    """A stretch of a list: the last day of entry first, and within a day by chance."""

    findings: list[Finding]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY3YSJd"])
