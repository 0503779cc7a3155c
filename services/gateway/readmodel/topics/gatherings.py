"""Public gatherings: one row each, and the next ten in the overview."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic, as_list, store_newer
from services.gateway.tables import areas, tables
from shared.access import Principal, sight
from shared.messages.events import (
    GatheringCancelled,
    GatheringChanged,
    GatheringDeleted,
    GatheringRegistered,
    GatheringRemoved,
    GatheringReturned,
)
from shared.travel.envelope import Incoming

gathering_facts = sa.Table(
    "gathering_facts",
    tables,
    sa.Column("gathering_id", sa.Uuid, primary_key=True),
    sa.Column("organisation_id", sa.Uuid, nullable=False),
    sa.Column("area_code", sa.Text),
    sa.Column("starts_at", sa.DateTime(timezone=True)),
    sa.Column("ends_at", sa.DateTime(timezone=True)),
    sa.Column("expected_attendance", sa.Integer),
    sa.Column("kind", sa.Text),
    sa.Column("scale_class", sa.Text),
    sa.Column("cancelled", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index(None, "starts_at"),
)

GATHERINGS = sight.Rows(
    thing="gathering",
    whose=tuple(gathering_facts.c[name] for name in GatheringRegistered.whose),
    area=gathering_facts.c.area_code,
    areas=areas,
)
_FACTS = ("area_code", "starts_at", "ends_at", "expected_attendance", "kind", "scale_class")
_COMING = 10


class Gathering(BaseModel):
    """A public gathering to come; a field that the reader may not see is null."""

    id: UUID
    kind: str | None = Field(examples=["market"])
    area_code: str | None = Field(examples=["0111"])
    starts_at: datetime
    ends_at: datetime
    scale_class: str | None = Field(description="S, M, L or XL.", examples=["M"])
    expected_attendance: int | None = Field(examples=[1200])


Next = Annotated[list[Gathering], Field(description=f"The next, {_COMING} at most.")]
Many = Annotated[int, Field(ge=0, description="How many there are to come in all.", examples=[14])]


async def note_gatherings(session: AsyncSession, batch: Sequence[Incoming], _: Cycle) -> None:
    """Keep one row a gathering: where, when, how large, whether it is called off; none of one that was taken out."""
    rows: dict[UUID, dict[str, Any]] = {}
    gone = {each.message.gathering_id for each in batch if isinstance(each.message, GatheringDeleted)}
    for message in (each.message for each in batch):
        if isinstance(message, GatheringRegistered):
            rows[message.gathering_id] = {
                "gathering_id": message.gathering_id,
                "organisation_id": message.organisation_id,
                "area_code": message.area_code,
                "starts_at": message.starts_at,
                "ends_at": message.ends_at,
                "expected_attendance": message.expected_attendance,
                "kind": message.kind,
                "scale_class": message.scale_class,
                "cancelled": False,
                "sequence": message.sequence,
            }
        elif isinstance(message, GatheringCancelled):
            whole = dict.fromkeys(_FACTS)
            rows[message.gathering_id] = (
                whole
                | rows.get(message.gathering_id, {})
                | {
                    "gathering_id": message.gathering_id,
                    "organisation_id": message.organisation_id,
                    "cancelled": True,
                    "sequence": message.sequence,
                }
            )
    await store_newer(session, gathering_facts, list(rows.values()), key="gathering_id")
    if gone:
        await session.execute(sa.delete(gathering_facts).where(gathering_facts.c.gathering_id.in_(gone)))


def _coming(asked_by: Principal, now: datetime) -> sa.ColumnElement[bool]:
    """Those to come that a reader may see, with those that go on."""
    facts = gathering_facts.c
    return sa.and_(~facts.cancelled, facts.ends_at >= now, sight.visible(asked_by, GATHERINGS))


async def coming_gatherings(
    session: AsyncSession, *, principal: Principal, now: datetime, within: str | None, limit: int
) -> tuple[list[Gathering], int]:
    """The next gatherings that this reader may see, in one area and those below it where `within` is its code.

    And how many there are in all.
    """
    facts = gathering_facts.c
    shown = (facts.gathering_id.label("id"), *(facts[name] for name in _FACTS))
    coming = sa.select(*sight.columns(principal, GATHERINGS, shown), sa.func.count().over().label("all"))
    coming = coming.where(_coming(principal, now)).order_by(facts.starts_at, facts.gathering_id).limit(limit)
    if within is not None:
        coming = coming.where(facts.area_code.in_(sa.select(areas.c.code).where(areas.c.path.contains([within]))))
    rows = (await session.execute(coming)).all()
    return [Gathering(**row._mapping) for row in rows], rows[0].all if rows else 0


def _columns(asked: Asked) -> Mapping[str, sa.ColumnElement[Any]]:
    """The next ones, by the index on `starts_at`."""
    facts = gathering_facts.c
    shown = (facts.gathering_id.label("id"), *(facts[name] for name in _FACTS))
    coming = (
        sa.select(*sight.columns(asked.principal, GATHERINGS, shown))
        .where(_coming(asked.principal, asked.now))
        .order_by(facts.starts_at)
        .limit(_COMING)
    )
    many = sa.select(sa.func.count()).select_from(gathering_facts).where(_coming(asked.principal, asked.now))
    return {
        "gatherings": as_list(coming.subquery("coming"), order_by="starts_at"),
        "gatherings_to_come": many.scalar_subquery(),
    }


def _until(overview: Any) -> datetime | None:
    """The end of the first that ends: then it is no longer one to come."""
    return min((each.ends_at for each in overview.gatherings), default=None)


TOPIC = Topic(
    messages=(
        GatheringRegistered,
        GatheringChanged,
        GatheringCancelled,
        GatheringDeleted,
        GatheringRemoved,
        GatheringReturned,
    ),
    tables=(gathering_facts,),
    project=note_gatherings,
    overview=Part(columns=_columns, fields={"gatherings": Next, "gatherings_to_come": Many}, until=_until),
)
