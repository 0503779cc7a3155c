"""The read model: what the consumer writes for each run of messages, one or two statements whatever its length."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as UUID_
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.domain import period_of
from services.gateway.tables import finding_facts, gathering_facts, report_facts
from shared.areas import store_areas
from shared.envelope import Incoming
from shared.messages.events import GatheringCancelled, GatheringRegistered
from shared.messages.gateway import OrganisationChanged
from shared.messages.reports import AreaChanged, ReportSubmitted, ReportWithdrawn
from shared.messages.walks import FindingAnswered, FindingRaised

# One transaction at a time appends, so positions have no gaps and become visible in order: a reader of the feed who
# has seen position n has seen all before it.
_TURN = sa.text("SELECT pg_advisory_xact_lock(hashtext('feed'))")
_APPEND = sa.text("""
    WITH told AS (
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:ats AS timestamptz[]),
            CAST(:organisations AS uuid[]), CAST(:areas AS text[]), CAST(:datas AS text[]))
            WITH ORDINALITY AS told (message_id, type, at, organisation_id, area_code, data, place)
        WHERE NOT EXISTS (SELECT FROM feed WHERE feed.message_id = told.message_id)
    )
    INSERT INTO feed (position, message_id, type, at, organisation_id, area_code, data)
    SELECT (SELECT coalesce(max(position), 0) FROM feed) + row_number() OVER (ORDER BY place),
           message_id, type, at, organisation_id, area_code, CAST(data AS jsonb)
    FROM told
""")
_COUNT = sa.text("""
    INSERT INTO area_counts (period, area_code, category, reports)
    SELECT * FROM unnest(CAST(:periods AS date[]), CAST(:areas AS text[]), CAST(:categories AS text[]),
                         CAST(:changes AS int[])) AS change (period, area_code, category, reports)
    ORDER BY period, area_code, category
    ON CONFLICT (period, area_code, category) DO UPDATE SET reports = area_counts.reports + excluded.reports
""")
_KNOWN = sa.select(report_facts).where(report_facts.c.report_id == sa.any_(sa.bindparam("ids", type_=ARRAY(UUID_))))


@dataclass(frozen=True, slots=True)
class Cycle:
    """How the municipality divides time: the first day of some cycle, and the length of all of them."""

    start: date
    days: int


async def append_to_feed(session: AsyncSession, batch: Sequence[Incoming]) -> None:
    """Put messages at the end of the feed, each once however often it comes; two statements."""
    await session.execute(_TURN)
    await session.execute(
        _APPEND,
        {
            "ids": [each.message_id for each in batch],
            "types": [each.type for each in batch],
            "ats": [each.at for each in batch],
            "organisations": [_party(each) for each in batch],
            "areas": [_data(each).get("area_code") for each in batch],
            "datas": [each.received.value.decode() for each in batch],
        },
    )


def _data(incoming: Incoming) -> dict[str, Any]:
    return incoming.message.model_dump() if incoming.message else {}


def _party(incoming: Incoming) -> UUID | None:
    """Whose it is. Reference data is everybody's."""
    if isinstance(incoming.message, OrganisationChanged | AreaChanged):
        return None
    data = _data(incoming)
    party: UUID | None = data.get("owner_id") or data.get("organisation_id")
    return party


