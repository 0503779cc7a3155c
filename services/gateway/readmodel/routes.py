"""HTTP in: the overview and the feed."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute

from services.gateway.access.shares import Shares, load_of
from services.gateway.proxy import catalogue
from services.gateway.proxy.counting import charge
from services.gateway.readmodel import queries
from services.gateway.readmodel.domain import first_told
from services.gateway.readmodel.overview import Overview, make_overview
from services.gateway.readmodel.schemas import Feed, FeedItem
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.errors import FieldError, Invalid
from shared.http.costs import COST, cost_of, costing
from shared.http.edge import hold_until_end
from shared.http.operations import Operation
from shared.http.problems import Limit, problems
from shared.shapes import DayOrMomentOrNow

router = APIRouter(route_class=Operation)
Reader = Annotated[Principal, may("overview:read")]


async def in_turn(request: Request, principal: Reader) -> None:
    """Hold one of the caller's places at the gateway, by what is asked for: as of what is forwarded."""
    route: APIRoute = request.scope["route"]
    cost = cost_of((route.openapi_extra or {}).get(COST, 1), request.query_params)
    if cost > 1:  # its first is counted at the door
        charge(request, principal, cost=cost - 1, let_in=True)
    shares: Shares = request.app.state.shares
    load = load_of(route.path, cost=cost, streamed=False)
    await hold_until_end(request, shares.turn(request, load, where="gateway", who=principal.organisation_id))


_ONE_BEGINNING = "Send `since` to go on, or `from` to begin; not both."
InTurn = [Depends(in_turn)]


@router.get(
    catalogue.PREFIX + "/overview",
    tags=["overview"],
    response_model=Overview,
    responses=problems(),
    dependencies=InTurn,
    openapi_extra=costing(3),
)
async def get_overview(request: Request, principal: Reader) -> Response:
    """How it stands in this cycle: reports by area and category, open findings, gatherings to come."""
    state, now = request.app.state, datetime.now(UTC)
    today = now.astimezone(state.zone).date()
    known = state.remembered.find(principal, now=now, today=today)
    async with state.database.direct() as connection:
        end = await queries.find_news(connection, principal, after=known and known.position)
    if known and known.epoch == end.epoch and not end.news:
        known.position = max(known.position, end.position)
        return Response(known.body, media_type="application/json")
    async with state.database.sessions() as session:
        overview = await make_overview(
            session,
            principal,
            cycle=state.cycle,
            zone=state.zone,
            cursors=state.cursors,
            memory=state.published,
        )
    body = state.remembered.keep(principal, overview, end=(end.epoch, end.position), today=today)
    return Response(body, media_type="application/json")


@router.get(catalogue.PREFIX + "/feed", tags=["overview"], responses=problems(400, 410), dependencies=InTurn)
async def read_feed(
    request: Request,
    session: Session,
    principal: Reader,
    since: Annotated[
        str | None,
        Query(
            max_length=100,
            description="`next_cursor` of the answer before, or `feed_cursor` of the overview to begin with what comes "
            "next. Without it the feed begins with the oldest.",
            examples=["5f0c2d7e.q1J0b2tNX3ZpZXdlcg"],
        ),
    ] = None,
    begin: Annotated[
        DayOrMomentOrNow | None,
        Query(
            alias="from",
            description="Instead of `since`: begin with what was told from this time on, or with what comes next "
            "(`now`). Whoever sees some things coarsely begins with the first of that day.",
            examples=["now"],
        ),
    ] = None,
    limit: Limit = 100,
) -> Feed:
    """What happened since a cursor, or from a time, in order and without gaps, as far as the caller may know."""
    epoch, cursors = await queries.epoch(session), request.app.state.cursors
    if begin is not None and since is not None:
        raise Invalid("Say once where to begin.", errors=(FieldError("from", "beside_since", _ONE_BEGINNING),))
    if begin is None:
        after = cursors.read(since, epoch=epoch)
    else:
        after = await queries.position_before(
            session, first_told(begin, principal=principal, zone=request.app.state.zone)
        )
    rows = await queries.read_feed(
        session, principal=principal, zone=str(request.app.state.zone), after=after, limit=limit
    )
    items = [FeedItem(id=row["message_id"], type=row["type"], at=row["at"], data=row["data"]) for row in rows]
    last = rows[-1]["position"] if rows else after
    return Feed(items=items, next_cursor=cursors.write(epoch, last))
