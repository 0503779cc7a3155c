"""Who calls a service: the short-lived token the gateway signs, checked here, and the scope each operation asks for."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import structlog
from fastapi import Request, Security
from fastapi.security import OAuth2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from starlette.requests import HTTPConnection
from starlette.types import Scope

from shared.access.table import KINDS, ROLES, SCOPES, Principal
from shared.errors import Forbidden, Malformed, Unauthenticated, WrongToken
from shared.turns import Company, Turns

Known = TypeVar("Known")
Who = TypeVar("Who")

ALGORITHM = "Ed25519"  # RFC 9864's name for what JWS used to call EdDSA
INTERNAL_LIFETIME_S = 60
INTERNAL_ISSUER = "samsyn-gateway"
_LEEWAY_S = 5
_REMEMBERED = 2048
_LET_IN = "let_in"

# What partners read in the API description; the gateway is the one that hands out and checks their tokens.
PARTNER_SCHEME = OAuth2(
    scheme_name="partner",
    flows={"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict(SCOPES)}},
    auto_error=False,
)


def sign(key: OKPKey, claims: Mapping[str, Any], *, issuer: str, audience: str, lifetime_s: int, now: float) -> str:
    """A JWT over these claims, valid from `now` (seconds since 1970) for `lifetime_s`."""
    header = {"alg": ALGORITHM, "kid": key.thumbprint(), "typ": "at+jwt"}
    times = {"iss": issuer, "aud": audience, "iat": int(now), "exp": int(now) + lifetime_s}
    return jwt.encode(header, {**claims, **times}, key, algorithms=[ALGORITHM])


def verify(key: OKPKey, token: str, *, issuer: str, audience: str, now: float) -> dict[str, Any]:
    """The claims of a token. Raises Unauthenticated with the reason in words, never with the token."""
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError, KeyError, TypeError):
        raise WrongToken("The access token cannot be read, or was not issued here.") from None
    if claims.get("iss") != issuer or claims.get("aud") != audience:
        raise WrongToken("The access token was issued for something else.")
    if not isinstance(claims.get("exp"), int) or claims["exp"] + _LEEWAY_S < now:
        raise WrongToken("The access token has expired. Ask for a new one at /oauth/token.")
    return claims


def claims_of(principal: Principal) -> dict[str, Any]:
    """A principal as the claims of a token."""
    return {
        "sub": principal.client_id,
        "org": str(principal.organisation_id),
        "kind": principal.kind,
        "role": principal.role,
        "scope": " ".join(sorted(principal.scopes)),
        "areas": list(principal.areas),
        **({"key": principal.key_id} if principal.key_id else {}),
        **({"era": list(principal.era)} if any(principal.era) else {}),
    }


def principal_of(claims: Mapping[str, Any]) -> Principal:
    """The principal that a token's claims describe. Raises Unauthenticated for claims that are not ours."""
    try:
        return Principal(
            client_id=claims["sub"],
            organisation_id=UUID(claims["org"]),
            kind=_one_of(KINDS, claims["kind"]),
            role=_one_of(ROLES, claims["role"]),
            scopes=frozenset(claims["scope"].split()),
            areas=tuple(claims["areas"]),
            key_id=claims.get("key"),
            era=_pair(*claims.get("era", (0, 0))),
        )
    except (KeyError, ValueError, AttributeError, TypeError):
        raise WrongToken("The access token does not say who calls.") from None


def _pair(client: int, organisation: int) -> tuple[int, int]:
    return int(client), int(organisation)


def _one_of(known: tuple[Known, ...], claim: Any) -> Known:
    return known[known.index(claim)]


