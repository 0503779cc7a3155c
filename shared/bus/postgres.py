"""The bus on one machine: a log in PostgreSQL, durable and in order, without a process of its own.

It is for a single machine: a municipality that tries Samsyn or runs it small, and the tests. It does not replace Kafka:
a group has one working member (the others stand by), every message goes through one database, and when that database
is away the bus is away.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import asyncpg
import orjson

from shared.bus.port import (
    MAX_VALUE_BYTES,
    BusUnavailable,
    Handover,
    Pairs,
    Place,
    Record,
    Subscription,
    Topic,
    Undeliverable,
    partition_of,
)
from shared.bus.postgres_link import Link
from shared.bus.postgres_member import CHANNEL, GROUP_LOCK, PostgresSubscription
from shared.errors import ITSELF, Conflict

PUBLISH_S = 10.0
TIDY_STEP_S = 60.0
# A consumer that was away for less than this still learns that a key of a compacted topic is gone.
TOMBSTONE_KEPT_S = 7 * 86_400

_TABLES = Path(__file__).with_suffix(".sql")
_RIGHTS = Path(__file__).with_name("postgres_rights.sql")
_GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT ON topic, head, log, group_offset TO {role};
GRANT INSERT ON topic, head, log, group_offset TO {role};
GRANT UPDATE (next_offset) ON head, group_offset TO {role};
GRANT DELETE ON log, group_offset TO {role};
"""
# Beside its own. Named in the policy itself, so that reading the log asks nothing more of the database.
_READS = """
DROP POLICY IF EXISTS {policy} ON topic;
CREATE POLICY {policy} ON topic FOR SELECT TO {role} USING (name = ANY ({topics}::text[]));
DROP POLICY IF EXISTS {policy} ON head;
CREATE POLICY {policy} ON head FOR SELECT TO {role} USING (topic = ANY ({topics}::text[]));
DROP POLICY IF EXISTS {policy} ON log;
CREATE POLICY {policy} ON log FOR SELECT TO {role} USING (topic = ANY ({topics}::text[]));
"""
_QUOTED = "SELECT quote_ident($1), quote_ident('read_as_' || $1), quote_literal($2::text[]::text)"
_CHUNK_RECORDS = 5_000
_CHUNK_BYTES = 16_000_000  # one statement's arguments must stay far below PostgreSQL's 1 GB

# One statement is one transaction is one round trip, so the heads are locked for as short as can be. They are locked
# in one order, or two publishers could wait for each other.
_WRITE = """
WITH counted AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) WITH ORDINALITY AS c (topic, partition, n, slot)
), held AS (
    SELECT h.topic, h.partition, h.next_offset, c.n, c.slot
    FROM head h JOIN counted c USING (topic, partition)
    ORDER BY h.topic, h.partition FOR UPDATE OF h
), moved AS (
    UPDATE head h SET next_offset = held.next_offset + held.n
    FROM held WHERE h.topic = held.topic AND h.partition = held.partition
), written AS (
    INSERT INTO log (topic, partition, "offset", key, headers, value, at)
    SELECT held.topic, held.partition, held.next_offset + r.place, r.key, r.headers, r.value, clock_timestamp()
    FROM unnest($4::bigint[], $5::bigint[], $6::text[], $7::json[], $8::bytea[]) AS r (slot, place, key, headers, value)
    JOIN held USING (slot)
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) AS written, pg_notify($9, $10)
"""

# A role of one service tidies its own topics; each service does so.
_TO_TIDY = """
SELECT * FROM topic WHERE (compacted OR retention_s IS NOT NULL)
AND (NOT row_security_active('log') OR starts_with(name, current_user || '.'))
"""

# Both take a bounded step, and neither leans on statistics, which know nothing of a log that grew a minute ago (a join
# on the key took 40 s for 6,000 messages).
_OLD = """
DELETE FROM log WHERE topic = $1 AND partition = $2 AND at < now() - $3 * interval '1 second' AND "offset" < coalesce(
    (SELECT "offset" FROM log WHERE topic = $1 AND partition = $2 ORDER BY "offset" OFFSET 10000 LIMIT 1),
    9223372036854775807
)
"""

