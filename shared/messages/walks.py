"""Facts told by the walks service."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.messages.base import Message


class WalkPlanned(Message):
    """A safety walk was planned in an area."""

    topic: ClassVar[str] = "walks.walk.v1"
    type: ClassVar[str] = "walk.planned"
    keyed_by: ClassVar[str] = "walk_id"
    thing: ClassVar[str] = "walk"

    walk_id: UUID
    organisation_id: UUID
    area_code: str
    planned_on: date


class WalkWalked(Message):
    """A safety walk took place."""

    topic: ClassVar[str] = "walks.walk.v1"
    type: ClassVar[str] = "walk.walked"
    keyed_by: ClassVar[str] = "walk_id"
    thing: ClassVar[str] = "walk"

    walk_id: UUID
    organisation_id: UUID
    area_code: str
    walked_on: date


class WalkClosed(Message):
    """A safety walk was closed: its findings are answered or left open for a reason, or it never was."""

    topic: ClassVar[str] = "walks.walk.v1"
    type: ClassVar[str] = "walk.closed"
    keyed_by: ClassVar[str] = "walk_id"
    thing: ClassVar[str] = "walk"

    walk_id: UUID
    organisation_id: UUID
    area_code: str


class WalkChanged(Message):
    """A safety walk was put right; the fields say how it is now."""

    topic: ClassVar[str] = "walks.walk.v1"
    type: ClassVar[str] = "walk.changed"
    keyed_by: ClassVar[str] = "walk_id"
    thing: ClassVar[str] = "walk"

    walk_id: UUID
    organisation_id: UUID
    area_code: str
    planned_on: date
    walked_on: date | None = None
    status: str = Field(description="planned, walked or closed.")


class WalkDeleted(Message):
    """A safety walk was taken out: there is no such walk, and nothing was found on it."""

    topic: ClassVar[str] = "walks.walk.v1"
    type: ClassVar[str] = "walk.deleted"
    keyed_by: ClassVar[str] = "walk_id"
    thing: ClassVar[str] = "walk"

    walk_id: UUID
    organisation_id: UUID
    area_code: str


class FindingRaised(Message):
    """A walk saw something that somebody must deal with."""

    topic: ClassVar[str] = "walks.finding.v1"
    type: ClassVar[str] = "finding.raised"
    keyed_by: ClassVar[str] = "finding_id"
    thing: ClassVar[str] = "finding"
    whose: ClassVar[tuple[str, ...]] = ("owner_id", "organisation_id")

    finding_id: UUID
    walk_id: UUID
    area_code: str
    kind: str
    owner_id: UUID
    organisation_id: UUID | None = Field(default=None, description="Who planned the walk; missing in older messages.")
    priority: int = Field(ge=1, le=3, description="1 is the most urgent.")
    due_on: date
    status: str = Field(default="open", description="open, or noted: something good that asks for no answer.")


class FindingAnswered(Message):
    """The owner of a finding said what becomes of it."""

    topic: ClassVar[str] = "walks.finding.v1"
    type: ClassVar[str] = "finding.answered"
    keyed_by: ClassVar[str] = "finding_id"
    thing: ClassVar[str] = "finding"
    whose: ClassVar[tuple[str, ...]] = ("owner_id", "organisation_id")

    finding_id: UUID
    walk_id: UUID
    area_code: str
    owner_id: UUID
    organisation_id: UUID | None = Field(default=None, description="Who planned the walk; missing in older messages.")
    status: str = Field(description="planned, done or declined.")
    due_on: date


class FindingChanged(FindingRaised):
    """A finding was put right; the fields say how it is now."""

    type: ClassVar[str] = "finding.changed"
    whose: ClassVar[tuple[str, ...]] = ("owner_id", "organisation_id", "previous_owner_id")

    previous_owner_id: UUID | None = Field(
        default=None, description="Who answered for it until now, if that is another; it is told this last."
    )


class FindingDeleted(Message):
    """A finding was taken out: there is no such finding, and nobody has to answer it."""

    topic: ClassVar[str] = "walks.finding.v1"
    type: ClassVar[str] = "finding.deleted"
    keyed_by: ClassVar[str] = "finding_id"
    thing: ClassVar[str] = "finding"
    whose: ClassVar[tuple[str, ...]] = ("owner_id", "organisation_id")

    finding_id: UUID
    walk_id: UUID
    area_code: str
    owner_id: UUID
    organisation_id: UUID | None = None
