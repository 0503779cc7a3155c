"""Rows that are all new go straight into the table of reports: to copy them twice and look at each costs a fifth."""

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files.domain.imports import Waiting
from services.reports.files.domain.rows import Batch
from services.reports.intake.commands import COLUMNS
from shared.database.copying import copy_rows

# One by one, by uq_reports_organisation_id_external_reference: as one condition a table of which nothing is known yet
# was read from its beginning.
_ANY_KNOWN = sa.text("""
    SELECT EXISTS (
        SELECT FROM unnest(CAST(:sent AS text[])) AS sent (reference) CROSS JOIN LATERAL (
            SELECT FROM reports
            WHERE organisation_id = :organisation_id AND external_reference = sent.reference OFFSET 0
        ) AS known
    )
""")


async def add_unknown(session: AsyncSession, file: Waiting, batch: Batch) -> list[int] | None:
    """Store a batch of rows that have references of their sender's, none of which is known; two statements.

    Returns the rows' numbers by their reports' ids; None, and nothing is stored, where that is not so of all.
    """
    if any(batch.repeated) or any(batch.kin) or batch.earlier or file.snapshot or not batch.lines:
        return None
    sent = {"organisation_id": file.organisation_id, "sent": batch.columns["external_reference"]}
    if await session.scalar(_ANY_KNOWN, sent):
        return None
    of_file = {"mapping": file.mapping, "import_id": file.id}
    columns = {name: batch.columns[name] for name in COLUMNS}
    columns |= {name: [value] * len(batch.lines) for name, value in of_file.items()}
    try:
        async with session.begin_nested():
            await copy_rows(session, "reports", columns=list(columns), rows=zip(*columns.values(), strict=True))
    except asyncpg.UniqueViolationError:
        return None  # sent by another request in this very moment
    ids = batch.columns["id"]
    return sorted(range(len(ids)), key=ids.__getitem__)
