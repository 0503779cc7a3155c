"""Builders of reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tests.support.servers.postgres import Database, connected

# Twelve megabytes made of the one report that is there: an export that sockets do not hold between two processes.
MANY_MORE = """
    INSERT INTO reports (id, organisation_id, client_id, category, occurred_from, occurred_on, dark, severity, text,
                         row_hash)
    SELECT gen_random_uuid(), organisation_id, client_id, category, occurred_from, occurred_on, dark, severity,
           repeat('störande ', 200), row_hash
    FROM reports, generate_series(1, 6000)
"""


def make_report(**changes: Any) -> dict[str, Any]:
    """A report as a partner sends it, inside the test area."""
    report: dict[str, Any] = {
        "category": "order",
        "subcategory": "gathering",
        "occurred_from": "2026-11-20T16:30:00+01:00",
        "occurred_to": "2026-11-20T17:15:00+01:00",
        "point": {"lon": 14.64, "lat": 63.1765},
        "location_kind": "public",
        "severity": 2,
        "text": "Samling vid väntsalen.",
    }
    return {name: value for name, value in (report | changes).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A report as it stands in the table: what a lägesbild counts."""

    organisation_id: UUID
    category: str
    occurred_on: date
    hour: int | None
    area_code: str | None
    counts: bool = True


async def store_reports(database: Database, reports: Iterable[Stored], *, zone: ZoneInfo) -> None:
    """Put reports into the table of the reports service, without its intake. An `hour` is local; None: whole day."""

    def row(report: Stored) -> tuple[Any, ...]:
        begin = datetime.combine(report.occurred_on, time(report.hour or 0, 30 if report.hour is not None else 0), zone)
        band = None if report.hour is None else begin.hour // 2
        status = "received" if report.counts else "rejected"
        return (
            uuid4(), report.organisation_id, "test", report.category, begin, report.occurred_on, band,
            report.area_code, 1, b"", report.counts, status,
        )  # fmt: skip

    columns = (
        "id", "organisation_id", "client_id", "category", "occurred_from", "occurred_on", "band", "area_code",
        "severity", "row_hash", "counts", "status",
    )  # fmt: skip
    async with connected(database.admin_url) as admin:
        await admin.copy_records_to_table("reports", records=[row(each) for each in reports], columns=columns)