_SUPERSEDED = """
DELETE FROM log WHERE ctid = ANY (ARRAY(
    SELECT place FROM (
        SELECT ctid AS place, "offset", at, octet_length(value) = 0 AS tombstone,
               max("offset") OVER (PARTITION BY key) AS newest
        FROM log WHERE topic = $1 AND partition = $2
    ) AS every
    WHERE "offset" < newest OR (tombstone AND at < now() - $3 * interval '1 second')
    LIMIT 10000
))
"""


class PostgresBus:
    """The bus port over the log tables, which it makes if they are missing.

    Every call opens a lost connection again, so one object outlives any number of restarts of PostgreSQL.
    `silence_s` is how long a member may neither poll nor commit before a standby gets its places.
    """

    def __init__(self, url: str, *, silence_s: float = 300.0) -> None:
        self._url = url
        self._silence_s = silence_s
        self._partitions: dict[str, int] = {}
        settings = {"application_name": "samsyn bus", "synchronous_commit": "on", "statement_timeout": "10s"}
        self._link = Link(url, prepare=make_tables, settings=settings)
        # Its own connection: readiness must not wait behind a large batch.
        self._probe = Link(url, prepare=_nothing, settings={"application_name": "samsyn bus probe"})

    async def start(self) -> None:
        async with self._link.use(within_s=PUBLISH_S):
            pass

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        async with self._link.use(within_s=PUBLISH_S) as connection:
            await connection.execute(
                """
                WITH made AS (
                    INSERT INTO topic (name, partitions, compacted, retention_s)
                    SELECT * FROM unnest($1::text[], $2::int[], $3::bool[], $4::bigint[])
                    ON CONFLICT DO NOTHING RETURNING name, partitions
                )
                INSERT INTO head SELECT name, p, 0 FROM made, generate_series(0, partitions - 1) AS p
                """,
                [topic.name for topic in topics],
                [topic.partitions for topic in topics],
                [topic.compacted for topic in topics],
                [topic.retention_s for topic in topics],
            )

    async def publish(self, records: Sequence[Record]) -> None:
        async with self._link.use(within_s=PUBLISH_S) as connection:
            if not self._partitions.keys() >= {record.topic for record in records}:
                rows = await connection.fetch("SELECT name, partitions FROM topic")
                self._partitions = {row["name"]: row["partitions"] for row in rows}
            for index, record in enumerate(records):
                _check(index, record, self._partitions)
            for chunk in _chunks(records):
                await self._write(connection, chunk)

    async def _write(self, connection: asyncpg.Connection, records: Sequence[Record]) -> None:
        slots: dict[Place, int] = {}
        counts: list[int] = []
        slot_of: list[int] = []
        place_of: list[int] = []
        partitions = self._partitions
        for topic, key, _, _ in records:
            slot = slots.setdefault((topic, partition_of(key, partitions[topic])), len(slots))
            if slot == len(counts):
                counts.append(0)
            slot_of.append(slot + 1)
            place_of.append(counts[slot])
            counts[slot] += 1
        topics, keys, values, headers = zip(*records, strict=True)
        written = await connection.fetchval(
            _WRITE,
            [topic for topic, _ in slots],
            [partition for _, partition in slots],
            counts,
            slot_of,
            place_of,
            keys,
            [_packed(each) for each in headers],
            values,
            CHANNEL,
            json.dumps(sorted(set(topics))[:50]),  # a notice holds 8 kB; members also look by themselves
        )
        if written != len(records):
            self._partitions.clear()  # topics were removed under us: the next call reads them again
            raise BusUnavailable("The topics of the message bus were changed.")

    def subscribe(self, group: str, topics: Sequence[str], *, member: str, handover: Handover) -> Subscription:
        return PostgresSubscription(
            self._url, group=group, topics=tuple(topics), member=member, handover=handover, silence_s=self._silence_s
        )

    async def rewind(self, group: str, topics: Sequence[str]) -> None:
        async with self._link.use(within_s=PUBLISH_S) as connection:
            free = await connection.fetchval(f"SELECT pg_try_advisory_lock({GROUP_LOCK})", group)
            if free:
                await connection.execute(
                    "DELETE FROM group_offset WHERE consumer_group = $1 AND topic = ANY($2)", group, list(topics)
                )
                await connection.execute(f"SELECT pg_advisory_unlock({GROUP_LOCK})", group)
        if not free:
            raise Conflict("A member of this consumer group is running; stop it first.", code="running", of=ITSELF)

    async def tidy(self) -> int:
        """Remove what retention and compaction no longer keep; returns how many messages went.

        A compacted topic keeps the last message of each key; a message with an empty value (a tombstone) takes its key
        away, and goes itself after a week. Safe to run at any time and from several processes. Raises BusUnavailable.
        """
        async with self._link.use(within_s=PUBLISH_S) as connection:
            topics = await connection.fetch(_TO_TIDY)
        broom = Link(self._url, prepare=_nothing, settings={"application_name": "samsyn bus tidy"})
        removed = 0
        try:
            for topic in topics:
                for partition in range(topic["partitions"]):
                    if topic["retention_s"] is not None:
                        removed += await _remove(broom, _OLD, topic["name"], partition, topic["retention_s"])
                    if topic["compacted"]:
                        removed += await _remove(broom, _SUPERSEDED, topic["name"], partition, TOMBSTONE_KEPT_S)
        finally:
            await broom.close()
        return removed

    async def ping(self) -> None:
        async with self._probe.use(within_s=2.0) as connection:
            await connection.execute("SELECT 1")

    async def stop(self) -> None:
        await self._link.close()
        await self._probe.close()


