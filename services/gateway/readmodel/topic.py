"""What the read model has to know of a topic; each of `topics` says it in a file of its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access import Principal
from shared.access.memory import Memory
from shared.access.published import Shown
from shared.access.rounding import Number
from shared.cycles import Period
from shared.messages import Message
from shared.travel.envelope import Incoming


@dataclass(frozen=True, slots=True)
class Cycle:
    """How the municipality divides time: the first day of some cycle, and the length of all of them."""

    start: date
    days: int


# Writes what a run of a topic's messages comes to, in as few statements as it can, whatever the run's length. The cycle
# decides in which period something counts.
Projection = Callable[[AsyncSession, Sequence[Incoming], Cycle], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for an overview, of which periods, and when. `today`: by the municipality's clock.

    memory: what this process worked out of publications; `known` of it is this reader's, of the two periods.
    """

    principal: Principal
    current: Period
    previous: Period
    now: datetime
    today: date
    memory: Memory[Shown[Number]] = field(default_factory=Memory)
    known: Mapping[date, tuple[int, Shown[Number]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a topic adds to the overview."""

    # Columns of the one statement by name, each a scalar subquery that takes only what its reader may see.
    columns: Callable[[Asked], Mapping[str, sa.ColumnElement[Any]]]
    # The fields that the answer has from this topic, with their shapes. A column of a field's name is its value.
    fields: Mapping[str, Any] = field(default_factory=dict)
    # The values of fields that are not columns as they were read; it may look at other topics' columns.
    shaped: Callable[[Mapping[str, Any], Asked], Awaitable[Mapping[str, Any]]] | None = None
    # The last moment at which an overview with these fields is still so, though nothing is told; None: for ever.
    until: Callable[[Any], datetime | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Messages that belong together, and what becomes of them. Who sees them, they say themselves: `shared.messages`.

    `tables` are all that its projection fills, so that a rebuilding empties them.
    """

    messages: tuple[type[Message], ...]
    tables: tuple[sa.Table, ...] = ()
    project: Projection | None = None
    overview: Part | None = None


async def store_newer(session: AsyncSession, table: sa.Table, rows: list[dict[str, Any]], *, key: str) -> None:
    """Write facts, one a `key`; one whose `sequence` is older than what is stored changes nothing."""
    if not rows:
        return
    new = insert(table)
    kept = {column.name: new.excluded[column.name] for column in table.c if column.name != key}
    newer = table.c.sequence < new.excluded.sequence
    await session.execute(new.on_conflict_do_update(index_elements=[key], set_=kept, where=newer), rows)


def as_list(rows: sa.Subquery, *, order_by: str) -> sa.ColumnElement[Any]:
    """Rows as one JSON list of objects, a scalar subquery; empty rather than NULL."""
    listed = sa.func.json_agg(aggregate_order_by(rows.table_valued(), rows.c[order_by]))
    return sa.select(sa.func.coalesce(listed, sa.text("'[]'"), type_=sa.JSON)).scalar_subquery()
