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


class WalkFacts(Message):
    """What travels of a safety walk: where and when, and how it stands."""

    topic: ClassVar[str] = "walks.walk.v1"
    keyed_by: ClassVar[str] = "walk_id"

    walk_id: UUID
    organisation_id: UUID
    area_code: str
    planned_on: date
    walked_on: date | None = None
    status: str = Field(description="planned, walked or closed.")


class WalkChanged(WalkFacts):
    """A safety walk was put right, or lies in another area since the areas were drawn anew.

    The fields say how it is now.
    """

    type: ClassVar[str] = "walk.changed"
    thing: ClassVar[str] = "walk"
    also_in: ClassVar[str] = "moved_from"

    moved_from: str | None = Field(default=None, description="The area it lay in, if it lies in another one now.")
    redrawn: bool = Field(default=False, description="Nothing but its area changed: the areas were drawn anew.")


class WalkRemoved(Message):
    """A safety walk lies in another area now, of which those who are told see nothing."""

    topic: ClassVar[str] = "walks.walk.v1"
    type: ClassVar[str] = "walk.removed"
    keyed_by: ClassVar[str] = "walk_id"
    thing: ClassVar[str] = "walk_whereabouts"
    unless_in: ClassVar[str] = "moved_to"

    walk_id: UUID
    organisation_id: UUID
    area_code: str
    moved_to: str = Field(description="The area it lies in now: who sees it there is not told.")


class WalkReturned(WalkFacts):
    """A safety walk that those who are told did not see lies in this area now; the fields say how it is."""

    type: ClassVar[str] = "walk.returned"
    thing: ClassVar[str] = "walk_whereabouts"
    unless_in: ClassVar[str] = "moved_from"

    moved_from: str = Field(description="The area it lay in: who saw it there is not told.")


class WalkDeleted(Message):
    """A safety walk was taken out: there is no such walk, and nothing was found on it."""

    topic: ClassVar[str] = "walks.walk.v1"
    type: ClassVar[str] = "walk.deleted"
    keyed_by: ClassVar[str] = "walk_id"
    thing: ClassVar[str] = "walk"

    walk_id: UUID
    organisation_id: UUID
    area_code: str


class FindingFacts(Message):
    """What travels of a finding: where, of what kind, who answers for it and by when."""

    topic: ClassVar[str] = "walks.finding.v1"
    keyed_by: ClassVar[str] = "finding_id"
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


class FindingRaised(FindingFacts):
    """A walk saw something that somebody must deal with."""

    type: ClassVar[str] = "finding.raised"
    thing: ClassVar[str] = "finding"


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
    """A finding was put right, or lies in another area since the areas were drawn anew.

    The fields say how it is now.
    """

    type: ClassVar[str] = "finding.changed"
    also_in: ClassVar[str] = "moved_from"
    whose: ClassVar[tuple[str, ...]] = ("owner_id", "organisation_id", "previous_owner_id")

    previous_owner_id: UUID | None = Field(
        default=None, description="Who answered for it until now, if that is another; it is told this last."
    )
    moved_from: str | None = Field(default=None, description="The area it lay in, if it lies in another one now.")
    redrawn: bool = Field(default=False, description="Nothing but its area changed: the areas were drawn anew.")


class FindingRemoved(Message):
    """A finding lies in another area now, of which those who are told see nothing."""

    topic: ClassVar[str] = "walks.finding.v1"
    type: ClassVar[str] = "finding.removed"
    keyed_by: ClassVar[str] = "finding_id"
    thing: ClassVar[str] = "finding_whereabouts"
    whose: ClassVar[tuple[str, ...]] = ("owner_id", "organisation_id")
    unless_in: ClassVar[str] = "moved_to"

    finding_id: UUID
    walk_id: UUID
    area_code: str
    owner_id: UUID
    organisation_id: UUID | None = None
    moved_to: str = Field(description="The area it lies in now: who sees it there is not told.")


class FindingReturned(FindingFacts):
    """A finding that those who are told did not see lies in this area now; the fields say how it is."""

    type: ClassVar[str] = "finding.returned"
    thing: ClassVar[str] = "finding_whereabouts"
    unless_in: ClassVar[str] = "moved_from"

    moved_from: str = Field(description="The area it lay in: who saw it there is not told.")


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
