"""HTTP in: who a caller is here and what it may, and which organisations take part."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Request

from services.gateway.access import queries
from services.gateway.access.directory import PublicDoor
from services.gateway.proxy import catalogue
from services.gateway.proxy.schemas import Limits, Me, Organisation, Organisations, OwnOrganisation
from services.gateway.settings import Settings
from shared.access import Principal
from shared.access.door import may
from shared.database import Session
from shared.errors import NotFound
from shared.http.costs import costing
from shared.http.operations import Operation
from shared.service import SMALL_BYTES

router = APIRouter(route_class=Operation, tags=["access"])
Caller = Annotated[Principal, may()]


@router.get(catalogue.PREFIX + "/me")
async def get_me(request: Request, session: Session, principal: Caller) -> Me:
    """Who you are here: your organisation, role, scopes, areas and limits, and until when your credential works."""
    settings: Settings = request.app.state.settings
    door: PublicDoor = request.app.state.door
    names = await queries.caller_names(session, [principal.client_id])
    organisation = await queries.find_organisation(session, str(principal.organisation_id))
    if organisation is None:
        raise NotFound("Your organisation is not here any more.")
    ends = door.expires_at(principal, request.headers)
    own, together = door.quotas(principal)
    return Me(
        client_id=principal.client_id,
        name=names.get(principal.client_id),
        organisation=OwnOrganisation(id=organisation.id, name=organisation.name, kind=organisation.kind),
        role=principal.role,
        scopes=sorted(principal.scopes),
        areas=list(principal.areas),
        credential="token" if principal.key_id is None else "api_key",
        expires_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
        limits=Limits(
            window_s=settings.quota_window_s,
            requests=own.requests,
            requests_of_organisation=together.requests,
            body_bytes=SMALL_BYTES,
            large_body_bytes=settings.body_limit_bytes,
            file_bytes=settings.stream_limit_bytes,
        ),
    )


@router.get(catalogue.PREFIX + "/organisations", openapi_extra=costing(2))
async def list_organisations(session: Session, _: Caller) -> Organisations:
    """The organisations that you may know, by name: those that take part, and those that did."""
    rows = await queries.list_known_organisations(session)
    return Organisations(
        organisations=[Organisation(id=row.id, name=row.name, kind=row.kind, active=row.active) for row in rows]
    )
