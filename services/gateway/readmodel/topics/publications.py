"""Publications: the tables that others' reports are counted by for readers of counts, and how far they go.

What is in a table is for nobody: `counts` shows of it what its secret lets a reader see, as the lägesbild does.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic
from services.gateway.tables import tables
from shared.messages.reports import PublicationClosed, PublicationCounted
from shared.travel.envelope import Incoming

published_parts = sa.Table(
    "published_parts",
    tables,
    sa.Column("unit", sa.Date, primary_key=True),
    sa.Column("publication", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("parents", JSONB, nullable=False),
    sa.Column("organisations", JSONB, nullable=False),
    # [organisation by its place in that list, area or '', category, reports]: only ever read whole.
    sa.Column("rows", JSONB, nullable=False),
)
# A publication counts when all of it was told.
published = sa.Table(
    "published",
    tables,
    sa.Column("publication", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("through", sa.Date, nullable=False),
)

Through = Annotated[
    date | None,
    Field(
        description="Where you get counts only, others' reports up to this day are counted, as they were published; "
        "null before the first publication, and where you see every report.",
        examples=["2026-11-15"],
    ),
]


async def keep_publications(session: AsyncSession, batch: Sequence[Incoming], _: Cycle) -> None:
    """Keep every part of every table, and which publications are whole; they never change."""
    messages = [each.message for each in batch]
    parts = [_part(each) for each in messages if isinstance(each, PublicationCounted)]
    whole = [
        {"publication": each.publication, "through": each.through}
        for each in messages
        if isinstance(each, PublicationClosed)
    ]
    for table, rows in ((published_parts, parts), (published, whole)):
        if rows:
            await session.execute(insert(table).on_conflict_do_nothing(), rows)


def _part(told: PublicationCounted) -> dict[str, Any]:
    return {
        "unit": told.unit,
        "publication": told.publication,
        "part": told.part,
        "secret": told.secret,
        "parents": told.parents,
        "organisations": list(map(str, told.organisations)),
        "rows": list(zip(told.senders, told.areas, told.categories, told.changes, strict=True)),
    }


def _columns(asked: Asked) -> Mapping[str, sa.ColumnElement[Any]]:
    """How far publications go, and all tables of the units of the two periods that have one which is not known yet.

    published_units: [unit, last publication] of those. published_tables: [unit, publication, secret, parents,
    organisations, rows] by unit, oldest first, each part by itself, as text: whoever works it out reads it in a thread.
    Nothing of it for who sees everything.
    """
    if asked.principal.sees_everything:
        return {"published_through": sa.null(), "published_units": sa.null(), "published_tables": sa.null()}
    of = published_parts.c
    whole = of.publication.in_(sa.select(published.c.publication))
    asked_for = of.unit.between(asked.previous.first, asked.current.last)
    units = (
        sa.select(of.unit, sa.func.max(of.publication).label("last")).where(asked_for, whole).group_by(of.unit).cte()
    )
    known = sa.tuple_(units.c.unit, units.c.last).in_([(unit, last) for unit, (last, _) in asked.known.items()])
    told = sa.select(of.unit, of.publication, of.secret, of.parents, of.organisations, of.rows)
    new = told.join(units, units.c.unit == of.unit).where(whole, ~known).order_by(of.unit, of.publication, of.part)
    listed = sa.func.json_agg(sa.func.json_build_array(*new.subquery().c))
    newest = sa.select(sa.func.json_agg(sa.func.json_build_array(units.c.unit, units.c.last), type_=sa.JSON))
    return {
        "published_through": sa.select(sa.func.max(published.c.through)).scalar_subquery(),
        "published_units": newest.where(~known).scalar_subquery(),
        "published_tables": sa.select(sa.cast(listed, sa.Text)).scalar_subquery(),
    }


TOPIC = Topic(
    messages=(PublicationCounted, PublicationClosed),
    tables=(published_parts, published),
    project=keep_publications,
    overview=Part(columns=_columns, fields={"published_through": Through}),
)
