"""The list that something was opened from: the way back leads to it as it was, with its choices, order and page."""

from collections.abc import Mapping
from typing import Literal
from urllib.parse import parse_qsl

from fastapi import Request, Response

from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.visitors import Person, cookie_name, is_own_choice, set_cookie

# The pages that lists with choices stand on, and the cookie that keeps how each was seen last.
_List = Literal["/", "/reports"]
LISTS: Mapping[_List, str] = {"/": "samsyn_overview", "/reports": "samsyn_list"}
# All choices at once, with a cursor, are half of that; browsers take 4,096 bytes.
_LONGEST = 2000


def remember_list(request: Request, person: Person, response: Response, *, of: _List) -> None:
    """Have the browser keep what the list that it shows was asked for, as long as the session lasts.

    Only what the page takes: a language that the address chose is not chosen again on the way back. Another site that
    leads here with choices of its own changes nothing.
    """
    takes = request.state.takes
    kept = link("", {name: value for name, value in parse_qsl(request.url.query) if name in takes}).removeprefix("?")
    if is_own_choice(request.headers) and len(kept) <= _LONGEST:
        settings = request.app.state.settings
        value = f"{_mark(person)}.{kept}"
        set_cookie(response, settings, LISTS[of], value, max_age_s=settings.session_lifetime_s)


def way_back(request: Request, person: Person, *, to: _List) -> str:
    """The address of the list that this person saw last; of the whole list where they saw none in this session."""
    kept = request.cookies.get(cookie_name(request.app.state.settings, LISTS[to]), "")
    mark, _, asked = kept.partition(".")
    return link(to, dict(parse_qsl(asked))) if mark == _mark(person) and len(asked) <= _LONGEST else to


def _mark(person: Person) -> str:
    """Of the session: who signs in next at this browser is not shown what was looked for before."""
    return person.session.hex()[:16]
