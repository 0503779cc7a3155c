"""Facts told by the reports service."""

from datetime import date
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.messages.base import Message

# The codes of the main categories that a report may have, those out of use too.
CATEGORIES = frozenset({
    "order", "damage", "drugs", "violence", "theft", "traffic", "environment", "staff", "rumour", "positive", "other",
    "youth", "litter", "dark_place",
})  # fmt: skip
LocationKind = Literal["residential", "public", "semi_public"]


class AreaChanged(Message):
    """An area of the municipality's tree was added, changed or retired. Reference data, on a compacted topic."""

    topic: ClassVar[str] = "reports.area.v1"
    type: ClassVar[str] = "area.changed"
    keyed_by: ClassVar[str] = "code"
    thing: ClassVar[str] = "area"
    whose: ClassVar[tuple[str, ...]] = ()

    code: str
    name: str
    level: int = Field(ge=0, description="0 is the municipality, then district, neighbourhood, block.")
    path: list[str] = Field(description="Codes from the root down to and including this area.")
    geometry: dict[str, Any] = Field(description="GeoJSON Polygon or MultiPolygon, longitude and latitude (WGS 84).")
    active: bool = Field(description="False for an area that no longer takes reports.")


class ReportFacts(Message):
    """What travels of a report itself: where, when and of what kind, coarsely; never in its sender's words."""

    topic: ClassVar[str] = "reports.report.v1"
    keyed_by: ClassVar[str] = "report_id"

    report_id: UUID
    organisation_id: UUID
    category: str
    subcategory: str | None = None
    area_code: str | None = Field(default=None, description="Null where the place is unknown or outside the areas.")
    cell: str | None = Field(default=None, description="250 m cell in the municipality's projected CRS.")
    occurred_on: date = Field(description="Local day on which it began.")
    band: int | None = Field(default=None, ge=0, le=11, description="Local two-hour band it began in; null: whole day.")
    dark: bool | None = Field(default=None, description="Sun more than 6 degrees below the horizon; null if unknown.")
    severity: int = Field(ge=1, le=3)
    location_kind: LocationKind | None = None


class ReportSubmitted(ReportFacts):
    """An organisation reported something it saw: where, when and of what kind, coarsely; never in its own words."""

    type: ClassVar[str] = "report.submitted"
    thing: ClassVar[str] = "report"


class ReportCorrected(ReportSubmitted):
    """A report's facts changed; the fields say how it is now.

    The organisation that sent it corrected it, or it lies in another area since the areas were drawn anew.
    """

    type: ClassVar[str] = "report.corrected"
    also_in: ClassVar[str] = "moved_from"

    moved_from: str | None = Field(
        default=None, description="The area it lay in, if it lies in another one now; empty if it lay in none."
    )
    category_from: str | None = Field(default=None, description="The category it had, if it has another one now.")
    redrawn: bool = Field(default=False, description="Nothing but its area changed: the areas were drawn anew.")


class ReportAmended(ReportCorrected):
    """A report that does not count lies in another area since the areas were drawn anew."""

    type: ClassVar[str] = "report.amended"
    thing: ClassVar[str] = "decision"


class ReportReviewed(Message):
    """The coordinator looked at a report. Why stays with the reports service; the sender reads it there."""

    topic: ClassVar[str] = "reports.report.v1"
    type: ClassVar[str] = "report.reviewed"
    keyed_by: ClassVar[str] = "report_id"
    thing: ClassVar[str] = "decision"

    report_id: UUID
    organisation_id: UUID
    category: str | None = Field(default=None, description="None in messages of before it was told.")
    area_code: str | None = None
    outcome: Literal["received", "accepted", "question", "duplicate", "rejected"]
    incident_id: UUID | None = Field(default=None, description="The report that stands for the same incident.")
    counts: bool = Field(description="Whether it counts as an incident of its own.")


class ReportRemoved(Message):
    """A report is not there any more, for whatever reason: for those who may know that and not why.

    It no longer counts, or it lies in another area now, of which they see nothing.
    """

    topic: ClassVar[str] = "reports.report.v1"
    type: ClassVar[str] = "report.removed"
    keyed_by: ClassVar[str] = "report_id"
    thing: ClassVar[str] = "standing"
    unless_in: ClassVar[str] = "moved_to"

    report_id: UUID
    organisation_id: UUID
    category: str | None = Field(default=None, description="As it was; None in messages of before it was told.")
    area_code: str | None = None
    moved_to: str | None = Field(default=None, description="The area it lies in now: who sees it there is not told.")


class ReportReturned(ReportFacts):
    """A report is there for those to whom it was not, because it counts again or lies in this area now.

    The fields say how it is now.
    """

    type: ClassVar[str] = "report.returned"
    thing: ClassVar[str] = "standing"
    unless_in: ClassVar[str] = "moved_from"

    moved_from: str | None = Field(default=None, description="The area it lay in: who saw it there is not told.")


class ReportWithdrawn(Message):
    """A report no longer counts: the organisation that sent it took it back."""

    topic: ClassVar[str] = "reports.report.v1"
    type: ClassVar[str] = "report.withdrawn"
    keyed_by: ClassVar[str] = "report_id"
    thing: ClassVar[str] = "decision"

    report_id: UUID
    organisation_id: UUID
    category: str | None = None
    area_code: str | None = None


class PublicationCounted(Message):
    """A part of what a publication tells of one unit of days: by how much its counts changed since all earlier ones.

    For services alone, which show of it what its secret lets each reader see (`shared.access.published`).
    """

    topic: ClassVar[str] = "reports.publication.v1"
    type: ClassVar[str] = "publication.counted"
    keyed_by: ClassVar[str] = "publication"
    thing: ClassVar[str] = "housekeeping"
    whose: ClassVar[tuple[str, ...]] = ()

    publication: int = Field(ge=1, description="Its number; they grow by one.")
    unit: date = Field(description="First day of the unit.")
    part: int = Field(ge=1, description="Large tables travel in parts, numbered from 1.")
    secret: str = Field(description="32 bytes in hex, the same for all parts of a table.")
    parents: dict[str, str] = Field(description="Of each area in the rows and all around them; '' for a root.")
    organisations: list[UUID] = Field(description="Whose reports these are.")
    # The rows, in columns.
    senders: list[int] = Field(description="Of each row its organisation, by the place in that list, from 0.")
    areas: list[str] = Field(description="Its area, '' for none.")
    categories: list[str] = Field(description="Its category.")
    changes: list[int] = Field(description="How many reports more, or, below zero, fewer.")


class PublicationClosed(Message):
    """All that a publication tells was told: others' reports up to a day are counted for those who get counts only."""

    topic: ClassVar[str] = "reports.publication.v1"
    type: ClassVar[str] = "publication.closed"
    keyed_by: ClassVar[str] = "publication"
    thing: ClassVar[str] = "publication"
    whose: ClassVar[tuple[str, ...]] = ()

    publication: int = Field(ge=1, description="Its number; they grow by one.")
    through: date = Field(description="Last day of the last unit in it.")
    closed_on: date = Field(description="Local day on which it was made.")
