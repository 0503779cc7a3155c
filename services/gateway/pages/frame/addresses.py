"""What a page takes in its address: the parameters it has types for, each once, and a language. All else is refused.

Passed over, `?stauts=new` would show all reports as if they were the new ones. The refusal becomes a page (`errors`)
that names what is wrong and what there is, and never says what was sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup, escape
from pydantic import BeforeValidator
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.pages.frame.visitors import address_of, own_path
from services.gateway.pages.speech.language import CHOICE, Marked, Texts, marked
from services.gateway.pages.speech.language import gettext as _
from shared.errors import FieldError, Invalid
from shared.http import operations
from shared.http.admission import admit_first
from shared.http.parameters import check_query, parameters_of
from shared.spelling import PLAIN_KEY, nearest

# What newsletters, advertisements and social media add to a link on its way. It asks nothing of a page, and who
# follows the link has not put it there: the one thing that is passed over.
_ADDED = re.compile(r"utm_\w+|mtm_\w+|fbclid|gclid|msclkid|mc_cid|mc_eid", re.ASCII)
# How a value is written that is none of a few words.
_WRITTEN = Texts[type](
    {
        datetime: marked("A day is written as 2026-11-20, a time as 2026-11-20T15:30:00Z."),
        date: marked("A day is written as 2026-11-20."),
        int: marked("It is a whole number, in digits."),
        UUID: marked("It is an id, as 01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18."),
    }
)


def _filled(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


# A field of a form that was left empty asks for nothing.
BLANK = BeforeValidator(_filled)
# A mark that pages of ours leave in an address for the next one.
Mark = Annotated[Literal["1"] | None, BLANK]


# As `openapi_extra` of a page: its address is made by others, who may add what they like.
ANYTHING = {"x-takes": "anything"}
CALLED = "x-called"


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a page's own form calls a parameter and its values, which nobody else has words for: marked texts."""

    name: Marked
    values: Mapping[str, Marked]


class Page(operations.Page):
    """A page whose address holds what it knows, and nothing twice.

    `openapi_extra={CALLED: {"sort": Called(...)}}` for what its form has names for.
    """

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The kit's, asked after who sends it and what its address says."""
        handle, takes = super().get_route_handler(), dict(parameters_of(self.dependant))
        if self.openapi_extra == ANYTHING:
            return handle

        async def checked(request: Request) -> Response:
            request.state.takes, request.state.called = takes, (self.openapi_extra or {}).get(CALLED, {})
            await admit_first(request.scope)
            check_query(_asked(request), known=frozenset((*takes, CHOICE)))
            response: Response = await handle(request)
            return response

        return checked


def wrong_value(name: str) -> Invalid:
    """The refusal of a value that only the page itself, or the service behind it, knows to be none."""
    return Invalid("The address has a value that there is none of.", errors=(FieldError(name, "not_valid", "None."),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Misread:
    """What is wrong with an address, in sentences, and the page's address without that; None where it has none."""

    said: tuple[Markup, ...]
    without: str | None


def misread(request: Request, problem: Mapping[str, Any]) -> Misread | None:
    """What a refusal says of the parameters of a page; None where it is of something else."""
    takes: Mapping[str, object] | None = getattr(request.state, "takes", None)
    if takes is None:
        return None
    wrong = {each["field"]: each["code"] for each in problem.get("errors", ()) if _is_of(each, takes)}
    if not wrong:
        return None
    known = (*takes, CHOICE)
    said = [_sentence(name, code, takes=takes, called=request.state.called.get(name)) for name, code in wrong.items()]
    if "unknown_parameter" in wrong.values():
        said.append(_with_code(_("The page knows: {names}."), names=known))
    kept = [(name, value) for name, value in _asked(request).multi_items() if name in known and name not in wrong]
    return Misread(said=tuple(said), without=_address(request, kept) if request.method == "GET" else None)


def _asked(request: Request) -> QueryParams:
    return QueryParams([each for each in request.query_params.multi_items() if not _ADDED.fullmatch(each[0])])


def _address(request: Request, asked: Sequence[tuple[str, str]]) -> str:
    path = own_path(address_of(request).partition("?")[0])
    return f"{path}?{urlencode(asked)}" if asked else path


def _is_of(error: Mapping[str, str], takes: Mapping[str, object]) -> bool:
    return error["field"] in takes or error["code"] in ("unknown_parameter", "repeated_parameter")


def _sentence(name: str, code: str, *, takes: Mapping[str, object], called: Called | None) -> Markup:
    if code == "unknown_parameter":
        return _unknown(name, takes=takes)
    if code == "repeated_parameter":
        return _with_code(_("“{name}” stands more than once in the address. Once is enough."), name=[name])
    if called is not None:
        return _in_words_of_the_form(name, called)
    known = list(_leaves(takes[name]))
    said = [_with_code(_("What the address says for “{name}” is none of its values."), name=[name])]
    if words := [each for each in known if isinstance(each, str) and each]:
        said.append(_with_code(_("There are: {values}."), values=words))
    said += [escape(form) for kind, form in _WRITTEN.items() if kind in known][:1]
    return Markup(" ").join(said)


def _in_words_of_the_form(name: str, called: Called) -> Markup:
    """Behind the form's word for it stands the one that is in the address."""
    of_form = Texts({"": called.name, **{f"={value}": said for value, said in called.values.items()}})
    both = Markup("{} (<code>{}</code>)").format(of_form[""], name)
    said = [escape(_("What the address says for “{name}” is none of its values.")).format(name=both)]
    words = [of_form[each] for each in of_form if each]
    return Markup(" ").join([*said, escape(_("There are: {values}.")).format(values="; ".join(words))])


def _unknown(name: str, *, takes: Mapping[str, object]) -> Markup:
    # The kit names it `query` where it may be anything, a number of a person too.
    if name == "query" or not PLAIN_KEY.fullmatch(name):
        return escape(_("The address asks for something that the page does not know."))
    said = _with_code(_("The page does not know “{name}”, which its address asks for."), name=[name])
    near = nearest((*takes, CHOICE), sent=name)
    return said if near is None else Markup(" ").join([said, _with_code(_("Did you mean “{name}”?"), name=[near])])


def _with_code(text: str, **names: Sequence[str]) -> Markup:
    """A text with names of addresses in it, which are of no language."""
    shown = {
        place: Markup(", ").join(Markup("<code>{}</code>").format(each) for each in several)
        for place, several in names.items()
    }
    return escape(text).format(**shown)


def _leaves(kind: object) -> Iterator[object]:
    """The types and the words that a type is made of."""
    inner = get_args(kind)
    if not inner:
        yield kind
    for each in inner:
        yield from _leaves(each)
