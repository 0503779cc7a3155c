"""Reports as their readers may see them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.tables import areas, reports
from shared import access
from shared.access import Principal
from shared.errors import NotFound

_OPEN = (
    "id",
    "category",
    "subcategory",
    "occurred_on",
    "band",
    "cell",
    "area_code",
    "dark",
    "severity",
    "location_kind",
)
_GUARDED = (
    "organisation_id",
    "external_reference",
    "occurred_from",
    "occurred_to",
    "lon",
    "lat",
    "text",
    "received_at",
)


def _columns(principal: Principal) -> list[sa.ColumnElement[Any]]:
    guarded = [
        access.detail(principal, reports.c[name], organisation=reports.c.organisation_id).label(name)
        for name in _GUARDED
    ]
    return [*(reports.c[name] for name in _OPEN), *guarded]


def _visible(principal: Principal) -> sa.ColumnElement[bool]:
    return access.rows(principal, organisation=reports.c.organisation_id, area=reports.c.area_code, areas=areas)


async def get_report(session: AsyncSession, report_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """One report, as far as this reader may see it; one statement. Raises NotFound."""
    query = sa.select(*_columns(principal)).where(reports.c.id == report_id, _visible(principal))
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("No such report.")
    return dict(row._mapping)


async def list_reports(
    session: AsyncSession, *, principal: Principal, before: UUID | None, limit: int
) -> Sequence[dict[str, Any]]:
    """Reports newest first, by the primary key; one statement."""
    query = sa.select(*_columns(principal)).where(_visible(principal))
    if before is not None:
        query = query.where(reports.c.id < before)
    rows = await session.execute(query.order_by(reports.c.id.desc()).limit(limit))
    return [dict(row._mapping) for row in rows]
