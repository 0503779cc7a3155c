"""How reports stand: for decisions, for their history, for the review queue, and who read them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.intake.domain import WAITING
from services.reports.intake.filters import Filter
from services.reports.intake.queries import REPORTS, matching, visible
from services.reports.review.domain import NEAR_M, NEAR_S, Spot, Standing
from services.reports.tables import report_history, report_reads, reports
from shared.access import Principal, sight
from shared.errors import FieldError, Forbidden, Invalid, NotFound, Refusal

_EXPORTS, MOST_TOLD = 1000, 100
_AS_ASKED = TypeAdapter(Filter)
_CLOSE = sa.text("""
    SELECT other.id, other.organisation_id, other.e, other.n, other.occurred_from, other.occurred_to, other.subcategory,
           other.area_code, other.occurred_on, other.band, other.severity, other.status, other.text
    FROM reports AS this JOIN reports AS other
      ON other.occurred_on BETWEEN this.occurred_on - 1 AND this.occurred_on + 1
     AND other.category = this.category AND other.id <> this.id AND other.counts
    WHERE this.id = :id AND (
        (other.e IS NOT NULL AND this.e IS NOT NULL
         AND other.e BETWEEN this.e - :near AND this.e + :near AND other.n BETWEEN this.n - :near AND this.n + :near)
        OR ((other.e IS NULL OR this.e IS NULL) AND other.area_code = this.area_code))
      AND other.occurred_from <= coalesce(this.occurred_to, this.occurred_from) + make_interval(secs => :soon)
      AND coalesce(other.occurred_to, other.occurred_from) >= this.occurred_from - make_interval(secs => :soon)
    LIMIT 50
""")


async def lock_standing(session: AsyncSession, report_id: UUID, *, principal: Principal, own: bool = False) -> Standing:
    """A report for a decision, held until commit. With `own` only the sender's. Raises NotFound."""
    mine = sight.own(principal, organisation=reports.c.organisation_id) if own else visible(principal)
    query = sa.select(
        reports.c.id,
        reports.c.organisation_id,
        reports.c.status,
        reports.c.version,
        reports.c.incident_id,
        reports.c.category,
        reports.c.area_code,
        reports.c.said_area,
        reports.c.row_hash,
    ).where(reports.c.id == report_id, mine)
    row = (await session.execute(query.with_for_update(of=reports))).one_or_none()
    if row is None:
        raise await _not_here(session, report_id, principal=principal)
    return Standing(**row._asdict())


async def _not_here(session: AsyncSession, report_id: UUID, *, principal: Principal) -> Refusal:
    """What is said of a report that is not the caller's: of one that it may see besides, whose it is."""
    seen = sa.select(sa.exists().where(reports.c.id == report_id, visible(principal)))
    if await session.scalar(seen):
        return Forbidden("This report is another organisation's. Only who sent it may do so.")
    return NotFound("No such report.")


async def find_leader(session: AsyncSession, report_id: UUID, *, principal: Principal) -> Standing:
    """The report that another is to be a duplicate of, held until commit. Raises Invalid where there is none."""
    try:
        return await lock_standing(session, report_id, principal=principal)
    except NotFound:
        fault = FieldError("/duplicate_of", "unknown_report", "There is no such report.")
        raise Invalid("There is no report that this could be a duplicate of.", errors=(fault,)) from None


async def lock_incident(
    session: AsyncSession,
    leader_id: UUID,
    *,
    sender: Principal | None = None,
    beside: Collection[UUID] = (),
) -> list[Standing]:
    """The reports that are duplicates of one, the first to come in first; all held until commit, and those beside it.

    In the order of their ids, as decisions lock them, and the one among them; once more for what was marked meanwhile.
    None, and nothing held, of one that a sender did not send. Without a sender: for who sees everything.
    """
    leader = reports.alias("leader")
    sent = sa.true() if sender is None else sight.own(sender, organisation=leader.c.organisation_id)
    mine = sa.exists().where(leader.c.id == leader_id, sent)
    duplicates = sa.and_(reports.c.incident_id == leader_id, mine)
    all_of_it = sa.or_(duplicates, sa.and_(reports.c.id.in_([leader_id, *beside]), mine))
    await session.execute(sa.select(reports.c.id).where(all_of_it).order_by(reports.c.id).with_for_update())
    columns = ("id", "organisation_id", "status", "version", "incident_id", "category", "area_code")
    query = sa.select(*(reports.c[name] for name in columns)).where(duplicates)
    query = query.order_by(reports.c.received_at, reports.c.id).with_for_update()
    return [Standing(**row._asdict()) for row in await session.execute(query)]


