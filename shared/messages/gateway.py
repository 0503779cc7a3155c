"""Facts told by the gateway."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

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


class CredentialEnded(Message):
    """A client was stopped, a key revoked or an account closed: what was made with it ends, or is another client's."""

    topic: ClassVar[str] = "gateway.credential.v1"
    type: ClassVar[str] = "credential.ended"
    keyed_by: ClassVar[str] = "credential"
    thing: ClassVar[str] = "housekeeping"

    credential: str = Field(description="client_…, key_… or user_…; a client's keys end with it.")
    organisation_id: UUID
    handed_to: str | None = Field(default=None, description="The client of the organisation whose it is now.")
    role: str | None = Field(default=None, description="That client's role: what is sent to it is what that may see.")
    scopes: list[str] = Field(default=[], description="That client's scopes: what it may not do is not handed over.")
    heir_era: int = Field(default=0, description="How often that client had ended: one that ended since is no heir.")


class SubscriptionStopped(Message):
    """Whoever runs the installation stopped one webhook; its organisation may let it go on again."""

    topic: ClassVar[str] = "gateway.credential.v1"
    type: ClassVar[str] = "subscription.stopped"
    keyed_by: ClassVar[str] = "subscription_id"
    thing: ClassVar[str] = "housekeeping"

    subscription_id: UUID
    organisation_id: UUID
