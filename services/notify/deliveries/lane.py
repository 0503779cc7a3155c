"""One lane of the dispatcher: what waits for an endpoint, what is on its way, and how much more it could use.

How its host answers is known of the way there, which an organisation's lanes to one host have in common.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from prometheus_client import Gauge

from services.notify.deliveries import lanes
from services.notify.deliveries.domain import Body, Claimed, Outcome
from services.notify.subscriptions.domain import Endpoint
from services.notify.webhooks.ladder import Verdict
from services.notify.webhooks.signatures import sign

LANES = Gauge("samsyn_delivery_lanes", "Hosts of organisations' endpoints by the state of their breaker", ["state"])


@dataclass(slots=True)
class Work:
    """A claimed delivery with what is sent, until its lease no longer leaves time for an attempt."""

    delivery: Claimed
    body: Body
    until: float

    def outcome(self, verdict: Verdict, *, at: datetime, **answered: Any) -> Outcome:
        """What came of it; `answered` where it was sent."""
        return Outcome(delivery=self.delivery, verdict=verdict, told_at=self.body.told_at, at=at, **answered)


@dataclass(slots=True, eq=False)
class Way:
    """The way of one organisation to one host: how it answers. It outlives its lanes: who subscribes anew finds it so.

    used_at: seconds of the clock that never goes back.
    """

    state: lanes.LaneState = lanes.FRESH
    in_flight: int = 0
    used_at: float = 0.0
    lanes: "dict[UUID, Lane]" = field(default_factory=dict)

    def is_forgettable(self, now: float) -> bool:
        """Whether nobody would miss it: nothing is known of it, or nobody went it for an hour."""
        unused = not self.lanes and not self.in_flight
        return unused and (self.state is lanes.FRESH or now > self.used_at + lanes.REMEMBERED_S)


@dataclass(slots=True, eq=False)
class Lane:
    """What goes to one subscription's endpoint. `due_at`: when the database may have work for it, None: not known."""

    id: UUID
    way: Way = field(default_factory=Way)
    queue: deque[Work] = field(default_factory=deque)
    in_flight: int = 0
    ahead: int = lanes.MOST_IN_FLIGHT
    due_at: float | None = None
    endpoint: Endpoint | None = None

    @property
    def state(self) -> lanes.LaneState:
        """How the host answers."""
        return self.way.state

    def go(self, way: Way) -> None:
        """Go this way from now on."""
        self.leave()
        self.way = way
        way.lanes[self.id] = self

    def leave(self) -> None:
        """Be none of its way's lanes any more."""
        self.way.lanes.pop(self.id, None)

    def has_room(self, now: float, *, ending: int = 0) -> bool:
        """Whether one more request may start now; `ending`: requests in flight that are over already.

        The window is each lane's own; the probe of an open breaker is the only request of its whole way.
        """
        in_flight = self.in_flight if self.state.open_until is None else self.way.in_flight
        return lanes.room(self.state, in_flight=in_flight - ending, now=now) > 0

    def wants(self, now: float) -> int:
        """How many deliveries it could use now."""
        if self.due_at is None or now < self.due_at:
            return 0
        if self.state.open_until is not None:
            return int(not self.queue and self.has_room(now))
        return self.ahead - len(self.queue) if len(self.queue) <= self.ahead // 2 else 0

    @property
    def idle(self) -> bool:
        """Whether nothing would be lost by forgetting it."""
        return not self.queue and not self.in_flight and self.due_at is None


def measure(ways: Iterable[Way], *, now: float) -> None:
    """Say how many hosts are served, left alone, or probed."""
    states = [lanes.state(way.state, now=now) for way in ways]
    for state in ("closed", "open", "half-open"):
        LANES.labels(state).set(states.count(state))


def host_of(endpoint: Endpoint) -> str:
    """Name and port as the URL has them: what answers for all paths there."""
    return urlsplit(endpoint.url).netloc.lower()


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