async def who_joined(session: AsyncSession, report_id: UUID) -> UUID:
    """The organisation that marked a report as a duplicate the last time."""
    marked = sa.and_(report_history.c.report_id == report_id, report_history.c.change == "duplicate")
    query = sa.select(report_history.c.organisation_id).where(marked).order_by(report_history.c.version.desc())
    found: UUID = (await session.execute(query.limit(1))).scalar_one()
    return found


async def list_history(session: AsyncSession, report_id: UUID, *, principal: Principal) -> Sequence[dict[str, Any]]:
    """What became of a report, oldest first: for its sender and those who see everything. Raises NotFound.

    Its coming in, and the last `MOST_TOLD` changes: a report can be corrected for ever.
    """
    full = sight.in_full(principal, REPORTS)
    first = (
        await session.execute(
            sa.select(reports.c.received_at, reports.c.organisation_id).where(reports.c.id == report_id, full)
        )
    ).one_or_none()
    if first is None:
        raise await _not_here(session, report_id, principal=principal)
    changes = sa.select(report_history).where(report_history.c.report_id == report_id)
    rows = (await session.execute(changes.order_by(report_history.c.version.desc()).limit(MOST_TOLD))).all()
    sent = {
        "version": 1,
        "at": first.received_at,
        "organisation_id": first.organisation_id,
        "change": "received",
        "reason": None,
    }
    return [sent, *(row._asdict() for row in reversed(rows))]


async def count_waiting(session: AsyncSession) -> tuple[int, int]:
    """How many reports wait for the coordinator, and how many for their senders' answers; by ix_reports_waiting."""
    many = sa.func.count()
    new, asked = (many.filter(reports.c.status == status) for status in ("received", "question"))
    row = (await session.execute(sa.select(new, asked).where(reports.c.status.in_(WAITING)))).one()
    return int(row[0]), int(row[1])


def _answered() -> sa.Select[Any]:
    """The reports whose sender answered a question that nobody decided on since, by ix_report_history_answered."""
    answer, later = report_history.alias("answer"), report_history.alias("later")
    since = sa.and_(later.c.report_id == answer.c.report_id, later.c.version > answer.c.version)
    decided = sa.exists().where(since, later.c.change.not_in(("answered", "corrected", "moved")))
    return sa.select(answer.c.report_id).where(answer.c.change == "answered", ~decided)


async def list_waiting(
    session: AsyncSession, *, first_from: date | None, after: Sequence[Any] | None, limit: int
) -> Sequence[Any]:
    """Reports that wait for review, oldest first by (received_at, id) within each of four kinds.

    Those that were answered, those of a day and later, all others, and last those that wait for an answer. For who sees
    everything. `later` of a row: which kind, from 0 on; with it a page goes on, `after`. Each kind by itself, in the
    order of an index of those that wait alone.
    """
    arrived = (reports.c.received_at, reports.c.id)
    before = sa.true() if first_from is None else reports.c.occurred_on >= first_from
    new = reports.c.status == "received"
    answered = reports.c.id.in_(_answered())
    unseen = sa.and_(new, ~answered)
    kinds = (
        sa.and_(new, answered), sa.and_(unseen, before), sa.and_(unseen, sa.not_(before)),
        reports.c.status == "question",
    )  # fmt: skip
    parts = []
    for later, which in enumerate(kinds):
        query = sa.select(reports, sa.literal(later).label("later")).where(reports.c.status.in_(WAITING), which)
        if after is not None and after[0] >= later:
            query = query.where(sa.tuple_(*arrived) > sa.tuple_(*after[1:]) if after[0] == later else sa.false())
        parts.append(sa.select(*query.order_by(*arrived).limit(limit).subquery().c))
    rows = sa.union_all(*parts).subquery()
    found = sa.select(rows).order_by(rows.c.later, rows.c.received_at, rows.c.id).limit(limit)
    return (await session.execute(found)).all()


