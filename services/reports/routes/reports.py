"""Reports: send one, get one, list them; and the categories they fall into."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.reports.commands import reports as commands
from services.reports.domain import reports as domain
from services.reports.queries import reports as queries
from services.reports.schemas.reports import (
    Categories,
    Category,
    NewReport,
    Receipt,
    Report,
    ReportPage,
    Subcategory,
)
from services.reports.taxonomy import CATEGORIES
from shared.access import Principal
from shared.auth import may
from shared.database import Session
from shared.http import After, Cursor, Limit, RequestKey, problems
from shared.idempotency import Kept, claim, fingerprint
from shared.ids import uuid7

router = APIRouter(tags=["reports"])

Reader = Annotated[Principal, may("reports:read")]
Writer = Annotated[Principal, may("reports:write")]


@router.post("/reports", status_code=201, responses=problems(400, 409, 413))
async def submit_report(
    body: NewReport, request: Request, session: Session, caller: Writer, key: RequestKey, response: Response
) -> Receipt:
    """Send one report. The answer says where it was placed; the same key again gives the same answer."""
    report = _report(body, caller=caller, ground=request.app.state.ground)
    receipt = Receipt(
        id=report.id,
        area_code=report.place.area_code,
        cell=report.place.point.cell if report.place.point else None,
        occurred_on=report.when.occurred_on,
        band=report.when.band,
        dark=report.dark,
    )
    mark = fingerprint("POST /reports", await request.body())
    answer = Kept(201, receipt.model_dump_json().encode())
    if kept := await claim(session, caller, key, mark=mark, answer=answer):
        receipt = Receipt.model_validate_json(kept.body)
    else:
        await commands.submit_report(session, report)
    response.headers["Location"] = f"/samsyn/v1/reports/{receipt.id}"
    return receipt


@router.get("/reports/{id}", responses=problems(404))
async def get_report(report_id: Annotated[UUID, Path(alias="id")], session: Session, caller: Reader) -> Report:
    """One report, as far as the caller may see it."""
    return Report(**await queries.get_report(session, report_id, principal=caller))


@router.get("/reports", responses=problems(400))
async def list_reports(session: Session, caller: Reader, limit: Limit = 20, cursor: After = None) -> ReportPage:
    """Reports newest first, as far as the caller may see them."""
    after = Cursor.decode(cursor, kinds=(UUID,))
    rows = await queries.list_reports(session, principal=caller, before=after[0] if after else None, limit=limit + 1)
    more = len(rows) > limit
    page = [Report(**row) for row in rows[:limit]]
    return ReportPage(reports=page, next_cursor=Cursor.encode(page[-1].id) if more else None)


@router.get("/categories")
async def list_categories(_: Reader) -> Categories:
    """The categories of reports, with Swedish and English labels."""
    return Categories(
        categories=[
            Category(
                code=each.code,
                label_sv=each.sv,
                label_en=each.en,
                subcategories=[
                    Subcategory(code=code, label_sv=sv, label_en=en) for code, (sv, en) in each.subcategories.items()
                ],
            )
            for each in CATEGORIES.values()
        ]
    )


def _report(body: NewReport, *, caller: Principal, ground: domain.Ground) -> domain.Report:
    domain.check_category(body.category, body.subcategory)
    moment = domain.when(body.occurred_from, body.occurred_to, zone=ground.zone, now=datetime.now(UTC))
    where = domain.place(body.point.lon, body.point.lat, ground=ground) if body.point else domain.NOWHERE
    return domain.Report(
        id=uuid7(),
        organisation_id=caller.organisation_id,
        client_id=caller.client_id,
        external_reference=body.external_reference,
        category=body.category,
        subcategory=body.subcategory,
        when=moment,
        place=where,
        dark=domain.darkness(moment, where),
        severity=body.severity,
        location_kind=body.location_kind,
        text=body.text,
    )
