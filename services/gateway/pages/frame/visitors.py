"""Who is signed in: cookies, the tokens that forms carry, and the principal a person acts as."""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from services.gateway.access import domain, people, queries
from services.gateway.pages.speech.catalogues import Languages
from services.gateway.pages.speech.language import speak
from services.gateway.settings import Settings
from shared.access import SCOPES_OF_ROLE, Principal
from shared.database import Session
from shared.errors import Forbidden, Unauthenticated

# A path of ours: one slash, no second one and no backslash after it (browsers read both as another host), no control
# characters, which browsers drop before they look.
_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*", flags=re.ASCII)


class StaleForm(Forbidden):
    """A form was sent that was not made for this person by a page of ours, or too long ago."""

    code = "stale-form"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody signed in. `form_token` must come back with every form; `session` is the stored digest of the cookie."""

    name: str
    organisation: str
    form_token: str
    session: bytes
    principal: Principal


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


def session_digest(request: Request) -> bytes | None:
    """What is stored of the session whose cookie this request shows."""
    settings: Settings = request.app.state.settings
    cookie = request.cookies.get(cookie_name(settings, "samsyn_session"))
    return domain.digest(cookie, pepper=settings.pepper) if cookie else None


async def find_person(request: Request) -> Person | None:
    """Who sent this request, or None where nobody is signed in (any longer). From here on their language is spoken."""
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
    )
    person = Person(
        name=row.name,
        organisation=row.organisation,
        form_token=row.form_token,
        session=digest,
        principal=principal,
    )
    request.state.person = person
    return person


async def _speak_to(request: Request, session: Session, row: Any) -> None:
    """Answer in the language of somebody's profile, unless the address asks for another: that is kept there then."""
    languages: Languages = request.app.state.pages.languages
    asked, theirs = request.state.asked_language, languages.find(row.language)
    if asked is None and theirs is not None:
        speak(theirs)
    elif asked not in (None, theirs):
        await people.choose_language(session, row.user_id, asked.tag)


async def _signed_in(request: Request) -> Person:
    person = await find_person(request)
    if person is None:
        raise Unauthenticated("Sign in first.")
    return person


# A browser without a session is led to the sign-in page (`edge`).
SignedIn = Annotated[Person, Depends(_signed_in)]


def check_form(person: Person, token: str) -> None:
    """Raise StaleForm unless a form was made for this person's session."""
    if not hmac.compare_digest(person.form_token.encode(), token.encode()):
        raise StaleForm("The form does not belong to this session. Load the page again.")


def own_path(wanted: str) -> str:
    """The address that was asked for if it is one of ours, else the overview's; for links and after the sign-in."""
    return wanted if _PATH.fullmatch(wanted) and len(wanted) <= 1000 else "/"
