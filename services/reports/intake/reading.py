"""Who read what in full is written down: `report_reads` only ever grows.

Of a list or a single report the ids are kept. Of an export what was asked for, when, and how many reports that was: who
read a report is found by asking each filter whether it lets that report through (`review.queries.list_reads`). What
looks like personal data in the words of a filter is struck out of what is kept: nothing takes it out of there again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports import searching
from services.reports.intake.filters import Filter
from services.reports.intake.queries import REPORTS, matching
from services.reports.tables import report_reads
from shared.access import Principal, sight
from shared.privacy import NOT_IN_CODES, mask, screen
from shared.privacy.screening import Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What an export finds at its moment: no report that it holds was received later. count: those in full."""

    at: datetime
    count: int


def read_in_full(rows: Sequence[dict[str, Any]]) -> list[UUID]:
    """Which of these rows hold the detail of a report: reading that is written down."""
    return [row["id"] for row in rows if row["organisation_id"] is not None]


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


async def count_taken(session: AsyncSession, *, principal: Principal, wanted: Filter) -> Taken:
    """How many reports an export will give in full; one statement, in the transaction of the export."""
    full = sight.in_full(principal, REPORTS)
    many = sa.select(sa.func.count()).where(matching(wanted, principal=principal), full).scalar_subquery()
    # The clock and not now(): what came in since the transaction began may be in what it sees.
    row = (await session.execute(sa.select(many.label("taken"), sa.func.clock_timestamp().label("at")))).one()
    return Taken(at=row.at, count=row.taken)


async def log_export(
    session: AsyncSession, *, principal: Principal, purpose: str, wanted: Filter, taken: Taken
) -> None:
    """Write down who took out reports in full, as what was asked for; one row, one statement, none for none."""
    if taken.count:
        asked = {name: value for name, value in asdict(wanted).items() if value is not None} | _struck(wanted)
        await session.execute(
            sa.insert(report_reads).values(
                at=taken.at,
                organisation_id=principal.organisation_id,
                client_id=principal.client_id,
                operation="export",
                purpose=purpose,
                report_ids=[],
                asked=orjson.loads(orjson.dumps(asked)),
                of_everybody=principal.sees_everything,
                report_count=taken.count,
            )
        )


def _struck(wanted: Filter) -> dict[str, object]:
    """What stands in the place of texts that look like a person's, and which they are."""
    texts = {name: value for name, value in asdict(wanted).items() if isinstance(value, str)}
    for each in searching.apart(wanted.words or ""):
        if screen(each):
            texts["words"] = each
    found = {name: [hit for hit in screen(value) if _counts(hit, name)] for name, value in texts.items()}
    struck: dict[str, object] = {name: mask(texts[name], hits) for name, hits in found.items() if hits}
    return struck | ({"struck": sorted(struck)} if struck else {})


def _counts(hit: Hit, name: str) -> bool:
    return name == "words" or hit.kind not in NOT_IN_CODES
