"""Corrections of walks and findings as they are sent: what was read, with what is to be put right."""

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from services.walks.safety.domain import FindingKind, Participants
from services.walks.safety.schemas import EXAMPLE_ORGANISATION, Finding, FreeText, HeadCount, Walk
from shared.privacy.free_text import Confirmed
from shared.resent import UNSAID, Resent, without_defaults
from shared.shapes import AtMost, Day, Point


class WalkChange(Resent):
    """What of a walk is to be put right; a field that is left out stays. What is recorded, only once it was walked."""

    model_config = ConfigDict(json_schema_extra=without_defaults)
    shown = Walk

    planned_on: Day = Field(default=UNSAID, examples=["2026-12-09"])
    reason: FreeText = Field(default=UNSAID, examples=["Flest rapporter i höst, och många nämner mörka gångvägar."])
    meeting_point: FreeText = Field(default=UNSAID, examples=["Utanför skolan, klockan 18."])
    expected_participants: int = Field(default=UNSAID, ge=1, le=1000, strict=True, examples=[25])
    walked_on: Day | None = Field(default=None, description="Not in the future.")
    head_counts: Annotated[dict[Participants, HeadCount], AtMost(30)] | None = None
    dark: Annotated[bool, Field(strict=True)] | None = None
    confirmed_no_personal_data: Confirmed = False


class FindingChange(Resent):
    """What of a finding is to be put right; a field that is left out stays. Only its point can be taken away."""

    model_config = ConfigDict(json_schema_extra=without_defaults)
    shown = Finding

    kind: FindingKind = Field(default=UNSAID, examples=["lighting"])
    note: FreeText = Field(default=UNSAID, examples=["Fyra lampor i rad är släckta längs gångvägen mot skolan."])
    point: Point | None = None
    owner_id: UUID = Field(
        default=UNSAID,
        description="Who answers for the place, see GET /organisations. Until it was answered.",
        examples=[EXAMPLE_ORGANISATION],
    )
    priority: int = Field(default=UNSAID, ge=1, le=3, strict=True, description="1 is the most urgent.", examples=[2])
    due_on: Day = Field(default=UNSAID, description="Until it was answered.", examples=["2027-02-15"])
    confirmed_no_personal_data: Confirmed = False
