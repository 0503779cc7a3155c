"""Puts walks and findings right, and takes them out. Each: lock, look at the version, decide in `domain`, announce."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.walks.corrections import domain, queries
from services.walks.safety import commands as safety
from services.walks.safety import domain as walking
from services.walks.safety.queries import FINDING, WALK, find_ground
from services.walks.tables import findings, walks
from shared.access import Principal
from shared.errors import Stale
from shared.geo.neighbourhood import box_of
from shared.messages.walks import FindingChanged, FindingDeleted, WalkChanged, WalkDeleted
from shared.travel.outbox import announce

Versions = Collection[int] | None


async def correct_walk(
    session: AsyncSession,
    walk_id: UUID,
    said: Mapping[str, Any],
    *,
    principal: Principal,
    versions: Versions,
    today: date,
) -> dict[str, Any]:
    """Put some fields of a walk right; three statements, one where nothing differs. Returns the walk.

    Raises NotFound, NotTheLead, Stale, Conflict, Invalid.
    """
    walk = await queries.lock_led_walk(session, walk_id, principal=principal)
    _check_version(walk, versions)
    changes = domain.walk_changes(walk, said, today=today)
    if not changes:
        return walk
    change = sa.update(walks).where(walks.c.id == walk_id).values(version=walk["version"] + 1, **changes)
    after = dict((await session.execute(change.returning(*WALK))).one()._mapping)
    told = {name: after[name] for name in ("organisation_id", "area_code", "planned_on", "walked_on", "status")}
    await announce(session, WalkChanged(sequence=after["version"], walk_id=walk_id, **told))
    return after


async def delete_walk(session: AsyncSession, walk_id: UUID, *, principal: Principal, versions: Versions) -> None:
    """Take a walk out on which nothing was found; four statements. Raises NotFound, NotTheLead, Stale, Conflict."""
    walk = await queries.lock_led_walk(session, walk_id, principal=principal)
    _check_version(walk, versions)
    domain.check_walk_goes(walk, findings=await queries.list_finding_ids(session, walk_id))
    await session.execute(sa.delete(walks).where(walks.c.id == walk_id))
    told = {name: walk[name] for name in ("organisation_id", "area_code")}
    await announce(session, WalkDeleted(sequence=walk["version"] + 1, walk_id=walk_id, **told))


async def correct_finding(
    session: AsyncSession,
    finding_id: UUID,
    said: Mapping[str, Any],
    *,
    principal: Principal,
    versions: Versions,
    today: date,
) -> dict[str, Any]:
    """Put some fields of a finding right, `point` as lon and lat or None; at most six statements. Returns the finding.

    Who answered for it before is told too where it is handed to another. Raises NotFound, NotTheLead, Stale, Conflict,
    Invalid, UnknownOwner.
    """
    finding, walk = await queries.lock_led_finding(session, finding_id, principal=principal)
    _check_version(finding, versions)
    changes = domain.finding_changes(
        finding, _in_columns(said), walked_on=walk["walked_on"], closed=walk["status"] == "closed", today=today
    )
    if not changes:
        return finding
    if (point := said.get("point")) and (ground := await find_ground(session, finding["area_code"])):
        walking.check_point(point, box=box_of(ground))
    if (owner := changes.get("owner_id")) not in (None, principal.organisation_id, finding["organisation_id"]):
        await safety.check_takes_part(session, owner)
    change = sa.update(findings).where(findings.c.id == finding_id).values(version=finding["version"] + 1, **changes)
    after = dict((await session.execute(change.returning(*FINDING))).one()._mapping)
    told = {name: after[name] for name in FindingChanged.model_fields if name in after}
    before = finding["owner_id"] if owner is not None else None
    await announce(
        session, FindingChanged(sequence=after["version"], finding_id=finding_id, previous_owner_id=before, **told)
    )
    return after


async def delete_finding(session: AsyncSession, finding_id: UUID, *, principal: Principal, versions: Versions) -> None:
    """Take a finding out that nobody answered; four statements. Raises NotFound, NotTheLead, Stale, Conflict."""
    finding, walk = await queries.lock_led_finding(session, finding_id, principal=principal)
    _check_version(finding, versions)
    domain.check_finding_goes(finding, closed=walk["status"] == "closed")
    await session.execute(sa.delete(findings).where(findings.c.id == finding_id))
    told = {name: finding[name] for name in ("walk_id", "organisation_id", "area_code", "owner_id")}
    await announce(session, FindingDeleted(sequence=finding["version"] + 1, finding_id=finding_id, **told))


def _in_columns(said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of a finding, by its columns."""
    columns = {name: value for name, value in said.items() if name != "point"}
    if "point" in said:
        point = said["point"] or {"lon": None, "lat": None}
        columns |= {"lon": point["lon"], "lat": point["lat"]}
    return columns


def _check_version(row: Mapping[str, Any], versions: Versions) -> None:
    if versions is not None and row["version"] not in versions:
        raise Stale("It is at no version that If-Match names. Read it again, and send its ETag of now.")
