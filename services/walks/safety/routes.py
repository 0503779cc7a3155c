"""HTTP in: parse, call one command or query, shape the answer."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response

from services.walks.safety import commands, queries
from services.walks.safety.domain import FindingKind, FindingStatus, WalkStatus
from services.walks.safety.schemas import (
    EXAMPLE_FINDING,
    EXAMPLE_ORGANISATION,
    EXAMPLE_WALK,
    Closing,
    Finding,
    FindingAnswer,
    FindingPage,
    NewFinding,
    NewWalk,
    PlannedWalk,
    RaisedFinding,
    Walk,
    Walked,
    WalkPage,
    shape_of_finding,
)
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.geo.areas import check_known
from shared.http.cursors import Cursor
from shared.http.once import Once
from shared.http.operations import Operation
from shared.http.parameters import YesOrNo
from shared.http.preconditions import bears, etag
from shared.http.problems import After, Limit, problems
from shared.ids import uuid7
from shared.privacy.beside import admit
from shared.privacy.free_text import keep_confirmed
from shared.shapes import AreaCode

router = APIRouter(route_class=Operation, tags=["walks"])
PAGES_OF_WALKS = Cursor("walks", kinds=(UUID,))
PAGES_OF_FINDINGS = Cursor("findings", kinds=(UUID,))

Reader = Annotated[Principal, may("walks:read")]
Writer = Annotated[Principal, may("walks:write")]
# What is changed is told whole, whosever it is.
Changer = Annotated[Principal, may("walks:write", "walks:read")]
WalkId = Annotated[UUID, Path(alias="id", description="The walk.", examples=[EXAMPLE_WALK])]
FindingId = Annotated[UUID, Path(alias="id", description="The finding.", examples=[EXAMPLE_FINDING])]


@router.post("/walks", status_code=201, responses=problems(400, 409, 413) | bears("ETag", "Location", status=201))
async def plan_walk(
    body: NewWalk, request: Request, session: Session, principal: Writer, once: Once, response: Response
) -> PlannedWalk:
    """Plan a safety walk in an area. Subscribers hear where and when; the reason and the meeting point stay here."""
    confirmed, today = await admit(request, body, principal=principal), _today(request)
    walk_id = uuid7()

    async def plan() -> None:
        await commands.plan_walk(session, walk_id, principal=principal, today=today, **body.model_dump())
        await keep_confirmed(session, {walk_id: confirmed}, principal=principal)

    planned = await once.known(principal, PlannedWalk(id=walk_id, status="planned"), plan)
    response.headers["Location"] = f"/samsyn/v1/walks/{planned.id}"
    response.headers["ETag"] = etag(1)
    return planned


@router.get("/walks/{id}", responses=problems(404) | bears("ETag"))
async def get_walk(walk_id: WalkId, session: Session, principal: Reader, response: Response) -> Walk:
    """One safety walk: of the caller's own organisation, or coarsely in its areas; who sees all has it whole."""
    walk = Walk(**await queries.get_walk(session, walk_id, principal=principal))
    if walk.version is not None:
        response.headers["ETag"] = etag(walk.version)
    return walk


@router.get("/walks", responses=problems(400))
async def list_walks(
    session: Session,
    principal: Reader,
    status: Annotated[WalkStatus | None, Query(description="Only walks that stand so.", examples=["planned"])] = None,
    area_code: Annotated[
        AreaCode | None, Query(description="Only walks in this area and those below it.", examples=["0101"])
    ] = None,
    limit: Limit = 20,
    cursor: After = None,
) -> WalkPage:
    """The safety walks that the caller may see: the last day of entry first, and within a day by chance."""
    after = PAGES_OF_WALKS.decode(cursor)
    await check_known(session, area_code, field="area_code")
    rows = await queries.list_walks(
        session,
        principal=principal,
        status=status,
        area_code=area_code,
        before=after[0] if after else None,
        limit=limit + 1,
    )
    page = [Walk(**row) for row in rows[:limit]]
    return WalkPage(walks=page, next_cursor=PAGES_OF_WALKS.encode(page[-1].id) if len(rows) > limit else None)


@router.post("/walks/{id}/walked", responses=problems(400, 404, 409, 413))
async def record_walk(
    walk_id: WalkId, body: Walked, request: Request, session: Session, principal: Changer, once: Once
) -> Walk:
    """Record that a walk took place: the day, head-counts by kind of organisation, and whether it was dark.

    Names are never asked for. For the organisation that planned it, coordinators and the municipal police.
    """
    said, today = body.model_dump(), _today(request)

    async def record() -> Walk:
        return Walk(**await commands.record_walk(session, walk_id, principal=principal, today=today, **said))

    return await once(principal, Walk, record)


