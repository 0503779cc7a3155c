"""Who is signed in: cookies, the tokens that forms carry, and the principal a person acts as."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from services.gateway.access import domain, people, queries
from services.gateway.access.shares import Shares
from services.gateway.pages.frame.carrying import KEPT_S
from services.gateway.pages.speech.catalogues import Languages
from services.gateway.pages.speech.language import speak
from services.gateway.proxy.counting import charge
from services.gateway.settings import Settings
from shared.access import SCOPES_OF_ROLE, Principal
from shared.access.door import Admission, let_in, name_in_logs
from shared.database import Session
from shared.errors import Forbidden, Malformed, Unauthenticated
from shared.http.edge import hold_until_end
from shared.http.paths import is_plain

# No control characters and spaces, which browsers drop before they look, and no backslash, which they take for a slash.
_WHOLE = re.compile(r"[^\\\x00-\x20\x7f]{1,1000}", flags=re.ASCII)
_IN_PATH = "%!$&'()*+,;=:@/-._~"


# A page is drawn here and asks several operations: as much work as five requests of a system (measured: 20 to 30 ms).
PAGE_COST = 5


class StaleForm(Forbidden):
    """A form was sent that was not made for this person by a page of ours, or too long ago."""

    code = "stale-form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody signed in, until a moment. `form_token` must come back with every form.

    `session` is the stored digest of the cookie; `had_form` tells whether a token is of a session that they had before.
    """

    name: str
    organisation: str
    form_token: str
    session: bytes
    until: datetime
    principal: Principal
    had_form: Callable[[str], bool]


def is_secure(settings: Settings) -> bool:
    """Whether cookies may travel over https alone."""
    return settings.cookie_security == "always" or settings.public_url.startswith("https://")


def cookie_name(settings: Settings, name: str) -> str:
    """With the prefix that keeps other hosts and paths from setting it, which browsers grant to secure cookies only."""
    return f"__Host-{name}" if is_secure(settings) else name


def set_cookie(response: Response, settings: Settings, name: str, value: str, *, max_age_s: int) -> None:
    """Give a cookie that scripts do not see and other sites cannot send along with a form; 0 s takes it back."""
    response.set_cookie(
        cookie_name(settings, name),
        value,
        max_age=max_age_s,
        path="/",
        secure=is_secure(settings),
        httponly=True,
        samesite="lax",
    )


def is_own_choice(headers: Headers) -> bool:
    """Whether somebody came from a page of ours, or typed the address: what a GET asks for then may stay with them.

    Browsers say so where there is https (Fetch Metadata); others name the page that a link stands on, if any.
    """
    said = headers.get("sec-fetch-site")
    if said is not None:
        return said in ("same-origin", "none")
    before = headers.get("referer")
    return before is None or before.partition("://")[2].partition("/")[0] == headers.get("host")


def session_digest(request: Request) -> bytes | None:
    """What is stored of the session whose cookie this request shows."""
    settings: Settings = request.app.state.settings
    cookie = request.cookies.get(cookie_name(settings, "samsyn_session"))
    return domain.digest(cookie, pepper=settings.pepper) if cookie else None


async def find_person(request: Request) -> Person | None:
    """Who sent this request, or None where nobody is signed in (any longer). From here on their language is spoken.

    Asked again of the same request, it answers as before.
    """
    known: Person | None = getattr(request.state, "person", None)
    if known is not None:
        return known
    digest = session_digest(request)
    if digest is None:
        return None
    async with request.app.state.database.sessions() as session, session.begin():
        row = await queries.find_session(session, digest, now=datetime.now(UTC))
        if row is None:
            return None
        await _speak_to(request, session, row)
    principal = Principal(
        client_id=f"user_{row.user_id}",
        organisation_id=row.organisation_id,
        kind=row.kind,
        role=row.role,
        scopes=SCOPES_OF_ROLE[row.role],
        areas=tuple(row.areas),
        era=(row.ends, row.version),
    )
    person = Person(
        name=row.name,
        organisation=row.organisation,
        form_token=row.form_token,
        session=digest,
        until=row.expires_at,
        principal=principal,
        had_form=partial(_had_form, str(row.user_id), settings=request.app.state.settings),
    )
    request.state.person = person
    name_in_logs(principal)
    let_in(request, still=partial(_check_still, request, digest, principal))
    return person


