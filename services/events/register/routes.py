"""HTTP in: parse, call one command or query, shape the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request, Response

from services.events.register import commands, domain, queries
from services.events.register.domain import Status
from services.events.register.schemas import (
    EXAMPLE_GATHERING,
    Cancellation,
    Clash,
    Clashes,
    Gathering,
    GatheringAndClashes,
    GatheringChange,
    GatheringPage,
    NewGathering,
)
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.geo.areas import check_known
from shared.http.cursors import Cursor
from shared.http.once import Once
from shared.http.operations import Operation
from shared.http.preconditions import IfMatch, bears, etag
from shared.http.problems import After, Limit, problems
from shared.ids import uuid7
from shared.privacy.beside import admit
from shared.privacy.free_text import keep_confirmed
from shared.shapes import AreaCode, DayOrMoment, Point

router = APIRouter(route_class=Operation, tags=["events"])
PAGES = Cursor("gatherings", kinds=(datetime, UUID))

_READ = "events:read"
Reader = Annotated[Principal, may(_READ)]
Writer = Annotated[Principal, may("events:write")]
# What is changed is told whole, whosever it is.
Changer = Annotated[Principal, may("events:write", _READ)]
_BEGIN, _END = ["2026-12-01T00:00:00Z"], ["2027-01-01T00:00:00Z"]
GatheringId = Annotated[UUID, Path(alias="id", description="The gathering.", examples=[EXAMPLE_GATHERING])]


@router.post("/gatherings", status_code=201, responses=problems(400, 409, 413) | bears("ETag", "Location", status=201))
async def register_gathering(
    body: NewGathering, request: Request, session: Session, principal: Writer, once: Once, response: Response
) -> GatheringAndClashes:
    """Register a public gathering. The answer says how much it asks of everybody and what it clashes with.

    Clashes are other gatherings near it in time and place: a warning, not a refusal. To be told of them takes the scope
    events:read too.
    """
    confirmed = await admit(request, body, principal=principal)
    gathering = domain.register(
        body.model_dump(),
        gathering_id=uuid7(),
        organisation_id=principal.organisation_id,
        ground=request.app.state.ground,
        now=datetime.now(UTC),
    )
    # What it clashes with is read before the key is claimed, so that the whole answer is kept in one statement.
    clashes = await _clashes_of(gathering, request, session, principal)

    async def register() -> None:
        await commands.register_gathering(session, gathering)
        await keep_confirmed(session, {gathering.id: confirmed}, principal=principal)

    answer = await once.known(principal, _with_clashes(gathering, clashes, principal=principal), register)
    response.headers["Location"] = f"/samsyn/v1/gatherings/{answer.id}"
    response.headers["ETag"] = etag(gathering.version)
    return _told(answer, principal=principal)


@router.get("/gatherings/{id}", responses=problems(404) | bears("ETag"))
async def get_gathering(
    gathering_id: GatheringId, session: Session, principal: Reader, response: Response
) -> Gathering:
    """One gathering: whole for who registered it, coarsely in the caller's areas; coordinators and the police see all.

    Its ETag goes into If-Match when you change it.
    """
    gathering = _shape(await queries.get_gathering(session, gathering_id, principal=principal))
    if gathering.version is not None:
        response.headers["ETag"] = etag(gathering.version)
    return gathering


@router.get("/gatherings", responses=problems(400))
async def list_gatherings(
    request: Request,
    session: Session,
    principal: Reader,
    begin: Annotated[
        DayOrMoment | None,
        Query(alias="from", description="Only what ends after this, or after this day has begun.", examples=_BEGIN),
    ] = None,
    end: Annotated[
        DayOrMoment | None,
        Query(alias="to", description="Only what begins before this, or before this day is over.", examples=_END),
    ] = None,
    area_code: Annotated[
        AreaCode | None, Query(description="Only in this area and those below it.", examples=["0101"])
    ] = None,
    status: Annotated[Status | None, Query(description="Only those that stand so.", examples=["registered"])] = None,
    limit: Limit = 20,
    cursor: After = None,
) -> GatheringPage:
    """The gatherings that the caller may see, in the order of a calendar: those that go on between `from` and `to`."""
    after = PAGES.decode(cursor)
    await check_known(session, area_code, field="area_code")
    first, last = domain.asked(begin, end, zone=request.app.state.ground.zone)
    rows = await queries.list_gatherings(
        session,
        principal=principal,
        begin=first,
        end=last,
        area_code=area_code,
        status=status,
        after=(after[0], after[1]) if after else None,
        limit=limit + 1,
    )
    page = [_shape(row) for row in rows[:limit]]
    more = len(rows) > limit
    return GatheringPage(gatherings=page, next_cursor=PAGES.encode(page[-1].starts_at, page[-1].id) if more else None)


@router.get("/gatherings/{id}/clashes", responses=problems(404))
async def list_clashes(gathering_id: GatheringId, request: Request, session: Session, principal: Reader) -> Clashes:
    """What a gathering clashes with now: other gatherings near it in time and place, cancelled ones left out.

    For the organisation that registered it, coordinators and the municipal police.
    """
    gathering = await queries.get_whole(session, gathering_id, principal=principal)
    return _warning(await _clashes_of(gathering, request, session, principal), principal=principal)


@router.patch("/gatherings/{id}", responses=problems(400, 404, 409, 412, 413, 428) | bears("ETag"))
async def change_gathering(
    gathering_id: GatheringId,
    body: GatheringChange,
    request: Request,
    session: Session,
    principal: Changer,
    versions: IfMatch,
    response: Response,
) -> GatheringAndClashes:
    """Change some fields of a gathering. If-Match says which version you saw; 412 if somebody changed it since.

    What GET gave can be sent back whole.

    For the organisation that registered it, coordinators and the municipal police.
    """

    async def read() -> Gathering:
        return _shape(await queries.get_gathering(session, gathering_id, principal=principal))

    confirmed = await body.admit(request, principal=principal, read=read)
    before = await body.as_read(read)
    gathering, clashes = await commands.change_gathering(
        session,
        gathering_id,
        body.model_dump(exclude_unset=True),
        principal=principal,
        versions=versions,
        ground=request.app.state.ground,
        near=request.app.state.near,
    )
    body.check_read_only(before)
    await keep_confirmed(session, {gathering_id: confirmed}, principal=principal)
    response.headers["ETag"] = etag(gathering.version)
    return _with_clashes(gathering, clashes, principal=principal)


@router.delete("/gatherings/{id}", status_code=204, responses=problems(400, 404, 412, 428))
async def delete_gathering(gathering_id: GatheringId, session: Session, principal: Changer, versions: IfMatch) -> None:
    """Take a gathering out that was registered by mistake. What does not take place after all is cancelled instead.

    For the organisation that registered it, coordinators and the municipal police.
    """
    await commands.delete_gathering(session, gathering_id, principal=principal, versions=versions)


@router.post("/gatherings/{id}/cancel", responses=problems(400, 404, 409, 413) | bears("ETag"))
async def cancel_gathering(
    gathering_id: GatheringId,
    body: Annotated[Cancellation, Body(default_factory=Cancellation)],
    session: Session,
    request: Request,
    principal: Changer,
    once: Once,
    response: Response,
) -> Gathering:
    """Call a gathering off. It stays in the register, and clashes with nothing any more.

    For the organisation that registered it, coordinators and the municipal police.
    """
    confirmed = await admit(request, body, principal=principal)

    async def cancel() -> Gathering:
        cancelled = await commands.cancel_gathering(session, gathering_id, principal=principal, reason=body.reason)
        await keep_confirmed(session, {gathering_id: confirmed}, principal=principal)
        return _shape(asdict(cancelled))

    gathering = await once(principal, Gathering, cancel)
    if gathering.version is not None:
        response.headers["ETag"] = etag(gathering.version)
    return gathering


async def _clashes_of(
    gathering: domain.Gathering, request: Request, session: Session, principal: Principal
) -> Sequence[domain.Clash]:
    state = request.app.state
    return await queries.list_clashes(
        session, gathering, principal=principal, near=state.near, paths=state.ground.paths
    )


def _shape(row: Mapping[str, Any]) -> Gathering:
    lon, lat = row["lon"], row["lat"]
    return Gathering(**row, point=None if lon is None or lat is None else Point(lon=lon, lat=lat))


def _warning(clashes: Sequence[domain.Clash], *, principal: Principal) -> Clashes:
    return Clashes(
        clashes=[Clash(**each.gathering, distance_m=each.distance_m) for each in clashes[: queries.MOST_CLASHES]],
        complete=principal.sees_all("gathering") and len(clashes) <= queries.MOST_CLASHES,
    )


def _with_clashes(
    gathering: domain.Gathering, clashes: Sequence[domain.Clash], *, principal: Principal
) -> GatheringAndClashes:
    warning = _warning(clashes, principal=principal)
    return GatheringAndClashes(**dict(_shape(asdict(gathering))), **dict(warning))


def _told(answer: GatheringAndClashes, *, principal: Principal) -> GatheringAndClashes:
    """The answer to whoever registers: what it says of others' gatherings takes the scope that reads them.

    Left out at the last, so that an answer kept under a key says no more to a token of fewer scopes.
    """
    return answer if _READ in principal.scopes else answer.model_copy(update={"clashes": [], "complete": False})
