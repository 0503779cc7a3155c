"""Reports as they were placed, and how far placing them anew is."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.placements.domain import NEVER_DRAWN, Lying, Running, Since
from services.reports.tables import areas, placements, reports
from shared.errors import NotFound
from shared.geo.heirs import heirs_of
from shared.messages.reports import ReportCorrected

_SHOWN = (
    "id", "state", "tree_version", "looked_at", "moved", "unplaced", "requested_at", "finished_at",
)  # fmt: skip
# The newest import by the primary key, and all placements, of which there are about as many as imports.
_SINCE = sa.text("""
    SELECT i.version AS tree_version, i.reports_to_move AS to_move,
           coalesce(sum(p.moved) FILTER (WHERE p.requested_at >= i.imported_at), 0)::int AS moved,
           coalesce(bool_or(p.state = 'done' AND p.tree_version = i.version), false) AS through,
           coalesce(bool_or(p.state = 'running'), false) AS running,
           EXISTS (SELECT FROM outbox WHERE topic = :topic AND created_at <= max(p.finished_at)) AS untold,
           coalesce(bool_or(p.state = 'running' AND p.requested_at < i.imported_at), false) AS overtaken
    FROM (SELECT version, imported_at, reports_to_move FROM area_imports ORDER BY version DESC LIMIT 1) i
    LEFT JOIN placements p ON true
    GROUP BY i.version, i.reports_to_move, i.imported_at
""")
# Whoever imports counts as well; an import that is this old and not counted was cut off in that.
_UNCOUNTED = sa.text("""
    SELECT reports_to_move IS NULL AND imported_at < now() - interval '5 minutes'
    FROM area_imports ORDER BY version DESC LIMIT 1
""")


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


async def find_since(session: AsyncSession) -> Since:
    """What became of reports since the areas were drawn anew last; one statement."""
    row = (await session.execute(_SINCE, {"topic": ReportCorrected.topic})).one_or_none()
    return NEVER_DRAWN if row is None else Since(**row._asdict())


async def is_uncounted(session: AsyncSession) -> bool:
    """Whether nobody counted how many reports the newest import leaves in the areas of before it."""
    return bool(await session.scalar(_UNCOUNTED))


async def lock_placement(session: AsyncSession) -> Running | None:
    """The placement under way that no other process works on just now, held until commit; None without one."""
    running = sa.select(*(placements.c[name] for name in Running._fields)).where(placements.c.state == "running")
    row = (await session.execute(running.with_for_update(skip_locked=True))).first()
    return None if row is None else Running._make(row)
