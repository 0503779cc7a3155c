"""Findings of safety walks: one row each, how many wait in the overview, and the most pressing for its page."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic, store_newer
from services.gateway.tables import areas, organisations, tables
from shared.access import Principal, sight
from shared.messages.walks import (
    FindingAnswered,
    FindingChanged,
    FindingDeleted,
    FindingRaised,
    FindingRemoved,
    FindingReturned,
)
from shared.travel.envelope import Incoming

finding_facts = sa.Table(
    "finding_facts",
    tables,
    sa.Column("finding_id", sa.Uuid, primary_key=True),
    sa.Column("area_code", sa.Text, nullable=False),
    sa.Column("owner_id", sa.Uuid, nullable=False),
    # Who led the walk; not known of findings told before that was said.
    sa.Column("organisation_id", sa.Uuid),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
)

_WAITING = finding_facts.c.status.in_(("open", "planned"))


class Findings(BaseModel):
    """Findings of safety walks that wait for their owner."""

    open: int = Field(description="That are open or planned, whenever they were raised.", examples=[7])
    overdue: int = Field(description="Of `open`, those whose day is past.", examples=[1])


async def note_findings(session: AsyncSession, batch: Sequence[Incoming], _: Cycle) -> None:
    """Keep one row a finding: where, whose, how it stands; none of one that was taken out."""
    rows = {}
    gone = {each.message.finding_id for each in batch if isinstance(each.message, FindingDeleted)}
    for message in (each.message for each in batch):
        if isinstance(message, FindingRaised | FindingAnswered):
            rows[message.finding_id] = {
                "finding_id": message.finding_id,
                "area_code": message.area_code,
                "owner_id": message.owner_id,
                "organisation_id": message.organisation_id,
                "status": message.status,
                "due_on": message.due_on,
                "sequence": message.sequence,
            }
    await store_newer(session, finding_facts, list(rows.values()), key="finding_id")
    if gone:
        await session.execute(sa.delete(finding_facts).where(finding_facts.c.finding_id.in_(gone)))


FINDINGS = sight.Rows(
    thing="finding",
    whose=tuple(finding_facts.c[name] for name in FindingRaised.whose),
    area=finding_facts.c.area_code,
    areas=areas,
)


def _columns(asked: Asked) -> Mapping[str, sa.ColumnElement[Any]]:
    """How many wait, and how many of those are late."""
    counts = sa.select(
        sa.func.count().filter(_WAITING).label("open"),
        sa.func.count().filter(_WAITING, finding_facts.c.due_on < asked.today).label("overdue"),
    )
    rows = counts.where(sight.visible(asked.principal, FINDINGS)).subquery("finding")
    return {"findings": sa.select(sa.func.row_to_json(rows.table_valued(), type_=sa.JSON)).scalar_subquery()}


async def open_findings(
    session: AsyncSession, *, principal: Principal, today: date, within: str | None, late: bool, limit: int
) -> Sequence[Any]:
    """Findings that wait for their owner, the most pressing first, `waiting` and `late` being how many there are.

    Those of one area and all areas in it where `within` is its code, and only those that are late where `late` asks
    for them; always as far as this reader may see, the owner's name too.
    """
    query = (
        sa.select(
            finding_facts.c.finding_id.label("id"),
            finding_facts.c.area_code,
            sa.case((sight.in_full(principal, FINDINGS), organisations.c.name)).label("owner"),
            sight.in_full(principal, FINDINGS).label("in_full"),
            finding_facts.c.status,
            finding_facts.c.due_on,
            sa.func.count().over().label("waiting"),
            sa.func.count().filter(finding_facts.c.due_on < today).over().label("late"),
        )
        .outerjoin_from(finding_facts, areas, areas.c.code == finding_facts.c.area_code)
        .outerjoin(organisations, organisations.c.id == finding_facts.c.owner_id)
        .where(_WAITING, sight.visible(principal, FINDINGS))
    )
    if within is not None:
        query = query.where(sa.literal(within) == sa.any_(areas.c.path))
    # Those that are late are the first by their day: what is counted over all is the same for them.
    some = query.order_by(finding_facts.c.due_on, finding_facts.c.finding_id).limit(limit).subquery()
    wanted = sa.select(some).where(some.c.due_on < today) if late else sa.select(some)
    return (await session.execute(wanted.order_by(some.c.due_on, some.c.id))).all()


TOPIC = Topic(
    messages=(FindingRaised, FindingAnswered, FindingChanged, FindingDeleted, FindingRemoved, FindingReturned),
    tables=(finding_facts,),
    project=note_findings,
    overview=Part(columns=_columns, fields={"findings": Findings}),
)
