"""Everything that changes a report. Each command: decide in `domain`, write, announce."""

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.domain import Report, row_hash
from services.reports.errors import ReferenceTaken
from services.reports.tables import reports
from shared.database import constraint
from shared.messages.reports import ReportSubmitted
from shared.outbox import announce


async def submit_report(session: AsyncSession, report: Report) -> None:
    """Store a report and tell it; two statements.

    Raises ReferenceTaken where the organisation has sent this external reference before.
    """
    try:
        await session.execute(insert(reports).values(row(report)))
    except IntegrityError as broken:
        if constraint(broken) == "uq_reports_organisation_id_external_reference":
            raise ReferenceTaken("Your organisation has sent a report with this external_reference.") from None
        raise
    await announce(session, told(report))


def row(report: Report) -> dict[str, object]:
    """A report as a row of its table."""
    where = report.place
    return {
        "id": report.id,
        "organisation_id": report.organisation_id,
        "client_id": report.client_id,
        "external_reference": report.external_reference,
        "category": report.category,
        "subcategory": report.subcategory,
        "occurred_from": report.when.occurred_from,
        "occurred_to": report.when.occurred_to,
        "occurred_on": report.when.occurred_on,
        "band": report.when.band,
        "lon": where.lon if where else None,
        "lat": where.lat if where else None,
        "e": where.e if where else None,
        "n": where.n if where else None,
        "cell": where.cell if where else None,
        "area_code": where.area_code if where else None,
        "dark": report.dark,
        "severity": report.severity,
        "location_kind": report.location_kind,
        "text": report.text,
        "row_hash": row_hash(report),
    }


def told(report: Report) -> ReportSubmitted:
    """What travels of a report: where, when and of what kind, coarsely. Its text stays here."""
    return ReportSubmitted(
        sequence=1,
        report_id=report.id,
        organisation_id=report.organisation_id,
        category=report.category,
        subcategory=report.subcategory,
        area_code=report.place.area_code if report.place else None,
        cell=report.place.cell if report.place else None,
        occurred_on=report.when.occurred_on,
        band=report.when.band,
        dark=report.dark,
        severity=report.severity,
        location_kind=report.location_kind,
    )
