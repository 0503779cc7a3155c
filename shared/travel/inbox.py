"""What a consumer group has seen and what it has put aside: the statements behind `runner`."""

import base64
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import Place, Received

_REMEMBER = text("""
    INSERT INTO inbox (consumer, message_id)
    SELECT :consumer, seen FROM unnest(CAST(:ids AS uuid[])) AS seen
    ON CONFLICT DO NOTHING RETURNING message_id
""")
_PARK = text("""
    INSERT INTO parked (consumer, topic, partition, "offset", key, headers, value, received_at, reason, attempts)
    VALUES (:consumer, :topic, :partition, :offset, :key, :headers, :value, :received_at, :reason, :attempts)
    ON CONFLICT DO NOTHING
""")
_PARKED_KEYS = text("SELECT DISTINCT topic, key FROM parked WHERE consumer = :consumer AND key = ANY(:keys)")
_ASKED = text("""
    SELECT topic, partition, "offset", key, headers, value, received_at FROM parked AS waiting
    WHERE consumer = :consumer AND EXISTS (
        SELECT FROM parked AS asked WHERE asked.consumer = :consumer AND asked.redrive
        AND asked.topic = waiting.topic AND asked.key = waiting.key)
    ORDER BY topic, partition, "offset" LIMIT 500
""")

_REFUSE_AGAIN = text("""
    UPDATE parked SET redrive = false,
        reason = CASE WHEN (partition, "offset") = (:partition, :offset) THEN :reason ELSE reason END,
        attempts = attempts + CASE WHEN (partition, "offset") = (:partition, :offset) THEN 1 ELSE 0 END
    WHERE consumer = :consumer AND topic = :topic AND key = :key
""")


async def remember(session: AsyncSession, consumer: str, ids: Sequence[UUID]) -> set[UUID]:
    """Record messages as seen and return those that were new; one statement."""
    rows = await session.execute(_REMEMBER, {"consumer": consumer, "ids": list(ids)})
    return set(rows.scalars())


async def parked_keys(session: AsyncSession, consumer: str, keys: Collection[str]) -> set[tuple[str, str]]:
    """Which (topic, key) pairs of these keys wait behind a parked message; one statement."""
    rows = await session.execute(_PARKED_KEYS, {"consumer": consumer, "keys": list(keys)})
    return {(row.topic, row.key) for row in rows}


async def park(session: AsyncSession, consumer: str, received: Received, *, reason: str, attempts: int) -> None:
    """Put a message aside with the reason; later ones of its key will wait behind it."""
    headers = {name: base64.b64encode(value).decode() for name, value in received.headers}
    await session.execute(
        _PARK,
        {
            "consumer": consumer,
            "topic": received.topic,
            "partition": received.partition,
            "offset": received.offset,
            "key": received.key,
            "headers": orjson.dumps(headers).decode(),
            "value": received.value,
            "received_at": received.at,
            "reason": reason[:500],
            "attempts": attempts,
        },
    )


async def asked_again(session: AsyncSession, consumer: str, places: Collection[Place]) -> list[Received]:
    """The parked messages that somebody asked to be tried again, oldest first, of the places this member holds."""
    rows = await session.execute(_ASKED, {"consumer": consumer})
    return [_received(row._asdict()) for row in rows if (row.topic, row.partition) in places]


async def unpark(session: AsyncSession, consumer: str, received: Received) -> None:
    """A parked message was handled."""
    await session.execute(
        text(
            "DELETE FROM parked WHERE consumer = :consumer AND topic = :topic"
            ' AND partition = :partition AND "offset" = :offset'
        ),
        {
            "consumer": consumer,
            "topic": received.topic,
            "partition": received.partition,
            "offset": received.offset,
        },
    )


async def refuse_again(session: AsyncSession, consumer: str, received: Received, *, reason: str) -> None:
    """A parked message failed once more: it and those behind it wait until somebody asks again; one statement."""
    await session.execute(
        _REFUSE_AGAIN,
        {
            "consumer": consumer,
            "topic": received.topic,
            "key": received.key,
            "partition": received.partition,
            "offset": received.offset,
            "reason": reason[:500],
        },
    )


async def forget(session: AsyncSession, *, days: int) -> None:
    """Drop what was seen long ago: longer than any topic repeats a message."""
    await session.execute(
        text("DELETE FROM inbox WHERE seen_at < now() - make_interval(days => :days)"), {"days": days}
    )


def _received(row: Mapping[str, Any]) -> Received:
    headers = orjson.loads(row["headers"])
    return Received(
        topic=row["topic"],
        partition=row["partition"],
        offset=row["offset"],
        key=row["key"],
        value=row["value"],
        headers=tuple((name, base64.b64decode(value)) for name, value in headers.items()),
        at=row["received_at"],
    )
