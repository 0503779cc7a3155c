"""Reads of this service's own copy of the areas."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.tables import areas


async def load_paths(session: AsyncSession, codes: Collection[str]) -> Mapping[str, Sequence[str]]:
    """The codes from the root down to each of these areas; unknown ones are left out. One statement."""
    if not codes:
        return {}
    rows = await session.execute(sa.select(areas.c.code, areas.c.path).where(areas.c.code.in_(codes)))
    return {row.code: row.path for row in rows}
