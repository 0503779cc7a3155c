"""Placing all reports anew: whether it is needed, ask for it, follow it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.reports.placements.commands import request_placement
from services.reports.placements.queries import find_since, get_placement
from services.reports.placements.schemas import Placement, Placing
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.http.costs import costing
from shared.http.once import Once
from shared.http.operations import Operation
from shared.http.preconditions import bears
from shared.http.problems import problems
from shared.ids import ordered_uuid7

router = APIRouter(route_class=Operation, tags=["areas"])

Reader = Annotated[Principal, may("reports:read")]
Writer = Annotated[Principal, may("areas:write")]


@router.post(
    "/areas/placements",
    status_code=202,
    responses=problems(400, 409) | bears("Location", status=202),
    openapi_extra=costing(60),
)
async def place_reports(
    request: Request, session: Session, principal: Writer, once: Once, response: Response
) -> Placement:
    """Move every report to the area it belongs to by now. It is worked off afterwards: follow Location.

    Each report that moves gets a new version, is told as `report.corrected`, and keeps the event in its history.
    """

    async def ask() -> Placement:
        placement_id = ordered_uuid7()
        await request_placement(session, placement_id, principal=principal)
        request.app.state.placements_waiting.after_commit(session)
        return Placement(**await get_placement(session, placement_id))

    placement = await once(principal, Placement, ask)
    response.headers["Location"] = f"/samsyn/v1/areas/placements/{placement.id}"
    return placement


@router.get("/areas/placements")
async def get_placing_state(session: Session, principal: Reader) -> Placing:
    """Whether reports still stand in the areas of before the last import of areas, or are being moved."""
    since = await find_since(session)
    return Placing(
        tree_version=since.tree_version,
        waiting=since.waiting,
        moving=since.moving,
        reports_to_move=since.left if principal.sees_everything else None,
    )


@router.get("/areas/placements/{id}", responses=problems(404))
async def get_placing(placement_id: Annotated[UUID, Path(alias="id")], session: Session, _: Writer) -> Placement:
    """How far a placement is, and how many reports moved."""
    return Placement(**await get_placement(session, placement_id))
