"""HTTP in: access tokens for systems (RFC 6749 §4.4), and the keys to check them by.

Whoever guesses is held back by client id and address together: a stranger elsewhere shuts nobody out, and at the same
address that client alone, for ten minutes at a time, while tokens and API keys that are out keep working. A secret has
256 random bits, so the lock is against noise; what makes guessing hopeless is the secret (docs/decisions/0013).
"""

import base64
import binascii
import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, Request, Response
from fastapi.responses import JSONResponse

from services.gateway.access import domain, queries, tries
from services.gateway.access.proxies import address_of_caller
from services.gateway.access.schemas import ServerMetadata, Token, TokenRefusal
from services.gateway.settings import Settings
from shared.access import SCOPES, Principal
from shared.access.door import claims_of, sign
from shared.database import Session
from shared.errors import Invalid
from shared.http.operations import Operation
from shared.http.problems import PROBLEM, problems

router = APIRouter(route_class=Operation, tags=["access"])
AUDIENCE = "samsyn"
# A form that cannot be read is refused as everywhere else, before it is anything of OAuth's.
UNREADABLE: dict[str, Any] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_NO_GRANT = (
    "There is no grant_type. Send grant_type=client_credentials with the client's id and secret as a form"
    " (application/x-www-form-urlencoded), not as JSON."
)
FAULTS_PER_CLIENT_AND_ADDRESS, FAULTS_PER_ADDRESS = 10, 60


@router.post(
    "/oauth/token",
    response_model=Token,
    responses={
        400: {"model": TokenRefusal, "content": UNREADABLE},
        401: {"model": TokenRefusal},
        429: problems(429)[429],
    },
)
async def issue_token(
    request: Request,
    session: Session,
    grant_type: Annotated[str, Form(max_length=100, examples=["client_credentials"])] = "",
    client_id: Annotated[str, Form(max_length=100, examples=["client_9f86d081884c7d65"])] = "",
    client_secret: Annotated[str, Form(max_length=200, examples=["secret_of-256-random-bits"])] = "",
    scope: Annotated[
        str, Form(max_length=1000, description="Fewer scopes than the client has.", examples=["reports:write"])
    ] = "",
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """An access token for a system, by client credentials (RFC 6749 §4.4). It holds for ten minutes.

    After ten wrong secrets for a client from one address, that client waits there: 429 with Retry-After.
    """
    if not grant_type:
        return _no_token(400, "invalid_request", _NO_GRANT)
    if grant_type != "client_credentials":
        return _no_token(400, "unsupported_grant_type", "The grant_type here is client_credentials.")
    if authorization is not None:
        name, secret = _basic(authorization)
        if client_secret or client_id not in ("", name):  # RFC 6749 §2.3: one way at a time
            return _no_token(400, "invalid_request", "Send the client's id and secret once: by Basic or in the form.")
        client_id, client_secret = name, secret
    known = await _known_client(request, session, client_id, client_secret)
    if known is None:
        return _no_token(401, "invalid_client", "The client id and secret do not belong together.")
    principal, let_in = known
    if not let_in:
        return _no_token(401, "invalid_client", "This client, or its organisation, was stopped. Ask the municipality.")
    # A client made a moment ago can use its first token at once.
    await request.app.state.directory.refresh()
    try:
        scopes = domain.granted(principal.scopes, scope)
    except Invalid as refused:
        return _no_token(400, "invalid_scope", refused.detail)
    return _token(request, principal, scopes=scopes)


def _token(request: Request, principal: Principal, *, scopes: Collection[str]) -> Response:
    settings: Settings = request.app.state.settings
    claims = {**claims_of(principal), "scope": " ".join(sorted(scopes)), "client_id": principal.client_id}
    lifetime_s = settings.token_lifetime_s
    token = sign(
        request.app.state.token_key,
        claims,
        issuer=settings.public_url,
        audience=AUDIENCE,
        lifetime_s=lifetime_s,
        now=time.time(),
    )
    answer = Token(access_token=token, token_type="Bearer", expires_in=lifetime_s, scope=claims["scope"])  # noqa: S106 - RFC 6749's name
    return JSONResponse(answer.model_dump(), headers={"Cache-Control": "no-store"})


async def _known_client(
    request: Request, session: Session, client_id: str, secret: str
) -> tuple[Principal, bool] | None:
    """Whom id and secret belong to, and whether they are let in; None for nobody. Raises TooMany.

    The same work, statement by statement and hash by hash, whether there is no such client, it was shut out or its
    secret is another: only who has the secret hears that it was shut out, and nobody learns from the time it takes
    which clients there are.
    """
    settings: Settings = request.app.state.settings
    now, address = datetime.now(UTC), address_of_caller(request)
    client = domain.digest(f"client {client_id} at {address}", pepper=settings.pepper)
    around = domain.digest(f"clients at {address}", pepper=settings.pepper)
    counted = await tries.counted_tries(session, [client, around], now=now)
    tries.hold_back(counted, {client: FAULTS_PER_CLIENT_AND_ADDRESS - 1})
    # PostgreSQL's text holds no NUL; no client is called so.
    found = await queries.find_client(session, "" if "\x00" in client_id else client_id, now=now)
    shown = domain.digest(secret, pepper=settings.pepper)
    if domain.is_one_of(shown, found[1] if found else []) and found:
        return found[0], found[2]
    # Others behind this address are let in with the right secret; what is wrong is not even counted any more.
    tries.hold_back(counted, {around: FAULTS_PER_ADDRESS - 1})
    await tries.take_try(session, [client, around], now=now)
    return None


def _no_token(status: int, error: str, description: str) -> Response:
    headers = {"Cache-Control": "no-store"} | ({"WWW-Authenticate": 'Basic realm="samsyn"'} if status == 401 else {})
    return JSONResponse({"error": error, "error_description": description}, status_code=status, headers=headers)


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, value = authorization.partition(" ")
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (ValueError, binascii.Error):  # also for signs that no base64 has
        return "", ""
    return (name, secret) if scheme.lower() == "basic" else ("", "")


@router.get("/.well-known/oauth-authorization-server")
async def describe_server(request: Request) -> ServerMetadata:
    """How tokens are got here, for programs that set themselves up by it (RFC 8414)."""
    settings: Settings = request.app.state.settings
    here = settings.public_url
    return ServerMetadata(
        issuer=here,
        token_endpoint=f"{here}/oauth/token",
        jwks_uri=f"{here}/oauth/jwks",
        scopes_supported=list(SCOPES),
        response_types_supported=[],
        grant_types_supported=["client_credentials"],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        service_documentation=f"{here}/docs",
    )


@router.get("/oauth/jwks")
async def list_keys(request: Request) -> dict[str, Any]:
    """The public keys by which access tokens can be checked (RFC 7517)."""
    key = request.app.state.token_key
    return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": "Ed25519"}]}
