"""HTTP in: parse, call one command, shape the answer."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.walks.corrections import commands
from services.walks.corrections.schemas import FindingChange, WalkChange
from services.walks.safety import queries
from services.walks.safety.schemas import EXAMPLE_FINDING, EXAMPLE_WALK, Finding, Walk, shape_of_finding
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.operations import Operation
from shared.http.preconditions import IfMatch, bears, etag
from shared.http.problems import problems
from shared.privacy.free_text import keep_confirmed

router = APIRouter(route_class=Operation, tags=["walks"])

# What is changed is told whole, whosever it is.
Changer = Annotated[Principal, may("walks:write", "walks:read")]
WalkId = Annotated[UUID, Path(alias="id", description="The walk.", examples=[EXAMPLE_WALK])]
FindingId = Annotated[UUID, Path(alias="id", description="The finding.", examples=[EXAMPLE_FINDING])]


@router.patch("/walks/{id}", responses=problems(400, 404, 409, 412, 413, 428) | bears("ETag"))
async def correct_walk(
    walk_id: WalkId,
    body: WalkChange,
    request: Request,
    session: Session,
    principal: Changer,
    versions: IfMatch,
    response: Response,
) -> Walk:
    """Put a walk right: what is sent changes, until it is closed. A walk stays in its area: delete it and plan another.

    What GET gave can be sent back whole. For the organisation that planned it, coordinators and the municipal police.
    """

    async def read() -> Walk:
        return Walk(**await queries.get_walk(session, walk_id, principal=principal))

    confirmed = await body.admit(request, principal=principal, read=read)
    before = await body.as_read(read)
    said = body.model_dump(exclude_unset=True)
    today = datetime.now(request.app.state.zone).date()
    walk = await commands.correct_walk(session, walk_id, said, principal=principal, versions=versions, today=today)
    body.check_read_only(before)
    await keep_confirmed(session, {walk_id: confirmed}, principal=principal)
    response.headers["ETag"] = etag(walk["version"])
    return Walk(**walk)


@router.delete("/walks/{id}", status_code=204, responses=problems(400, 404, 409, 412, 428))
async def delete_walk(walk_id: WalkId, session: Session, principal: Changer, versions: IfMatch) -> None:
    """Take a walk out that was planned by mistake. One with findings, or that was closed, stays: 409 names them."""
    await commands.delete_walk(session, walk_id, principal=principal, versions=versions)


@router.patch("/findings/{id}", responses=problems(400, 404, 409, 412, 413, 428) | bears("ETag"))
async def correct_finding(
    finding_id: FindingId,
    body: FindingChange,
    request: Request,
    session: Session,
    principal: Changer,
    versions: IfMatch,
    response: Response,
) -> Finding:
    """Put a finding right: what is sent changes. Kind, owner and day only until its owner has answered.

    What GET gave can be sent back whole. For the organisation that led the walk, coordinators and the municipal police.
    """

    async def read() -> Finding:
        return shape_of_finding(await queries.get_finding(session, finding_id, principal=principal))

    confirmed = await body.admit(request, principal=principal, read=read)
    before = await body.as_read(read)
    said = body.model_dump(exclude_unset=True)
    today = datetime.now(request.app.state.zone).date()
    finding = await commands.correct_finding(
        session, finding_id, said, principal=principal, versions=versions, today=today
    )
    body.check_read_only(before)
    await keep_confirmed(session, {finding_id: confirmed}, principal=principal)
    response.headers["ETag"] = etag(finding["version"])
    return shape_of_finding(finding)


@router.delete("/findings/{id}", status_code=204, responses=problems(400, 404, 409, 412, 428))
async def delete_finding(finding_id: FindingId, session: Session, principal: Changer, versions: IfMatch) -> None:
    """Take a finding out that was recorded by mistake. One that its owner has answered stays."""
    await commands.delete_finding(session, finding_id, principal=principal, versions=versions)
