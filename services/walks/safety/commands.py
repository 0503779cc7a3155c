"""Everything that changes a walk. Each command: lock, decide in `domain`, write, announce."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.walks.errors import NotTheLead, NotTheOwner, UnknownArea, UnknownOwner, unknown_organisation
from services.walks.safety import domain, queries
from services.walks.safety.domain import Answer, FindingKind, FindingStatus, Participants, Walk
from services.walks.tables import areas, findings, organisations, walks
from shared.access import Principal
from shared.geo.areas import unknown_area
from shared.geo.neighbourhood import box_of
from shared.messages.gateway import OrganisationChanged
from shared.messages.walks import FindingAnswered, FindingRaised, WalkClosed, WalkPlanned, WalkWalked
from shared.travel.outbox import announce


async def plan_walk(
    session: AsyncSession,
    walk_id: UUID,
    *,
    principal: Principal,
    area_code: str,
    planned_on: date,
    reason: str,
    meeting_point: str,
    expected_participants: int,
    today: date,
) -> None:
    """Store a walk that is to come and tell it; two statements. Raises UnknownArea, Invalid (a day nobody plans)."""
    domain.check_planned(planned_on, today=today)
    given = {
        "id": walk_id,
        "organisation_id": principal.organisation_id,
        "planned_on": planned_on,
        "reason": reason,
        "meeting_point": meeting_point,
        "expected_participants": expected_participants,
        "status": "planned",
    }
    # Read from the copy of areas, so that the row is made only where the area is known: no statement of its own.
    values = (sa.literal(value, walks.c[name].type) for name, value in given.items())
    known = sa.select(*values, areas.c.code).where(areas.c.code == area_code, areas.c.active)
    made = await session.execute(
        sa.insert(walks).from_select([*given, "area_code"], known, include_defaults=False).returning(walks.c.id)
    )
    if made.first() is None:
        fault = await unknown_area(session, area_code, field="/area_code")
        raise UnknownArea("No area in use has this code.", errors=(fault,))
    told = {"walk_id": walk_id, "organisation_id": principal.organisation_id}
    await announce(session, WalkPlanned(sequence=1, area_code=area_code, planned_on=planned_on, **told))


async def record_walk(
    session: AsyncSession,
    walk_id: UUID,
    *,
    principal: Principal,
    walked_on: date,
    head_counts: Mapping[Participants, int],
    dark: bool,
    today: date,
) -> dict[str, Any]:
    """Store that a walk took place and who took part, by head-count; three statements. Returns the walk.

    Raises NotFound, NotTheLead, Conflict (recorded before), Invalid (a day to come, nobody there).
    """
    walk = await _led_walk(session, walk_id, principal=principal)
    domain.check_walked(walk, walked_on=walked_on, head_counts=head_counts, today=today)
    changed = await _change_walk(
        session, walk, status="walked", walked_on=walked_on, head_counts=dict(head_counts), dark=dark
    )
    await announce(
        session,
        WalkWalked(
            sequence=walk.version + 1,
            walk_id=walk.id,
            organisation_id=walk.organisation_id,
            area_code=walk.area_code,
            walked_on=walked_on,
        ),
    )
    return changed


async def close_walk(
    session: AsyncSession, walk_id: UUID, *, principal: Principal, leave_open: bool, reason: str | None
) -> dict[str, Any]:
    """End the work on a walk; four statements. Returns the walk.

    Raises NotFound, NotTheLead, Conflict (closed before, not walked and no reason, or findings wait), Invalid.
    """
    walk = await _led_walk(session, walk_id, principal=principal)
    unanswered = await queries.list_unanswered(session, walk.id)
    domain.check_closing(walk, unanswered=unanswered, leave_open=leave_open, reason=reason)
    changed = await _change_walk(session, walk, status="closed", closing_reason=reason)
    await announce(
        session,
        WalkClosed(
            sequence=walk.version + 1,
            walk_id=walk.id,
            organisation_id=walk.organisation_id,
            area_code=walk.area_code,
        ),
    )
    return changed


async def raise_finding(
    session: AsyncSession,
    walk_id: UUID,
    *,
    principal: Principal,
    finding_id: UUID,
    kind: FindingKind,
    note: str,
    point: Mapping[str, float] | None,
    owner_id: UUID,
    priority: int,
    due_on: date | None,
    today: date,
) -> tuple[FindingStatus, date]:
    """Record what the walk saw, tell its owner, and return how it stands and the day it is due; four statements.

    Raises NotFound, NotTheLead, Conflict (not walked yet, or closed), Invalid (due before the walk, a point far from
    it), UnknownOwner.
    """
    walk = await _led_walk(session, walk_id, principal=principal)
    due, status = domain.due_date(walk, asked=due_on, today=today), domain.first_status(kind)
    told = {
        "walk_id": walk.id,
        "organisation_id": walk.organisation_id,
        "area_code": walk.area_code,
        "kind": kind,
        "owner_id": owner_id,
        "priority": priority,
    }
    if point and (ground := await queries.find_ground(session, walk.area_code)):
        domain.check_point(point, box=box_of(ground))
    lon, lat = (point["lon"], point["lat"]) if point else (None, None)
    given = {"id": finding_id, "note": note, "lon": lon, "lat": lat, "due_on": due, "status": status, **told}
    at_hand = owner_id in (principal.organisation_id, walk.organisation_id)
    await _insert_finding(session, given, owner_id=owner_id, known=at_hand)
    # The note stays here: what travels is the place, the kind and who answers for it.
    await announce(session, FindingRaised(sequence=1, finding_id=finding_id, due_on=due, status=status, **told))
    return status, due


async def _insert_finding(session: AsyncSession, given: Mapping[str, Any], *, owner_id: UUID, known: bool) -> None:
    """The row, where its owner is known or takes part; one statement. Raises UnknownOwner."""
    values = (sa.literal(value, findings.c[name].type) for name, value in given.items())
    row = sa.select(*values).where(sa.or_(sa.literal(known), _takes_part(owner_id)))
    made = sa.insert(findings).from_select([*given], row, include_defaults=False).returning(findings.c.id)
    if (await session.execute(made)).first() is None:
        raise _nobody()


async def check_takes_part(session: AsyncSession, owner_id: UUID) -> None:
    """Raise UnknownOwner unless an organisation takes part; one statement."""
    if not await session.scalar(sa.select(_takes_part(owner_id))):
        raise _nobody()


def _takes_part(owner_id: UUID) -> sa.ColumnElement[bool]:
    return sa.exists().where(organisations.c.id == owner_id, organisations.c.active)


def _nobody() -> UnknownOwner:
    fault = unknown_organisation("/owner_id")
    return UnknownOwner("Nobody who takes part would answer for this finding.", errors=(fault,))


async def answer_finding(
    session: AsyncSession,
    finding_id: UUID,
    *,
    principal: Principal,
    status: Answer,
    due_on: date | None,
    reason: str | None,
    today: date,
) -> dict[str, Any]:
    """Store what the owner of a finding will do, has done or will not do; three statements. Returns the finding.

    Raises NotFound, NotTheOwner, Conflict (an answer that cannot follow), Invalid (no reason, no day).
    """
    finding = await queries.lock_finding(session, finding_id, principal=principal)
    if principal.role != "coordinator" and principal.organisation_id != finding.owner_id:
        raise NotTheOwner("Only the organisation that answers for this finding, or a coordinator, may answer it.")
    due = domain.answered(finding, status=status, due_on=due_on, reason=reason, today=today)
    row = await session.execute(
        sa.update(findings)
        .where(findings.c.id == finding.id)
        .values(status=status, due_on=due, reason=reason, answered_at=sa.func.now(), version=finding.version + 1)
        .returning(*queries.FINDING)
    )
    await announce(
        session,
        FindingAnswered(
            sequence=finding.version + 1,
            finding_id=finding.id,
            walk_id=finding.walk_id,
            organisation_id=finding.organisation_id,
            area_code=finding.area_code,
            owner_id=finding.owner_id,
            status=status,
            due_on=due,
        ),
    )
    return dict(row.one()._mapping)


async def _led_walk(session: AsyncSession, walk_id: UUID, *, principal: Principal) -> Walk:
    walk = await queries.lock_walk(session, walk_id, principal=principal)
    if not principal.has_all_of("walk", walk.organisation_id):
        raise NotTheLead("Only the organisation that planned this walk, a coordinator or the municipal police may.")
    return walk


async def _change_walk(session: AsyncSession, walk: Walk, **values: Any) -> dict[str, Any]:
    change = sa.update(walks).where(walks.c.id == walk.id).values(version=walk.version + 1, **values)
    return dict((await session.execute(change.returning(*queries.WALK))).one()._mapping)


async def store_organisations(session: AsyncSession, changed: Sequence[OrganisationChanged]) -> None:
    """Keep the copy of who takes part current; an older version changes nothing. One statement, none for none."""
    # PostgreSQL refuses to update a row twice in one statement, so of each only the newest goes in.
    newest = {each.organisation_id: each for each in sorted(changed, key=lambda each: each.sequence)}
    rows = [{"id": key, "active": newest[key].active, "sequence": newest[key].sequence} for key in sorted(newest)]
    if rows:
        store = insert(organisations).values(rows)
        await session.execute(
            store.on_conflict_do_update(
                index_elements=[organisations.c.id],
                set_={"active": store.excluded.active, "sequence": store.excluded.sequence},
                where=organisations.c.sequence < store.excluded.sequence,
            )
        )
