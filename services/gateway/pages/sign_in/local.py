"""`/sign-in` and `/sign-out`: a local account's name and password for a session cookie.

The answer to a wrong name and to a wrong password is the same, in words and in time.
"""

import asyncio
import hmac
import secrets
import time
from datetime import UTC, datetime
from typing import Annotated, NamedTuple
from uuid import UUID

from argon2.exceptions import Argon2Error, InvalidHashError
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.access import domain, people, queries
from services.gateway.access.proxies import address_of_caller
from services.gateway.access.tries import forgive_tries, hold_back, take_try
from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.carrying import MOST_SEALED, Carried, seal, unseal
from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.resuming import Resumed
from services.gateway.pages.frame.visitors import (
    SignedIn,
    check_form,
    cookie_name,
    find_person,
    own_path,
    page_before,
    session_digest,
    set_cookie,
)
from services.gateway.pages.speech.language import gettext as _
from services.gateway.pages.speech.language import ngettext
from services.gateway.settings import Settings
from shared.database import Session
from shared.errors import TooMany

router = APIRouter(route_class=Page, include_in_schema=False)

# Eight tries for an account from one address, as many again from five addresses: a stranger needs those five, and has
# to come back every ten minutes, to keep somebody out; whoever guesses has 40 passwords in that time.
TRIES_PER_ACCOUNT_AND_ADDRESS, TRIES_PER_ACCOUNT = 8, 40
# Others sit behind the same address. After 40 tries that did not succeed each account has two there, enough for whoever
# knows their password; after 400 nobody has any, for each look at one takes memory and a core.
MANY_AT_ADDRESS, TRIES_PER_ACCOUNT_THEN, TRIES_PER_ADDRESS = 40, 2, 400
MOST_PASSWORD = 1000
Sealed = Annotated[str, Form(max_length=MOST_SEALED)]
_FORM_COOKIE, _FORM_LIFETIME_S = "samsyn_form", 3600
# Each look takes 64 MiB and a core for some hundredths of a second: a crowd of tries waits here, not in memory.
_LOOKING = asyncio.Semaphore(2)


class Marks(NamedTuple):
    """What tries are counted by: digests of the account at this address, of the account anywhere, of the address."""

    here: bytes
    account: bytes
    address: bytes


