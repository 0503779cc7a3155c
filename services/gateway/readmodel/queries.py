"""The read model: each answer is one query, filtered by what its topic shows to whom."""

from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.topic import Topic
from services.gateway.readmodel.topics import TOPICS
from services.gateway.tables import areas, feed, feed_epoch
from shared.access import Principal

_END_OF_FEED = "SELECT epoch, coalesce((SELECT max(position) FROM feed), 0) FROM feed_epoch"


async def read_feed(
    session: AsyncSession, *, principal: Principal, after: int, limit: int, topics: Sequence[Topic] = TOPICS
) -> Sequence[dict[str, Any]]:
    """What happened after a position, oldest first, as far as this reader may know; one statement."""
    query = _seen_of_feed(principal, topics).where(feed.c.position > after).order_by(feed.c.position).limit(limit)
    return [dict(row._mapping) for row in await session.execute(query)]


async def latest_feed(session: AsyncSession, *, principal: Principal, limit: int) -> Sequence[dict[str, Any]]:
    """What happened last, newest first, as far as this reader may know; one statement, by the primary key."""
    query = _seen_of_feed(principal, TOPICS).order_by(feed.c.position.desc()).limit(limit)
    return [dict(row._mapping) for row in await session.execute(query)]


def _seen_of_feed(principal: Principal, topics: Sequence[Topic]) -> sa.Select[Any]:
    """The feed as this reader may have it: each topic's messages, and of them what it shows to this reader."""
    seen = [_of(types) & rows(principal) for rows, types in _by(lambda topic: topic.feed.rows, topics).items()]
    data = [(_of(types), part(principal)) for part, types in _by(lambda topic: topic.feed.data, topics).items()]
    columns = (feed.c.position, feed.c.message_id, feed.c.type, feed.c.at, sa.case(*data).label("data"))
    return sa.select(*columns).where(sa.or_(*seen))


def _by(rule_of: Callable[[Topic], Any], topics: Sequence[Topic]) -> dict[Any, list[str]]:
    """Types of messages by their topics' rule: one that many share is looked at once."""
    types: dict[Any, list[str]] = {}
    for topic in topics:
        types.setdefault(rule_of(topic), []).extend(message.type for message in topic.messages)
    return types


def _of(types: list[str]) -> sa.ColumnElement[bool]:
    return feed.c.type.in_(types)


async def end_of_feed(connection: asyncpg.Connection) -> tuple[str, int]:
    """Which feed this is, and its last position (0: nothing was told); one statement, by the primary key."""
    return tuple(await connection.fetchrow(_END_OF_FEED))


async def epoch(session: AsyncSession) -> str:
    """Which feed this is; a database made anew has another."""
    return str(await session.scalar(sa.select(feed_epoch.c.epoch)))


async def list_map_areas(session: AsyncSession) -> Sequence[Any]:
    """Code, name, level and GeoJSON geometry of all active areas, parents first; they change a few times a year."""
    query = sa.select(areas.c.code, areas.c.name, areas.c.level, areas.c.path, areas.c.geometry)
    return (await session.execute(query.where(areas.c.active).order_by(areas.c.level, areas.c.code))).all()
