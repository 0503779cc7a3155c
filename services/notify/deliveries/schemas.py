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
    type: str = Field(examples=["report.submitted"])
    told_at: datetime = Field(description="The `timestamp` of the body.", examples=["2026-11-22T08:15:00Z"])
    state: Literal["waiting", "retrying", "delivered", "dead", "gone"] = Field(
        description="dead: every attempt failed. gone: the receiver answered 410.", examples=["retrying"]
    )
    attempts: int = Field(description="Attempts made since it was queued or replayed.", examples=[1])
    next_at: datetime | None = Field(
        description="When the next attempt is due; null before the first, unless it is held back.",
        examples=["2026-11-22T08:20:00Z"],
    )
    held_until: datetime | None = Field(
        description="Until then it is held back, as the subscription says: its address or host failed. No attempt is "
        "used up by that.",
        examples=[None],
    )
    status: int | None = Field(description="HTTP status of the last attempt, once it has ended.", examples=[503])
    error: str | None = Field(description="timeout, dns, connect, tls, blocked, protocol or internal.", examples=[None])


class DeliveryPage(BaseModel):
    """A stretch of a delivery log: the last day first, and within a day by chance."""

    deliveries: list[Delivery]
    next_cursor: str | None = Field(description="Null on the last page.", examples=["WyIwMTkzNmY1ZS04ZDJhIl0"])


class Attempt(BaseModel):
    """One request to an endpoint and its answer."""

    id: UUID
    at: datetime = Field(examples=["2026-11-22T08:15:00Z"])
    attempt: int = Field(examples=[1])
    outcome: Literal["delivered", "retry", "dead", "gone"] = Field(examples=["retry"])
    status: int | None = Field(examples=[503])
    error: str | None = Field(examples=[None])
    excerpt: str = Field(
        description="The first 1 kB of the answer of a verified endpoint (else empty), or the words of the failure; "
        "what looks like personal data is struck out.",
        examples=["Service Unavailable"],
    )
    duration_ms: int = Field(examples=[41])


class Attempts(BaseModel):
    """The attempts of one delivery, the first first."""

    attempts: list[Attempt]
