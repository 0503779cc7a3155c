"""One lane of the dispatcher: what waits for an endpoint, what is on its way, and how much more it could use.

How its address answers is known of the way there, which an organisation's lanes to one address have in common; whether
its host answers at all is known of the host, which they have in common with those to other addresses there.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notify.deliveries import lanes
from services.notify.deliveries.domain import Body, Claimed, Outcome
from services.notify.subscriptions.domain import Endpoint
from services.notify.webhooks.ladder import DELIVERED, Answer, Verdict
from services.notify.webhooks.signatures import sign


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
class Host:
    """What stands behind all addresses of one name and port, for one organisation: whether anything answers there.

    wary_until: so long an address there that is not known begins with one request, since another one failed.
    """

    state: lanes.LaneState = lanes.FRESH
    in_flight: int = 0
    wary_until: float = 0.0
    ways: "dict[str, Way]" = field(default_factory=dict)

    def is_forgettable(self, now: float) -> bool:
        """Whether nothing is known of it that anybody would miss."""
        return not self.ways and now >= self.wary_until


@dataclass(slots=True, eq=False)
class Way:
    """The way of one organisation to one address: how it answers. Who subscribes anew finds it as it was.

    used_at: seconds of the clock that never goes back.
    """

    host: Host = field(default_factory=Host)
    state: lanes.LaneState = lanes.FRESH
    in_flight: int = 0
    used_at: float = 0.0
    lanes: "dict[UUID, Lane]" = field(default_factory=dict)

    @property
    def opened(self) -> "Host | Way | None":
        """Whose breaker is open: the host's before the address's own; one probe goes there at a time."""
        return next((each for each in (self.host, self) if each.state.open_until is not None), None)

    @property
    def is_troubled(self) -> bool:
        """Whether anything but successes is known of it, or of its host."""
        return self.state is not lanes.FRESH or self.host.state is not lanes.FRESH

    def is_forgettable(self, now: float) -> bool:
        """Whether nobody would miss it: nothing is known of it, or nobody went it for an hour."""
        unused = not self.lanes and not self.in_flight
        return unused and (not self.is_troubled or now > self.used_at + lanes.REMEMBERED_S)

    def held_until(self, now: float) -> float | None:
        """When the next probe may go, if that is later than now."""
        until = max((each.state.open_until or now for each in (self, self.host)), default=now)
        return until if until > now else None

    def begin(self, now: float) -> None:
        """A request goes this way."""
        self.in_flight += 1
        self.host.in_flight += 1
        self.used_at = now

    def end(self) -> None:
        """It is over."""
        self.in_flight -= 1
        self.host.in_flight -= 1

    def try_now(self, now: float) -> None:
        """Let a probe go at once."""
        for each in (self, self.host):
            each.state = lanes.tried_now(each.state, now=now)

    def follow(self, answer: Answer, verdict: Verdict, *, now: float, cool_down_s: float) -> "list[Lane]":
        """Take in what came of a request. Returns the lanes that are held back by it, or let go.

        Without a connection it says something of the host and nothing of the address. Whatever comes of a connection
        says that the host lives, and all else of this address alone: what stands beside it goes on.
        """
        host, before = self.host, (self.host.state.open_until, self.state.open_until)
        step: dict[str, Any] = {"slow_down": verdict.slow_down, "now": now, "cool_down_s": cool_down_s}
        if not answer.reached:
            host.state = lanes.after_failure(host.state, **step)
        else:
            host.state = lanes.FRESH
            well = verdict.outcome == DELIVERED
            self.state = lanes.after_success(self.state) if well else lanes.after_failure(self.state, **step)
        if self.state.open_until is not None:
            host.wary_until = now + lanes.REMEMBERED_S
        if before[0] != host.state.open_until:
            return [each for way in host.ways.values() for each in way.lanes.values()]
        return [*self.lanes.values()] if before[1] != self.state.open_until else []


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

        The window is each lane's own; the probe of an open breaker is the only request of its whole way, or host.
        """
        way, host = self.way, self.way.host
        in_flight = self.in_flight if way.state.open_until is None else way.in_flight
        if lanes.room(way.state, in_flight=in_flight - ending, now=now) <= 0:
            return False
        return host.state.open_until is None or lanes.room(host.state, in_flight=host.in_flight - ending, now=now) > 0

    def wants(self, now: float) -> int:
        """How many deliveries it could use now."""
        if self.due_at is None or now < self.due_at:
            return 0
        if self.way.opened is not None:
            return int(not self.queue and self.has_room(now))
        return self.ahead - len(self.queue) if len(self.queue) <= self.ahead // 2 else 0

    def try_if_asked(self, asked: set[UUID], *, now: float) -> None:
        """Let a probe go, if somebody asked for it and the way is known: what they mended need not be waited for."""
        if self.id in asked and self.endpoint is not None:
            asked.discard(self.id)
            self.way.try_now(now)

    @property
    def idle(self) -> bool:
        """Whether nothing would be lost by forgetting it."""
        return not self.queue and not self.in_flight and self.due_at is None


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
