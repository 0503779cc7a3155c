"""Walks and findings held until commit, for who led the walk."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.walks.errors import NotTheLead
from services.walks.safety.queries import FINDING, FINDINGS, WALK, WALKS
from services.walks.tables import findings, walks
from shared.access import Principal, sight
from shared.errors import NotFound

_NOT_THE_LEAD = "Only the organisation that planned this walk, a coordinator or the municipal police may."


async def lock_led_walk(session: AsyncSession, walk_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """A whole walk; one statement. Raises NotFound, NotTheLead."""
    query = sa.select(*WALK).where(walks.c.id == walk_id, sight.visible(principal, WALKS)).with_for_update()
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("No such walk.")
    _check_lead(row.organisation_id, principal)
    return dict(row._mapping)


async def lock_led_finding(
    session: AsyncSession, finding_id: UUID, *, principal: Principal
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A whole finding and its walk, the walk held first as whoever closes it does; three statements.

    Raises NotFound, NotTheLead.
    """
    seen = sa.select(findings.c.walk_id, findings.c.organisation_id)
    row = (
        await session.execute(seen.where(findings.c.id == finding_id, sight.visible(principal, FINDINGS)))
    ).one_or_none()
    if row is None:
        raise NotFound("No such finding.")
    _check_lead(row.organisation_id, principal)
    walk = (await session.execute(sa.select(*WALK).where(walks.c.id == row.walk_id).with_for_update())).one()
    held = sa.select(*FINDING).where(findings.c.id == finding_id).with_for_update()
    finding = (await session.execute(held)).one_or_none()
    if finding is None:
        raise NotFound("No such finding.")
    return dict(finding._mapping), dict(walk._mapping)


async def list_finding_ids(session: AsyncSession, walk_id: UUID) -> Sequence[UUID]:
    """The findings of a walk, by (walk_id, id)."""
    return list(await session.scalars(sa.select(findings.c.id).where(findings.c.walk_id == walk_id)))


def _check_lead(organisation_id: UUID, principal: Principal) -> None:
    if not principal.has_all_of("walk", organisation_id):
        raise NotTheLead(_NOT_THE_LEAD)
