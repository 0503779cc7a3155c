"""Reports that an earlier file had no more, and this one has again: they count as they did before.

What somebody withdrew stays so: a partner's list goes on naming it, and only a person knows why it was taken back.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import NO_LONGER_THERE, THERE_AGAIN
from services.reports.files.staging import SAME
from shared.messages import Message
from shared.messages.reports import ReportFacts, ReportReturned, ReportReviewed
from shared.travel.outbox import announce_many

# Of a report that is withdrawn.
TAKEN_BY_A_FILE = f"""
    (SELECT reason FROM report_history WHERE report_id = reports.id AND change = 'withdrawn'
     ORDER BY version DESC LIMIT 1) = '{NO_LONGER_THERE}'
"""
_FACTS = [name for name in ReportFacts.model_fields if name not in ("sequence", "report_id")]
_RETURN = sa.text(f"""
    WITH back AS (
        UPDATE reports SET version = reports.version + 1, status = 'received', counts = true FROM staging
        WHERE {SAME} AND NOT staging.repeated AND staging.number = ANY(CAST(:numbers AS integer[]))
          AND reports.status = 'withdrawn' AND {TAKEN_BY_A_FILE}
        RETURNING reports.id AS report_id, reports.version AS sequence,
            {", ".join(f"reports.{name}" for name in _FACTS)}
    ), noted AS (
        INSERT INTO report_history (report_id, version, at, organisation_id, change, reason, import_id)
        SELECT report_id, sequence, :now, organisation_id, 'received', '{THERE_AGAIN}', :import_id FROM back
    )
    SELECT * FROM back ORDER BY report_id
""")


async def bring_back(session: AsyncSession, numbers: Collection[int], *, import_id: UUID, now: datetime) -> None:
    """Have the reports of these staged rows count again, and tell it; two statements, none for none."""
    if not numbers:
        return
    rows = (await session.execute(_RETURN, {"numbers": list(numbers), "now": now, "import_id": import_id})).all()
    told: list[Message] = []
    for row in rows:
        facts = dict(row._mapping)
        named = ("sequence", "report_id", "organisation_id", "category", "area_code")
        decided = {name: facts[name] for name in named}
        # As `review.commands` tells it: the decision first, then to those who may not know why.
        told += [ReportReviewed(**decided, outcome="received", counts=True), ReportReturned(**facts)]
    await announce_many(session, told)
