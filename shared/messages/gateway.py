"""Facts told by the gateway."""

from typing import ClassVar
from uuid import UUID

from shared.messages.base import Message


class OrganisationChanged(Message):
    """A partner organisation was added, changed or left. The topic is compacted: it is reference data."""

    topic: ClassVar[str] = "gateway.organisation.v1"
    type: ClassVar[str] = "organisation.changed"
    keyed_by: ClassVar[str] = "organisation_id"
    thing: ClassVar[str] = "organisation"
    whose: ClassVar[tuple[str, ...]] = ()

    organisation_id: UUID
    name: str
    kind: str
    areas: list[str]
    active: bool