@router.post("/walks/{id}/close", responses=problems(400, 404, 409, 413))
async def close_walk(
    walk_id: WalkId,
    body: Annotated[Closing, Body(default_factory=Closing)],
    session: Session,
    request: Request,
    principal: Changer,
    once: Once,
) -> Walk:
    """Close a walk when every finding has its owner's answer.

    With `leave_open` and a reason it closes before that, and owners may still answer. A walk that never took place is
    closed with a reason. No finding can be added afterwards.
    """
    confirmed = await admit(request, body, principal=principal)

    async def close() -> Walk:
        walk = Walk(**await commands.close_walk(session, walk_id, principal=principal, **body.model_dump()))
        await keep_confirmed(session, {walk.id: confirmed}, principal=principal)
        return walk

    return await once(principal, Walk, close)


@router.post(
    "/walks/{id}/findings",
    status_code=201,
    responses=problems(400, 404, 409, 413) | bears("ETag", "Location", status=201),
)
async def raise_finding(
    walk_id: WalkId,
    body: NewFinding,
    request: Request,
    session: Session,
    principal: Changer,
    once: Once,
    response: Response,
) -> RaisedFinding:
    """Record a finding of a walk and hand it to the organisation that answers for the place."""
    confirmed, today = await admit(request, body, principal=principal), _today(request)

    async def record() -> RaisedFinding:
        finding_id = uuid7()
        status, due_on = await commands.raise_finding(
            session, walk_id, principal=principal, finding_id=finding_id, today=today, **body.model_dump()
        )
        await keep_confirmed(session, {finding_id: confirmed}, principal=principal)
        return RaisedFinding(id=finding_id, status=status, due_on=due_on)

    raised = await once(principal, RaisedFinding, record)
    response.headers["Location"] = f"/samsyn/v1/findings/{raised.id}"
    response.headers["ETag"] = etag(1)
    return raised


@router.get("/findings/{id}", responses=problems(404) | bears("ETag"))
async def get_finding(finding_id: FindingId, session: Session, principal: Reader, response: Response) -> Finding:
    """One finding, whole for who answers for it and who led its walk; coarsely for members in whose areas it lies."""
    finding = shape_of_finding(await queries.get_finding(session, finding_id, principal=principal))
    if finding.version is not None:
        response.headers["ETag"] = etag(finding.version)
    return finding


@router.get("/findings", responses=problems(400))
async def list_findings(
    request: Request,
    session: Session,
    principal: Reader,
    walk_id: Annotated[UUID | None, Query(description="Only findings of this walk.", examples=[EXAMPLE_WALK])] = None,
    owner_id: Annotated[
        UUID | None, Query(description="Only those this organisation answers for.", examples=[EXAMPLE_ORGANISATION])
    ] = None,
    status: Annotated[FindingStatus | None, Query(description="Only those that stand so.", examples=["open"])] = None,
    overdue: Annotated[
        YesOrNo, Query(description="Only those past their day and neither done nor declined.", examples=[True])
    ] = False,
    area_code: Annotated[
        AreaCode | None, Query(description="Only findings in this area and those below it.", examples=["0101"])
    ] = None,
    kind: Annotated[FindingKind | None, Query(description="Only of this kind.", examples=["lighting"])] = None,
    limit: Limit = 20,
    cursor: After = None,
) -> FindingPage:
    """The findings that the caller may see: a walk's protocol, or what an owner has to answer.

    The last day of entry first, and within a day by chance.
    """
    after = PAGES_OF_FINDINGS.decode(cursor)
    await check_known(session, area_code, field="area_code")
    rows = await queries.list_findings(
        session,
        principal=principal,
        area_code=area_code,
        kind=kind,
        walk_id=walk_id,
        owner_id=owner_id,
        status=status,
        due_before=_today(request) if overdue else None,
        before=after[0] if after else None,
        limit=limit + 1,
    )
    if not rows and owner_id not in (None, principal.organisation_id):
        await queries.check_organisation(session, owner_id)
    page = [shape_of_finding(row) for row in rows[:limit]]
    return FindingPage(findings=page, next_cursor=PAGES_OF_FINDINGS.encode(page[-1].id) if len(rows) > limit else None)


@router.post("/findings/{id}/answer", responses=problems(400, 404, 409, 413))
async def answer_finding(
    finding_id: FindingId, body: FindingAnswer, request: Request, session: Session, principal: Changer, once: Once
) -> Finding:
    """Answer a finding: planned with a day, done, or declined with the reason.

    For the organisation that answers for the place, and for coordinators on its behalf.
    """
    confirmed, today = await admit(request, body, principal=principal), _today(request)

    async def answer() -> Finding:
        changed = await commands.answer_finding(
            session, finding_id, principal=principal, today=today, **body.model_dump()
        )
        await keep_confirmed(session, {finding_id: confirmed}, principal=principal)
        return shape_of_finding(changed)

    return await once(principal, Finding, answer)


def _today(request: Request) -> date:
    """The municipality's local day."""
    return datetime.now(request.app.state.zone).date()
