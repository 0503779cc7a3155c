"""Reports: send one, get one, list them."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from services.reports import searching
from services.reports.intake import commands, queries
from services.reports.intake.domain import LONGEST_REFERENCE, Purpose, Status, since
from services.reports.intake.export import copy_reports, csv_answer
from services.reports.intake.filters import Filter
from services.reports.intake.listing import Direction, Sort, order_of
from services.reports.intake.listing import list_reports as list_in_order
from services.reports.intake.reading import count_taken, log_export, log_read, read_in_full
from services.reports.intake.schemas import (
    REPORTS_CSV,
    Batch,
    BatchReceipt,
    NewReport,
    Receipt,
    Report,
    ReportPage,
)
from services.reports.intake.slices import wanted_sender, wanted_slice
from services.reports.intake.spreadsheet import InForm, InLanguage, Sheet
from services.reports.intake.taking import placed_by, receipt_of, take_batch
from services.reports.taxonomy import check_asked
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.errors import FieldError, Invalid
from shared.geo.areas import check_known
from shared.http.costs import costing
from shared.http.cursors import Cursor
from shared.http.idempotency import Kept
from shared.http.once import Once, mark_of, say_replayed
from shared.http.operations import Operation
from shared.http.parameters import DIGITS, YesOrNo
from shared.http.preconditions import bears, etag
from shared.http.problems import After, Limit, RequestKey, problems
from shared.privacy import check_texts
from shared.privacy.beside import admit
from shared.privacy.free_text import Screened
from shared.shapes import AreaCode, CategoryCode, Day, DayOrMoment, Line

router = APIRouter(route_class=Operation, tags=["reports"])

Reader = Annotated[Principal, may("reports:read")]
Writer = Annotated[Principal, may("reports:write")]
Severity = Annotated[int, Field(ge=1, le=3), DIGITS]
WhyRead = Annotated[Purpose, Query(description="Why you read; written down with what you read.")]


def hidden_fields(
    request: Request,
    *,
    status: Annotated[Status | None, Query(description="Finds only your own, unless you see everything.")] = None,
    organisation_id: Annotated[UUID | None, Depends(wanted_sender)],
    external_reference: Annotated[
        Annotated[str, Line(LONGEST_REFERENCE), Screened(codes=True)] | None,
        Query(
            description="Its sender's own reference, whole, of a report of any status. As `status`.",
            examples=["V47-0012"],
        ),
    ] = None,
    updated_since: Annotated[
        DayOrMoment | None,
        Query(
            description="Those that came in or changed then or later, withdrawn too; the list begins with the first of "
            "them, unless `sort` says otherwise. To follow changes, read all pages, and ask the next time from a "
            "minute before the last `updated_at`: what changes while you read may stand a little before it. Some come "
            "twice; `id` and `version` tell them. A date alone is the beginning of that local day. As `status`.",
            examples=["2026-11-20T17:00:00Z"],
        ),
    ] = None,
    words: Annotated[
        Annotated[str, Line(200), Screened()] | None,
        Query(
            description="Words in the text. As `status`. What is certain to be personal data, as a personnummer, is "
            "refused (`strong_…`); what only looks like it is looked for, since a text that was confirmed may hold it.",
            examples=["musik"],
        ),
    ] = None,
) -> dict[str, Any]:
    """What is asked of fields that are hidden from some: it finds only what the caller sees in full."""
    return {
        "status": status,
        "organisation_id": organisation_id,
        "external_reference": external_reference,
        "updated_since": since(updated_since, zone=request.app.state.ground.zone),
        "words": words,
    }


Hidden = Annotated[dict[str, Any], Depends(hidden_fields)]


async def wanted_area(
    request: Request,
    session: Session,
    area: Annotated[AreaCode | None, Query(description="Its code; areas in it count too.", examples=["0101"])] = None,
) -> str | None:
    """The area that reports are wanted of. Raises Invalid for one that there never was, PersonalData."""
    check_texts({"area": area}, confirmed=True, codes=("area",))
    if area not in request.app.state.ground.codes:  # one out of use may be meant
        await check_known(session, area, field="area")
    return area


def wanted_reports(
    request: Request,
    of: Annotated[dict[str, Any], Depends(wanted_slice)],
    *,
    area: Annotated[str | None, Depends(wanted_area)],
    category: Annotated[
        CategoryCode | None, Query(description="Finds what is kept under its earlier codes too.", examples=["order"])
    ] = None,
    subcategory: Annotated[CategoryCode | None, Query(description="As `category`.", examples=["noise"])] = None,
    first: Annotated[Day | None, Query(alias="from", description="First local day.", examples=["2026-11-09"])] = None,
    last: Annotated[Day | None, Query(alias="to", description="Last local day.", examples=["2026-11-22"])] = None,
    severity: Annotated[Severity | None, Query(examples=[2])] = None,
    dark: YesOrNo | None = None,
    hidden: Hidden,
) -> Filter:
    """Which reports are wanted, from the query of an address.

    Raises Invalid for codes that are none, and PersonalData for what is certainly some.

    What only looks like it is looked for: a partner finds a text that was confirmed. Where it is kept it is masked.
    """
    words = hidden["words"]
    for asked in (words, *searching.apart(words or "")):
        texts = {"external_reference": hidden["external_reference"], "words": asked}
        check_texts(texts, confirmed=True, codes=("external_reference",))
    check_asked(category, subcategory)
    if first is not None and last is not None and last < first:
        fault = FieldError("to", "before_start", "Not before from.")
        raise Invalid("The last day is before the first.", errors=(fault,))
    return Filter(
        area=area,
        category=category,
        subcategory=subcategory,
        first=first,
        last=last,
        severity=severity,
        dark=dark,
        **hidden,
        configuration=request.app.state.search_configuration,
        **of,
    )


Wanted = Annotated[Filter, Depends(wanted_reports)]


# Partners know these two by the names that their operations began with.
@router.post(
    "/reports",
    status_code=201,
    response_model=Receipt,
    responses=problems(400, 409, 413) | bears("ETag", "Location", status=201),
    operation_id="submit_report_reports_post",
    summary="Submit Report",
)
async def take_report(body: NewReport, request: Request, principal: Writer, key: RequestKey) -> Response:
    """Send one report. The answer says where it was placed; the same key again gives the same answer.

    A reference of before is refused, 409: the detail says whether its report is the same, another one, or withdrawn.
    """
    confirmed = await admit(request, body, principal=principal)
    report, mark = placed_by(body, principal=principal, ground=request.app.state.ground), await mark_of(request)
    answer = Kept(201, receipt_of(report, sent=body).model_dump_json().encode())
    kept = await commands.take_report(
        request.app.state.database, report, principal=principal, key=key, mark=mark, answer=answer, confirmed=confirmed
    )
    if kept:
        say_replayed(request)
    receipt_id = orjson.loads(kept.body)["id"] if kept else report.id
    return Response(
        (kept or answer).body,
        status_code=201,
        media_type="application/json",
        headers={"Location": f"/samsyn/v1/reports/{receipt_id}", "ETag": etag(1)},
    )


@router.post(
    "/reports/batch",
    responses=problems(400, 409, 413),
    operation_id="submit_batch_reports_batch_post",
    openapi_extra=costing(40),
    summary="Submit Batch",
)
async def take_reports(body: Batch, request: Request, session: Session, principal: Writer, once: Once) -> BatchReceipt:
    """Send up to 1,000 reports at once. Each is taken or refused by itself; the answer says which, in their order."""
    state = request.app.state
    way = partial(state.door.company.give_way, principal.organisation_id)
    return await once(
        principal,
        BatchReceipt,
        lambda: take_batch(body.reports, session, principal=principal, ground=state.ground, way=way),
    )


@router.get("/reports/{id}", responses=problems(404) | bears("ETag"))
async def get_report(
    report_id: Annotated[UUID, Path(alias="id")],
    session: Session,
    principal: Reader,
    response: Response,
    purpose: WhyRead = "daily_work",
) -> Report:
    """One report, as far as the caller may see it. Reading it in full is written down."""
    row = await queries.get_report(session, report_id, principal=principal)
    await log_read(session, principal=principal, operation="get", purpose=purpose, report_ids=read_in_full([row]))
    if row["version"] is not None:
        response.headers["ETag"] = etag(row["version"])
    return Report(**row)


@router.get("/reports", response_model=ReportPage, responses=problems(400))
async def list_reports(
    session: Session,
    principal: Reader,
    wanted: Wanted,
    sort: Annotated[
        Sort | None,
        Query(
            description="`received` (without it), by the day they came in, within it by chance: when something came "
            "in is no part of what everybody may know. `occurred`, by when it happened; where the two-hour band is all "
            "that you may know, by that. `updated`, by when they came in or last changed; only what you see in full.",
            examples=["occurred"],
        ),
    ] = None,
    direction: Annotated[
        Direction | None,
        Query(
            description="`desc` (without it), the last first; with `updated_since` the first first.", examples=["desc"]
        ),
    ] = None,
    limit: Limit = 20,
    cursor: After = None,
    purpose: WhyRead = "daily_work",
) -> Response:
    """Reports as far as the caller may see them: those of the last day that some came in first, whenever it happened.

    Within that day they stand by chance: when something came in is no part of what everybody may know. `sort` gives
    them in another order. Withdrawn ones are left out, but where `status`, `counted`, `updated_since` or
    `external_reference` asks for reports. Reading them in full is written down.
    """
    order = order_of(sort, direction, wanted=wanted, principal=principal)
    pages = Cursor(order.name, kinds=order.kinds)
    rows = await list_in_order(
        session, principal=principal, wanted=wanted, order=order, after=pages.decode(cursor), limit=limit + 1
    )
    more, rows = len(rows) > limit, rows[:limit]
    full = read_in_full(rows)
    await log_read(session, principal=principal, operation="list", purpose=purpose, report_ids=full)
    following = pages.encode(*order.keys(rows[-1])) if more else None
    page = {"reports": [queries.as_read(row) for row in rows], "next_cursor": following}
    # Straight from the rows: a hundred objects of the model, made and checked, took most of the request's time.
    return Response(orjson.dumps(page, default=str, option=orjson.OPT_UTC_Z), media_type="application/json")


@router.get(
    "/reports.csv",
    response_class=StreamingResponse,
    responses=REPORTS_CSV | problems(400, 429),
    openapi_extra=costing(60),
)
async def export_reports(
    request: Request,
    principal: Reader,
    wanted: Wanted,
    form: InForm = "rfc4180",
    language: InLanguage = None,
    purpose: WhyRead = "daily_work",
) -> StreamingResponse:
    """The same reports as the list gives, all of them, as CSV in UTF-8, as they are found.

    An organisation has two on the way at once. One that is not read for 20 seconds is broken off.
    """
    exporting = await request.app.state.exports.begin(request, principal=principal)
    taken = await count_taken(exporting, principal=principal, wanted=wanted)
    async with request.app.state.database.sessions() as session, session.begin():
        # Before the first byte, and in a transaction of its own: what was read of a file that breaks off is read.
        await log_export(session, principal=principal, purpose=purpose, wanted=wanted, taken=taken)
    here = request.app.state.settings.municipality
    sheet = Sheet(language=language or here.language, zone=here.time_zone) if form == "excel" else None
    copied = copy_reports(exporting, principal=principal, wanted=wanted, sheet=sheet)
    return await csv_answer(request, copied, name="reports.csv")