@router.get("/sign-in")
async def show_sign_in(request: Request, next: str = "/") -> Response:
    """The form; who is signed in already goes on to where they wanted."""
    if await find_person(request):
        return RedirectResponse(own_path(next), status_code=303)
    return show_door(request, wanted=next)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    form_token: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form()] = "/",
    carried: Sealed = "",
) -> Response:
    """A session for whoever knows the password. Tries are counted by account and by address."""
    settings: Settings = request.app.state.settings
    now, name = datetime.now(UTC), name.strip()
    cookie = request.cookies.get(cookie_name(settings, _FORM_COOKIE), "")
    if not cookie or not hmac.compare_digest(_token(cookie, settings).encode(), form_token.encode()):
        stale = _("The page had been open for too long. Try again.")
        return show_door(request, wanted=next, name=name, wrong=stale, status=403, carried=carried)
    marks = _marks(request, name, settings=settings)
    try:
        user_id = await _account(request, name, password, marks=marks, now=now)
    except TooMany as refused:
        minutes = -(-refused.retry_after_s // 60)
        retry = {"Retry-After": str(refused.retry_after_s)}
        too_many = ngettext(
            "Too many tries. Wait {minutes} minute and try again.",
            "Too many tries. Wait {minutes} minutes and try again.",
            minutes,
        ).format(minutes=minutes)
        return show_door(request, wanted=next, name=name, wrong=too_many, status=429, headers=retry, carried=carried)
    if user_id is None:
        wrong = _("The user name or the password is not right.")
        return show_door(request, wanted=next, name=name, wrong=wrong, status=403, carried=carried)
    async with request.app.state.database.sessions() as session, session.begin():
        await forgive_tries(session, account=marks.here, others=[marks.account, marks.address], now=now)
        value = await enter(request, session, user_id, now=now)
    response = _go_on(request, carried, wanted=next, user_id=user_id, cookie=value)
    set_cookie(response, settings, "samsyn_session", value, max_age_s=settings.session_lifetime_s)
    set_cookie(response, settings, _FORM_COOKIE, "", max_age_s=0)
    return response


@router.post("/sign-in/carried")
async def resume(request: Request, carried: Sealed = "") -> Response:
    """Go on with what was typed, for who has signed in elsewhere in this browser meanwhile."""
    settings: Settings = request.app.state.settings
    person = await find_person(request)
    if person is None:
        return show_door(request, wanted="/", carried=carried, status=403)
    user_id = UUID(person.principal.client_id.removeprefix("user_"))
    cookie = request.cookies[cookie_name(settings, "samsyn_session")]
    return _go_on(request, carried, wanted="/", user_id=user_id, cookie=cookie)


def _go_on(request: Request, carried: str, *, wanted: str, user_id: UUID, cookie: str) -> Response:
    """To what was wanted; where a form of this very person was carried, its page is shown in the place of that."""
    settings: Settings = request.app.state.settings
    kept = unseal(carried, user_id=str(user_id), pepper=settings.pepper, now=time.time())
    if kept is not None:
        request.state.resumed = Resumed(carried=kept, cookie=(cookie_name(settings, "samsyn_session"), cookie))
    return RedirectResponse(own_path(kept.page if kept else wanted), status_code=303)


async def enter(request: Request, session: Session, user_id: UUID, *, now: datetime) -> str:
    """A new session in the place of the one this browser had; the cookie's value."""
    settings: Settings = request.app.state.settings
    if before := session_digest(request):
        await people.close_session(session, before, now=now)
    value, _ = await people.open_session(
        session, user_id=user_id, pepper=settings.pepper, now=now, lifetime_s=settings.session_lifetime_s
    )
    return value


@router.post("/sign-out")
async def sign_out(
    request: Request, person: SignedIn, form_token: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """End the session, here and in the database."""
    check_form(person, form_token)
    async with request.app.state.database.sessions() as session, session.begin():
        await people.close_session(session, person.session, now=datetime.now(UTC))
    response = RedirectResponse("/sign-in", status_code=303)
    set_cookie(response, request.app.state.settings, "samsyn_session", "", max_age_s=0)
    return response


async def _account(request: Request, name: str, password: str, *, marks: Marks, now: datetime) -> UUID | None:
    """The id of the account that name and password belong to, or None. Raises TooMany.

    No connection is held while the password is looked at, which takes longer than any query.
    """
    async with request.app.state.database.sessions() as session, session.begin():
        counted = await take_try(session, marks, now=now)
        many = counted[marks.address].tries > MANY_AT_ADDRESS
        here = TRIES_PER_ACCOUNT_THEN if many else TRIES_PER_ACCOUNT_AND_ADDRESS
        hold_back(counted, {marks.here: here, marks.account: TRIES_PER_ACCOUNT, marks.address: TRIES_PER_ADDRESS})
        # PostgreSQL's text holds no NUL; nobody is called so.
        user = await queries.find_user(session, "" if "\x00" in name else name)
    async with _LOOKING:
        user_id, stored = user or (None, await asyncio.to_thread(people.nobodys_hash))
        # What is longer was never a password, and is not worth the work on all of it.
        fits = await asyncio.to_thread(_fits, stored, password[:MOST_PASSWORD]) and len(password) <= MOST_PASSWORD
    return user_id if fits else None


def _fits(stored: str, password: str) -> bool:
    try:
        return people.HASHER.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


def _marks(request: Request, name: str, *, settings: Settings) -> Marks:
    address, account = address_of_caller(request), name.casefold()
    told = (f"account {account} at {address}", f"account {account}", f"address {address}")
    return Marks(*(domain.digest(each, pepper=settings.pepper) for each in told))


def _token(cookie: str, settings: Settings) -> str:
    """What a sign-in form must carry beside its cookie: nobody else can make the one from the other."""
    return domain.digest(f"form {cookie}", pepper=settings.pepper).hex()


def show_door_to(request: Request, carried: Carried | None) -> Response:
    """The sign-in page for somebody whose session had ended when they sent a form: what they typed stands in it.

    None: the form cannot be carried. The browser has it still, and sends it again when this page is loaded anew.
    """
    if carried is None:
        return show_door(request, wanted=page_before(request), status=403, unsent=True)
    sealed = seal(carried, pepper=request.app.state.settings.pepper, now=time.time())
    return show_door(request, wanted="/", status=403, carried=sealed)


def show_door(
    request: Request,
    *,
    wanted: str,
    name: str = "",
    wrong: str | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    carried: str = "",
    unsent: bool = False,
) -> Response:
    """The sign-in page, with what went wrong, and what is carried through it (`seal`).

    unsent: it stands in the place of the answer to a form, and has to stay where it is.
    """
    settings: Settings = request.app.state.settings
    # One cookie for all tabs: a second form must not make the first one stale.
    cookie = request.cookies.get(cookie_name(settings, _FORM_COOKIE)) or secrets.token_urlsafe(32)
    response = page(
        request,
        "sign_in/sign_in.html",
        status=status,
        headers=headers,
        at=link("/sign-in", {"next": own_path(wanted)}),
        wanted=own_path(wanted),
        name=name,
        wrong=wrong,
        carried=carried,
        unsent=unsent,
        provider=(settings.oidc_name or _("the municipality's sign-in")) if settings.oidc_issuer else None,
        form_token=_token(cookie, settings),
    )
    set_cookie(response, settings, _FORM_COOKIE, cookie, max_age_s=_FORM_LIFETIME_S)
    return response
