"""An OpenID provider: its description, the exchange of a code, and the check of what it says about a person.

Source: OpenID Connect Core 1.0 §3.1, Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer).
"""

import hmac
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import quote, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from services.gateway.settings import Settings
from shared.errors import Forbidden, Unavailable

# EdDSA is the older name of Ed25519 (RFC 8037, RFC 9864).
ALGORITHMS = ("ES256", "RS256", "Ed25519", "EdDSA")
Key = RSAKey | ECKey | OKPKey
_KINDS: Mapping[object, type[Key]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
_MOST_KEYS = 50
_UNUSABLE = (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError, AttributeError, OverflowError)
_ANSWER_S, _CONNECT_S = 10, 5
_MOST_BYTES = 1_000_000
_LEEWAY_S = 60
_LAST_S = 2**40
_CLAIMS = ("groups", "roles")


class Untrusted(Forbidden):
    """What came back from the provider does not hold."""

    code = "untrusted-sign-in"


class GroupsLeftOut(Forbidden):
    """The person is in more groups than a token holds, so the provider named none of them."""

    code = "groups-left-out"


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
    basic = isinstance(methods, list) and "client_secret_basic" in methods
    return Provider(issuer=issuer, basic=basic, **{name: found[name] for name in names})


def _fits(address: str, issuer: str) -> bool:
    try:
        return urlsplit(address).scheme in ("https", urlsplit(issuer).scheme)
    except ValueError:
        return False


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
    claims = signed_claims(token, usable_keys(await _asked("GET", provider.jwks_uri)))
    audience = claims.get("aud")
    meant = audience == client_id or (
        isinstance(audience, list) and client_id in audience and (len(audience) == 1 or claims.get("azp") == client_id)
    )
    if claims.get("iss") != provider.issuer or not meant or claims.get("azp", client_id) != client_id:
        raise Untrusted("The ID token is from or for somebody else.")
    ends, made = claims.get("exp"), claims.get("iat")
    if not _is_moment(ends) or ends + _LEEWAY_S < now:
        raise Untrusted("The ID token has expired.")
    if not _is_moment(made) or made - _LEEWAY_S > now:
        raise Untrusted("The ID token is from the future.")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(errors="replace"), nonce.encode()):
        raise Untrusted("The ID token belongs to another sign-in.")
    # OpenID Connect Core §2: at most 255 ASCII characters.
    if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255 or not claims["sub"].isprintable():
        raise Untrusted("The ID token names nobody.")
    return claims


def usable_keys(found: Mapping[str, Any]) -> list[Key]:
    """The keys of a JWKS that can check a signature; any other, of whatever kind or form, is passed over.

    At most 50 are looked at. Source: RFC 7517 §5.
    """
    listed = found.get("keys")
    keys = [_usable(each) for each in listed[:_MOST_KEYS]] if isinstance(listed, list) else []
    return [key for key in keys if key is not None]


def _usable(found: object) -> Key | None:
    if not isinstance(found, dict) or found.get("use", "sig") != "sig" or found.get("alg", "EdDSA") not in ALGORITHMS:
        return None
    try:
        # Its other members, such as the certificates of Entra, are nothing to us and may have any form.
        parts = {name: found[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in found}
        return _KINDS[found.get("kty")].import_key(parts)
    except _UNUSABLE:
        return None


def signed_claims(token: str, keys: Sequence[Key]) -> dict[str, Any]:
    """What a token says, if one of these keys has signed it; which one it names is no matter. Raises Untrusted."""
    if not keys:
        raise Untrusted("The provider shows no key that could have signed.")
    for key in keys:
        try:
            return dict(jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims)
        except (*_UNUSABLE, RecursionError):
            continue
    raise Untrusted("The ID token's signature does not hold.")


def _is_moment(claim: object) -> TypeGuard[float]:
    # JSON as Python reads it knows NaN, before which everything is, and numbers beyond any clock.
    return isinstance(claim, int | float) and 0 <= claim < _LAST_S


def leaves_groups_out(claims: Mapping[str, Any]) -> bool:
    """Whether the person has more groups than the token holds, which then names none and says where to ask.

    Source: Microsoft identity platform, "Groups overage claim".
    """
    named = claims.get("_claim_names")
    elsewhere = isinstance(named, dict) and any(name in named for name in _CLAIMS)
    return elsewhere or str(claims.get("hasgroups", "")).lower() == "true"


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
    except (httpx.InvalidURL, ValueError):
        raise Untrusted("The provider's description has an address that cannot be asked.") from None
    if answer.status_code >= 500:
        raise Unavailable("The provider does not answer just now.")
    if answer.status_code != 200 or len(answer.content) > _MOST_BYTES:
        raise Untrusted("The provider refused.")
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        raise Untrusted("The provider's answer cannot be read.") from None
    if not isinstance(found, dict):
        raise Untrusted("The provider's answer cannot be read.")
    return found


def moment() -> float:
    """Now, in seconds since 1970."""
    return time.time()