class Door:
    """Checks the tokens of one issuer for one audience and says who calls.

    A caller uses one token for many requests, so tokens are remembered until they expire: checking an Ed25519
    signature for each request would cost more than parsing the request (measured: 0.25 ms).
    """

    def __init__(self, key: OKPKey, *, issuer: str, audience: str) -> None:
        self._key, self._issuer, self._audience = key, issuer, audience
        self.company = Company()
        # One of an organisation's at a time, with a rest as long as it took: a text can be made to cost 20 us a sign.
        self.screenings = Turns("long texts", places=100_000, share=1, waiting=100, patience_s=10, rest_s=1)
        self._seen: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def look_up(self, headers: Mapping[str, str]) -> None:
        """Look for who is not known yet. Nothing: a token says all itself; only the gateway's door knows keys."""

    def admit(self, headers: Mapping[str, str], *, now: float, answer_headers: dict[str, str]) -> Principal:
        """Who calls, from the Authorization header. A door may add `answer_headers`; this one has none.

        Raises Unauthenticated.
        """
        scheme, _, shown = headers.get("authorization", "").partition(" ")
        token = shown.lstrip(" ")  # one blank or more (RFC 9110 §11.4)
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated(
                "Send an access token, which POST /oauth/token gives: Authorization: Bearer and the token. Or an API"
                " key, in X-API-Key."
            )
        principal = self._known(token, now) or self._checked(token, now)
        self.company.came(principal.organisation_id)
        return principal

    def expires_at(self, headers: Mapping[str, str]) -> float | None:
        """When the token that a caller was let in with stops working, seconds since 1970."""
        known = self._seen.get(headers.get("authorization", "").partition(" ")[2].lstrip(" "))
        return None if known is None else known[0]

    def check_still(self, principal: Principal, *, now: float) -> None:
        """Raise Unauthenticated for somebody let in before who ended since. Nothing: only the gateway's door knows.

        Nor is a token's time asked again: it lives a minute, and a file may be an hour on its way.
        """

    def _known(self, token: str, now: float) -> Principal | None:
        known = self._seen.get(token)
        return known[1] if known is not None and known[0] > now else None

    def _checked(self, token: str, now: float) -> Principal:
        claims = verify(self._key, token, issuer=self._issuer, audience=self._audience, now=now)
        principal = principal_of(claims)
        self._seen[token] = (float(claims["exp"]), principal)
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return principal


class Admission(Generic[Who]):
    """A dependency that says who asks, and refuses whom an operation is not for: `Depends(Admission(signed_in))`.

    The edge asks it before any of a body is read, and FastAPI again: the second answer comes from what the first kept
    in the request's state.
    """

    def __init__(self, ask: Callable[[Request], Awaitable[Who]]) -> None:
        self.ask = ask

    async def __call__(self, request: Request) -> Who:
        """Who asks. Raises Unauthenticated, Forbidden."""
        return await self.ask(request)


class _Caller(Admission[Principal]):
    """A system with a token, for an operation that asks for a scope."""

    async def __call__(self, request: Request, _: Annotated[object, Security(PARTNER_SCHEME)] = None) -> Principal:
        return await self.ask(request)


def may(*scopes: str) -> Any:
    """The caller of an operation that asks for scopes: `principal: Annotated[Principal, may("reports:read")]`."""
    if unknown := set(scopes) - SCOPES.keys():
        raise ValueError(f"no such scope: {', '.join(sorted(unknown))}")

    async def ask(request: Request) -> Principal:
        return await admit(request, scopes=scopes)

    return Security(_Caller(ask), scopes=list(scopes))


async def admit(request: HTTPConnection, *, scopes: Iterable[str]) -> Principal:
    """Who calls, if they may do this. Raises Unauthenticated, or Forbidden that names the scopes missing.

    Asked again of the same request, nothing is counted or checked anew.
    """
    state = request.scope.setdefault("state", {})
    principal: Principal | None = state.get("principal")
    if principal is None:
        door: Door = request.app.state.door
        answer_headers = state.setdefault("answer_headers", {})
        if sum(len(request.headers.getlist(name)) for name in ("authorization", "x-api-key")) > 1:
            raise Malformed("Say once who you are: a header with it stands twice, or a token beside an API key.")
        await door.look_up(request.headers)
        principal = state["principal"] = door.admit(request.headers, now=time.time(), answer_headers=answer_headers)
        name_in_logs(principal)
    if missing := set(scopes) - principal.scopes:
        raise Forbidden(
            f"The token or key lacks the scope {', '.join(sorted(missing))}. GET /me says which scopes it has: a"
            " token asked for with `scope` those alone. Others are the municipality's to give."
        )
    let_in(request, still=partial(_check_still, request.app.state.door, principal))
    return principal


# Of every line that is logged while their request is answered; the edge forgets them with it.
IN_LOGS = ("client.id", "organisation.id")


def name_in_logs(principal: Principal) -> None:
    """Say in every further line of this request who sent it: ids, whatever they are called."""
    told = (principal.client_id, str(principal.organisation_id))
    structlog.contextvars.bind_contextvars(**dict(zip(IN_LOGS, told, strict=True)))


async def _check_still(door: Door, principal: Principal) -> None:
    door.check_still(principal, now=time.time())


def let_in(request: HTTPConnection, *, still: Callable[[], Awaitable[None]]) -> None:
    """Say that this request is somebody's who may send it: from now on its body may be as large as the operation's.

    still: asks again whether they may, once a body that was long on its way is there; raises Unauthenticated.
    """
    request.scope.setdefault("state", {})[_LET_IN] = still


def is_let_in(scope: Scope) -> bool:
    """Whether somebody was let in with this request."""
    return _LET_IN in scope.get("state", {})


async def check_still_let_in(scope: Scope) -> None:
    """Raise Unauthenticated where somebody was let in with this request and has ended since."""
    if is_let_in(scope):
        await scope["state"][_LET_IN]()
