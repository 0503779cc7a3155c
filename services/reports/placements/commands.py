"""Places reports anew after the areas were drawn anew: a batch at a time, each with its place in one transaction.

So a stop at any moment moves no report twice and forgets none. Each report that moves gets a new version and is told,
so that read models follow.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.areas.queries import areas_version
from services.reports.intake.commands import told_corrected
from services.reports.placements.domain import Lying, Move, Running, State
from services.reports.tables import area_imports, placements
from shared.access import Principal
from shared.errors import Conflict
from shared.messages import Message
from shared.messages.reports import ReportAmended
from shared.travel.outbox import announce_many

_ONE_AT_A_TIME = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('placements', 0))")
# Whoever corrected a report meanwhile placed it by the new areas. What its sender said of the place is kept.
_MOVE = sa.text("""
    UPDATE reports SET area_code = moved.area_code, version = reports.version + 1,
        said_area = CASE WHEN lon IS NULL THEN nullif(coalesce(said_area, reports.area_code), moved.area_code) END
    FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[]), CAST(:areas AS text[]))
         AS moved (id, version, area_code)
    WHERE reports.id = moved.id AND reports.version = moved.version
    RETURNING reports.id AS report_id, reports.version AS sequence, organisation_id, category, subcategory,
              reports.area_code, cell, occurred_on, band, dark, severity, location_kind, status, counts
""")
_NOTE = sa.text("""
    INSERT INTO report_history (report_id, version, at, organisation_id, change)
    SELECT id, version, :now, :organisation, 'moved'
    FROM unnest(CAST(:ids AS uuid[]), CAST(:versions AS int[])) AS moved (id, version)
""")


async def request_placement(session: AsyncSession, placement_id: UUID, *, principal: Principal) -> None:
    """Have all reports placed by the areas as they are now. Raises Conflict while another one is under way."""
    await session.execute(_ONE_AT_A_TIME)
    under_way = await session.scalar(sa.select(placements.c.id).where(placements.c.state == "running").limit(1))
    if under_way is not None:
        raise Conflict(
            "Reports are being placed just now. Ask again when that is done.", code="already-placing", of=[under_way]
        )
    await session.execute(
        sa.insert(placements).values(
            id=placement_id,
            organisation_id=principal.organisation_id,
            client_id=principal.client_id,
            tree_version=await areas_version(session),
            state="running",
        )
    )


async def note_moving(session: AsyncSession, *, tree_version: int, reports: int) -> None:
    """Keep how many reports were to move once the areas were at a version."""
    of_it = sa.update(area_imports).where(area_imports.c.version == tree_version)
    await session.execute(of_it.values(reports_to_move=reports))


async def begin_again(session: AsyncSession, placement_id: UUID, *, tree_version: int) -> None:
    """From the first report once more: the areas were drawn anew meanwhile. What has moved stays counted."""
    again = {"tree_version": tree_version, "after": None, "looked_at": 0}
    await session.execute(sa.update(placements).where(placements.c.id == placement_id).values(**again))


async def move_reports(
    session: AsyncSession, placement: Running, seen: Sequence[Lying], wanted: Sequence[Move], *, now: datetime
) -> None:
    """Move some reports, tell it, and move the placement on past all that were seen; at most four statements.

    A withdrawn report moves without a word: nobody counts it any more, and it never comes back.
    """
    moved: Sequence[sa.RowMapping] = []
    if wanted:
        values = {
            "ids": [each.report.id for each in wanted],
            "versions": [each.report.version for each in wanted],
            "areas": [each.area_code for each in wanted],
        }
        moved = (await session.execute(_MOVE, values)).mappings().all()
    if moved:
        ids, versions = [row["report_id"] for row in moved], [row["sequence"] for row in moved]
        note = {"ids": ids, "versions": versions, "organisation": placement.organisation_id, "now": now}
        await session.execute(_NOTE, note)
        before = {each.report.id: each.report.area_code for each in wanted}
        told = [fact for row in moved if row["status"] != "withdrawn" for fact in _told(row, before[row["report_id"]])]
        await announce_many(session, told)
    await session.execute(
        sa.update(placements)
        .where(placements.c.id == placement.id)
        .values(
            after=seen[-1].id,
            looked_at=placements.c.looked_at + len(seen),
            moved=placements.c.moved + len(moved),
            unplaced=placements.c.unplaced + sum(row["area_code"] is None for row in moved),
        )
    )


async def end_placement(session: AsyncSession, placement_id: UUID, *, state: State, now: datetime) -> None:
    """It is done, or failed."""
    ended = {"state": state, "finished_at": now}
    await session.execute(sa.update(placements).where(placements.c.id == placement_id).values(**ended))


def _told(row: sa.RowMapping, before: str | None) -> Sequence[Message]:
    """One that does not count was not there for readers of an area before it moved, and is not afterwards."""
    if not row["counts"]:
        return [ReportAmended(**row, moved_from=before, redrawn=True)]
    return told_corrected(dict(row), before=before, redrawn=True)
