"""HTTP shapes of the events service; a change here is an API change."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.events.register.domain import BETWEEN, Kind, ScaleClass, Status
from shared.privacy.free_text import Confirmed, Screened
from shared.resent import UNSAID, Resent, without_defaults
from shared.shapes import AreaCode, Body, Line, Lines, Moment, Point, Within

# Whatever people write in their own words. It becomes a public document and never travels in a message.
FreeText = Annotated[str, Line(200), Screened()]
Attendance = Annotated[int, Field(ge=1, le=10_000_000, strict=True)]
Planned = Annotated[Moment, Within(BETWEEN)]
YesNo = Annotated[bool, Field(strict=True)]

EXAMPLE_GATHERING = "01936f80-2a4b-7c6d-8e1f-0a1b2c3d4e5f"
_ORGANISER = "An organisation, an association or a function; never the name of a person."
_ATTENDANCE = "How many are expected at the most."


class NewGathering(Body):
    """A public gathering, to come or over: the register is also what later ones are planned by.

    A point, an area, or both must be given.
    """

    name: FreeText = Field(examples=["Vintermarknad"])
    kind: Kind = Field(examples=["market"])
    place_name: FreeText = Field(examples=["Stortorget"])
    point: Point | None = Field(default=None, description="The middle of it. Its area is found from it.")
    area_code: AreaCode | None = Field(
        default=None,
        description="An area in use, see GET /areas. Beside a point it must hold that point.",
        examples=["0111"],
    )
    starts_at: Planned = Field(description="A time without a zone is local.", examples=["2026-12-12T10:00:00+01:00"])
    ends_at: Planned = Field(description="After `starts_at`, at most 31 days.", examples=["2026-12-12T18:00:00+01:00"])
    organiser: FreeText = Field(description=_ORGANISER, examples=["Föreningen Vintertorget"])
    expected_attendance: Attendance = Field(description=_ATTENDANCE, examples=[1500])
    outdoor: YesNo = Field(examples=[True])
    alcohol: YesNo = Field(description="Whether alcohol is served.", examples=[False])
    confirmed_no_personal_data: Confirmed = False


class Cancellation(Body):
    """Why a gathering is called off."""

    reason: Annotated[str, Lines(200), Screened()] | None = Field(default=None, examples=["Stormvarning."])
    confirmed_no_personal_data: Confirmed = False


class Gathering(BaseModel):
    """A public gathering as this reader may see it; a field that the reader may not see is null. Times are UTC."""

    id: UUID = Field(examples=[EXAMPLE_GATHERING])
    organisation_id: UUID | None = Field(
        description="Who registered it.", examples=["7b0c9a52-3f64-4d3e-8f1a-2c5d6e7f8091"]
    )
    name: str = Field(examples=["Vintermarknad"])
    kind: Kind = Field(examples=["market"])
    place_name: str | None = Field(examples=["Stortorget"])
    point: Point | None
    area_code: str | None = Field(description="Null for a point outside all areas.", examples=["0111"])
    starts_at: datetime = Field(examples=["2026-12-12T09:00:00Z"])
    ends_at: datetime = Field(examples=["2026-12-12T17:00:00Z"])
    organiser: str | None = Field(examples=["Föreningen Vintertorget"])
    expected_attendance: int | None = Field(examples=[1500])
    outdoor: bool | None = Field(examples=[True])
    alcohol: bool | None = Field(examples=[False])
    scale_class: ScaleClass = Field(
        description="How much it asks of everybody: by expected attendance, one class more where enough of alcohol, "
        "outdoors and night come together.",
        examples=["M"],
    )
    status: Status = Field(examples=["registered"])
    cancelled_reason: str | None = Field(examples=[None])
    version: int | None = Field(description="Also the ETag: send it back as If-Match.", examples=[1])
    registered_at: datetime | None = Field(examples=["2026-11-22T08:15:00Z"])


class GatheringChange(Resent):
    """What is to be changed; a field that is left out stays as it is. Only a point and an area can be taken away."""

    model_config = ConfigDict(json_schema_extra=without_defaults)
    shown = Gathering

    name: FreeText = Field(default=UNSAID, examples=["Vintermarknad"])
    kind: Kind = Field(default=UNSAID, examples=["market"])
    place_name: FreeText = Field(default=UNSAID, examples=["Badhusparken"])
    point: Point | None = Field(default=None, description="Without `area_code` the area is found anew.")
    area_code: AreaCode | None = Field(default=None, examples=["0112"])
    starts_at: Planned = Field(default=UNSAID, examples=["2026-12-13T10:00:00+01:00"])
    ends_at: Planned = Field(default=UNSAID, examples=["2026-12-13T18:00:00+01:00"])
    organiser: FreeText = Field(default=UNSAID, description=_ORGANISER, examples=["Föreningen Vintertorget"])
    expected_attendance: Attendance = Field(default=UNSAID, description=_ATTENDANCE, examples=[2500])
    outdoor: YesNo = Field(default=UNSAID, examples=[True])
    alcohol: YesNo = Field(default=UNSAID, examples=[True])
    confirmed_no_personal_data: Confirmed = False


class Clash(BaseModel):
    """Another gathering that comes close in time and place; a field that the caller may not see is null."""

    id: UUID = Field(examples=["01936f81-5b6c-7d8e-9f20-1a2b3c4d5e6f"])
    name: str = Field(examples=["Luciatåg"])
    kind: Kind = Field(examples=["procession"])
    place_name: str | None = Field(examples=["Kyrkgatan"])
    area_code: str | None = Field(examples=["0111"])
    starts_at: datetime = Field(examples=["2026-12-12T16:00:00Z"])
    ends_at: datetime = Field(examples=["2026-12-12T18:00:00Z"])
    expected_attendance: int | None = Field(examples=[800])
    scale_class: ScaleClass = Field(examples=["M"])
    distance_m: int | None = Field(
        description="Null where one of the two has no point, or its point is not for the caller.", examples=[240]
    )


class Clashes(BaseModel):
    """What a gathering clashes with: a warning, never a refusal."""

    clashes: list[Clash] = Field(description="Those the caller may see, in the order of a calendar.")
    complete: bool = Field(
        description="False: there may be others, because the caller may not see every gathering, lacks the scope "
        "events:read, or the clashes are more than fifty. Ask the municipality.",
        examples=[True],
    )


class GatheringAndClashes(Gathering, Clashes):
    """A gathering as it stands now, and what it clashes with."""


class GatheringPage(BaseModel):
    """A stretch of a list, in the order of a calendar."""

    gatherings: list[Gathering]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIyMDI2LTEyLTEyIl0"])
