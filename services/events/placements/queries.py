"""Gatherings as they were placed, and the areas to place them by."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.events.ground import Ground
from services.events.register.domain import Gathering
from services.events.tables import gatherings
from shared.geo import areas as copies
from shared.geo.geometry import AreaIndex
from shared.geo.heirs import heirs_of


async def lock_lying(session: AsyncSession, *, after: UUID | None, limit: int) -> Sequence[Gathering]:
    """The next gatherings by the primary key, held until commit; one statement."""
    query = sa.select(*(gatherings.c[name] for name in Gathering.__dataclass_fields__))
    if after is not None:
        query = query.where(gatherings.c.id > after)
    rows = await session.execute(query.order_by(gatherings.c.id).limit(limit).with_for_update())
    return [Gathering(**row._mapping) for row in rows]


async def load_ground(session: AsyncSession, here: Ground) -> Ground:
    """The areas as they are in this service's copy; two statements."""
    known = await copies.load_areas(session)
    shapes = await copies.load_shapes(session)
    return Ground(
        zone=here.zone,
        crs=here.crs,
        areas=await asyncio.to_thread(AreaIndex, shapes, crs=here.crs),
        paths={area.code: area.path for area in known.values()},
        in_use=frozenset(area.code for area in known.values() if area.active),
    )


def heirs_in(ground: Ground) -> dict[str, str]:
    """For each retired area the nearest one around it that is in use."""
    return heirs_of({code: (path, code in ground.in_use) for code, path in ground.paths.items()})
