"""The overview: one statement put together from the topics' parts, and one answer shaped by them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, Field, create_model
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel import seen
from services.gateway.readmodel.domain import Cursors
from services.gateway.readmodel.schemas import PeriodShape
from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic
from services.gateway.readmodel.topics import TOPICS
from services.gateway.tables import feed, feed_epoch
from shared.access import Principal
from shared.access.memory import Memory
from shared.access.published import Shown
from shared.access.rounding import Number
from shared.cycles import Period, cycle_of

# How far back the last message that a reader may see is looked for, twice that at most.
_NEWEST = 10_000
_CURSOR = Field(
    description="Everything told to the caller up to here is counted; the feed goes on after it.",
    examples=["5f0c2d7e.q1J0b2tNX3ZpZXdlcg"],
)


def _parts(topics: Sequence[Topic]) -> list[Part]:
    return [topic.overview for topic in topics if topic.overview is not None]


def shape_of(topics: Sequence[Topic]) -> type[BaseModel]:
    """The overview's HTTP shape: periods, the fields of each topic in their order, and where the feed goes on."""
    own = {name: shape for part in _parts(topics) for name, shape in part.fields.items()}
    fields: dict[str, Any] = {"period": PeriodShape, "previous": PeriodShape, **own, "feed_cursor": (str, _CURSOR)}
    return create_model("Overview", __doc__="How it stands in this cycle, as far as the caller may see.", **fields)


Overview = shape_of(TOPICS)


async def make_overview(
    session: AsyncSession,
    principal: Principal,
    *,
    cycle: Cycle,
    zone: tzinfo,
    cursors: Cursors,
    memory: Memory[Shown[Number]],
    day: date | None = None,
    topics: Sequence[Topic] = TOPICS,
) -> Any:
    """The overview for a reader, of the cycle that holds a day, or of the running one: an instance of `shape_of`.

    One statement. Everything in it is what this reader may see. memory: this process's, for who gets counts only.
    """
    now = datetime.now(UTC)
    today = now.astimezone(zone).date()
    current = cycle_of(day or today, start=cycle.start, days=cycle.days)
    previous = current.earlier(1)
    known = memory.known(principal, previous.first, current.last)
    asked = Asked(
        principal=principal, current=current, previous=previous, now=now, today=today, memory=memory, known=known
    )
    found = (await session.execute(_statement(asked, topics))).one()._mapping
    values: dict[str, Any] = {}
    for part in _parts(topics):
        values |= await part.shaped(found, asked) if part.shaped else {name: found[name] for name in part.fields}
    return (Overview if topics is TOPICS else shape_of(topics)).model_validate(
        {
            "period": _period(current),
            "previous": _period(previous),
            **values,
            "feed_cursor": cursors.write(found["epoch"], found["position"]),
        }
    )


def _statement(asked: Asked, topics: Sequence[Topic]) -> sa.Select[Any]:
    """All topics' columns, and how fresh they are."""
    columns = {name: column for part in _parts(topics) for name, column in part.columns(asked).items()}
    return sa.select(
        *(column.label(name) for name, column in columns.items()),
        sa.select(feed_epoch.c.epoch).scalar_subquery().label("epoch"),
        _last_seen(asked.principal, topics).label("position"),
    )


def _last_seen(principal: Principal, topics: Sequence[Topic]) -> sa.ColumnElement[int]:
    """The last position that this reader may see: a cursor that moved with all others would tell when they move.

    Looked for among the newest only; where none of those is the reader's, the position before them.
    """
    end = sa.select(sa.func.coalesce(sa.func.max(feed.c.position), 0)).scalar_subquery()
    begin = sa.func.greatest((end // _NEWEST - 1) * _NEWEST, 0)
    rules = seen.alike(message for topic in topics for message in topic.messages)
    seen_by = sa.or_(*(seen.visible(principal, told) for told in rules))
    last = sa.select(feed.c.position).where(feed.c.position > begin, seen_by).order_by(feed.c.position.desc()).limit(1)
    return sa.func.coalesce(last.scalar_subquery(), begin)


def _period(period: Period) -> PeriodShape:
    return PeriodShape(first=period.first, last=period.last)


def until(overview: Any, *, topics: Sequence[Topic] = TOPICS) -> datetime | None:
    """The last moment at which an overview is still so though nothing is told and the day goes on; None: for ever."""
    ends = [part.until(overview) for part in _parts(topics) if part.until is not None]
    return min((end for end in ends if end is not None), default=None)
