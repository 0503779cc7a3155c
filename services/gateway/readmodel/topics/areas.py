"""Areas: the gateway's own copy of them, on which the overview's counts are rolled up. Everybody sees them."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.topic import Asked, Cycle, Part, Topic, as_list
from services.gateway.tables import areas
from shared.geo.areas import store_areas
from shared.messages.reports import AreaChanged
from shared.travel.envelope import Incoming


async def keep_areas(session: AsyncSession, batch: Sequence[Incoming], _: Cycle) -> None:
    """Keep the copy current; one statement."""
    await store_areas(session, [each.message for each in batch if isinstance(each.message, AreaChanged)])


def _columns(_: Asked) -> Mapping[str, sa.ColumnElement[Any]]:
    """All areas, retired ones too, without their shapes."""
    rows = sa.select(areas.c.code, areas.c.name, areas.c.level, areas.c.path, areas.c.active).subquery("area")
    return {"known_areas": as_list(rows, order_by="code")}


TOPIC = Topic(
    messages=(AreaChanged,),
    tables=(areas,),
    project=keep_areas,
    overview=Part(columns=_columns),
)