async def get_spot(session: AsyncSession, report_id: UUID) -> Spot:
    """Where and when a report lies, for comparing it with others; for who sees everything."""
    query = sa.select(*(reports.c[name] for name in Spot._fields)).where(reports.c.id == report_id)
    return Spot._make((await session.execute(query)).one())


async def list_close(session: AsyncSession, report_id: UUID) -> Sequence[Any]:
    """Reports of the same category near in place and time, at most 50. For who sees everything."""
    found = await session.execute(_CLOSE, {"id": report_id, "near": int(NEAR_M), "soon": NEAR_S})
    return found.all()


async def list_reads(session: AsyncSession, report_id: UUID, *, limit: int) -> Sequence[Mapping[str, Any]]:
    """Who read a report in full, newest first; three statements, by an index for each kind of row.

    `possible` are exports of before the report last changed: their filter may have let it through as it was then. And
    those whose filter is not all kept, because it held what looks like personal data: all else in it fits.
    """
    names = ("id", "at", "organisation_id", "client_id", "operation", "purpose")
    size = sa.func.cardinality(report_reads.c.report_ids)
    # The limit stands as text, or the planner does not see that the indexes fit.
    halves = [
        sa.select(*(report_reads.c[name] for name in names)).where(
            report_reads.c.report_ids.contains([report_id]), size.op(sign)(sa.literal_column("1000"))
        )
        for sign in ("<=", ">")
    ]
    both = sa.union_all(*halves).subquery()
    rows = await session.execute(sa.select(both).order_by(both.c.id.desc()).limit(limit))
    found = [{**row._mapping, "possible": False} for row in rows] + await _list_exports(session, report_id)
    return sorted(found, key=lambda each: int(each["id"]), reverse=True)[:limit]


async def _list_exports(session: AsyncSession, report_id: UUID) -> list[dict[str, Any]]:
    """The exports that a report was in, by what they asked for; the newest thousand that could hold it."""
    names = ("id", "at", "organisation_id", "client_id", "operation", "purpose", "asked")
    changed_at = sa.select(sa.func.max(report_history.c.at)).where(report_history.c.report_id == report_id)
    possible = sa.func.coalesce(report_reads.c.at < changed_at.scalar_subquery(), False)
    in_full = sa.or_(report_reads.c.of_everybody, report_reads.c.organisation_id == reports.c.organisation_id)
    could_hold = sa.and_(reports.c.id == report_id, report_reads.c.at >= reports.c.received_at, in_full)
    query = sa.select(*(report_reads.c[name] for name in names), possible.label("possible")).where(
        report_reads.c.asked.is_not(None), could_hold
    )
    rows = (await session.execute(query.order_by(report_reads.c.id.desc()).limit(_EXPORTS))).all()
    asked = {_key(row): row for row in rows}
    if not asked:
        return []
    terms = [sa.func.coalesce(_let_through(row), False) for row in asked.values()]
    fits = (await session.execute(sa.select(*terms).where(reports.c.id == report_id))).one()
    fitting = dict(zip(asked, fits, strict=True))
    return [
        {**row._mapping, "possible": row.possible or "struck" in row.asked}
        for row in rows
        if row.possible or fitting[_key(row)]
    ]


def _key(row: Any) -> tuple[UUID, bytes]:
    return row.organisation_id, orjson.dumps(row.asked)


def _let_through(row: Any) -> sa.ColumnElement[bool]:
    """What the filter of an export lets through of all reports: what its reader may see is asked for beside it."""
    everything = Principal(
        client_id="reads", organisation_id=row.organisation_id, kind="municipality", role="coordinator",
        scopes=frozenset(),
    )  # fmt: skip
    kept = row.asked.keys() - {"struck", *row.asked.get("struck", ())}
    wanted = _AS_ASKED.validate_python({name: row.asked[name] for name in kept})
    return matching(wanted, principal=everything)
