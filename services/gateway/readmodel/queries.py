"""The read model: each answer is one query, filtered by what its topic shows to whom."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel import seen
from services.gateway.readmodel.topic import Topic
from services.gateway.readmodel.topics import TOPICS
from services.gateway.tables import areas, feed, feed_epoch, organisations
from shared.access import Kind, Principal, sight
from shared.access.memory import Reader
from shared.messages import Message

# Whoever did not ask for so many messages may as well be told anew.
FAR = 10_000
_AFTER = object()
_ON_ITS_WAY = timedelta(days=1)
_END_OF_FEED = "SELECT epoch, coalesce((SELECT max(position) FROM feed), 0), true FROM feed_epoch"


async def read_feed(
    session: AsyncSession, *, principal: Principal, zone: str, after: int, limit: int, topics: Sequence[Topic] = TOPICS
) -> Sequence[dict[str, Any]]:
    """What happened after a position, oldest first, as far as this reader may know; one statement.

    What a reader sees coarsely is of a day in `zone`, the same as in the ids of messages.
    """
    query = _feed_of(Reader.of(principal), principal.kind, _messages(topics), oldest_first=True, zone=zone)
    return await _rows(session, query, after=after, limit=limit)


async def position_before(session: AsyncSession, at: datetime | None) -> int:
    """The position behind which the feed goes on with all that was told from a moment on; its end for None.

    By the index on (at, position), of a day at most: a message that was told later has a lower position only where one
    before it was on its way for longer than that. Two statements at most.
    """
    if at is not None:
        told = sa.select(feed.c.position, feed.c.at).where(feed.c.at >= at)
        first = (await session.execute(told.order_by(feed.c.at).limit(1))).one_or_none()
        if first is not None:
            near = sa.select(sa.func.min(feed.c.position)).where(feed.c.at >= at, feed.c.at <= first.at + _ON_ITS_WAY)
            return int(await session.scalar(near) or first.position) - 1
    return int(await session.scalar(sa.select(sa.func.coalesce(sa.func.max(feed.c.position), 0))) or 0)


async def latest_feed(
    session: AsyncSession, *, principal: Principal, zone: str, within: str | None = None, limit: int
) -> Sequence[dict[str, Any]]:
    """What happened last, newest first, as far as this reader may know; one statement.

    What a reader sees coarsely is of a local day in `zone`: people say yesterday and today by that.
    Of what lies in one area and those below it where `within` is its code, by ix_feed_area_code_position; else by the
    primary key.
    """
    query = _feed_of(Reader.of(principal), principal.kind, _messages(TOPICS), oldest_first=False, zone=zone)
    if within is None:
        return await _rows(session, query, after=0, limit=limit)
    below = sa.select(areas.c.code).where(areas.c.path.contains(sa.bindparam("within", type_=ARRAY(sa.Text))))
    return await _rows(session, query.where(feed.c.area_code.in_(below)), after=0, limit=limit, within=[within])


async def _rows(session: AsyncSession, query: sa.Select[Any], **values: Any) -> Sequence[dict[str, Any]]:
    return [dict(row._mapping) for row in await session.execute(query, values)]


@lru_cache(maxsize=1_000)
def _feed_of(
    reader: Reader, kind: Kind, messages: tuple[type[Message], ...], *, oldest_first: bool, zone: str
) -> sa.Select[Any]:
    """The feed as a reader may have it: of these messages what each shows to this reader.

    To put it together took 23 of the 40 ms of an answer (measured), however short that was.
    """
    principal = _principal(reader, kind)
    rules = seen.alike(messages)
    at = sa.case(*((feed.c.type.in_(told.types), seen.at(principal, told, zone=zone)) for told in rules))
    data = sa.case(*((feed.c.type.in_(told.types), seen.data(principal, told)) for told in rules))
    full = sa.or_(*(feed.c.type.in_(told.types) & sight.in_full(principal, told.rows) for told in rules))
    columns = (
        feed.c.position,
        feed.c.message_id,
        feed.c.type,
        at.label("at"),
        data.label("data"),
        full.label("in_full"),
    )
    return (
        sa.select(*columns)
        .where(
            sa.or_(*(seen.visible(principal, told) for told in rules)),
            feed.c.position > sa.bindparam("after", type_=sa.BigInteger),
        )
        .order_by(feed.c.position if oldest_first else feed.c.position.desc())
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )


def _messages(topics: Sequence[Topic]) -> tuple[type[Message], ...]:
    return tuple(message for topic in topics for message in topic.messages)


def _principal(reader: Reader, kind: Kind) -> Principal:
    """Who reads, without the client by which they do."""
    return Principal(client_id="", kind=kind, scopes=frozenset(), **reader._asdict())


class End(NamedTuple):
    """Which feed this is, its last position (0: nothing was told), and whether there is news for a reader."""

    epoch: str
    position: int
    news: bool


async def find_news(connection: asyncpg.Connection, principal: Principal, *, after: int | None) -> End:
    """Where the feed ends, and whether this reader may see anything of it behind a position; one statement.

    Without a position, and behind one that is FAR away, it is taken for granted. What others alone may see takes hardly
    any time: an answer took 6.3 ms with such a message and 6.0 without; 33 where it is made anew (measured).
    """
    if after is None:
        return End(*await connection.fetchrow(_END_OF_FEED))
    statement, values = _news_for(Reader.of(principal), principal.kind)
    return End(*await connection.fetchrow(statement, *(after if value is _AFTER else value for value in values)))


@lru_cache(maxsize=1_000)
def _news_for(reader: Reader, kind: Kind) -> tuple[str, list[Any]]:
    """The statement for a reader, and its parameters; to put it together takes longer than to run it."""
    principal = _principal(reader, kind)
    after = sa.bindparam("after", 0, type_=sa.BigInteger)
    rules = seen.alike(_messages(TOPICS))
    news = sa.exists().where(feed.c.position > after, sa.or_(*(seen.visible(principal, told) for told in rules)))
    end = sa.select(sa.func.coalesce(sa.func.max(feed.c.position), 0).label("position")).cte("ending")
    query = sa.select(
        feed_epoch.c.epoch, end.c.position, sa.case((end.c.position - after > FAR, sa.true()), else_=news)
    ).join(end, sa.true())
    dialect: sa.Dialect = postgresql.asyncpg.dialect()  # type: ignore[no-untyped-call]
    compiled: Any = query.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    values = compiled.params | {"after": _AFTER}
    return str(compiled), [values[name] for name in compiled.positiontup]


async def epoch(session: AsyncSession) -> str:
    """Which feed this is; a database made anew has another."""
    return str(await session.scalar(sa.select(feed_epoch.c.epoch)))


async def list_map_areas(session: AsyncSession) -> Sequence[Any]:
    """Code, name, level and GeoJSON geometry of all active areas, parents first; they change a few times a year.

    The geometry as text: whoever draws it reads it in a thread.
    """
    geometry = sa.cast(areas.c.geometry, sa.Text).label("geometry")
    query = sa.select(areas.c.code, areas.c.name, areas.c.level, areas.c.path, geometry)
    return (await session.execute(query.where(areas.c.active).order_by(areas.c.level, areas.c.code))).all()


async def area_names(session: AsyncSession) -> dict[str, tuple[str, bool]]:
    """What the areas are called that there are, and those that there were, by code; and whether they are in use."""
    rows = (await session.execute(sa.select(areas.c.code, areas.c.name, areas.c.active))).all()
    return {row.code: (row.name, row.active) for row in rows}


async def organisation_names(session: AsyncSession, *, principal: Principal) -> dict[str, str]:
    """Organisations' names by id, of those this reader may know; one statement."""
    of = sight.Rows(thing="organisation", whose=(organisations.c.id,), area=sa.null(), areas=areas)
    query = sa.select(organisations.c.id, organisations.c.name).where(sight.visible(principal, of))
    return {str(row.id): row.name for row in await session.execute(query)}
