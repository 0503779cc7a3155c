"""The areas: as a list for readers, as an index for placing points, and as the tree that an import replaces."""

import asyncio
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.areas.domain import Area
from services.reports.ground import Ground
from services.reports.tables import area_imports, areas
from shared.errors import NotFound
from shared.geo.geometry import AreaIndex

# As text: Python's objects would take ten times the memory, and seconds to make.
_GEOMETRY = sa.cast(areas.c.geometry, sa.Text).label("geometry")
_FACTS = (areas.c.code, areas.c.name, areas.c.parent, areas.c.level, areas.c.path, areas.c.active)


async def areas_version(session: AsyncSession) -> int:
    """The number of the newest area import, 0 before the first."""
    return int(await session.scalar(sa.select(sa.func.coalesce(sa.func.max(area_imports.c.version), 0))) or 0)


async def load_ground(session: AsyncSession, *, zone: ZoneInfo, crs: str) -> Ground:
    """All active areas, ready to place points in; one statement."""
    query = sa.select(areas.c.code, areas.c.name, _GEOMETRY, areas.c.level).where(areas.c.active)
    rows = (await session.execute(query)).all()
    index = await asyncio.to_thread(AreaIndex, [(code, geometry, level) for code, _, geometry, level in rows])
    names = frozenset((code, name) for code, name, _, _ in rows)
    return Ground(zone=zone, crs=crs, areas=index, codes=frozenset(code for code, _ in names), names=names)


async def load_tree(session: AsyncSession) -> dict[str, Area]:
    """Every area there ever was, by its code; one statement."""
    rows = await session.execute(sa.select(*_FACTS, _GEOMETRY, areas.c.sequence))
    return {row.code: Area(**(row._asdict() | {"path": tuple(row.path)})) for row in rows}


async def list_areas(session: AsyncSession, *, geometry: bool, retired: bool) -> Sequence[dict[str, Any]]:
    """The areas from the root down, then by code; `geometry` as text, None where it is not asked for. One statement."""
    query = sa.select(*_FACTS, _GEOMETRY if geometry else sa.null().label("geometry"))
    if not retired:
        query = query.where(areas.c.active)
    rows = await session.execute(query.order_by(areas.c.level, areas.c.code))
    return [row._asdict() for row in rows]


async def get_area(session: AsyncSession, code: str) -> dict[str, Any]:
    """One area with its polygon, retired ones too. Raises NotFound."""
    row = (await session.execute(sa.select(*_FACTS, areas.c.geometry).where(areas.c.code == code))).one_or_none()
    if row is None:
        raise NotFound("No such area.")
    return row._asdict()
