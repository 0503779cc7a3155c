"""Reports that a file with all of its sender's has no more: found at its end, told, and withdrawn when that is asked.

By batches, each in one transaction with the usual messages, between which it is others' turn; a stop loses nothing.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import NO_LONGER_THERE, WITHDRAWN_AT_ONCE, Waiting, check_snapshot
from services.reports.files.recognising import mapping_of
from services.reports.files.weighing import TAKEN
from services.reports.review.commands import withdraw_many
from services.reports.tables import import_missing, imports
from shared.access import Principal
from shared.errors import ITSELF, Conflict, NotFound

# A duplicate goes too: else it would stand for the incident once the report that does is withdrawn.
_STANDS = "(reports.counts OR reports.status = 'duplicate')"
_SAID = "SELECT FROM import_seen WHERE import_id = imports.id AND report_id = reports.id"
_GONE = sa.text(f"""
    INSERT INTO import_missing (import_id, report_id)
    SELECT imports.id, reports.id FROM imports JOIN reports ON reports.organisation_id = imports.organisation_id
    WHERE imports.id = :import_id AND reports.mapping = :mapping AND {_STANDS}
      AND (imports.snapshot_of = 'all' OR reports.occurred_on BETWEEN imports.first_day AND imports.last_day)
      AND NOT EXISTS ({_SAID})
    ON CONFLICT DO NOTHING
""")
# Of what the reading leaves as it was, that its trial counts the same: so not by the days of reports, which rows
# correct, nor by their mapping, and without those that are new. One that a file took comes back. Of another mapping's,
# rows fail: of many of those nothing is withdrawn anyway.
_KNOWN = sa.text(f"""
    SELECT count(*) FROM import_seen JOIN imports ON imports.id = import_id JOIN reports ON reports.id = report_id
    WHERE imports.id = :import_id AND ({_STANDS} OR {TAKEN})
      AND reports.import_id IS DISTINCT FROM imports.id
""")


async def find_missing(session: AsyncSession, file: Waiting) -> bool:
    """At the end of a file, write down which reports it has no more. Returns whether they are to be withdrawn.

    Not in a trial, and not where too many rows failed or more than half of the reports would go; four statements.
    """
    await session.execute(_GONE, {"import_id": file.id, "mapping": mapping_of(file)})
    known = await session.scalar(_KNOWN, {"import_id": file.id}) or 0
    own = imports.c.id == file.id
    row = (
        await session.execute(sa.select(imports.c.rows_read, imports.c.rows_failed, _count(file.id)).where(own))
    ).one()
    withheld = None
    if file.snapshot == "withdraw" and row.missing:
        withheld = check_snapshot(row.missing, known=known, read=row.rows_read, failed=row.rows_failed)
    goes_on = file.snapshot == "withdraw" and bool(row.missing) and withheld is None and not file.dry_run
    told = {"missing": row.missing, "withheld": withheld, "withdrawing": goes_on}
    await session.execute(sa.update(imports).where(own).values(told))
    return goes_on


def _count(import_id: UUID) -> sa.ColumnElement[int]:
    counted = sa.select(sa.func.count()).where(import_missing.c.import_id == import_id)
    return counted.scalar_subquery().label("missing")


async def withdraw_some(session: AsyncSession, file: Waiting, *, now: datetime) -> bool:
    """Withdraw the next reports that a file has no more, and tell it. Returns whether none are left.

    What was withdrawn by somebody else meanwhile stays as it is.
    """
    left = sa.and_(import_missing.c.import_id == file.id, ~import_missing.c.withdrawn)
    query = sa.select(import_missing.c.report_id).where(left).order_by(import_missing.c.report_id)
    ids = (await session.execute(query.limit(WITHDRAWN_AT_ONCE))).scalars().all()
    sender = Principal(
        client_id=file.client_id, organisation_id=file.organisation_id, kind="municipality", role="member",
        scopes=frozenset(),
    )  # fmt: skip
    withdrawn = await withdraw_many(session, ids, reason=NO_LONGER_THERE, import_id=file.id, principal=sender, now=now)
    done = import_missing.c.import_id == file.id, import_missing.c.report_id.in_(ids)
    await session.execute(sa.update(import_missing).where(*done).values(withdrawn=True))
    more = imports.c.rows_withdrawn + withdrawn
    await session.execute(sa.update(imports).where(imports.c.id == file.id).values(rows_withdrawn=more))
    return len(ids) < WITHDRAWN_AT_ONCE


async def withdraw_missing(session: AsyncSession, import_id: UUID, *, principal: Principal) -> None:
    """Go on with a file that told what it has no more, and withdraw that. Raises NotFound, Conflict."""
    own = sa.and_(imports.c.id == import_id, imports.c.organisation_id == principal.organisation_id)
    columns = ("mapping", "dry_run", "state", "snapshot", "missing", "rows_withdrawn", "received_at")
    query = sa.select(*(imports.c[name] for name in columns)).where(own).with_for_update()
    file = (await session.execute(query)).one_or_none()
    if file is None:
        raise NotFound("No such import.")
    if file.state != "done" or file.dry_run or not file.snapshot:
        raise Conflict(
            "Only a file that is at its end, and was sent with snapshot, says what it has no more.",
            code="not-a-snapshot",
            of=ITSELF,
        )
    if not file.missing or file.rows_withdrawn:
        raise Conflict(
            "There is nothing that this file has no more, or it was withdrawn before.",
            code="nothing-missing",
            of=ITSELF,
        )
    if later := await session.scalar(_later(file, principal)):
        detail = "A later file of this mapping came in. Send the whole again with snapshot, and confirm that."
        raise Conflict(detail, code="later-file", of=[later])
    going = {"state": "running", "withdrawing": True, "withheld": None, "finished_at": None}
    await session.execute(sa.update(imports).where(own).values(going))


def _later(file: Any, principal: Principal) -> sa.Select[Any]:
    later = sa.select(imports.c.id).where(
        imports.c.organisation_id == principal.organisation_id,
        imports.c.mapping == file.mapping,
        ~imports.c.dry_run,
        imports.c.received_at > file.received_at,
    )
    return later.limit(1)
