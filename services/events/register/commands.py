"""Everything that changes a gathering. Each command: lock, decide in `domain`, write, announce."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.events.ground import Ground
from services.events.register import domain, queries
from services.events.register.domain import Clash, Gathering, Nearness
from services.events.tables import gatherings
from shared.access import Principal
from shared.errors import Stale
from shared.messages import Message
from shared.messages.events import (
    GatheringCancelled,
    GatheringChanged,
    GatheringDeleted,
    GatheringRegistered,
    GatheringRemoved,
    GatheringReturned,
)
from shared.travel.outbox import announce, announce_many


async def register_gathering(session: AsyncSession, gathering: Gathering) -> None:
    """Store a gathering and tell it; two statements.

    Two that are registered in the same moment do not see each other: GET /gatherings/{id}/clashes does.
    """
    await session.execute(sa.insert(gatherings).values(asdict(gathering)))
    await announce(session, GatheringRegistered(**_facts(gathering)))


async def change_gathering(
    session: AsyncSession,
    gathering_id: UUID,
    said: Mapping[str, Any],
    *,
    principal: Principal,
    versions: Collection[int] | None,
    ground: Ground,
    near: Nearness,
) -> tuple[Gathering, Sequence[Clash]]:
    """Change some fields of a gathering that stands at one of these versions (None: any); three statements and a copy.

    Returns it as it is now, and what it clashes with now. A change to what it already is tells nobody. Raises NotFound,
    NotTheRegistrant, Stale, Conflict (cancelled), Invalid.
    """
    before = await queries.get_whole(session, gathering_id, principal=principal, lock=True)
    _check_version(before, versions)
    after = domain.changed(before, said, ground=ground)
    clashes = await queries.list_clashes(session, after, principal=principal, near=near, paths=ground.paths)
    if after is not before:
        await _store(session, after)
        await announce_many(session, told_changed(after, before=before.area_code))
    return after, clashes


async def cancel_gathering(
    session: AsyncSession, gathering_id: UUID, *, principal: Principal, reason: str | None
) -> Gathering:
    """Call a gathering off; three statements. Raises NotFound, NotTheRegistrant, Conflict (cancelled before)."""
    before = await queries.get_whole(session, gathering_id, principal=principal, lock=True)
    after = domain.cancelled(before, reason=reason)
    await _store(session, after)
    told = GatheringCancelled(
        sequence=after.version,
        gathering_id=after.id,
        organisation_id=after.organisation_id,
        area_code=after.area_code,
    )
    await announce(session, told)
    return after


async def delete_gathering(
    session: AsyncSession, gathering_id: UUID, *, principal: Principal, versions: Collection[int] | None
) -> None:
    """Take a gathering out of the register; three statements. Raises NotFound, NotTheRegistrant, Stale."""
    before = await queries.get_whole(session, gathering_id, principal=principal, lock=True)
    _check_version(before, versions)
    await session.execute(sa.delete(gatherings).where(gatherings.c.id == gathering_id))
    told = GatheringDeleted(
        sequence=before.version + 1,
        gathering_id=before.id,
        organisation_id=before.organisation_id,
        area_code=before.area_code,
    )
    await announce(session, told)


def _check_version(gathering: Gathering, versions: Collection[int] | None) -> None:
    if versions is not None and gathering.version not in versions:
        raise Stale("This gathering is at no version that If-Match names. Read it again, and send its ETag of now.")


async def _store(session: AsyncSession, gathering: Gathering) -> None:
    await session.execute(sa.update(gatherings).where(gatherings.c.id == gathering.id).values(asdict(gathering)))


def told_changed(gathering: Gathering, *, before: str | None, redrawn: bool = False) -> list[Message]:
    """What is told of a gathering that changed. before: the area it lay in. redrawn: that was drawn anew, no more.

    To readers of one area alone it is gone from where it lay, or new where it lies. That is told behind the change, so
    that whoever is told finds lists as they are now.
    """
    facts, after = _facts(gathering), gathering.area_code
    moved_from = None if before == after else before or ""
    told: list[Message] = [GatheringChanged(**facts, moved_from=moved_from, redrawn=redrawn)]
    if before not in (None, after):
        told.append(GatheringRemoved(**{**facts, "area_code": before}, moved_to=after))
    if after not in (None, before):
        told.append(GatheringReturned(**facts, moved_from=before))
    return told


def _facts(gathering: Gathering) -> dict[str, Any]:
    """What travels: where, when, of what kind and how large. Names of things and places stay here."""
    return {
        "sequence": gathering.version,
        "gathering_id": gathering.id,
        "organisation_id": gathering.organisation_id,
        "kind": gathering.kind,
        "area_code": gathering.area_code,
        "starts_at": gathering.starts_at,
        "ends_at": gathering.ends_at,
        "expected_attendance": gathering.expected_attendance,
        "scale_class": gathering.scale_class,
    }
