"""One lane of the dispatcher: what waits for an endpoint, what is on its way, and how much more it could use."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.notify.deliveries import lanes
from services.notify.deliveries.domain import Body, Claimed
from services.notify.subscriptions.domain import Endpoint
from services.notify.webhooks.signatures import sign


@dataclass(slots=True)
class Work:
    """A claimed delivery with what is sent, until its lease no longer leaves time for an attempt."""

    delivery: Claimed
    body: Body
    until: float


@dataclass(slots=True)
class Lane:
    """The way to one subscription's endpoint. `due_at`: when the database may have work for it, None: not known."""

    id: UUID
    state: lanes.LaneState = lanes.FRESH
    queue: deque[Work] = field(default_factory=deque)
    in_flight: int = 0
    ahead: int = lanes.MOST_IN_FLIGHT
    due_at: float | None = None
    endpoint: Endpoint | None = None

    def wants(self, now: float) -> int:
        """How many deliveries it could use now."""
        if self.due_at is None or now < self.due_at:
            return 0
        if self.state.open_until is not None:
            return 0 if self.queue else lanes.room(self.state, in_flight=self.in_flight, now=now)
        return self.ahead - len(self.queue) if len(self.queue) <= self.ahead // 2 else 0

    @property
    def idle(self) -> bool:
        """Whether nothing would be lost by forgetting it."""
        return self.state is lanes.FRESH and not self.queue and not self.in_flight and self.due_at is None


def headers_of(work: Work, endpoint: Endpoint, *, now: datetime) -> dict[str, str]:
    """What a request says beside its body: the message's id and a fresh signature."""
    at_s, body = int(now.timestamp()), work.body
    signature = sign(endpoint.keys_at(now), message_id=body.message_id, timestamp_s=at_s, body=body.content)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": body.message_id,
        "webhook-timestamp": str(at_s),
        "webhook-signature": signature,
    }
    return {**headers, "webhook-replay": "true"} if work.delivery.replay else headers
