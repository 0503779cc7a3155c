"""`/sign-in/oidc`: sign-in at an OpenID provider, by authorization code with PKCE, for the same session as locally.

What must come back (state, nonce, verifier) waits in a sealed cookie of the browser that began, for ten minutes; one a
sign-in, so that two tabs do not hinder each other.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import orjson
import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from services.gateway.access import people, queries
from services.gateway.access.domain import name_of
from services.gateway.access.provider import (
    GroupsLeftOut,
    Provider,
    Untrusted,
    claims_of,
    discover,
    groups_of,
    leaves_groups_out,
    moment,
    redeem,
)
from services.gateway.pages.frame.addresses import ANYTHING, Page
from services.gateway.pages.frame.visitors import cookie_name, own_path, set_cookie
from services.gateway.pages.sign_in.local import enter, show_door
from services.gateway.pages.speech.language import gettext as _
from services.gateway.settings import Settings
from shared.errors import Forbidden, Invalid, NotFound, Refusal, Unavailable
from shared.privacy import check_texts

log = structlog.get_logger()
router = APIRouter(route_class=Page, include_in_schema=False)

_COOKIE, _LIFETIME_S, _MOST_BEGUN = "samsyn_oidc", 600, 4
# RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6. Whatever else an address says there may be anything.
_ERRORS = (
    "invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type", "invalid_scope",
    "server_error", "temporarily_unavailable", "interaction_required", "login_required", "account_selection_required",
    "consent_required",
)  # fmt: skip
_ALGORITHMS = ["dir", "A256GCM"]
_Short = Annotated[str, Query(max_length=4000)]


@dataclass(slots=True)
class KnownProvider:
    """The provider's description as it was read last, and until when it is good (seconds since 1970)."""

    provider: Provider | None = None
    until: float = 0.0


@router.get("/sign-in/oidc")
async def begin(request: Request, next: str = "/") -> Response:
    """Lead to the provider. Raises NotFound where none is set up."""
    settings = _settings(request)
    try:
        provider = await _provider(request)
    except (Unavailable, Untrusted) as refusal:
        return _refused(request, refusal, wanted=next)
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": _back(settings),
        "scope": settings.oidc_scopes,
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in provider.authorization_endpoint else "?"
    response = RedirectResponse(f"{provider.authorization_endpoint}{joint}{urlencode(asked)}", status_code=303)
    for name in _oldest(request, settings):
        set_cookie(response, settings, name, "", max_age_s=0)
    sealed = _seal({**kept, "next": own_path(next), "until": moment() + _LIFETIME_S}, settings)
    set_cookie(response, settings, _cookie_of(kept["state"]), sealed, max_age_s=_LIFETIME_S)
    return response


# Providers add to their answer what they like, and whatever is not known of it is to be passed over (RFC 6749 §4.1.2).
@router.get("/sign-in/oidc/callback", openapi_extra=ANYTHING)
async def come_back(
    request: Request,
    state: _Short = "",
    code: _Short = "",
    error: _Short = "",
    iss: Annotated[str | None, Query(max_length=1000)] = None,
) -> Response:
    """A session for whom the provider vouches and has a role here; anybody else is told why not."""
    settings, cookie = _settings(request), _cookie_of(state)
    kept = _open(request.cookies.get(cookie_name(settings, cookie), ""), settings)
    wanted = str(kept.get("next", "/"))
    try:
        if not kept or not hmac.compare_digest(kept["state"].encode(), state.encode(errors="replace")):
            raise Untrusted("This sign-in was not begun here, or too long ago.")
        if iss is not None and iss != settings.oidc_issuer:
            raise Untrusted("The answer is from another provider.")
        if not code:
            named = error if error in _ERRORS else "of a name that is none of OpenID Connect's"
            raise Untrusted(f"The provider gave no code, and the error {named}.")
        value = await _vouched(request, settings, code=code, kept=kept)
        response: Response = RedirectResponse(own_path(wanted), status_code=303)
        set_cookie(response, settings, "samsyn_session", value, max_age_s=settings.session_lifetime_s)
    except (Unavailable, Forbidden, Invalid) as refusal:
        response = _refused(request, refusal, wanted=wanted)
    # Whatever came of it: what was kept serves once.
    set_cookie(response, settings, cookie, "", max_age_s=0)
    return response


