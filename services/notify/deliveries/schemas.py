"""HTTP shapes of deliveries; a change here is an API change."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class QueuedDelivery(BaseModel):
    """A delivery that will be sent at once; its attempts tell what comes of it."""

    delivery_id: UUID


class Delivery(BaseModel):
    """One message on its way to one endpoint."""

    id: UUID
    message_id: UUID = Field(description="The `webhook-id` header; the same over all attempts.")
    type: str
    told_at: datetime
    state: Literal["waiting", "retrying", "delivered", "dead", "gone"] = Field(
        description="dead: every attempt failed. gone: the receiver answered 410."
    )
    attempts: int = Field(description="Attempts made since it was queued or replayed.")
    next_at: datetime | None = Field(description="When the next attempt is due.")
    status: int | None = Field(description="HTTP status of the last attempt, once it has ended.")
    error: str | None = Field(description="timeout, dns, connect, tls, blocked, protocol or internal.")


class DeliveryPage(BaseModel):
    """A stretch of a delivery log, newest first."""

    deliveries: list[Delivery]
    next_cursor: str | None = Field(description="Null on the last page.")


class Attempt(BaseModel):
    """One request to an endpoint and its answer."""

    id: UUID
    at: datetime
    attempt: int
    outcome: Literal["delivered", "retry", "dead", "gone"]
    status: int | None
    error: str | None
    excerpt: str = Field(description="The first 1 kB of the answer, or the words of the failure.")
    duration_ms: int


class Attempts(BaseModel):
    """The attempts of one delivery, oldest first."""

    attempts: list[Attempt]
