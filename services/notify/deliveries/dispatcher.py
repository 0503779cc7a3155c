"""Sends what is due: claims deliveries in batches, a lane per subscription, and hands what came of them to `Outcomes`.

Each lane claims for itself and has ten requests in flight at most, each organisation a share of all (`Places`), each
address a breaker (`Way`), and each host one for when no connection comes about: whoever hangs or fails holds up nobody
else. A claim is a lease: what was not sent comes due again.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import structlog
from prometheus_client import Gauge, Histogram

from services.notify.deliveries import lanes
from services.notify.deliveries.commands import claim_deliveries
from services.notify.deliveries.domain import Body, Claimed, kept, proves
from services.notify.deliveries.excerpts import screened, turns
from services.notify.deliveries.lane import Lane, Way, Work, headers_of
from services.notify.deliveries.outcomes import Outcomes
from services.notify.deliveries.places import Places
from services.notify.deliveries.queries import list_due, load_bodies
from services.notify.deliveries.waking import Wake
from services.notify.deliveries.ways import Ways, shared_out, wanted
from services.notify.settings import Settings
from services.notify.subscriptions.queries import load_endpoints
from services.notify.webhooks.ladder import DEAD, DELIVERED, RETRY, Answer, Verdict, judge
from services.notify.webhooks.sender import Sender
from shared.access import roles_within
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


class Dispatcher:
    """The dispatcher of one process. `run` goes on until cancelled; then `stop`."""

    def __init__(
        self, *, database: Database, sender: Sender, outcomes: Outcomes, wake: Wake, settings: Settings, rng: Random
    ) -> None:
        self._database, self._sender, self._outcomes, self._wake = database, sender, outcomes, wake
        self._settings, self._rng, self._keys = settings, rng, settings.ring
        self._lanes: dict[UUID, Lane] = {}
        self._ways = Ways()
        self._reading = turns()
        self._places = Places(settings.most_in_flight)
        self._bodies: dict[UUID, Body] = {}
        self._in_hand: set[UUID] = set()  # claimed here and without an outcome
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
            self._lane(subscription_id).try_if_asked(self._wake.asked, now=time.monotonic())
        if self._wake.changed or time.monotonic() >= self._scan_at:
            await self._scan()
        await self._claim()

    async def stop(self, *, within_s: float = 5.0) -> None:
        """Give back what waits, and let requests in flight end within this time."""
        self._stopping = True
        for lane in self._lanes.values():
            self._put_back(lane)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _lane(self, subscription_id: UUID) -> Lane:
        return self._lanes.setdefault(subscription_id, Lane(subscription_id))

    async def _scan(self) -> None:
        """Look for work that nobody in this process queued: retries, leases that ended, other processes' facts."""
        changed = set(self._wake.changed)
        async with self._database.sessions() as session:
            due = await list_due(session)
            held = {each for each, lane in self._lanes.items() if lane.queue} & due.keys()
            stale = await self._load_endpoints(session, {each: due[each].version for each in held})
        self._wake.changed -= changed
        for each in {*stale, *(changed & self._lanes.keys())}:
            self._start(self._lane(each))
        now = time.monotonic()
        self._scan_at = now + self._settings.poll_s
        for subscription_id, (wait_s, _) in due.items():
            if wait_s <= self._settings.poll_s:
                lane = self._lane(subscription_id)
                at = now + max(0.0, wait_s)
                lane.due_at = at if lane.due_at is None else min(at, lane.due_at)
        for lane in list(self._lanes.values()):
            if lane.idle:
                lane.leave()
                del self._lanes[lane.id]
            elif lane.id not in due:
                self._put_back(lane)  # paused, disabled or deleted
                lane.due_at = None
        self._ways.forget(now)
        served = [found.wait_s for each, found in due.items() if self._lane(each).way.opened is None]
        LATE_S.set(max(0.0, -min(served, default=0.0)))
        IN_FLIGHT.set(len(self._tasks))
        self._ways.measure(now)

    async def _claim(self) -> None:
        now = time.monotonic()
        asked = shared_out(wanted(self._lanes.values(), now=now), most=CLAIM)
        if not asked or self._outcomes.full:
            return
        async with self._database.sessions() as session, session.begin():
            claimed = await claim_deliveries(session, asked, lease_s=self._settings.lease_s)
            await self._load(session, claimed)
        CLAIMED.observe(len(claimed))
        until = now + self._settings.lease_s - self._settings.send_timeout_s - _MARGIN_S
        self._take(claimed, asked=asked, until=until)

    async def _load(self, session: Session, claimed: Sequence[tuple[Claimed, int]]) -> None:
        """Bring endpoints and bodies of these deliveries into memory, unless they are there in this version."""
        await self._load_endpoints(session, {delivery.subscription_id: version for delivery, version in claimed})
        missing = {delivery.body_id for delivery, _ in claimed} - self._bodies.keys()
        if missing:
            self._bodies.update(await load_bodies(session, missing))

    async def _load_endpoints(self, session: Session, versions: Mapping[UUID, int]) -> Sequence[UUID]:
        """Bring those into memory that are not there in their version; returns them."""
        now, at = datetime.now(UTC), time.monotonic()
        stale = [each for each, version in versions.items() if not self._current(each, version, now)]
        if not stale:
            return stale
        endpoints, failed = await load_endpoints(session, stale, keys=self._keys)
        for each in stale:
            lane = self._lane(each)
            lane.endpoint = endpoints.get(each)
            if lane.endpoint is not None:
                lane.go(self._ways.to(lane.endpoint, now=at))
                self._outcomes.knew(lane.endpoint, is_held=lane.way.held_until(at) is not None)
        if failed:
            log.error("dispatcher.secret_does_not_open", subscriptions=len(failed))
        return stale

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
                self._queue(lane, Work(delivery, self._bodies[delivery.body_id], until))
        for each, count in got.items():
            lane = self._lane(each)
            lane.try_if_asked(self._wake.asked, now=now)
            if lane.endpoint is None:
                self._put_back(lane, delay_s=_UNSENDABLE_S)
            if lane.way.held_until(now) is not None and lane.queue:  # opened during the claim, or not known before it
                self._hold(lane, now)
            elif count < asked[each]:
                lane.due_at = None  # nothing more, until somebody wakes it or a scan finds it
            elif lane.way.opened is None:
                lane.ahead = min(MOST_AHEAD, lane.ahead * 2) if each in emptied else lane.ahead
                self._wake.now()
            self._start(lane)
        while len(self._bodies) > _BODIES:
            del self._bodies[next(iter(self._bodies))]

    def _queue(self, lane: Lane, work: Work) -> None:
        """Let it wait for its turn; what was made for eyes that see more than the subscription's of now is dropped."""
        if lane.endpoint is not None and work.body.role not in roles_within(lane.endpoint.role):
            self._outcomes.add(work.outcome(Verdict(DEAD), at=datetime.now(UTC)))
            return
        self._in_hand.add(work.delivery.id)
        lane.queue.append(work)

    def _start(self, lane: Lane) -> None:
        """Begin to send from a lane, as far as its own window and its organisation's places allow."""
        now, endpoint, way = time.monotonic(), lane.endpoint, lane.way
        while endpoint is not None and lane.queue and lane.id not in self._wake.changed and lane.has_room(now):
            if not self._places.take(lane, of=endpoint.organisation_id):
                return
            lane.in_flight += 1
            way.begin(now)
            self._tasks.add(asyncio.create_task(self._work(lane, way, of=endpoint.organisation_id)))

    async def _work(self, lane: Lane, way: Way, *, of: UUID) -> None:
        """Send from a lane until it is empty, closed, or somebody else's turn."""
        try:
            while lane.queue and lane.endpoint and lane.id not in self._wake.changed and not self._stopping:
                work = lane.queue.popleft()
                if lane.due_at is not None and len(lane.queue) == lane.ahead // 2:
                    self._wake.now()
                try:
                    if time.monotonic() < work.until:
                        await self._send(lane, way, work)
                finally:
                    self._in_hand.discard(work.delivery.id)
                if lane.way is not way or self._places.is_wanted(of) or not lane.has_room(time.monotonic(), ending=1):
                    break
        finally:
            self._ended(lane, way, of=of)

    def _ended(self, lane: Lane, way: Way, *, of: UUID) -> None:
        lane.in_flight -= 1
        way.end()
        self._places.give_back(of)
        task = asyncio.current_task()
        if task is not None:
            self._tasks.discard(task)
        if self._stopping:
            return
        while (waiting := self._places.next_lane()) is not None:
            self._start(waiting)
        self._start(lane)  # behind those that waited
        if way.in_flight == 0 and way.is_troubled:
            for beside in list(way.lanes.values()):  # what waited for the answer of a probe
                self._start(beside)
        if lane.due_at is not None:
            self._wake.now()

    async def _send(self, lane: Lane, way: Way, work: Work) -> None:
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
        if not proved:
            answer = await screened(answer, of=endpoint.organisation_id, within=self._reading)
        self._outcomes.add(work.outcome(verdict, at=now, answer=answer, sent_to=endpoint.url, proved=proved))
        self._follow(lane, way, answer, verdict)

    def _judged(self, answer: Answer, delivery: Claimed) -> Verdict:
        steps_s = self._settings.retry_steps_s
        return judge(answer, attempt=delivery.attempts + 1, now=datetime.now(UTC), rng=self._rng, steps_s=steps_s)

    def _follow(self, lane: Lane, way: Way, answer: Answer, verdict: Verdict) -> None:
        """What an outcome means for its lane, for all that go the same way, and for its host."""
        if verdict.outcome == DELIVERED and not way.is_troubled:
            return
        now = time.monotonic()
        if verdict.outcome != DELIVERED:
            lane.ahead = lanes.MOST_IN_FLIGHT
        for each in way.follow(answer, verdict, now=now, cool_down_s=self._settings.cool_down_s):
            self._hold(each, now)

    def _hold(self, lane: Lane, now: float) -> None:
        """Hold a lane's work back as long as its way says, or let it go on when it says nothing more; and tell it."""
        until = lane.way.held_until(now)
        if until is None:
            lane.due_at = now
            self._wake.now()
        elif lane.queue:
            lane.due_at = now
            self._put_back(lane)
        if lane.endpoint is not None:
            held_until = None if until is None else datetime.now(UTC) + timedelta(seconds=until - now)
            self._outcomes.hold(lane.endpoint.reached, held_until)

    def _put_back(self, lane: Lane, *, delay_s: float = 0) -> None:
        """Give back what waits in a lane. It was not sent, so it keeps its attempts."""
        now, verdict = datetime.now(UTC), Verdict(RETRY, delay_s=delay_s)
        while lane.queue:
            work = lane.queue.popleft()
            self._in_hand.discard(work.delivery.id)
            self._outcomes.add(work.outcome(verdict, at=now))
