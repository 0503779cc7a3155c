"""A member of a consumer group over the PostgreSQL log: one connection holds the group's lock, reads and commits."""

import asyncio
import json
from collections.abc import Mapping, Sequence

import asyncpg
import orjson
import structlog

from shared.bus.port import Handover, Lag, OwnershipLost, Pairs, Place, Received, pairs_of
from shared.bus.postgres_link import Link

CHANNEL = "samsyn_bus"
GROUP_LOCK = "hashtextextended('samsyn_bus group ' || $1, 0)"

STATEMENT_S = 10.0
STOP_S = 5.0
LOOK_S = 0.5  # a standby tries for the lock this often, and a notice that was lost is made up for

_PLACES = """
SELECT t.name AS topic, p AS partition, coalesce(g.next_offset, 0) AS next_offset
FROM topic t CROSS JOIN generate_series(0, t.partitions - 1) AS p
LEFT JOIN group_offset g ON g.consumer_group = $1 AND g.topic = t.name AND g.partition = p
WHERE t.name = ANY($2)
"""

# Each place that is behind gets an equal share of the batch. PK (topic, partition, offset) serves the inner read.
_READ = """
WITH behind AS (
    SELECT w.* FROM unnest($1::text[], $2::int[], $3::bigint[]) WITH ORDINALITY AS w (topic, partition, next_offset, n)
    JOIN head h USING (topic, partition) WHERE h.next_offset > w.next_offset
)
SELECT l.* FROM behind b CROSS JOIN LATERAL (
    SELECT topic, partition, "offset", key, headers, value, at FROM log
    WHERE topic = b.topic AND partition = b.partition AND "offset" >= b.next_offset
    ORDER BY "offset" LIMIT greatest(1, $4 / (SELECT count(*) FROM behind))
) l ORDER BY b.n, l."offset" LIMIT $4
"""

# Counted from the oldest message that is still there, so what retention removed is not waited for.
_LAG = """
SELECT w.topic, w.partition, coalesce(h.next_offset - l."offset", 0) AS messages,
       coalesce(greatest(0, extract(epoch FROM now() - l.at)), 0)::float8 AS seconds
FROM unnest($2::text[], $3::int[]) AS w (topic, partition)
JOIN head h USING (topic, partition)
LEFT JOIN group_offset g ON g.consumer_group = $1 AND g.topic = w.topic AND g.partition = w.partition
LEFT JOIN LATERAL (
    SELECT "offset", at FROM log
    WHERE topic = w.topic AND partition = w.partition AND "offset" >= coalesce(g.next_offset, 0)
    ORDER BY "offset" LIMIT 1
) l ON true
"""

_COMMIT = """
INSERT INTO group_offset (consumer_group, topic, partition, next_offset)
SELECT $1, * FROM unnest($2::text[], $3::int[], $4::bigint[])
ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET next_offset = excluded.next_offset
"""

log = structlog.get_logger()


