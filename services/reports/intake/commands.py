"""Stores reports and tells them."""

import time
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.intake.domain import Report, row_hash
from services.reports.tables import organisations, reports
from shared.access import Principal
from shared.database import Database
from shared.errors import Conflict
from shared.http import idempotency
from shared.http.idempotency import Kept, claim_row, kept_answer
from shared.messages import Message
from shared.messages.gateway import OrganisationChanged
from shared.messages.reports import ReportCorrected, ReportRemoved, ReportReturned, ReportSubmitted
from shared.privacy.free_text import Kinds
from shared.travel.envelope import Sealed, seal
from shared.travel.outbox import announce_many
from shared.turns import Way

COLUMNS = (
    "id", "organisation_id", "client_id", "external_reference", "category", "subcategory", "occurred_from",
    "occurred_to", "occurred_on", "band", "lon", "lat", "e", "n", "cell", "area_code", "dark", "severity",
    "location_kind", "text", "certainty", "row_hash",
)  # fmt: skip
# By columns: a statement with a parameter for each value of each row took half of a batch's time to write.
_INSERT_NEW = text(f"""
    INSERT INTO reports ({", ".join(COLUMNS)}) SELECT * FROM unnest({", ".join(f":{name}" for name in COLUMNS)})
    ON CONFLICT DO NOTHING RETURNING id
""").bindparams(*(bindparam(name, type_=ARRAY(reports.c[name].type)) for name in COLUMNS))


def _numbered(columns: Sequence[str], *, after: int) -> str:
    return ", ".join(f"${after + number}" for number in range(1, len(columns) + 1))


_SO_FAR = len(COLUMNS) + len(idempotency.COLUMNS)
_AND_TOLD = _SO_FAR + len(Sealed._fields)
# Each part happens only where the key is new. No lock of the aggregate: nobody knows a report that is being made here.
_TAKE = f"""
    WITH claimed AS (
        INSERT INTO idempotency ({", ".join(idempotency.COLUMNS)})
        VALUES ({_numbered(idempotency.COLUMNS, after=len(COLUMNS))})
        ON CONFLICT DO NOTHING RETURNING organisation_id, client_id
    ), stored AS (
        INSERT INTO reports ({", ".join(COLUMNS)}) SELECT {_numbered(COLUMNS, after=0)} FROM claimed RETURNING id
    ), confirmed AS (
        INSERT INTO confirmations (organisation_id, client_id, subject, field, kind)
        SELECT claimed.*, $1::uuid::text, said.* FROM claimed,
               unnest(${_AND_TOLD + 1}::text[], ${_AND_TOLD + 2}::text[]) AS said (field, kind)
    )
    INSERT INTO outbox ({", ".join(Sealed._fields)}) SELECT {_numbered(Sealed._fields, after=_SO_FAR)} FROM stored
    RETURNING id
"""


_BY_REFERENCE = """
    SELECT id, row_hash, said_hash, status = 'withdrawn' AS withdrawn FROM reports
    WHERE organisation_id = $1 AND external_reference = $2
"""


class There(NamedTuple):
    """A report that was sent under a reference before: whether it was sent so, or says so now, and was taken back."""

    id: UUID
    same: bool
    withdrawn: bool

    def refusal(self) -> Conflict:
        """What is said of another report under its reference, or of itself once more."""
        if self.withdrawn:
            told = "Your report of this external_reference was withdrawn. Send it under another one."
            return Conflict(told, code="reference-withdrawn", of=[self.id])
        if self.same:
            told = "Your organisation sent this report before, under this external_reference. It is there."
            return Conflict(told, code="reference-known", of=[self.id])
        told = "Your organisation sent another report under this external_reference. Correct that one."
        return Conflict(told, code="reference-taken", of=[self.id])


def _there(found: Any, report: Report) -> There:
    same = row_hash(report) in (found["row_hash"], found["said_hash"])
    return There(found["id"], same=same, withdrawn=found["withdrawn"])


async def take_report(
    database: Database, report: Report, *, principal: Principal, key: str, mark: bytes, answer: Kept, confirmed: Kinds
) -> Kept | None:
    """Store a report with its request key and what was confirmed of it, and tell it; one statement, which commits.

    Returns the answer that was given under this key before; then nothing is stored. Raises Conflict where the
    organisation has sent this external reference before, and what `idempotency.claim` and `Database.direct` raise.
    """
    fields, kinds = zip(*confirmed, strict=True) if confirmed else ((), ())
    values = (
        *row(report),
        *claim_row(principal, key, mark=mark, answer=answer),
        *seal(told(report), source=database.name),
        list(fields),
        list(kinds),
    )
    async with database.direct() as connection:
        try:
            if await connection.fetchval(_TAKE, *values) is None:
                return await kept_answer(connection, principal, key, mark=mark)
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name == "uq_reports_organisation_id_external_reference":
                before = await connection.fetchrow(_BY_REFERENCE, report.organisation_id, report.external_reference)
                raise _there(before, report).refusal() from None
            raise
    database.announced.set()
    return None


