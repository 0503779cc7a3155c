"""Public gatherings: one row each, and the next ten in the overview."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.seen import BY_TABLE, near
from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic, as_list, store_newer
from services.gateway.tables import tables
from shared.messages.events import GatheringCancelled, GatheringChanged, GatheringRegistered
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
    sa.Column("cancelled", sa.Boolean, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Index(None, "starts_at"),
)

_COMING = 10


class Gathering(BaseModel):
    """A public gathering to come."""

    id: UUID
    area_code: str | None = Field(examples=["010101"])
    starts_at: datetime
    ends_at: datetime
    expected_attendance: int = Field(examples=[1200])


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
                "cancelled": False,
                "sequence": message.sequence,
            }
        elif isinstance(message, GatheringCancelled):
            whole = dict.fromkeys(("area_code", "starts_at", "ends_at", "expected_attendance"))
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
    coming = (
        sa.select(
            facts.gathering_id.label("id"), facts.area_code, facts.starts_at, facts.ends_at, facts.expected_attendance
        )
        .where(
            ~facts.cancelled,
            facts.ends_at >= asked.now,
            near(asked.principal, organisation=facts.organisation_id, area=facts.area_code),
        )
        .order_by(facts.starts_at)
        .limit(_COMING)
    )
    return {"gatherings": as_list(coming.subquery("coming"), order_by="starts_at")}


def _until(overview: Any) -> datetime | None:
    """The end of the first that ends: then it is no longer one to come."""
    return min((each.ends_at for each in overview.gatherings), default=None)


TOPIC = Topic(
    messages=(GatheringRegistered, GatheringChanged, GatheringCancelled),
    whose=attrgetter("organisation_id"),
    feed=BY_TABLE,
    tables=(gathering_facts,),
    project=note_gatherings,
    overview=Part(columns=_columns, fields={"gatherings": list[Gathering]}, until=_until),
)
