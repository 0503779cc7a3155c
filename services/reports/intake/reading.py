"""Who read what in full is written down: `report_reads` only ever grows."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.intake.queries import Filter, matching
from services.reports.tables import report_reads, reports
from shared.access import Principal, sight


async def log_read(
    session: AsyncSession, *, principal: Principal, operation: str, purpose: str, report_ids: list[UUID]
) -> None:
    """Write down who read which reports in full, and why; one statement, none for none."""
    if report_ids:
        await session.execute(
            sa.insert(report_reads).values(
                organisation_id=principal.organisation_id,
                client_id=principal.client_id,
                operation=operation,
                purpose=purpose,
                report_ids=report_ids,
            )
        )


async def log_export(session: AsyncSession, *, principal: Principal, purpose: str, wanted: Filter) -> None:
    """Write down who took out reports in full; one statement that finds them, and one more round trip to none."""
    full = sight.all_of(principal, organisation=reports.c.organisation_id)
    ids = sa.select(sa.func.array_agg(reports.c.id)).where(matching(wanted, principal=principal), full)
    taken = ids.scalar_subquery()
    await session.execute(
        sa.insert(report_reads).from_select(
            ["organisation_id", "client_id", "operation", "purpose", "report_ids"],
            sa.select(
                sa.literal(principal.organisation_id),
                sa.literal(principal.client_id),
                sa.literal("export"),
                sa.literal(purpose),
                sa.func.coalesce(taken, sa.text("'{}'::uuid[]")),
            ),
        )
    )