# A statement of a thousand rows takes half a second to write, in which nobody else is answered.
_AT_ONCE = 100


async def take_batch(session: AsyncSession, batch: Mapping[int, Report], *, way: Way) -> dict[int, There | None]:
    """Store reports by their place in a batch, and tell the new ones; at most three statements for each hundred.

    Returns for each the report that was there already; None: this one is new.
    """
    stored: dict[int, There | None] = {}
    places = iter(batch.items())
    while some := dict(islice(places, _AT_ONCE)):
        began = time.monotonic()
        stored |= await _take_some(session, some)
        await way(worked_s=time.monotonic() - began)
    return stored


async def _take_some(session: AsyncSession, batch: Mapping[int, Report]) -> dict[int, There | None]:
    columns = dict(zip(COLUMNS, map(list, zip(*map(row, batch.values()), strict=True)), strict=True))
    added = set((await session.execute(_INSERT_NEW, columns)).scalars())
    # By their ids, which chance gave: in the order of the batch the feed would tell which were written down in a row.
    new = sorted((report for report in batch.values() if report.id in added), key=lambda report: report.id)
    await announce_many(session, [told(report) for report in new])
    known = await _known(session, [report for report in batch.values() if report.id not in added])
    there = {
        report.id: _there(found, report)
        for report in batch.values()
        if report.id not in added and (found := known[report.external_reference])
    }
    return {index: there.get(report.id) for index, report in batch.items()}


_OF_KNOWN = ("external_reference", "id", "row_hash", "said_hash")


async def _known(session: AsyncSession, sent: Sequence[Report]) -> dict[str | None, Any]:
    if not sent:
        return {}
    withdrawn = (reports.c.status == "withdrawn").label("withdrawn")
    query = select(*(reports.c[name] for name in _OF_KNOWN), withdrawn).where(
        reports.c.organisation_id == sent[0].organisation_id,
        reports.c.external_reference.in_([report.external_reference for report in sent]),
    )
    return {found["external_reference"]: found for found in (await session.execute(query)).mappings()}


def row(report: Report) -> tuple[object, ...]:
    """A report as a row of its table, in the order of COLUMNS."""
    moment, point = report.when, report.place.point
    lon, lat, e, n, cell = (point.lon, point.lat, point.e, point.n, point.cell) if point else (None,) * 5
    return (
        report.id, report.organisation_id, report.client_id, report.external_reference, report.category,
        report.subcategory, moment.occurred_from, moment.occurred_to, moment.occurred_on, moment.band, lon, lat, e, n,
        cell, report.place.area_code, report.dark, report.severity, report.location_kind, report.text,
        report.certainty, row_hash(report),
    )  # fmt: skip


def told(report: Report) -> ReportSubmitted:
    """What travels of a report: where, when and of what kind, coarsely. Its text stays here."""
    return ReportSubmitted(
        sequence=1,
        report_id=report.id,
        organisation_id=report.organisation_id,
        category=report.category,
        subcategory=report.subcategory,
        area_code=report.place.area_code,
        cell=report.place.point.cell if report.place.point else None,
        occurred_on=report.when.occurred_on,
        band=report.when.band,
        dark=report.dark,
        severity=report.severity,
        location_kind=report.location_kind,
    )


def told_corrected(
    facts: Mapping[str, Any], *, before: str | None, category: str | None = None, redrawn: bool = False
) -> list[Message]:
    """What is told of a report whose facts changed. before, category: the area it lay in, the one it had (None: this).

    redrawn: that area was drawn anew, no more.

    To readers of one area alone it is gone from where it lay, or new where it lies. That is told behind the correction,
    so that whoever is told finds lists and counts as they are now.
    """
    after = facts["area_code"]
    moved_from = None if before == after else before or ""
    was = category or facts["category"]
    category_from = None if was == facts["category"] else was
    told: list[Message] = [
        ReportCorrected(**facts, moved_from=moved_from, category_from=category_from, redrawn=redrawn)
    ]
    if before not in (None, after):
        told.append(ReportRemoved(**{**facts, "area_code": before, "category": was}, moved_to=after))
    if after not in (None, before):
        told.append(ReportReturned(**facts, moved_from=before))
    return told


async def store_names(session: AsyncSession, changed: Sequence[OrganisationChanged]) -> None:
    """Keep what organisations are called; an older version changes nothing. One statement, none for none."""
    # PostgreSQL refuses to update a row twice in one statement, so of each only the newest goes in.
    newest = {each.organisation_id: each for each in sorted(changed, key=lambda each: each.sequence)}
    rows = [{"id": key, "name": newest[key].name, "sequence": newest[key].sequence} for key in sorted(newest)]
    if rows:
        new = insert(organisations).values(rows)
        kept = {"name": new.excluded.name, "sequence": new.excluded.sequence}
        newer = organisations.c.sequence < new.excluded.sequence
        await session.execute(new.on_conflict_do_update(index_elements=["id"], set_=kept, where=newer))
