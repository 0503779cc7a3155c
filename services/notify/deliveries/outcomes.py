"""Collects what came of deliveries and stores it in batches: every 20 ms, or as soon as 500 wait.

A crash loses at most what waits here. Those deliveries come due again when their lease ends, and are sent once more
with the same `webhook-id`.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prometheus_client import Counter, Histogram

from services.notify.deliveries.commands import record_outcomes
from services.notify.deliveries.domain import Outcome
from services.notify.deliveries.lanes import UNREACHABLE_AFTER, is_unreachable
from services.notify.deliveries.queries import count_failed
from services.notify.subscriptions.answered import note_health, note_held, note_verified
from services.notify.subscriptions.commands import disable_subscription
from services.notify.subscriptions.domain import Endpoint, Reached
from services.notify.webhooks.ladder import DELIVERED, GONE, RETRY
from shared.database import Database
from shared.working import until_there

BATCH = 500
EVERY_S = 0.02
MOST_WAITING = 5_000
_LOOKS_AGAIN = timedelta(minutes=10)

DELIVERIES = Counter(
    "samsyn_deliveries_total", "Attempts by what came of them, and deliveries put back or dropped", ["outcome"]
)
ARRIVAL_SECONDS = Histogram(
    "samsyn_delivery_seconds",
    "From the fact being told to its receiver's 2xx",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3_600, 86_400),
)
FLUSHED = Histogram("samsyn_delivery_flush_rows", "Outcomes per transaction", buckets=(1, 5, 10, 50, 100, 250, 500))


class Outcomes:
    """The collector of one process. `run` stores until cancelled."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[Outcome] = []
        self._ids: set[UUID] = set()
        self._some, self._many, self._none = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._held: dict[Reached, datetime | None] = {}
        self._failing: dict[Reached, datetime] = {}
        self._looked: dict[Reached, datetime] = {}

    @property
    def full(self) -> bool:
        """Whether so much waits that nothing more should be sent: the database is away or slow."""
        return len(self._waiting) >= MOST_WAITING

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome until the next flush."""
        self._waiting.append(outcome)
        self._ids.add(outcome.delivery.id)
        self._none.clear()
        self._some.set()
        if len(self._waiting) >= BATCH:
            self._many.set()

    def hold(self, reached: Reached, until: datetime | None) -> None:
        """Tell the subscriber with the next flush until when nothing is sent there, or None: that it goes on."""
        self._held[reached] = until
        self._none.clear()
        self._some.set()

    def holds(self, delivery_id: UUID) -> bool:
        """Whether the outcome of this delivery is still to be stored."""
        return delivery_id in self._ids

    def knew(self, endpoint: Endpoint, *, is_held: bool) -> None:
        """Take over what the database knows of an endpoint's health; what a process says that is no more is not so."""
        if endpoint.failing_since is None:
            self._failing.pop(endpoint.reached, None)
        else:
            self._failing[endpoint.reached] = endpoint.failing_since
        if endpoint.held_until is not None and not is_held:
            self.hold(endpoint.reached, None)

    async def run(self) -> None:
        """Flush whenever something waits."""
        while True:
            await self._some.wait()
            try:
                async with asyncio.timeout(EVERY_S):
                    await self._many.wait()
            except TimeoutError:
                pass
            await self._flush_until_stored()

    async def drained(self, *, timeout_s: float) -> bool:
        """Wait until nothing waits. Returns whether that came true in time."""
        if not self._none.is_set():
            try:
                async with asyncio.timeout(timeout_s):
                    await self._none.wait()
            except TimeoutError:
                return False
        return True

    async def _flush_until_stored(self) -> None:
        batch, held = self._waiting[:MOST_WAITING], self._held
        self._held = {}
        well = {o.reached for o in batch if o.verdict.outcome == DELIVERED}
        failing = {o.reached for o in batch if o.answer is not None} - well
        await until_there("outcomes", lambda: self._store(batch, failing=failing, well=well, held=held))
        del self._waiting[: len(batch)]
        self._ids.difference_update(o.delivery.id for o in batch)
        if len(self._waiting) < BATCH:
            self._many.clear()
        if not self._waiting and not self._held:
            self._some.clear()
            self._none.set()
        _measure(batch)
        now = datetime.now(UTC)
        for reached in well:
            self._failing.pop(reached, None)
        for reached in failing:
            self._failing.setdefault(reached, now)
            await self._disable_unreachable(reached, now)

    async def _store(
        self,
        batch: Sequence[Outcome],
        *,
        failing: set[Reached],
        well: set[Reached],
        held: Mapping[Reached, datetime | None],
    ) -> None:
        async with self._database.sessions() as session, session.begin():
            if batch:
                await record_outcomes(session, batch)
            for reached, until in held.items():
                await note_held(session, reached, until=until)
            await note_health(session, failing=failing - self._failing.keys(), well=well & self._failing.keys())
            if proved := {o.reached for o in batch if o.proved}:
                await note_verified(session, proved)
            for gone in {o.reached for o in batch if o.verdict.outcome == GONE}:
                await disable_subscription(session, gone, reason="gone")

    async def _disable_unreachable(self, reached: Reached, now: datetime) -> None:
        since, looked = self._failing[reached], self._looked.get(reached)
        if now - since < UNREACHABLE_AFTER or (looked is not None and now - looked < _LOOKS_AGAIN):
            return

        async def look() -> None:
            async with self._database.sessions() as session, session.begin():
                failed = await count_failed(session, reached[0], since=since)
                if is_unreachable(failing_since=since, failed_deliveries=failed, now=now):
                    await disable_subscription(session, reached, reason="unreachable")

        self._looked[reached] = now
        await until_there("outcomes", look)


def _measure(batch: Sequence[Outcome]) -> None:
    FLUSHED.observe(len(batch))
    for outcome, count in Tally(_came_of(o) for o in batch).items():
        DELIVERIES.labels(outcome).inc(count)
    for o in batch:
        if o.verdict.outcome == DELIVERED and o.answer is not None:
            ARRIVAL_SECONDS.observe((o.at - o.told_at).total_seconds())


def _came_of(outcome: Outcome) -> str:
    if outcome.answer is not None:
        return outcome.verdict.outcome
    return "put_back" if outcome.verdict.outcome == RETRY else "dropped"
