"""The list that a report was opened from: the way back leads to it as it was, with its choices, order and page."""

from urllib.parse import parse_qsl

from fastapi import Request, Response

from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.visitors import Person, cookie_name, is_own_choice, set_cookie

_COOKIE = "samsyn_list"
_LIST = "/reports"
# All choices at once, with a cursor, are half of that; browsers take 4,096 bytes.
_LONGEST = 2000


def remember_list(request: Request, person: Person, response: Response) -> None:
    """Have the browser keep what the list that it shows was asked for, as long as the session lasts.

    Another site that leads here with choices of its own changes nothing.
    """
    kept = link("", dict(parse_qsl(request.url.query))).removeprefix("?")
    if is_own_choice(request.headers) and len(kept) <= _LONGEST:
        settings = request.app.state.settings
        value = f"{_mark(person)}.{kept}"
        set_cookie(response, settings, _COOKIE, value, max_age_s=settings.session_lifetime_s)


def way_back(request: Request, person: Person) -> str:
    """The address of the list that this person saw last; of the whole list where they saw none in this session."""
    kept = request.cookies.get(cookie_name(request.app.state.settings, _COOKIE), "")
    mark, _, asked = kept.partition(".")
    return link(_LIST, dict(parse_qsl(asked))) if mark == _mark(person) and len(asked) <= _LONGEST else _LIST


def _mark(person: Person) -> str:
    """Of the session: who signs in next at this browser is not shown what was looked for before."""
    return person.session.hex()[:16]
