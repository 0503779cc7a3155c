"""Facts told by the notify service."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.messages.base import Message


class SubscriptionDisabled(Message):
    """Deliveries to a webhook stopped, because its receiver said so or was gone for days."""

    topic: ClassVar[str] = "notify.subscription.v1"
    type: ClassVar[str] = "subscription.disabled"
    keyed_by: ClassVar[str] = "subscription_id"
    thing: ClassVar[str] = "subscription"

    subscription_id: UUID
    organisation_id: UUID
    reason: Literal["gone", "unreachable"]
