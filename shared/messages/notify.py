"""Facts told by the notify service."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.messages.base import Message


class SubscriptionDisabled(Message):
    """Deliveries to a webhook stopped: its receiver said so or was gone for days, or what made it ended."""

    topic: ClassVar[str] = "notify.subscription.v1"
    type: ClassVar[str] = "subscription.disabled"
    keyed_by: ClassVar[str] = "subscription_id"
    thing: ClassVar[str] = "subscription"
    made_in: ClassVar[str] = "role"

    subscription_id: UUID
    organisation_id: UUID
    role: str | None = Field(
        default=None, description="The role it was made in: it is told to roles that see all which that one does."
    )
    reason: Literal["gone", "unreachable", "ended"]


class SubscriptionKept(Message):
    """A subscription was made, paused, let go on, handed over or deleted: whose it is now, and how it stands."""

    topic: ClassVar[str] = "notify.subscription.v1"
    type: ClassVar[str] = "subscription.kept"
    keyed_by: ClassVar[str] = "subscription_id"
    thing: ClassVar[str] = "housekeeping"

    subscription_id: UUID
    organisation_id: UUID
    made_by: str | None = Field(default=None, description="The client or person that answers for it, if known.")
    status: Literal["active", "paused", "disabled", "deleted"]
