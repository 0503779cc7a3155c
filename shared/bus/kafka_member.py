"""A member of a consumer group over Kafka: explicit offsets, static membership, a deadline around every wait."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.bus.kafka_end import cut, end
from shared.bus.port import BusUnavailable, Handover, Lag, OwnershipLost, Place, Received

CALL_S = 10.0
STOP_S = 5.0
HANDOVER_S = 8.0

# Errors of the client library, refused connections, and our own deadlines.
FAULTS = (KafkaError, OSError)

log = structlog.get_logger()


class KafkaSubscription:
    """One consumer.

    While the broker is away, polls come back empty and the client goes on by itself when it is back; `lag` and `commit`
    raise, so a runner notices.

    A member that dies keeps its places until it is back or `session_timeout_s` is over; one that stops gives them
    away at once.
    """

    def __init__(
        self,
        bootstrap: str,
        *,
        group: str,
        topics: tuple[str, ...],
        member: str,
        handover: Handover,
        session_timeout_s: float,
    ) -> None:
        self._bootstrap, self._group, self._topics, self._member = bootstrap, group, topics, member
        self._session_timeout_s = session_timeout_s
        self._listener = _Listener(self, handover)
        self._consumer: Any = None
        self._committed: dict[Place, int | None] = {}
        # What was given out and not yet committed: last offset and first time of each poll.
        self._open: dict[Place, deque[tuple[int, datetime]]] = {}
        self._behind_since: dict[Place, float] = {}

    async def start(self) -> None:
        session_ms = round(self._session_timeout_s * 1000)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id=self._member,
            group_id=self._group,
            group_instance_id=self._member,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=min(3000, session_ms // 3),
            # A rebalance may hold the answer to a join for a whole session.
            request_timeout_ms=max(40_000, session_ms + 5_000),
            max_partition_fetch_bytes=2 * 1024 * 1024,
            metadata_max_age_ms=5_000,  # a topic made after the start is found this soon
        )
        try:
            async with asyncio.timeout(CALL_S):
                # Without topics, because start() would wait for each of them to exist.
                await consumer.start()
        except FAULTS as error:
            await cut(consumer)
            raise BusUnavailable(f"The message bus does not answer ({type(error).__name__}).") from error
        except BaseException:
            await cut(consumer)
            raise
        consumer.subscribe(topics=self._topics, listener=self._listener)
        self._consumer = consumer

    async def poll(self, *, max_records: int, timeout_s: float) -> Mapping[Place, Sequence[Received]]:
        consumer = self._joined()
        try:
            # getmany() alone outlasts its own timeout while a rebalance runs.
            async with asyncio.timeout(timeout_s + 0.05):
                batches = await consumer.getmany(timeout_ms=round(timeout_s * 1000), max_records=max_records)
        except TimeoutError:
            return {}
        except FAULTS as error:
            raise BusUnavailable(f"The message bus failed ({type(error).__name__}).") from error
        given = {
            (tp.topic, tp.partition): [_received(each) for each in batch] for tp, batch in batches.items() if batch
        }
        for place, messages in given.items():
            self._open.setdefault(place, deque()).append((messages[-1].offset, messages[0].at))
        return given

    async def commit(self, positions: Mapping[Place, int]) -> None:
        if self._consumer is None:
            raise OwnershipLost
        try:
            async with asyncio.timeout(CALL_S):
                await self._consumer.commit({TopicPartition(*place): offset for place, offset in positions.items()})
        except (
            CommitFailedError,
            IllegalStateError,
        ) as error:  # IllegalGeneration and UnknownMember arrive as the first
            raise OwnershipLost from error
        except FAULTS as error:
            raise BusUnavailable(f"The message bus took no positions ({type(error).__name__}).") from error
        for place, offset in positions.items():
            self._committed[place] = offset
            given = self._open.get(place)
            while given and given[0][0] < offset:
                given.popleft()

    async def lag(self) -> Mapping[Place, Lag]:
        """Seconds: the age of the oldest message given out and not committed.

        Where none was given out yet, the time since this member first saw that it was behind.
        """
        consumer = self._joined()
        places = sorted(consumer.assignment())
        if not places:
            return {}
        try:
            async with asyncio.timeout(CALL_S):
                for place in places:
                    if place not in self._committed:
                        self._committed[tuple(place)] = await consumer.committed(place)
                ends = await consumer.end_offsets(places)
                behind = [place for place in places if (self._committed.get(place) or 0) < ends[place]]
                firsts = await consumer.beginning_offsets(behind) if behind else {}
        except FAULTS as error:
            raise BusUnavailable(f"The message bus does not answer ({type(error).__name__}).") from error
        waiting = {p: ends[p] - max(self._committed.get(p) or 0, firsts[p]) if p in firsts else 0 for p in places}
        return {(p.topic, p.partition): Lag(count, self._age_s(p, count)) for p, count in waiting.items()}

    def _age_s(self, place: Place, waiting: int) -> float:
        if not waiting:
            self._behind_since.pop(place, None)
            return 0.0
        since = self._behind_since.setdefault(place, time.monotonic())
        if given := self._open.get(place):
            return max(0.0, (datetime.now(UTC) - given[0][1]).total_seconds())
        return time.monotonic() - since

    async def stop(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is None:
            return
        ends_at = time.monotonic() + STOP_S - 0.5
        self._consumer = consumer  # `lost` may still commit
        try:
            await self._listener.tell_lost(within_s=STOP_S - 1.5)
        finally:
            self._consumer = None
            # aiokafka lets a static member go only by the end of its session; as a plain one it says goodbye.
            if consumer._coordinator is not None:
                consumer._coordinator._group_instance_id = None
            await end(consumer, within_s=max(0.1, ends_at - time.monotonic()))

    def forget(self) -> None:
        """Places changed hands: what was known about positions is void."""
        self._committed.clear()
        self._open.clear()
        self._behind_since.clear()

    def _joined(self) -> Any:
        if self._consumer is None:
            raise BusUnavailable("This member of the group is not started.")
        return self._consumer


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Passes on what Kafka tells about places; never raises into the client, and never holds a rebalance for long."""

    def __init__(self, member: KafkaSubscription, handover: Handover) -> None:
        self._member, self._handover = member, handover
        self._held: frozenset[Place] = frozenset()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self.tell_lost(within_s=HANDOVER_S)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._member.forget()
        self._held = frozenset((each.topic, each.partition) for each in assigned)
        if self._held and self._handover.gained is not None:
            await self._handover.gained(self._held)

    async def tell_lost(self, *, within_s: float) -> None:
        held, self._held = self._held, frozenset()
        if not held:
            return
        try:
            async with asyncio.timeout(within_s):
                await self._handover.lost(held)
        except TimeoutError:
            log.warning("bus.handover_abandoned", places=len(held))


def _received(record: Any) -> Received:
    return Received(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=(record.key or b"").decode(),
        value=record.value or b"",
        headers=tuple(record.headers),
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )
