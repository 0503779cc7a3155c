"""Everything that reads. Each query says which rows the reader may have, and which index serves it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.walks.errors import UnknownOwner, unknown_organisation
from services.walks.safety.domain import UNDONE, Finding, FindingKind, FindingStatus, Walk, WalkStatus
from services.walks.tables import areas, findings, organisations, walks
from shared.access import Principal, sight
from shared.errors import NotFound

WALK, FINDING = tuple(walks.c), tuple(findings.c)
WALKS = sight.Rows(thing="walk", whose=(walks.c.organisation_id,), area=walks.c.area_code, areas=areas)
# Whose a finding is: who must answer it, and who led the walk.
FINDINGS = sight.Rows(
    thing="finding",
    whose=(findings.c.owner_id, findings.c.organisation_id),
    area=findings.c.area_code,
    areas=areas,
)


async def find_ground(session: AsyncSession, area_code: str) -> Mapping[str, Any] | None:
    """The GeoJSON geometry of an area, by the primary key."""
    geometry: Mapping[str, Any] | None = await session.scalar(
        sa.select(areas.c.geometry).where(areas.c.code == area_code)
    )
    return geometry


async def get_walk(session: AsyncSession, walk_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """One walk, as far as this reader may see it; one statement. Raises NotFound."""
    query = sa.select(*sight.columns(principal, WALKS, WALK)).where(
        walks.c.id == walk_id, sight.visible(principal, WALKS)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("No such walk.")
    return dict(row._mapping)


async def lock_walk(session: AsyncSession, walk_id: UUID, *, principal: Principal) -> Walk:
    """One walk, held until commit so that its messages leave in order; one statement. Raises NotFound."""
    columns = (walks.c[name] for name in Walk.__dataclass_fields__)
    query = sa.select(*columns).where(walks.c.id == walk_id, sight.visible(principal, WALKS)).with_for_update()
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("No such walk.")
    return Walk(**row._mapping)


async def list_walks(
    session: AsyncSession,
    *,
    principal: Principal,
    status: WalkStatus | None,
    area_code: str | None,
    before: UUID | None,
    limit: int,
) -> Sequence[dict[str, Any]]:
    """Walks newest first, by the primary key; one statement. An area's walks are those of the areas below it too."""
    query = sa.select(*sight.columns(principal, WALKS, WALK)).where(sight.visible(principal, WALKS))
    if status is not None:
        query = query.where(walks.c.status == status)
    if area_code is not None:
        query = query.where(walks.c.area_code.in_(_below(area_code)))
    if before is not None:
        query = query.where(walks.c.id < before)
    rows = await session.execute(query.order_by(walks.c.id.desc()).limit(limit))
    return [dict(row._mapping) for row in rows]


def _below(area_code: str) -> sa.Select[Any]:
    """The codes of an area and of those below it."""
    return sa.select(areas.c.code).where(areas.c.path.contains([area_code]))


async def get_finding(session: AsyncSession, finding_id: UUID, *, principal: Principal) -> dict[str, Any]:
    """One finding, as far as this reader may see it; one statement. Raises NotFound."""
    query = sa.select(*sight.columns(principal, FINDINGS, FINDING)).where(
        findings.c.id == finding_id, sight.visible(principal, FINDINGS)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("No such finding.")
    return dict(row._mapping)


async def lock_finding(session: AsyncSession, finding_id: UUID, *, principal: Principal) -> Finding:
    """One finding, held until commit so that its messages leave in order; one statement. Raises NotFound."""
    columns = (findings.c[name] for name in Finding.__dataclass_fields__)
    wanted = sa.select(*columns).where(findings.c.id == finding_id, sight.visible(principal, FINDINGS))
    row = (await session.execute(wanted.with_for_update())).one_or_none()
    if row is None:
        raise NotFound("No such finding.")
    return Finding(**row._mapping)


async def list_findings(
    session: AsyncSession,
    *,
    principal: Principal,
    area_code: str | None,
    kind: FindingKind | None,
    walk_id: UUID | None,
    owner_id: UUID | None,
    status: FindingStatus | None,
    due_before: date | None,
    before: UUID | None,
    limit: int,
) -> Sequence[dict[str, Any]]:
    """Findings newest first, by (walk_id, id), (owner_id, id) or the primary key; one statement.

    Whose they are is found only where the reader may know it. With `due_before`, only those that should have been
    dealt with before that day and are not.
    """
    query = sa.select(*sight.columns(principal, FINDINGS, FINDING)).where(sight.visible(principal, FINDINGS))
    for column, wanted in ((findings.c.walk_id, walk_id), (findings.c.owner_id, owner_id), (findings.c.status, status)):
        if wanted is not None:
            query = query.where(sight.where(principal, FINDINGS, column, column == wanted))
    if area_code is not None:
        query = query.where(findings.c.area_code.in_(_below(area_code)))
    if kind is not None:
        query = query.where(findings.c.kind == kind)
    if due_before is not None:
        query = query.where(findings.c.due_on < due_before, findings.c.status.in_(UNDONE))
    if before is not None:
        query = query.where(findings.c.id < before)
    rows = await session.execute(query.order_by(findings.c.id.desc()).limit(limit))
    return [dict(row._mapping) for row in rows]


async def check_organisation(session: AsyncSession, organisation_id: UUID | None) -> None:
    """Raise UnknownOwner unless there is or was an organisation of this id; by the primary key."""
    known = sa.select(sa.exists().where(organisations.c.id == organisation_id))
    if not await session.scalar(known):
        raise UnknownOwner("There is no such organisation.", errors=(unknown_organisation("owner_id"),))


async def list_unanswered(session: AsyncSession, walk_id: UUID) -> Sequence[UUID]:
    """The findings of a walk that wait for their owner's answer, by (walk_id, id)."""
    query = sa.select(findings.c.id).where(findings.c.walk_id == walk_id, findings.c.status == "open")
    return list(await session.scalars(query.order_by(findings.c.id)))
