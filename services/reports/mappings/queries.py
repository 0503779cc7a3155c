"""The mappings of an organisation."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.tables import mappings
from shared.access import Principal
from shared.errors import NotFound

_COLUMNS = (mappings.c.name, mappings.c.changed_at, mappings.c.document.label("mapping"))


async def get_mapping(session: AsyncSession, name: str, *, principal: Principal) -> dict[str, Any]:
    """A mapping of the caller's organisation by the primary key. Raises NotFound."""
    own = mappings.c.organisation_id == principal.organisation_id
    row = (await session.execute(sa.select(*_COLUMNS).where(own, mappings.c.name == name))).one_or_none()
    if row is None:
        raise NotFound("Your organisation has no mapping of this name. Put it under /mappings/{name}.")
    return row._asdict()


async def list_mappings(session: AsyncSession, *, principal: Principal) -> Sequence[dict[str, Any]]:
    """All mappings of the caller's organisation by name: a handful."""
    own = mappings.c.organisation_id == principal.organisation_id
    rows = await session.execute(sa.select(*_COLUMNS).where(own).order_by(mappings.c.name))
    return [row._asdict() for row in rows]
