"""An OpenID provider: its description, the exchange of a code, and the check of what it says about a person.

Source: OpenID Connect Core 1.0 §3.1, Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.gateway.settings import Settings
from shared.errors import Forbidden, Unavailable

ALGORITHMS = ("ES256", "RS256", "Ed25519")
_ANSWER_S, _CONNECT_S = 10, 5
_MOST_BYTES = 1_000_000
_LEEWAY_S = 60
_CLAIMS = ("groups", "roles")


class Untrusted(Forbidden):
    """What came back from the provider does not hold."""

    code = "untrusted-sign-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where a provider answers."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    basic: bool


async def discover(issuer: str) -> Provider:
    """The provider's description of itself. Raises Unavailable, Untrusted."""
    found = await _asked("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise Untrusted("The provider calls itself by another name.")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if not all(isinstance(found.get(name), str) and _fits(found[name], issuer) for name in names):
        raise Untrusted("The provider's description lacks an address, or has one that is not safe.")
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Provider(issuer=issuer, basic="client_secret_basic" in methods, **{name: found[name] for name in names})


def _fits(address: str, issuer: str) -> bool:
    return urlsplit(address).scheme in ("https", urlsplit(issuer).scheme)


async def redeem(provider: Provider, settings: Settings, *, code: str, verifier: str, back: str) -> str:
    """The ID token for a code. Raises Unavailable, Untrusted."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    auth = None
    if settings.oidc_client_secret and provider.basic:
        # RFC 6749 §2.3.1: both are form-encoded before they are joined.
        auth = (quote(settings.oidc_client_id, safe=""), quote(settings.oidc_client_secret, safe=""))
    else:
        form["client_id"] = settings.oidc_client_id
        if settings.oidc_client_secret:
            form["client_secret"] = settings.oidc_client_secret
    found = await _asked("POST", provider.token_endpoint, form=form, auth=auth)
    token = found.get("id_token")
    if not isinstance(token, str):
        raise Untrusted("The provider gave no ID token.")
    return token


async def claims_of(provider: Provider, token: str, *, client_id: str, nonce: str, now: float) -> dict[str, Any]:
    """What an ID token says, once its signature, issuer, audience, time and nonce hold. Raises Unavailable, Untrusted.

    Keys are fetched for each sign-in: there are few, and a key the provider withdrew is believed no longer.
    """
    keys = await _asked("GET", provider.jwks_uri)
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=list(ALGORITHMS)).claims  # type: ignore[arg-type]
    except (JoseError, ValueError, KeyError, TypeError):
        raise Untrusted("The ID token's signature does not hold.") from None
    audience = claims.get("aud")
    meant = audience == client_id or (
        isinstance(audience, list) and client_id in audience and (len(audience) == 1 or claims.get("azp") == client_id)
    )
    if claims.get("iss") != provider.issuer or not meant or claims.get("azp", client_id) != client_id:
        raise Untrusted("The ID token is from or for somebody else.")
    ends, made = claims.get("exp"), claims.get("iat")
    if not isinstance(ends, int | float) or ends + _LEEWAY_S < now:
        raise Untrusted("The ID token has expired.")
    if not isinstance(made, int | float) or made - _LEEWAY_S > now:
        raise Untrusted("The ID token is from the future.")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Untrusted("The ID token belongs to another sign-in.")
    if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255 or "\x00" in claims["sub"]:
        raise Untrusted("The ID token names nobody.")
    return claims


def groups_of(claims: Mapping[str, Any]) -> set[str]:
    """The groups and roles that the provider gives a person."""
    found = [claims.get(name) for name in _CLAIMS]
    lists = [each if isinstance(each, list) else [each] for each in found]
    return {value for each in lists for value in each if isinstance(value, str)}


async def _asked(
    method: str, address: str, *, form: Mapping[str, str] | None = None, auth: tuple[str, str] | None = None
) -> dict[str, Any]:
    import httpx  # noqa: PLC0415 - 3 MB that only a sign-in at a provider needs

    timeout = httpx.Timeout(_ANSWER_S, connect=_CONNECT_S)
    try:
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False) as caller:
            answer = await caller.request(method, address, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)
    except httpx.HTTPError:
        raise Unavailable("The provider does not answer just now.") from None
    if answer.status_code >= 500:
        raise Unavailable("The provider does not answer just now.")
    if answer.status_code != 200 or len(answer.content) > _MOST_BYTES:
        raise Untrusted("The provider refused.")
    try:
        found = answer.json()
    except ValueError:
        raise Untrusted("The provider's answer cannot be read.") from None
    if not isinstance(found, dict):
        raise Untrusted("The provider's answer cannot be read.")
    return found


def moment() -> float:
    """Now, in seconds since 1970."""
    return time.time()
