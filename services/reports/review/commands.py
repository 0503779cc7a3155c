"""Corrects, withdraws and reviews reports. Each: lock the row, decide in `domain`, write, announce."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.intake.commands import COLUMNS, row, told, told_corrected
from services.reports.intake.domain import COUNTING, Report, row_hash
from services.reports.review import domain
from services.reports.review.domain import Outcome, Standing
from services.reports.review.queries import find_leader, lock_incident, lock_standing, who_joined
from services.reports.tables import report_history, reports
from shared.access import Principal, sight
from shared.errors import ITSELF, Conflict, Stale
from shared.messages import Message
from shared.messages.reports import (
    ReportFacts,
    ReportRemoved,
    ReportReturned,
    ReportReviewed,
    ReportWithdrawn,
)
from shared.travel.outbox import announce, announce_many


async def correct_report(
    session: AsyncSession, report: Report, *, versions: Collection[int] | None, principal: Principal, now: datetime
) -> int:
    """Put corrected facts in place of those of one of these versions (None: any), tell it, and return the new version.

    Only the organisation that sent it. The same facts again change nothing; but a report in question goes back to the
    queue. Raises NotFound, Stale, Conflict.
    """
    standing = await lock_standing(session, report.id, principal=principal, own=True)
    _check_version(standing, versions)
    if standing.status not in COUNTING:
        raise Conflict(
            f"A report that is {standing.status} is not corrected any more.",
            code=f"report-{standing.status}",
            of=ITSELF,
        )
    report = domain.keeping_place(report, standing)
    if standing.status != "question" and row_hash(report) == standing.row_hash:
        return standing.version
    facts: dict[str, Any] = dict(zip(COLUMNS, row(report), strict=True)) | {"said_area": report.place.said_area}
    # Of what is sent again it is compared with what was sent last, so that it does not undo this.
    facts["said_hash"] = sa.func.nullif(sa.func.coalesce(reports.c.said_hash, reports.c.row_hash), facts["row_hash"])
    for fixed in ("id", "organisation_id", "client_id", "external_reference"):
        del facts[fixed]
    status = "received" if standing.status == "question" else standing.status
    version = await _change(session, standing, facts | {"status": status})
    change = "answered" if standing.status == "question" else "corrected"
    await _note(session, standing, version, by=principal.organisation_id, change=change, reason=None, now=now)
    facts_told = told(report).model_dump() | {"sequence": version}
    await announce_many(session, told_corrected(facts_told, before=standing.area_code, category=standing.category))
    return version


async def withdraw_report(
    session: AsyncSession,
    report_id: UUID,
    *,
    reason: str,
    principal: Principal,
    now: datetime,
    import_id: UUID | None = None,
) -> int:
    """Take a report back; it stays for the record and counts no more. Raises NotFound, Conflict.

    Whether others are duplicates of it is not the sender's to know: the first of them stands for the incident then.
    """
    duplicates = await lock_incident(session, report_id, sender=principal)
    standing = await lock_standing(session, report_id, principal=principal, own=True)
    domain.check_withdrawal(standing)
    version = await _change(session, standing, {"status": "withdrawn", "counts": False, "incident_id": None})
    by = principal.organisation_id
    await _note(session, standing, version, by=by, change="withdrawn", reason=reason, import_id=import_id, now=now)
    facts = await _facts(session, report_id)
    await announce(
        session,
        ReportWithdrawn(
            sequence=version,
            report_id=report_id,
            organisation_id=standing.organisation_id,
            category=facts["category"],
            area_code=facts["area_code"],
        ),
    )
    await _tell_standing(session, facts, version, before=standing.status in COUNTING, after=False)
    await _hand_on(session, duplicates, now=now)
    return version


async def withdraw_many(
    session: AsyncSession,
    ids: Collection[UUID],
    *,
    reason: str,
    import_id: UUID,
    principal: Principal,
    now: datetime,
) -> int:
    """Take back those of an organisation's reports that are not yet, as `withdraw_report` does each. Returns how many.

    import_id: the file that has them no more. At once where no other is a duplicate of them: one by one, 45 a second
    went.
    """
    wanted = reports.c.id == sa.any_(sa.bindparam("ids", list(ids), type_=ARRAY(sa.Uuid)))
    own = sa.and_(wanted, sight.own(principal, organisation=reports.c.organisation_id))
    # In the order of their ids, as decisions lock them: who is a duplicate of whom is asked behind that.
    await session.execute(sa.select(reports.c.id).where(own).order_by(reports.c.id).with_for_update())
    duplicate = reports.alias("duplicate")
    led = sa.exists().where(duplicate.c.incident_id == reports.c.id)
    open_ = sa.and_(own, reports.c.status != "withdrawn")
    # Asked first: once those that are duplicates of them are withdrawn, they lead nobody.
    of_leaders = sa.select(reports.c.id).where(open_, led).order_by(reports.c.id)
    leading = (await session.execute(of_leaders)).scalars().all()
    before = sa.select(reports.c.id, reports.c.counts).where(open_, ~led).order_by(reports.c.id).cte("before")
    values = {"status": "withdrawn", "counts": False, "incident_id": None, "version": reports.c.version + 1}
    taken = sa.update(reports).where(reports.c.id == before.c.id).values(values)
    facts = [reports.c[name] for name in ReportFacts.model_fields if name in reports.c]
    columns = (reports.c.id, reports.c.version, before.c.counts, *facts)
    rows = [row._asdict() for row in await session.execute(taken.returning(*columns))]
    history = [
        {
            "report_id": row["id"], "version": row["version"], "at": now, "reason": reason, "change": "withdrawn",
            "organisation_id": principal.organisation_id, "import_id": import_id,
        }
        for row in rows
    ]  # fmt: skip
    if rows:
        await session.execute(insert(report_history), history)
    await announce_many(session, [each for row in rows for each in _withdrawn(row)])
    # Behind those: of what goes with them, none is to stand for an incident once more.
    for report_id in leading:
        await withdraw_report(session, report_id, reason=reason, principal=principal, now=now, import_id=import_id)
    return len(rows) + len(leading)


def _withdrawn(row: dict[str, Any]) -> Iterator[Message]:
    """What is told of a report that was taken back, of its row and whether it counted before."""
    same = {"sequence": row["version"], "report_id": row["id"]}
    facts = {name: row[name] for name in ReportFacts.model_fields if name in row}
    known = {name: facts[name] for name in ("organisation_id", "category", "area_code")}
    yield ReportWithdrawn(**same, **known)
    if row["counts"]:
        yield ReportRemoved(**same, **known)


async def review_report(
    session: AsyncSession,
    report_id: UUID,
    *,
    outcome: Outcome,
    reason: str | None,
    duplicate_of: UUID | None,
    versions: Collection[int] | None,
    principal: Principal,
    now: datetime,
) -> int:
    """Decide what becomes of a report at one of these versions (None: any), and tell its sender.

    Raises NotFound, Stale, Conflict, Invalid.

    All reports of the incident are locked, the lower id first, so that two decisions cannot wait for each other. Those
    that are duplicates of one that counts no more go on without it: with the report that it is a duplicate of itself,
    else the first of them stands.
    """
    beside = {duplicate_of} if duplicate_of else set()
    ends = outcome not in COUNTING
    duplicates = await lock_incident(session, report_id, beside=beside) if ends else []
    standing = await lock_standing(session, report_id, principal=principal)
    leader = await find_leader(session, duplicate_of, principal=principal) if duplicate_of else None
    _check_version(standing, versions)
    domain.check_review(standing, outcome, reason=reason, duplicate_of=leader)
    by = principal.organisation_id
    version = await _decide(session, standing, outcome, leader=leader, by=by, now=now, reason=reason)
    await _hand_on(session, duplicates, leader=leader, now=now)
    return version


async def _hand_on(
    session: AsyncSession, duplicates: Sequence[Standing], *, leader: Standing | None = None, now: datetime
) -> None:
    """Let an incident go on whose report counts no more: whatever ends one ends here, or the incident goes with it.

    duplicates: all that were marked as that report's, locked; the first of them stands where there is no other leader.
    """
    for each in duplicates:
        outcome: Outcome = "duplicate" if leader else "received"
        # As the coordinator releases one: what became of another's report is not its sender's to know.
        by = await who_joined(session, each.id)
        await _decide(session, each, outcome, leader=leader, by=by, now=now)
        leader = leader or each


def _check_version(standing: Standing, versions: Collection[int] | None) -> None:
    if versions is not None and standing.version not in versions:
        raise Stale("The report is at no version that If-Match names. Read it again, and send its ETag of now.")


async def _decide(
    session: AsyncSession,
    standing: Standing,
    outcome: Outcome,
    *,
    leader: Standing | None,
    by: UUID,
    now: datetime,
    reason: str | None = None,
) -> int:
    """Write down what becomes of a locked report, and tell it. Returns its new version."""
    counts = outcome in COUNTING
    values = {"status": outcome, "counts": counts, "incident_id": leader.id if leader else None}
    version = await _change(session, standing, values)
    await _note(session, standing, version, by=by, change=outcome, reason=reason, now=now)
    facts = await _facts(session, standing.id)
    await announce(
        session,
        ReportReviewed(
            sequence=version,
            report_id=standing.id,
            organisation_id=standing.organisation_id,
            category=facts["category"],
            area_code=facts["area_code"],
            outcome=outcome,
            incident_id=leader.id if leader else None,
            counts=counts,
        ),
    )
    await _tell_standing(session, facts, version, before=standing.status in COUNTING, after=counts)
    return version


async def _facts(session: AsyncSession, report_id: UUID) -> dict[str, Any]:
    """What travels of a report: where, when and of what kind."""
    wanted = (reports.c[name] for name in ReportFacts.model_fields if name in reports.c)
    row = (await session.execute(sa.select(*wanted).where(reports.c.id == report_id))).one()
    return {"report_id": report_id, **row._mapping}


async def _tell_standing(
    session: AsyncSession, facts: dict[str, Any], version: int, *, before: bool, after: bool
) -> None:
    """Tell those who may not know why that a report counts no more, or counts again.

    Told behind the decision, so that whoever is told this finds counts as they are now.
    """
    if before and not after:
        await announce(session, ReportRemoved(sequence=version, **facts))
    if after and not before:
        await announce(session, ReportReturned(sequence=version, **facts))


async def _change(session: AsyncSession, standing: Standing, values: dict[str, Any]) -> int:
    """Write a new version of a locked report and return its number."""
    changed = sa.update(reports).where(reports.c.id == standing.id)
    version = await session.scalar(changed.values(**values, version=reports.c.version + 1).returning(reports.c.version))
    return int(version or 0)


async def _note(
    session: AsyncSession,
    standing: Standing,
    version: int,
    *,
    by: UUID,
    change: str,
    reason: str | None,
    now: datetime,
    import_id: UUID | None = None,
) -> None:
    await session.execute(
        insert(report_history).values(
            report_id=standing.id,
            version=version,
            at=now,
            organisation_id=by,
            change=change,
            reason=reason,
            import_id=import_id,
        )
    )
