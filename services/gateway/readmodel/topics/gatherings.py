"""Public gatherings: one row each, and the next ten in the overview."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic, as_list, store_newer
from services.gateway.tables import areas, tables
from shared.access import sight
from shared.messages.events import (
    GatheringCancelled,
    GatheringChanged,
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
    area_code: str | None = Field(examples=["010101"])
    starts_at: datetime
    ends_at: datetime
    scale_class: str | None = Field(description="S, M, L or XL.", examples=["M"])
    expected_attendance: int | None = Field(examples=[1200])


async def note_gatherings(session: AsyncSession, batch: Sequence[Incoming], _: Cycle) -> None:
    """Keep one row a gathering: where, when, how large, whether it is called off."""
    rows: dict[UUID, dict[str, Any]] = {}
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


def _columns(asked: Asked) -> Mapping[str, sa.ColumnElement[Any]]:
    """The next ones, by the index on `starts_at`."""
    facts = gathering_facts.c
    shown = (facts.gathering_id.label("id"), *(facts[name] for name in _FACTS))
    coming = (
        sa.select(*sight.columns(asked.principal, GATHERINGS, shown))
        .where(~facts.cancelled, facts.ends_at >= asked.now, sight.visible(asked.principal, GATHERINGS))
        .order_by(facts.starts_at)
        .limit(_COMING)
    )
    return {"gatherings": as_list(coming.subquery("coming"), order_by="starts_at")}


def _until(overview: Any) -> datetime | None:
    """The end of the first that ends: then it is no longer one to come."""
    return min((each.ends_at for each in overview.gatherings), default=None)


TOPIC = Topic(
    messages=(GatheringRegistered, GatheringChanged, GatheringCancelled, GatheringRemoved, GatheringReturned),
    tables=(gathering_facts,),
    project=note_gatherings,
    overview=Part(columns=_columns, fields={"gatherings": list[Gathering]}, until=_until),
)
