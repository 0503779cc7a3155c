"""The consumer runner: poll, one transaction a batch with its inbox rows, then commit explicit offsets.

A batch that fails is tried again, then halved down to the one message that fails; that one is parked with its
reason, later messages of its key wait behind it, and everything else flows on.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from shared import telemetry
from shared.bus import Bus, BusUnavailable, Handover, OwnershipLost, Place, Received, Subscription
from shared.database import Database, is_passing
from shared.travel import inbox
from shared.travel.attempts import Outcome, Work, attempt, is_answer, reason_of
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming, unseal

log = structlog.get_logger()

BATCH = 500
POLL_S = 0.2
STUCK_S = 60.0


class Stuck(Exception):
    """The consumer was renewed and still does not move; the process should end and be started afresh."""


class Runner:
    """Runs one consumer group's member. `run` goes on until cancelled or Stuck."""

    def __init__(
        self, consumer: Consumer, *, bus: Bus, database: Database, member: str, stuck_s: float = STUCK_S
    ) -> None:
        self._consumer, self._bus, self._database, self._member = consumer, bus, database, member
        self._stuck_s = stuck_s
        self._subscription: Subscription | None = None
        self._places: set[Place] = set()
        self._busy = asyncio.Lock()
        self._moved_at = time.monotonic()
        self._checked_at = 0.0
        self._renewals = 0

    async def run(self) -> None:
        """Consume for ever. Raises Stuck when two renewals in a row did not bring it on."""
        delay_s = 0.2
        while True:
            try:
                await self._join()
                while True:
                    await self._turn()
                    delay_s = 0.2
            except BusUnavailable as away:
                log.warning("consumer.away", consumer=self._consumer.group, reason=away.detail, **{"retry.s": delay_s})
                telemetry.CONSUMER_REBUILT.labels(self._consumer.group).inc()
                await self.stop()
                await asyncio.sleep(delay_s)
                delay_s = min(delay_s * 2, 5.0)

    async def stop(self) -> None:
        """Leave the group. What was handled is committed or will be recognised as seen."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await subscription.stop()
        self._places.clear()

    async def _join(self) -> None:
        handover = Handover(lost=self._lost, gained=self._gained)
        topics = sorted(self._consumer.topics)
        self._subscription = self._bus.subscribe(self._consumer.group, topics, member=self._member, handover=handover)
        await self._subscription.start()
        self._moved_at = time.monotonic()

    async def _gained(self, places: frozenset[Place]) -> None:
        self._places |= places

    async def _lost(self, places: frozenset[Place]) -> None:
        # A running transaction may finish and commit its offsets before another member begins.
        try:
            async with asyncio.timeout(5), self._busy:
                self._places -= places
        except TimeoutError:
            self._places -= places

    async def _turn(self) -> None:
        subscription = self._subscription
        if subscription is None:
            raise BusUnavailable("not joined")
        batches = await subscription.poll(max_records=BATCH, timeout_s=POLL_S)
        if batches:
            self._places |= set(batches)
            async with self._busy:
                await self._work(list(chain.from_iterable(batches.values())))
                await self._commit(subscription, batches)
            self._moved_at, self._renewals = time.monotonic(), 0
            if self._consumer.pause_s and sum(map(len, batches.values())) < BATCH:
                await asyncio.sleep(self._consumer.pause_s)
        if time.monotonic() - self._checked_at > 1.0:
            self._checked_at = time.monotonic()
            await self._retry_parked()
            await self._watch(subscription)

    async def _commit(self, subscription: Subscription, batches: Mapping[Place, Sequence[Received]]) -> None:
        try:
            await subscription.commit({place: batch[-1].offset + 1 for place, batch in batches.items()})
        except OwnershipLost:
            log.info("consumer.ownership_lost", consumer=self._consumer.group)

    async def _work(self, batch: list[Received]) -> None:
        """Handle a batch, whatever it takes: as one, in halves, or by parking the one that fails."""
        started = time.perf_counter()
        outcome = await self._attempt(lambda session: self._apply(session, batch), alone=len(batch) == 1)
        telemetry.CONSUMER_SECONDS.labels(self._consumer.group).observe(time.perf_counter() - started)
        telemetry.CONSUMER_BATCH.labels(self._consumer.group).observe(len(batch))
        if outcome.failure is None:
            telemetry.CONSUMED.labels(self._consumer.group, "handled").inc(outcome.fresh)
            telemetry.CONSUMED.labels(self._consumer.group, "repeated").inc(len(batch) - outcome.fresh)
        elif len(batch) > 1:
            await self._work(batch[: len(batch) // 2])
            await self._work(batch[len(batch) // 2 :])
        else:
            await self._settle(batch[0], outcome.failure, tries=outcome.tries)

    async def _attempt(self, work: Work, *, alone: bool) -> Outcome:
        return await attempt(work, database=self._database, consumer=self._consumer.group, alone=alone)

    async def _apply(self, session: AsyncSession, batch: Sequence[Received]) -> int:
        group = self._consumer.group
        held = await inbox.parked_keys(session, group, {each.key for each in batch})
        for each in batch:
            if (each.topic, each.key) in held:
                await inbox.park(session, group, each, reason="waits behind an earlier message of its key", attempts=0)
        return await self._handle(session, [unseal(each) for each in batch if (each.topic, each.key) not in held])

    async def _handle(self, session: AsyncSession, incoming: Sequence[Incoming]) -> int:
        if not incoming:
            return 0
        new = await inbox.remember(session, self._consumer.group, [each.message_id for each in incoming])
        fresh = []
        for each in incoming:  # one batch may hold the same message twice
            if each.message_id in new:
                new.discard(each.message_id)
                fresh.append(each)
        telemetry.enter_trace(fresh[0].traceparent if fresh else None)
        await self._consumer.handle(session, fresh)
        return len(fresh)

    async def _settle(self, received: Received, failure: Exception, *, tries: int) -> None:
        """One message cannot be handled: a refusal is an answer and is logged; anything else is parked."""
        if is_answer(failure):
            await self._refuse(received, failure, partial(self._remember, received=received))
            return
        group, reason = self._consumer.group, reason_of(failure)
        log.error("consumer.parked", consumer=group, reason=reason, exc_info=failure, **_where(received))

        async def park(session: AsyncSession) -> int:
            await inbox.park(session, group, received, reason=reason, attempts=tries)
            return 0

        outcome = await self._attempt(park, alone=True)
        if outcome.failure is not None:
            raise BusUnavailable("A message could neither be handled nor put aside.") from outcome.failure
        telemetry.CONSUMED.labels(group, "parked").inc()

    async def _refuse(self, received: Received, refusal: Exception, note: Work) -> None:
        log.warning("consumer.refused", consumer=self._consumer.group, reason=reason_of(refusal), **_where(received))
        telemetry.CONSUMED.labels(self._consumer.group, "refused").inc()
        await self._attempt(note, alone=True)

    async def _remember(self, session: AsyncSession, *, received: Received) -> int:
        await inbox.remember(session, self._consumer.group, [unseal(received).message_id])
        return 0

    async def _retry_parked(self) -> None:
        """Try again what somebody asked for with `samsyn redrive`, key by key in order."""
        try:
            async with self._database.sessions() as session, session.begin():
                asked = await inbox.asked_again(session, self._consumer.group, self._places)
        except Exception as away:
            if not is_passing(away):
                raise
            return
        failed: set[tuple[str, str]] = set()
        for each in asked:
            if (each.topic, each.key) not in failed and not await self._redo(each):
                failed.add((each.topic, each.key))

    async def _redo(self, received: Received) -> bool:
        """Try one parked message again. Returns whether it is out of the way."""
        group = self._consumer.group

        async def handle(session: AsyncSession) -> int:
            await inbox.unpark(session, group, received)
            return await self._handle(session, [unseal(received)])

        async def let_go(session: AsyncSession) -> int:
            await inbox.unpark(session, group, received)
            return await self._remember(session, received=received)

        failure = (await self._attempt(handle, alone=False)).failure
        if failure is None:
            telemetry.CONSUMED.labels(group, "redriven").inc()
            return True
        if is_answer(failure):
            await self._refuse(received, failure, let_go)
            return True
        reason = reason_of(failure)

        async def keep(session: AsyncSession) -> int:
            await inbox.refuse_again(session, group, received, reason=reason)
            return 0

        await self._attempt(keep, alone=True)
        return False

    async def _watch(self, subscription: Subscription) -> None:
        """The watchdog: messages wait, and nothing has moved for a minute. aiokafka can fall silent (#1037, #847)."""
        lags = await subscription.lag()
        for (topic, partition), lag in lags.items():
            labels = (self._consumer.group, topic, str(partition))
            telemetry.CONSUMER_LAG.labels(*labels).set(lag.messages)
            telemetry.CONSUMER_LAG_S.labels(*labels).set(lag.seconds)
        if not any(lag.messages for lag in lags.values()):
            self._moved_at = time.monotonic()
        if time.monotonic() - self._moved_at < self._stuck_s:
            return
        self._renewals += 1
        if self._renewals > 2:
            raise Stuck(f"{self._consumer.group} has messages waiting and does not move.")
        log.error("consumer.stuck", consumer=self._consumer.group, renewal=self._renewals)
        raise BusUnavailable("messages wait and nothing moves")


def _where(received: Received) -> dict[str, object]:
    return {"topic": received.topic, "bus.partition": received.partition, "bus.offset": received.offset}