class PostgresSubscription:
    """The member that holds the group's advisory lock has every place; the others stand by and poll nothing.

    The lock belongs to the session, and reads and commits use that same session: whoever can commit owns the group.
    """

    def __init__(
        self, url: str, *, group: str, topics: tuple[str, ...], member: str, handover: Handover, silence_s: float
    ) -> None:
        self._group = group
        self._topics = topics
        self._handover = handover
        self._next: dict[Place, int] = {}
        self._owner: asyncpg.Connection | None = None
        self._news = asyncio.Event()
        self._look_at = 0.0
        settings = {
            "application_name": f"samsyn bus {group} {member}"[:60],
            # A commit that a crash of PostgreSQL undoes is a repeat, which the inbox absorbs: not worth a disk flush.
            "synchronous_commit": "off",
            "statement_timeout": "10s",
            "idle_session_timeout": str(round(silence_s * 1000)),
            # A host that vanished frees the lock after 5 + 3 * 2 s.
            "tcp_keepalives_idle": "5",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
            # Plans made while the log was empty must not survive its growth.
            "enable_seqscan": "off",
            "enable_bitmapscan": "off",
        }
        self._link = Link(url, prepare=self._listen, settings=settings)

    async def start(self) -> None:
        async with self._link.use(within_s=STATEMENT_S) as connection:
            gained = await self._own(connection)
        await self._tell_gained(gained)

    async def poll(self, *, max_records: int, timeout_s: float) -> Mapping[Place, Sequence[Received]]:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + timeout_s
        while True:
            if self._news.is_set() or loop.time() >= self._look_at or self._link.alive is not self._owner:
                if batch := await self._look(max_records):
                    return batch
                self._look_at = loop.time() + LOOK_S
            wait_s = min(ends_at, self._look_at) - loop.time()
            if ends_at <= loop.time():
                return {}
            try:
                await asyncio.wait_for(self._news.wait(), max(0.0, wait_s))
            except TimeoutError:
                continue

    async def _look(self, max_records: int) -> dict[Place, list[Received]]:
        self._news.clear()
        if self._owner is not None and self._link.alive is not self._owner:
            await self._tell_lost()
        rows: list[asyncpg.Record] = []
        async with self._link.use(within_s=STATEMENT_S) as connection:
            gained = await self._own(connection)
            if self._next and not gained:
                rows = await connection.fetch(_READ, *_columns(self._next), max_records)
        await self._tell_gained(gained)
        if gained:
            self._news.set()
        return self._given_out(rows)

    async def _own(self, connection: asyncpg.Connection) -> frozenset[Place]:
        """Take the group if it is free, and the places of topics that were made since. Returns what is new."""
        if self._owner is not connection:
            if not await connection.fetchval(f"SELECT pg_try_advisory_lock({GROUP_LOCK})", self._group):
                return frozenset()
            self._owner, self._next = connection, {}
        if {topic for topic, _ in self._next} == set(self._topics):
            return frozenset()
        rows = await connection.fetch(_PLACES, self._group, list(self._topics))
        committed = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        gained = frozenset(committed.keys() - self._next.keys())
        self._next |= {place: committed[place] for place in gained}
        return gained

    def _given_out(self, rows: Sequence[asyncpg.Record]) -> dict[Place, list[Received]]:
        batch: dict[Place, list[Received]] = {}
        for topic, partition, offset, key, headers, value, at in rows:
            place = (topic, partition)
            message = Received(
                topic=topic,
                partition=partition,
                offset=offset,
                key=key,
                value=value,
                headers=_unpacked(headers),
                at=at,
            )
            batch.setdefault(place, []).append(message)
        for place, messages in batch.items():
            # To the end, so that places which did not fit into this batch come first in the next.
            del self._next[place]
            self._next[place] = messages[-1].offset + 1
        return batch

    async def commit(self, positions: Mapping[Place, int]) -> None:
        owner = self._owner
        if owner is None or self._link.alive is not owner or not positions.keys() <= self._next.keys():
            raise OwnershipLost
        async with self._link.use(within_s=STATEMENT_S) as connection:
            if connection is not owner:  # lost and opened again while this call waited for its turn
                raise OwnershipLost
            await owner.execute(_COMMIT, self._group, *_columns(positions))

    async def lag(self) -> Mapping[Place, Lag]:
        if not self._next:
            return {}
        async with self._link.use(within_s=STATEMENT_S) as connection:
            topics, partitions, _ = _columns(self._next)
            rows = await connection.fetch(_LAG, self._group, topics, partitions)
        return {(row["topic"], row["partition"]): Lag(row["messages"], row["seconds"]) for row in rows}

    async def stop(self) -> None:
        try:
            async with asyncio.timeout(STOP_S - 1.5):
                await self._tell_lost()
        except TimeoutError:
            log.warning("bus.handover_abandoned", group=self._group)
        finally:
            await self._link.close()

    async def _listen(self, connection: asyncpg.Connection) -> None:
        await connection.add_listener(CHANNEL, self._on_notice)

    def _on_notice(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        if not set(self._topics).isdisjoint(json.loads(str(payload))):
            self._news.set()

    async def _tell_lost(self) -> None:
        places = frozenset(self._next)
        if places:
            await self._handover.lost(places)
        self._owner, self._next = None, {}

    async def _tell_gained(self, places: frozenset[Place]) -> None:
        if places and self._handover.gained is not None:
            await self._handover.gained(places)


def _unpacked(headers: str) -> Pairs:
    if headers.startswith("{"):
        return pairs_of(headers)
    return tuple([(name, text.encode("latin-1")) for name, text in orjson.loads(headers)])


def _columns(positions: Mapping[Place, int]) -> tuple[list[str], list[int], list[int]]:
    return [topic for topic, _ in positions], [partition for _, partition in positions], list(positions.values())
