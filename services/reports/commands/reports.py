"""Stores reports and tells them."""

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.domain.reports import Report, row_hash
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
    moment, where, point = report.when, report.place, report.place.point
    return {
        "id": report.id,
        "organisation_id": report.organisation_id,
        "client_id": report.client_id,
        "external_reference": report.external_reference,
        "category": report.category,
        "subcategory": report.subcategory,
        "occurred_from": moment.occurred_from,
        "occurred_to": moment.occurred_to,
        "occurred_on": moment.occurred_on,
        "band": moment.band,
        "lon": point.lon if point else None,
        "lat": point.lat if point else None,
        "e": point.e if point else None,
        "n": point.n if point else None,
        "cell": point.cell if point else None,
        "area_code": where.area_code,
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
        area_code=report.place.area_code,
        cell=report.place.point.cell if report.place.point else None,
        occurred_on=report.when.occurred_on,
        band=report.when.band,
        dark=report.dark,
        severity=report.severity,
        location_kind=report.location_kind,
    )
