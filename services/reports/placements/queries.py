"""Reports as they were placed, and how far placing them anew is."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.placements.domain import Lying, Running, heirs_of
from services.reports.tables import areas, placements, reports
from shared.errors import NotFound

_SHOWN = (
    "id", "state", "tree_version", "looked_at", "moved", "unplaced", "requested_at", "finished_at",
)  # fmt: skip


async def list_lying(session: AsyncSession, *, after: UUID | None, limit: int) -> list[Lying]:
    """The next reports by the primary key, with where they lie; one statement."""
    query = sa.select(*(reports.c[name] for name in Lying._fields))
    if after is not None:
        query = query.where(reports.c.id > after)
    rows = await session.execute(query.order_by(reports.c.id).limit(limit))
    return [Lying._make(row) for row in rows]


async def list_heirs(session: AsyncSession) -> dict[str, str]:
    """For each retired area the nearest one around it that is in use; one statement."""
    rows = await session.execute(sa.select(areas.c.code, areas.c.path, areas.c.active))
    return heirs_of({code: (path, active) for code, path, active in rows})


async def get_placement(session: AsyncSession, placement_id: UUID) -> dict[str, Any]:
    """How far a placement is. Raises NotFound."""
    query = sa.select(*(placements.c[name] for name in _SHOWN)).where(placements.c.id == placement_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such placement.")
    return row._asdict()


async def lock_placement(session: AsyncSession) -> Running | None:
    """The placement under way that no other process works on just now, held until commit; None without one."""
    running = sa.select(*(placements.c[name] for name in Running._fields)).where(placements.c.state == "running")
    row = (await session.execute(running.with_for_update(skip_locked=True))).first()
    return None if row is None else Running._make(row)
