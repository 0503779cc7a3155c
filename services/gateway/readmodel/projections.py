"""The read model: what the consumer writes for each run of messages, one or two statements whatever its length."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql import UUID as UUID_
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.tables import finding_facts, gathering_facts, report_facts
from shared.cycles import cycle_of
from shared.geo.areas import store_areas
from shared.messages.events import GatheringCancelled, GatheringRegistered
from shared.messages.gateway import OrganisationChanged
from shared.messages.reports import AreaChanged, ReportReviewed, ReportSubmitted, ReportWithdrawn
from shared.messages.walks import FindingAnswered, FindingRaised
from shared.travel.envelope import Incoming

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
    INSERT INTO area_counts (period, area_code, category, organisation_id, reports)
    SELECT * FROM unnest(CAST(:periods AS date[]), CAST(:areas AS text[]), CAST(:categories AS text[]),
                         CAST(:organisations AS uuid[]), CAST(:changes AS int[]))
           AS change (period, area_code, category, organisation_id, reports)
    ORDER BY period, area_code, category, organisation_id
    ON CONFLICT (period, area_code, category, organisation_id)
    DO UPDATE SET reports = area_counts.reports + excluded.reports
""")
_KNOWN = sa.select(report_facts).where(report_facts.c.report_id == sa.any_(sa.bindparam("ids", type_=ARRAY(UUID_))))


ReportMessage = ReportSubmitted | ReportReviewed | ReportWithdrawn


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
    """Keep one row a report, and with it the counts by period, area, category and sender; three statements.

    A message older than what is known of its report changes nothing.
    """
    messages = [each.message for each in batch if isinstance(each.message, ReportMessage)]
    found = await session.execute(_KNOWN, {"ids": list({message.report_id for message in messages})})
    before = {row.report_id: row._asdict() for row in found}
    after: dict[UUID, dict[str, Any]] = {}
    for message in messages:
        known = after.get(message.report_id) or before.get(message.report_id)
        if known is None or known["sequence"] < message.sequence:
            after[message.report_id] = _fact(message, known, cycle=cycle)
    if after:
        await _store(session, report_facts, list(after.values()), key="report_id")
    changes: dict[tuple[date, str, str, UUID], int] = defaultdict(int)
    for report_id, fact in after.items():
        for each, change in ((before.get(report_id), -1), (fact, 1)):
            if each is not None and each["counted"]:
                changes[each["period"], each["area_code"] or "", each["category"], each["organisation_id"]] += change
    if moved := {cell: change for cell, change in changes.items() if change}:
        periods, areas, categories, organisations = zip(*moved, strict=True)
        await session.execute(
            _COUNT,
            {
                "periods": list(periods),
                "areas": list(areas),
                "categories": list(categories),
                "organisations": list(organisations),
                "changes": list(moved.values()),
            },
        )


def _fact(message: ReportMessage, known: Mapping[str, Any] | None, *, cycle: Cycle) -> dict[str, Any]:
    """What is known of a report after a message: decisions and withdrawals say whether it counts, others what it is.

    A withdrawn report can still be corrected by a file that is sent again, or move to another area: it counts no more.
    """
    fact = dict(known) if known else {"category": "", "area_code": None, "period": cycle.start, "counted": True}
    fact |= {
        "report_id": message.report_id,
        "organisation_id": message.organisation_id,
        "sequence": message.sequence,
    }
    if isinstance(message, ReportReviewed | ReportWithdrawn):
        fact["counted"] = isinstance(message, ReportReviewed) and message.counts
    if isinstance(message, ReportSubmitted):
        period = cycle_of(message.occurred_on, start=cycle.start, days=cycle.days)
        fact |= {"category": message.category, "area_code": message.area_code, "period": period.first}
    return fact


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