async def _check_still(request: Request, digest: bytes, principal: Principal) -> None:
    async with request.app.state.database.sessions() as session:
        row = await queries.find_session(session, digest, now=datetime.now(UTC))
    if row is None or domain.is_of_the_past(principal.era, now=(row.ends, row.version)):
        raise Unauthenticated("Sign in first.")


async def _speak_to(request: Request, session: Session, row: Any) -> None:
    """Answer in the language of somebody's profile, unless the address asks for another.

    That is kept there then, if they followed a link of ours: another site's link holds for its page alone.
    """
    languages: Languages = request.app.state.pages.languages
    asked, theirs = request.state.asked_language, languages.find(row.language)
    if asked is None and theirs is not None:
        speak(theirs)
    elif asked not in (None, theirs) and is_own_choice(request.headers):
        await people.choose_language(session, row.user_id, asked.tag)


async def signed_in(request: Request) -> Person:
    """Who sent this request. Raises Unauthenticated."""
    person = await find_person(request)
    if person is None:
        raise Unauthenticated("Sign in first.")
    if not hasattr(request.state, "counted"):
        request.state.counted = True
        charge(request, person.principal, cost=PAGE_COST)
        shares: Shares = request.app.state.shares
        # By person and not by organisation: a municipality's people wait for none of each other.
        await hold_until_end(request, shares.turn(request, "pages", where="gateway", who=person.principal.client_id))
        await request.app.state.pages.waiting.look(request, person)
    return person


# A browser without a session is led to the sign-in page (`edge`).
SignedIn = Annotated[Person, Depends(Admission(signed_in))]


def check_form(person: Person, token: str) -> None:
    """Raise StaleForm unless a form was made for this person: in this session, or in one that ended a while ago.

    A page may have stood open while somebody signed in again in another tab, with a file chosen in it.
    """
    if not hmac.compare_digest(person.form_token.encode(), token.encode()) and not person.had_form(token):
        raise StaleForm("The form does not belong to this session. Load the page again.")


def _had_form(user_id: str, token: str, *, settings: Settings) -> bool:
    """Whether a form is of a session of theirs that ended no longer ago than what was typed is carried for."""
    ended = domain.began_at(token) + settings.session_lifetime_s
    fresh = datetime.now(UTC).timestamp() < ended + KEPT_S
    return fresh and domain.is_form_token_of(user_id, token, pepper=settings.pepper)


def address_of(request: Request) -> str:
    """Path and query as they were sent: for `own_path`, and whoever leads back to them."""
    path: bytes = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    return f"{path.decode('latin-1')}?{request.scope['query_string'].decode('latin-1')}"


def page_before(request: Request) -> str:
    """The page of ours that a form was sent from, as the browser says; the form's own address where it does not."""
    _, _, there = request.headers.get("referer", "").partition("://")
    host, slash, path = there.partition("/")
    here = host == request.headers.get("host") and slash
    return own_path(f"/{path.partition('#')[0]}" if here else address_of(request).removesuffix("?"))


async def fields_of(request: Request, *, most: int) -> dict[str, str]:
    """The texts of a form whose fields are not known beforehand, `most` of them. Raises Malformed.

    In an encoding that there is not, or broken off, it is no form: FastAPI says so of forms that it reads itself.
    """
    try:
        form = await request.form(max_fields=most)
    except (HTTPException, LookupError, ValueError):
        raise Malformed("The form cannot be read.") from None
    return {name: value for name, value in form.items() if isinstance(value, str)}


def own_path(wanted: str) -> str:
    """The address that was asked for if it is one of ours, else the overview's; for links and after the sign-in."""
    # Two slashes at its beginning, however they are written, would be another host's.
    path = quote(wanted.partition("?")[0], safe=_IN_PATH, errors="replace")
    return wanted if _WHOLE.fullmatch(wanted) and is_plain(path.encode()) else "/"