def _refused(request: Request, refusal: Refusal, *, wanted: str) -> Response:
    """The door with what to do next; the reason, which holds nothing of the person, goes to the log."""
    log.warning("oidc.refused", reason=refusal.detail)
    if isinstance(refusal, Unavailable):
        said = _("The other sign-in does not answer just now. Try again in a while.")
    elif isinstance(refusal, Untrusted):
        said = _("The other sign-in was broken off or could not be trusted. Try again.")
    elif isinstance(refusal, GroupsLeftOut):
        said = _(
            "You are in so many groups that the other sign-in named none of them. Ask the municipality's coordinator to"
            " have it send only the groups that Samsyn knows."
        )
    else:
        said = _("You are known, but have no role in Samsyn. Talk to the municipality's coordinator.")
    return show_door(request, wanted=wanted, wrong=said, status=503 if isinstance(refusal, Unavailable) else 403)


async def _vouched(request: Request, settings: Settings, *, code: str, kept: dict[str, Any]) -> str:
    """The value of the new session's cookie. Raises Unavailable, Untrusted, Forbidden, Invalid."""
    provider = await _provider(request)
    token = await redeem(provider, settings, code=code, verifier=kept["verifier"], back=_back(settings))
    claims = await claims_of(provider, token, client_id=settings.oidc_client_id, nonce=kept["nonce"], now=moment())
    groups = groups_of(claims)
    fits = next((each for group, each in settings.oidc_roles.items() if group in groups), None)
    sessions = request.app.state.database.sessions
    async with sessions() as session, session.begin():
        organisation = await queries.find_organisation(session, fits.organisation) if fits else None
        if fits is None and leaves_groups_out(claims):
            raise GroupsLeftOut("The provider left the groups out, because there are too many.")
        if fits is None or organisation is None or not organisation.active:
            await people.dismiss_person(session, issuer=provider.issuer, subject=claims["sub"])
        else:
            user_id = await people.admit_person(
                session,
                issuer=provider.issuer,
                subject=claims["sub"],
                name=_name(claims),
                organisation_id=organisation.id,
                kind=organisation.kind,
                role=fits.role,
                language=_language(request, claims),
            )
            return await enter(request, session, user_id, now=datetime.now(UTC))
    raise Forbidden("The provider names no role for this person here.")


def _language(request: Request, claims: dict[str, Any]) -> str | None:
    found, languages = claims.get("locale"), request.app.state.pages.languages
    spoken = languages.find(found.replace("_", "-")) if isinstance(found, str) else None
    return spoken.tag if spoken else None


def _name(claims: dict[str, Any]) -> str:
    """What a person is called here: the first that is a name and, as for a local account, nobody's number."""
    for claim in ("preferred_username", "name", "sub"):
        said = "".join(sign for sign in str(claims.get(claim) or "")[:100] if sign.isprintable())
        with suppress(Invalid):
            name = name_of(said)
            check_texts({claim: name}, confirmed=True)
            return name
    return "unnamed"


def _cookie_of(state: str) -> str:
    """Each sign-in that was begun keeps its own cookie, so that several tabs do not take it from each other."""
    return f"{_COOKIE}_{hashlib.sha256(state.encode(errors='replace')).hexdigest()[:16]}"


def _oldest(request: Request, settings: Settings) -> list[str]:
    """The cookies that have to go before another sign-in is begun in this browser."""
    begun = cookie_name(settings, f"{_COOKIE}_")
    theirs = [name for name in request.cookies if name.startswith(begun)]
    theirs.sort(key=lambda name: _open(request.cookies[name], settings).get("until", 0), reverse=True)
    return [f"{_COOKIE}_{name.removeprefix(begun)}" for name in theirs[_MOST_BEGUN - 1 :]]


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    if not settings.oidc_issuer:
        raise NotFound("There is no such address.")
    return settings


async def _provider(request: Request) -> Provider:
    """The provider's description, read once by each process and again after an hour."""
    known: KnownProvider = request.app.state.pages.provider
    if known.provider is None or known.until < moment():
        known.provider = await discover(request.app.state.settings.oidc_issuer)
        known.until = moment() + 3600
    return known.provider


def _back(settings: Settings) -> str:
    return f"{settings.public_url.rstrip('/')}/sign-in/oidc/callback"


def _key(settings: Settings) -> OctKey:
    return OctKey.import_key(hmac.digest(settings.pepper.encode(), b"oidc cookie", hashlib.sha256))


def _seal(kept: dict[str, Any], settings: Settings) -> str:
    header = {"alg": "dir", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, orjson.dumps(kept), _key(settings), algorithms=_ALGORITHMS)


def _open(sealed: str, settings: Settings) -> dict[str, Any]:
    """What was kept; nothing where the cookie is not ours or too old."""
    try:
        plain = jwe.decrypt_compact(sealed, _key(settings), algorithms=_ALGORITHMS).plaintext
    except (JoseError, ValueError, TypeError):
        return {}
    kept: dict[str, Any] = orjson.loads(plain or b"{}")
    return kept if kept.get("until", 0) > moment() else {}
