"""What becomes of a report: corrected, withdrawn, reviewed; its history, and who read it."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.reports.intake import queries as found
from services.reports.intake.domain import Place, placed
from services.reports.intake.reading import log_read
from services.reports.intake.schemas import Correction, Report, recoded
from services.reports.review import commands, queries
from services.reports.review.domain import Spot, apart_s, check_reviewer, distance_m, likeness
from services.reports.review.schemas import (
    Changed,
    Event,
    History,
    Queue,
    QueueCount,
    Read,
    Reads,
    Review,
    Suggestion,
    Suggestions,
    Waiting,
    Withdrawal,
)
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.cursors import Cursor
from shared.http.once import Once
from shared.http.operations import Operation
from shared.http.preconditions import IfMatch, IfMatchIfSent, bears, etag
from shared.http.problems import After, Limit, problems
from shared.privacy.beside import admit
from shared.privacy.free_text import keep_confirmed
from shared.shapes import Day

router = APIRouter(route_class=Operation, tags=["reports"])
PAGES = Cursor("review-queue", kinds=(int, datetime, UUID))

Reader = Annotated[Principal, may("reports:read")]
Writer = Annotated[Principal, may("reports:write")]
Reviewer = Annotated[Principal, may("reports:review")]
ReportId = Annotated[UUID, Path(alias="id")]


async def _check_reviewer(principal: Reviewer) -> None:
    check_reviewer(principal)


# Before what is sent is judged: whoever may review nothing needs nothing put right. Whose a report is, is asked of the
# database, and so behind that.
OF_REVIEWER = [Depends(_check_reviewer)]


@router.put("/reports/{id}", responses=problems(400, 404, 409, 412, 413, 428) | bears("ETag"))
async def correct_report(
    report_id: ReportId,
    body: Correction,
    request: Request,
    response: Response,
    session: Session,
    principal: Writer,
    versions: IfMatch,
) -> Changed:
    """Correct a report that your organisation sent: the whole of it, as it should be. Nobody else can.

    What GET gave can be sent back whole, and changes nothing; but one in question goes back to the queue.
    """

    async def read() -> Report:
        return Report(**await found.get_report(session, report_id, principal=principal))

    confirmed = await body.admit(request, principal=principal, read=read)
    before, now = await body.as_read(read), datetime.now(UTC)
    said, stays = body.model_dump(), None
    if before and said["area_code"] == before.area_code:  # which may be out of use by now
        if said["point"]:
            said["area_code"] = None  # it was found from the point
        elif before.point is None:
            stays = Place(area_code=before.area_code)
    report = placed(
        said,
        report_id=report_id,
        organisation_id=principal.organisation_id,
        client_id=principal.client_id,
        ground=request.app.state.ground,
        now=now,
        stays=stays,
    )
    new = await commands.correct_report(session, report, versions=versions, principal=principal, now=now)
    body.check_read_only(before)
    await keep_confirmed(session, {report_id: confirmed}, principal=principal)
    return _with_etag(Changed(id=report_id, version=new, recoded=recoded(report, sent=body)), response)


@router.post("/reports/{id}/withdraw", responses=problems(400, 404, 409, 413) | bears("ETag"))
async def withdraw_report(
    report_id: ReportId,
    body: Withdrawal,
    request: Request,
    response: Response,
    session: Session,
    principal: Writer,
    once: Once,
) -> Changed:
    """Take back a report that your organisation sent. It stays for the record and counts no more."""
    confirmed = await admit(request, body, principal=principal)

    async def withdraw() -> Changed:
        version = await commands.withdraw_report(
            session, report_id, reason=body.reason, principal=principal, now=datetime.now(UTC)
        )
        await keep_confirmed(session, {report_id: confirmed}, principal=principal)
        return Changed(id=report_id, version=version)

    return _with_etag(await once(principal, Changed, withdraw), response)


@router.post(
    "/reports/{id}/review", responses=problems(400, 404, 409, 412, 413) | bears("ETag"), dependencies=OF_REVIEWER
)
async def review_report(
    report_id: ReportId,
    body: Review,
    request: Request,
    response: Response,
    session: Session,
    principal: Reviewer,
    versions: IfMatchIfSent,
    once: Once,
) -> Changed:
    """Decide what becomes of a report; its sender is told, with the reason. Every decision can be taken back."""
    confirmed = await admit(request, body, principal=principal)

    async def review() -> Changed:
        version = await commands.review_report(
            session,
            report_id,
            outcome=body.outcome,
            reason=body.reason,
            duplicate_of=body.duplicate_of,
            versions=versions,
            principal=principal,
            now=datetime.now(UTC),
        )
        await keep_confirmed(session, {report_id: confirmed}, principal=principal)
        return Changed(id=report_id, version=version)

    return _with_etag(await once(principal, Changed, review), response)


def _with_etag(changed: Changed, response: Response) -> Changed:
    response.headers["ETag"] = etag(changed.version)
    return changed


@router.get("/reports/{id}/history", responses=problems(404), openapi_extra=costing(2))
async def get_history(report_id: ReportId, session: Session, principal: Reader) -> History:
    """What became of a report that your organisation sent: that it came in, and the last hundred steps by version."""
    rows = await queries.list_history(session, report_id, principal=principal)
    return History(events=[Event(**{name: row[name] for name in Event.model_fields}) for row in rows])


@router.get("/reports/{id}/similar", responses=problems(404))
async def list_similar(report_id: ReportId, session: Session, principal: Reviewer) -> Suggestions:
    """Reports of the same category near in place and time, likeliest to tell of the same incident first."""
    check_reviewer(principal)
    this = await found.get_report(session, report_id, principal=principal)
    spot = await queries.get_spot(session, report_id)
    close = await queries.list_close(session, report_id)
    await log_read(
        session, principal=principal, operation="review", purpose="review",
        report_ids=[report_id, *(row.id for row in close)],
    )  # fmt: skip
    suggestions = [_suggestion(row, spot, this) for row in close]
    return Suggestions(suggestions=sorted(suggestions, key=lambda each: each.score, reverse=True))


def _suggestion(row: Any, this: Spot, shown: dict[str, Any]) -> Suggestion:
    alike = likeness(
        distance_m=distance_m(_point(row), _point(this)),
        apart_s=apart_s((row.occurred_from, row.occurred_to), (this.occurred_from, this.occurred_to)),
        same_subcategory=row.subcategory is not None and row.subcategory == shown["subcategory"],
        other_organisation=row.organisation_id != this.organisation_id,
    )
    return Suggestion(
        id=row.id,
        organisation_id=row.organisation_id,
        score=alike.score,
        distance_m=None if alike.distance_m is None else round(alike.distance_m, 1),
        apart_s=alike.apart_s,
        same_subcategory=alike.same_subcategory,
        occurred_on=row.occurred_on,
        band=row.band,
        occurred_from=row.occurred_from,
        occurred_to=row.occurred_to,
        severity=row.severity,
        area_code=row.area_code,
        status=row.status,
        text=row.text,
    )


def _point(row: Any) -> tuple[int, int] | None:
    return None if row.e is None else (row.e, row.n)


def _waiting(row: Any) -> Waiting:
    names = Waiting.model_fields.keys() - {"answered"}
    return Waiting(**{name: getattr(row, name) for name in names}, answered=row.later == 0)


@router.get("/review-queue", responses=problems(400))
async def list_queue(
    session: Session,
    principal: Reviewer,
    first_from: Annotated[
        Day | None,
        Query(
            description="Those that happened on this local day or later stand before the others.",
            examples=["2026-11-09"],
        ),
    ] = None,
    limit: Limit = 20,
    cursor: After = None,
) -> Queue:
    """Reports that wait for the coordinator, the first to come in first.

    Before them those whose sender answered a question, behind them those that wait for an answer.
    """
    check_reviewer(principal)
    after = PAGES.decode(cursor)
    rows = await queries.list_waiting(session, first_from=first_from, after=after, limit=limit + 1)
    page = [_waiting(row) for row in rows[:limit]]
    await log_read(
        session, principal=principal, operation="review", purpose="review", report_ids=[each.id for each in page]
    )
    more, last = len(rows) > limit, rows[limit - 1] if len(rows) > limit else None
    return Queue(
        reports=page, next_cursor=PAGES.encode(last.later, last.received_at, last.id) if more and last else None
    )


@router.get("/review-queue/count")
async def count_queue(session: Session, principal: Reviewer) -> QueueCount:
    """How many reports wait for the coordinator."""
    check_reviewer(principal)
    waiting, asked = await queries.count_waiting(session)
    return QueueCount(waiting=waiting, asked=asked)


@router.get("/reports/{id}/reads", responses=problems(404))
async def list_reads(report_id: ReportId, session: Session, principal: Reader, limit: Limit = 100) -> Reads:
    """Who read a report in full, and why, the last reading first. For coordinators and municipal police."""
    check_reviewer(principal)
    await found.get_report(session, report_id, principal=principal)
    rows = await queries.list_reads(session, report_id, limit=limit)
    return Reads(reads=[Read(**row) for row in rows])
