"""HTTP in: the gateway's own operations. The other services' come from the route table (`forwarding`)."""

import base64
import binascii
import hmac
import time
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, Query, Request, Response
from fastapi.responses import JSONResponse

from services.gateway import catalogue, domain, queries, shape
from services.gateway.domain import Period
from services.gateway.schemas import ApiInfo, Feed, FeedItem, Overview, PeriodShape, Token, TokenRefusal
from services.gateway.settings import Settings
from shared.access import Principal
from shared.auth import claims_of, may, sign
from shared.database import Session
from shared.errors import Invalid
from shared.http import Limit, problems

router = APIRouter()
Reader = Annotated[Principal, may("overview:read")]
AUDIENCE = "samsyn"
VERSION = "1.0.0"
RELEASED = date(2026, 11, 23)


@router.post(
    "/oauth/token",
    tags=["access"],
    response_model=Token,
    responses={400: {"model": TokenRefusal}, 401: {"model": TokenRefusal}},
)
async def issue_token(
    request: Request,
    session: Session,
    grant_type: Annotated[str, Form(max_length=100, examples=["client_credentials"])] = "",
    client_id: Annotated[str, Form(max_length=100)] = "",
    client_secret: Annotated[str, Form(max_length=200)] = "",
    scope: Annotated[str, Form(max_length=1000, description="Fewer scopes than the client has.")] = "",
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """An access token for a system, by client credentials (RFC 6749 §4.4). It holds for ten minutes."""
    settings: Settings = request.app.state.settings
    if grant_type != "client_credentials":
        return _no_token(400, "unsupported_grant_type", "The grant_type here is client_credentials.")
    if authorization is not None:
        client_id, client_secret = _basic(authorization)
    principal = await _client(session, client_id, client_secret, settings=settings)
    if principal is None:
        return _no_token(401, "invalid_client", "The client id and secret do not belong together.")
    # A client made a moment ago can use its first token at once.
    await request.app.state.directory.refresh()
    try:
        scopes = domain.granted(principal.scopes, scope)
    except Invalid as refused:
        return _no_token(400, "invalid_scope", refused.detail)
    claims = {**claims_of(principal), "scope": " ".join(sorted(scopes)), "client_id": principal.client_id}
    token = sign(
        request.app.state.token_key,
        claims,
        issuer=settings.public_url,
        audience=AUDIENCE,
        lifetime_s=settings.token_lifetime_s,
        now=time.time(),
    )
    answer = Token(
        access_token=token,
        token_type="Bearer",  # noqa: S106 - the name in RFC 6749
        expires_in=settings.token_lifetime_s,
        scope=claims["scope"],
    )
    return JSONResponse(answer.model_dump(), headers={"Cache-Control": "no-store"})


def _no_token(status: int, error: str, description: str) -> Response:
    headers = {"Cache-Control": "no-store"} | ({"WWW-Authenticate": 'Basic realm="samsyn"'} if status == 401 else {})
    return JSONResponse({"error": error, "error_description": description}, status_code=status, headers=headers)


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, value = authorization.partition(" ")
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (name, secret) if scheme.lower() == "basic" else ("", "")


async def _client(session: Session, client_id: str, secret: str, *, settings: Settings) -> Principal | None:
    found = await queries.find_client(session, client_id, now=datetime.now(UTC))
    shown = domain.digest(secret, pepper=settings.pepper)
    # The same work whether or not there is such a client, so that the time to answer tells nothing.
    stored = found[1] if found else [bytes(32)]
    matches = [hmac.compare_digest(shown, each) for each in stored]
    return found[0] if found and any(matches) else None


@router.get("/oauth/jwks", tags=["access"])
async def list_keys(request: Request) -> dict[str, Any]:
    """The public keys by which access tokens can be checked (RFC 7517)."""
    key = request.app.state.token_key
    return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": "Ed25519"}]}


@router.get(catalogue.PREFIX + "/overview", tags=["overview"], responses=problems())
async def get_overview(request: Request, session: Session, caller: Reader) -> Overview:
    """How it stands in this cycle: reports by area and category, open findings, gatherings to come."""
    return await overview(request, session, caller)


async def overview(request: Request, session: Session, caller: Principal, *, day: date | None = None) -> Overview:
    """The overview for a reader, of the cycle that holds a day, or of the running one; the page shows the same."""
    now, cycle = datetime.now(UTC), request.app.state.cycle
    today = now.astimezone(request.app.state.zone).date()
    current = domain.period_of(day or today, start=cycle.start, days=cycle.days)
    previous = Period(current.first - timedelta(days=cycle.days), current.first)
    found = await queries.overview(session, principal=caller, current=current, previous=previous, now=now, today=today)
    epoch = request.app.state.epoch or await queries.epoch(session)
    request.app.state.epoch = epoch
    return Overview.model_validate(
        {
            "period": _period(current),
            "previous": _period(previous),
            **shape.told(found["areas"], found["counts"], current=current, principal=caller),
            "findings": found["findings"],
            "gatherings": found["gatherings"],
            "feed_cursor": domain.feed_cursor(epoch, found["position"] or 0),
        }
    )


def _period(period: Period) -> PeriodShape:
    return PeriodShape(first=period.first, last=period.after - timedelta(days=1))


@router.get(catalogue.PREFIX + "/feed", tags=["overview"], responses=problems(400, 410))
async def read_feed(
    session: Session,
    caller: Reader,
    since: Annotated[str | None, Query(max_length=100, description="`next_cursor` of the answer before.")] = None,
    limit: Limit = 100,
) -> Feed:
    """What happened since a cursor, in order and without gaps, as far as the caller may know."""
    epoch = await queries.epoch(session)
    after = domain.feed_position(since, epoch=epoch)
    rows = await queries.read_feed(session, principal=caller, after=after, limit=limit)
    items = [FeedItem(id=row["message_id"], type=row["type"], at=row["at"], data=row["data"]) for row in rows]
    last = rows[-1]["position"] if rows else after
    return Feed(items=items, next_cursor=domain.feed_cursor(epoch, last))


@router.get(catalogue.PREFIX + "/api-info", tags=["access"])
async def get_api_info(request: Request) -> ApiInfo:
    """What this API is and where it is described."""
    return ApiInfo(
        api_name="Samsyn",
        api_version=VERSION,
        api_released=RELEASED,
        api_documentation=f"{request.app.state.settings.public_url}/docs",
        api_status="active",
    )


@router.get(catalogue.PREFIX + "/openapi.json", include_in_schema=False)
async def get_openapi() -> Response:
    """The description of every public operation, as committed."""
    return Response(catalogue.committed_openapi(), media_type="application/json")