async def count_reports(session: AsyncSession, batch: Sequence[Incoming], *, cycle: Cycle) -> None:
    """Keep one row a report, and with it the counts by period, area and category; three statements.

    A message older than what is known of its report changes nothing.
    """
    newest: dict[UUID, Any] = {}
    for message in (each.message for each in batch):
        if isinstance(message, ReportSubmitted | ReportWithdrawn):
            known = newest.get(message.report_id)
            if known is None or known.sequence < message.sequence:
                newest[message.report_id] = message
    found = await session.execute(_KNOWN, {"ids": list(newest)})
    before = {row.report_id: row for row in found}
    changes: dict[tuple[date, str, str], int] = defaultdict(int)
    rows = []
    for report_id, message in newest.items():
        old = before.get(report_id)
        if old is not None and old.sequence >= message.sequence:
            continue
        row = _fact(message, old, cycle=cycle)
        rows.append(row)
        if old is not None and old.counted:
            changes[old.period, old.area_code or "", old.category] -= 1
        if row["counted"]:
            changes[row["period"], row["area_code"] or "", row["category"]] += 1
    if rows:
        await _store(session, report_facts, rows, key="report_id")
    moved = {cell: change for cell, change in changes.items() if change}
    if moved:
        periods, areas, categories = zip(*moved, strict=True)
        await session.execute(
            _COUNT,
            {
                "periods": list(periods),
                "areas": list(areas),
                "categories": list(categories),
                "changes": list(moved.values()),
            },
        )


def _fact(message: ReportSubmitted | ReportWithdrawn, old: Any, *, cycle: Cycle) -> dict[str, Any]:
    if isinstance(message, ReportWithdrawn):
        return {
            "report_id": message.report_id,
            "organisation_id": message.organisation_id,
            "category": old.category if old else "",
            "area_code": old.area_code if old else None,
            "period": old.period if old else cycle.start,
            "counted": False,
            "sequence": message.sequence,
        }
    return {
        "report_id": message.report_id,
        "organisation_id": message.organisation_id,
        "category": message.category,
        "area_code": message.area_code,
        "period": period_of(message.occurred_on, start=cycle.start, days=cycle.days).first,
        "counted": True,
        "sequence": message.sequence,
    }


async def keep_areas(session: AsyncSession, batch: Sequence[Incoming]) -> None:
    """Keep the gateway's own copy of the areas."""
    await store_areas(session, [each.message for each in batch if isinstance(each.message, AreaChanged)])


async def note_findings(session: AsyncSession, batch: Sequence[Incoming]) -> None:
    """Keep one row a finding: where, whose, how it stands."""
    rows = {}
    for message in (each.message for each in batch):
        if isinstance(message, FindingRaised | FindingAnswered):
            rows[message.finding_id] = {
                "finding_id": message.finding_id,
                "area_code": message.area_code,
                "owner_id": message.owner_id,
                "status": getattr(message, "status", "open"),
                "due_on": message.due_on,
                "sequence": message.sequence,
            }
    await _store(session, finding_facts, list(rows.values()), key="finding_id")


async def note_gatherings(session: AsyncSession, batch: Sequence[Incoming]) -> None:
    """Keep one row a gathering: where, when, how large, whether it is called off."""
    rows: dict[UUID, dict[str, Any]] = {}
    for message in (each.message for each in batch):
        if isinstance(message, GatheringRegistered):
            rows[message.gathering_id] = {
                "gathering_id": message.gathering_id,
                "organisation_id": message.organisation_id,
                "area_code": message.area_code,
                "starts_at": message.starts_at,
                "ends_at": message.ends_at,
                "expected_attendance": message.expected_attendance,
                "cancelled": False,
                "sequence": message.sequence,
            }
        elif isinstance(message, GatheringCancelled):
            whole = dict.fromkeys(("area_code", "starts_at", "ends_at", "expected_attendance"))
            rows[message.gathering_id] = (
                whole
                | rows.get(message.gathering_id, {})
                | {
                    "gathering_id": message.gathering_id,
                    "organisation_id": message.organisation_id,
                    "cancelled": True,
                    "sequence": message.sequence,
                }
            )
    await _store(session, gathering_facts, list(rows.values()), key="gathering_id")


async def _store(session: AsyncSession, table: sa.Table, rows: list[dict[str, Any]], *, key: str) -> None:
    """Write facts; one that is older than what is stored changes nothing."""
    if not rows:
        return
    new = insert(table)
    kept = {column.name: new.excluded[column.name] for column in table.c if column.name != key}
    newer = table.c.sequence < new.excluded.sequence
    await session.execute(new.on_conflict_do_update(index_elements=[key], set_=kept, where=newer), rows)
