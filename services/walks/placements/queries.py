"""Walks and findings as they were placed, and the areas to place them by."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.walks.placements.domain import LyingFinding, LyingWalk, Tree
from services.walks.tables import findings, walks
from shared.geo.areas import load_areas, load_shapes
from shared.geo.heirs import heirs_of


async def lock_walks(session: AsyncSession, *, after: UUID | None, limit: int) -> Sequence[LyingWalk]:
    """The next walks by the primary key, held until commit; one statement."""
    query = sa.select(*(walks.c[name] for name in LyingWalk.__dataclass_fields__))
    if after is not None:
        query = query.where(walks.c.id > after)
    rows = await session.execute(query.order_by(walks.c.id).limit(limit).with_for_update())
    return [LyingWalk(**row._mapping) for row in rows]


async def lock_findings(session: AsyncSession, of: Sequence[UUID]) -> Sequence[LyingFinding]:
    """All findings of some walks by (walk_id, id), held until commit, as whoever corrects one holds its walk first."""
    query = sa.select(*(findings.c[name] for name in LyingFinding.__dataclass_fields__))
    rows = await session.execute(query.where(findings.c.walk_id.in_(of)).order_by(findings.c.id).with_for_update())
    return [LyingFinding(**row._mapping) for row in rows]


async def load_tree(session: AsyncSession) -> Tree:
    """The areas as they are in this service's copy, without their shapes; one statement."""
    known = await load_areas(session)
    return Tree(
        paths={area.code: area.path for area in known.values()},
        in_use=frozenset(area.code for area in known.values() if area.active),
        heirs=heirs_of({area.code: (area.path, area.active) for area in known.values()}),
    )


async def load_index(session: AsyncSession, *, crs: str) -> Any:
    """The shapes of the areas in use, to find points in (`AreaIndex`); one statement."""
    # Here, because most installations never need it and the libraries behind it take 25 MB.
    from shared.geo.geometry import AreaIndex  # noqa: PLC0415

    return await asyncio.to_thread(AreaIndex, await load_shapes(session), crs=crs)


def codes_at(index: Any, lying: Sequence[LyingFinding]) -> Mapping[UUID, str | None]:
    """The deepest area around the point of each of these findings, None for none, by the finding's id."""
    return {each.id: index.code_at(each.lon, each.lat) for each in lying}
