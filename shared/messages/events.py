"""Facts told by the events service. An event is a gathering of people; the class names say gathering to keep apart."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.messages.base import Message


class GatheringFacts(Message):
    """What travels of a gathering: when, where and how large, never by whom in person."""

    topic: ClassVar[str] = "events.gathering.v1"
    keyed_by: ClassVar[str] = "gathering_id"

    gathering_id: UUID
    organisation_id: UUID
    kind: str = "other"
    area_code: str | None = Field(default=None, description="Null where the place lies outside all areas.")
    starts_at: datetime
    ends_at: datetime
    expected_attendance: int = Field(ge=0)
    scale_class: str | None = Field(default=None, description="S, M, L or XL.")


class GatheringRegistered(GatheringFacts):
    """A public gathering was registered: when, where and how large, never by whom in person."""

    type: ClassVar[str] = "gathering.registered"
    thing: ClassVar[str] = "gathering"

    clashes: int | None = Field(
        default=None,
        ge=0,
        description="No longer told: not all readers may know of all. GET /gatherings/{id}/clashes answers each.",
    )


class GatheringChanged(GatheringRegistered):
    """A registered gathering was changed; the fields say how it is now.

    Or it lies in another area since the areas were drawn anew.
    """

    type: ClassVar[str] = "gathering.changed"
    also_in: ClassVar[str] = "moved_from"

    moved_from: str | None = Field(
        default=None, description="The area it lay in, if it lies in another one now; empty if it lay in none."
    )
    redrawn: bool = Field(default=False, description="Nothing but its area changed: the areas were drawn anew.")


class GatheringCancelled(Message):
    """A registered gathering will not take place."""

    topic: ClassVar[str] = "events.gathering.v1"
    type: ClassVar[str] = "gathering.cancelled"
    keyed_by: ClassVar[str] = "gathering_id"
    thing: ClassVar[str] = "gathering"

    gathering_id: UUID
    organisation_id: UUID
    area_code: str | None = None


class GatheringDeleted(Message):
    """A gathering was taken out of the register: there is no such gathering."""

    topic: ClassVar[str] = "events.gathering.v1"
    type: ClassVar[str] = "gathering.deleted"
    keyed_by: ClassVar[str] = "gathering_id"
    thing: ClassVar[str] = "gathering"

    gathering_id: UUID
    organisation_id: UUID
    area_code: str | None = None


class GatheringRemoved(Message):
    """A gathering takes place in another area now, of which those who are told see nothing."""

    topic: ClassVar[str] = "events.gathering.v1"
    type: ClassVar[str] = "gathering.removed"
    keyed_by: ClassVar[str] = "gathering_id"
    thing: ClassVar[str] = "whereabouts"
    unless_in: ClassVar[str] = "moved_to"

    gathering_id: UUID
    organisation_id: UUID
    area_code: str | None = None
    moved_to: str | None = Field(default=None, description="The area it lies in now: who sees it there is not told.")


class GatheringReturned(GatheringFacts):
    """A gathering that those who are told did not see takes place in this area now; the fields say how it is."""

    type: ClassVar[str] = "gathering.returned"
    thing: ClassVar[str] = "whereabouts"
    unless_in: ClassVar[str] = "moved_from"

    moved_from: str | None = Field(default=None, description="The area it lay in: who saw it there is not told.")