async def _nothing(_: asyncpg.Connection) -> None:
    return


async def make_tables(connection: asyncpg.Connection) -> None:
    """Make the tables of the log, where they are missing and the role may."""
    if await connection.fetchval("SELECT to_regclass('group_offset')"):
        return
    async with connection.transaction():
        # Several processes start at once, and CREATE TABLE IF NOT EXISTS may still fail in a race.
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('samsyn_bus tables'))")
        # Asked of the catalogue's rows: to_regclass may answer from a cache filled before the lock was waited for.
        if not await connection.fetchval("SELECT true FROM pg_tables WHERE tablename = 'group_offset'"):
            await connection.execute(await asyncio.to_thread(_TABLES.read_text))


async def divide(owner: asyncpg.Connection, *, reads: Mapping[str, Sequence[str]]) -> None:
    """Make the tables, and let each role append to its own topics and set its own group's offsets, and no others.

    A role is called as its service; `reads` names the topics that it reads beside its own. `owner` is the role that
    owns the tables.
    """
    await make_tables(owner)
    async with owner.transaction():
        await owner.execute("SELECT pg_advisory_xact_lock(hashtext('samsyn_bus tables'))")
        await owner.execute(await asyncio.to_thread(_RIGHTS.read_text))
        for name, topics in reads.items():
            role, policy, listed = await owner.fetchrow(_QUOTED, name, list(topics))
            await owner.execute(_GRANTS.format(role=role) + _READS.format(role=role, policy=policy, topics=listed))


async def _remove(broom: Link, statement: str, topic: str, partition: int, age_s: int) -> int:
    removed, step = 0, -1
    while step:
        async with broom.use(within_s=TIDY_STEP_S) as connection:
            status = await connection.execute(statement, topic, partition, age_s)
        step = int(status.removeprefix("DELETE "))
        removed += step
    return removed


def _check(index: int, record: Record, partitions: dict[str, int]) -> None:
    if record.topic not in partitions:
        raise Undeliverable(index, f"There is no topic {record.topic}.")
    if len(record.value) > MAX_VALUE_BYTES:
        raise Undeliverable(index, f"The value is {len(record.value)} bytes; at most {MAX_VALUE_BYTES} can go.")
    if "\0" in record.key:
        raise Undeliverable(index, "The key holds a zero character.")


def _packed(headers: Pairs | str) -> str:
    if isinstance(headers, str):
        return headers
    return orjson.dumps([(name, value.decode("latin-1")) for name, value in headers]).decode()


def _chunks(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    start = size = 0
    for index, record in enumerate(records):
        if index - start == _CHUNK_RECORDS or (size and size + len(record.value) > _CHUNK_BYTES):
            yield records[start:index]
            start, size = index, 0
        size += len(record.value)
    if start < len(records):
        yield records[start:]
