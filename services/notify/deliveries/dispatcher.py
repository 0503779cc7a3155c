"""Sends what is due: claims deliveries in batches, a lane per subscription, and hands what came of them to `Outcomes`.

Each lane claims for itself, has its own window of requests in flight and its own breaker, so an endpoint that hangs
holds its ten connections and nothing else. A claim is a lease: what this process could not send comes due again.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import structlog
from prometheus_client import Gauge, Histogram

from services.notify.deliveries import lanes
from services.notify.deliveries.commands import claim_deliveries
from services.notify.deliveries.domain import Body, Claimed, Outcome, kept, proves
from services.notify.deliveries.lane import Lane, Work, headers_of
from services.notify.deliveries.outcomes import Outcomes
from services.notify.deliveries.queries import list_due, load_bodies
from services.notify.deliveries.waking import Wake
from services.notify.settings import Settings
from services.notify.subscriptions.queries import load_endpoints
from services.notify.webhooks.ladder import DELIVERED, RETRY, Answer, Verdict, judge
from services.notify.webhooks.sender import Sender
from shared.database import Database, Session
from shared.working import keep_going

log = structlog.get_logger()

CLAIM = 1_000
"""Deliveries per claim, shared among the lanes that want any."""
MOST_AHEAD = 250
"""Claimed deliveries that wait in one lane; a lane earns this by emptying what it had."""
_BODIES = 10_000
_UNSENDABLE_S = 60.0
_MARGIN_S = 1.0

IN_FLIGHT = Gauge("samsyn_deliveries_in_flight", "Webhook requests that wait for their answer")
LATE_S = Gauge("samsyn_deliveries_late_seconds", "How long the oldest due delivery has waited; alert above 60")
CLAIMED = Histogram("samsyn_delivery_claim_rows", "Deliveries per claim", buckets=(0, 1, 5, 10, 50, 100, 250, 500))
LANES = Gauge("samsyn_delivery_lanes", "Endpoints by the state of their breaker", ["state"])


class Dispatcher:
    """The dispatcher of one process. `run` goes on until cancelled; then `stop`."""

    def __init__(
        self, *, database: Database, sender: Sender, outcomes: Outcomes, wake: Wake, settings: Settings, rng: Random
    ) -> None:
        self._database, self._sender, self._outcomes, self._wake = database, sender, outcomes, wake
        self._settings, self._rng, self._keys = settings, rng, settings.ring
        self._lanes: dict[UUID, Lane] = {}
        self._bodies: dict[UUID, Body] = {}
        self._in_hand: set[UUID] = set()  # claimed here and without an outcome
        self._starved: deque[Lane] = deque()  # lanes with work and no free slot in the whole window
        self._tasks: set[asyncio.Task[None]] = set()
        self._scan_at = 0.0
        self._stopping = False

    async def run(self) -> None:
        """Claim and send. A database that is away is waited out."""
        await keep_going("dispatcher", self._turn, pause_s=self._settings.poll_s)

    async def _turn(self) -> None:
        woken = await self._wake.wait(timeout_s=max(0.0, self._scan_at - time.monotonic()))
        for subscription_id in woken:
            self._lane(subscription_id).due_at = time.monotonic()
        if time.monotonic() >= self._scan_at:
            await self._scan()
        await self._claim()

    async def stop(self, *, within_s: float = 5.0) -> None:
        """Give back what waits, and let requests in flight end within this time."""
        self._stopping = True
        for lane in self._lanes.values():
            self._put_back(lane, delay_s=0)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _lane(self, subscription_id: UUID) -> Lane:
        return self._lanes.setdefault(subscription_id, Lane(subscription_id))

    async def _scan(self) -> None:
        """Look for work that nobody in this process queued: retries, leases that ended, other processes' facts."""
        async with self._database.sessions() as session:
            due = await list_due(session)
        now = time.monotonic()
        self._scan_at = now + self._settings.poll_s
        for subscription_id, wait_s in due.items():
            if wait_s <= self._settings.poll_s:
                lane = self._lane(subscription_id)
                at = now + max(0.0, wait_s)
                lane.due_at = at if lane.due_at is None else min(at, lane.due_at)
        for lane in list(self._lanes.values()):
            if lane.idle:
                del self._lanes[lane.id]
            elif lane.id not in due:
                self._put_back(lane, delay_s=0)  # paused, disabled or deleted
        IN_FLIGHT.set(len(self._tasks))
        LATE_S.set(max(0.0, -min(due.values(), default=0.0)))
        states = [lanes.state(lane.state, now=now) for lane in self._lanes.values()]
        for state in ("closed", "open", "half-open"):
            LANES.labels(state).set(states.count(state))

    async def _claim(self) -> None:
        now = time.monotonic()
        wanting = {lane.id: want for lane in self._lanes.values() if (want := lane.wants(now)) > 0}
        if not wanting or self._outcomes.full:
            return
        share = max(1, CLAIM // len(wanting))
        asked = {each: min(want, share) for each, want in list(wanting.items())[:CLAIM]}
        async with self._database.sessions() as session, session.begin():
            claimed = await claim_deliveries(session, asked, lease_s=self._settings.lease_s)
            await self._load(session, claimed)
        CLAIMED.observe(len(claimed))
        until = now + self._settings.lease_s - self._settings.send_timeout_s - _MARGIN_S
        self._take(claimed, asked=asked, until=until)

    async def _load(self, session: Session, claimed: Sequence[tuple[Claimed, int]]) -> None:
        """Bring endpoints and bodies of these deliveries into memory, unless they are there in this version."""
        now = datetime.now(UTC)
        versions = {delivery.subscription_id: version for delivery, version in claimed}
        stale = [each for each, version in versions.items() if not self._current(each, version, now)]
        if stale:
            endpoints, failed = await load_endpoints(session, stale, keys=self._keys)
            for each in stale:
                lane = self._lane(each)
                lane.endpoint = endpoints.get(each)
                if lane.endpoint is not None:
                    self._outcomes.knew(each, lane.endpoint.failing_since)
            if failed:
                log.error("dispatcher.secret_does_not_open", subscriptions=len(failed))
        missing = {delivery.body_id for delivery, _ in claimed} - self._bodies.keys()
        if missing:
            self._bodies.update(await load_bodies(session, missing))

    def _current(self, subscription_id: UUID, version: int, now: datetime) -> bool:
        endpoint = self._lane(subscription_id).endpoint
        return endpoint is not None and endpoint.version == version and bool(endpoint.keys_at(now))

    def _take(self, claimed: Sequence[tuple[Claimed, int]], *, asked: Mapping[UUID, int], until: float) -> None:
        got, now = dict.fromkeys(asked, 0), time.monotonic()
        emptied = {each for each in asked if not self._lane(each).queue}
        for delivery, _ in claimed:
            lane = self._lane(delivery.subscription_id)
            got[lane.id] += 1
            # A killed database may have forgotten an earlier claim, or not have heard of an outcome yet.
            if delivery.id not in self._in_hand and not self._outcomes.holds(delivery.id):
                self._in_hand.add(delivery.id)
                lane.queue.append(Work(delivery, self._bodies[delivery.body_id], until))
        for each, count in got.items():
            lane = self._lane(each)
            if lane.endpoint is None:
                self._put_back(lane, delay_s=_UNSENDABLE_S)
            if lane.state.open_until is not None and now < lane.state.open_until:  # opened during the claim
                self._put_back(lane, delay_s=lane.state.open_until - now)
            if count < asked[each]:
                lane.due_at = None  # nothing more, until somebody wakes it or a scan finds it
            elif lane.state.open_until is None:
                lane.ahead = min(MOST_AHEAD, lane.ahead * 2) if each in emptied else lane.ahead
                self._wake.now()
            self._start(lane)
        while len(self._bodies) > _BODIES:
            del self._bodies[next(iter(self._bodies))]

    def _start(self, lane: Lane) -> None:
        """Begin to send from a lane, as far as its own window and the whole window allow."""
        now = time.monotonic()
        while lane.queue and lanes.room(lane.state, in_flight=lane.in_flight, now=now) > 0:
            if len(self._tasks) >= self._settings.most_in_flight:
                self._starved.append(lane)
                return
            lane.in_flight += 1
            task = asyncio.create_task(self._work(lane))
            self._tasks.add(task)

    async def _work(self, lane: Lane) -> None:
        """Send from a lane until it is empty, closed, or somebody else's turn."""
        try:
            while lane.queue and not self._stopping:
                work = lane.queue.popleft()
                if lane.due_at is not None and len(lane.queue) == lane.ahead // 2:
                    self._wake.now()
                try:
                    if time.monotonic() < work.until:
                        await self._send(lane, work)
                finally:
                    self._in_hand.discard(work.delivery.id)
                if self._starved or not lanes.room(lane.state, in_flight=lane.in_flight - 1, now=time.monotonic()):
                    break
        finally:
            self._ended(lane)

    def _ended(self, lane: Lane) -> None:
        lane.in_flight -= 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.discard(task)
        if self._stopping:
            return
        self._starved.append(lane)  # behind those that wait already
        while self._starved and len(self._tasks) < self._settings.most_in_flight:
            self._start(self._starved.popleft())
        if lane.due_at is not None:
            self._wake.now()

    async def _send(self, lane: Lane, work: Work) -> None:
        """One attempt, by the same way for live, test and replayed deliveries."""
        delivery, endpoint = work.delivery, lane.endpoint
        assert endpoint is not None  # noqa: S101
        headers = headers_of(work, endpoint, now=datetime.now(UTC))
        try:
            content, of = work.body.content, endpoint.organisation_id
            answer = await self._sender.send(endpoint.url, headers=headers, body=content, of=of)
            verdict = self._judged(answer, delivery)
        except Exception:  # the edge: a fault of ours costs the delivery an attempt, and no other delivery anything
            log.exception("dispatcher.attempt_failed", subscription=str(lane.id))
            answer = Answer(error="internal")
            verdict = self._judged(answer, delivery)
        now = datetime.now(UTC)
        proved = proves(answer, verdict, work.body.challenge)
        answer = kept(answer, of_theirs=proved or endpoint.verified)
        self._outcomes.add(
            Outcome(delivery=delivery, verdict=verdict, told_at=work.body.told_at, at=now, answer=answer, proved=proved)
        )
        self._follow(lane, verdict)

    def _judged(self, answer: Answer, delivery: Claimed) -> Verdict:
        steps_s = self._settings.retry_steps_s
        return judge(answer, attempt=delivery.attempts + 1, now=datetime.now(UTC), rng=self._rng, steps_s=steps_s)

    def _follow(self, lane: Lane, verdict: Verdict) -> None:
        """What an outcome means for its lane."""
        if verdict.outcome == DELIVERED:
            lane.state = lanes.after_success(lane.state)
            return
        now = time.monotonic()
        cool_down_s = self._settings.cool_down_s
        lane.state = lanes.after_failure(lane.state, slow_down=verdict.slow_down, now=now, cool_down_s=cool_down_s)
        lane.ahead = lanes.MOST_IN_FLIGHT
        if lane.state.open_until is not None and now < lane.state.open_until:
            self._put_back(lane, delay_s=lane.state.open_until - now)
            lane.due_at = lane.state.open_until

    def _put_back(self, lane: Lane, *, delay_s: float) -> None:
        """Give back what waits in a lane. It was not sent, so it keeps its attempts."""
        now, verdict = datetime.now(UTC), Verdict(RETRY, delay_s=delay_s)
        while lane.queue:
            work = lane.queue.popleft()
            self._in_hand.discard(work.delivery.id)
            self._outcomes.add(Outcome(delivery=work.delivery, verdict=verdict, told_at=work.body.told_at, at=now))
