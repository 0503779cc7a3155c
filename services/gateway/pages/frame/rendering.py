"""Pages made of templates: the one environment, and what every page is given."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.routing import Match

from services.gateway.pages.frame.visitors import Person, address_of, own_path
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.catalogues import Languages
from services.gateway.pages.speech.codes import label
from services.gateway.pages.speech.language import CHOICE, gettext, language, marked, ngettext, pgettext, without_choice

# Each catalogue says it of its own language: På svenska.
_INVITATION = marked("In English")
HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"

ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE.parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
# Line ends within `trans` are where a line was full.
ENVIRONMENT.policies["ext.i18n.trimmed"] = True


def _escaped(say: Callable[..., str]) -> Callable[..., Markup]:
    # What the extension is given it takes for markup: a translation is text.
    return lambda *what: escape(say(*what))


ENVIRONMENT.install_gettext_callables(  # type: ignore[attr-defined]
    _escaped(gettext), _escaped(ngettext), newstyle=True, pgettext=_escaped(pgettext)
)
for _each in (
    saying.number, saying.percent, saying.mean, saying.count, saying.spoken_count, saying.reports, saying.day,
    saying.weekday, saying.span, saying.clock, saying.moment, saying.sentence, label,
):  # fmt: skip
    ENVIRONMENT.filters[_each.__name__] = _each


def in_other_languages(languages: Languages, address: str) -> list[tuple[str, str, str]]:
    """The same page in each other language: its tag, the invitation to read it in it, its address.

    All else that the address asks for stays.
    """
    kept = without_choice(address)
    choose = f"{kept}{'&' if '?' in kept else '?'}{CHOICE}="
    return [
        (each.tag, each.texts.gettext(_INVITATION), f"{choose}{each.tag}")
        for each in languages.known.values()
        if each is not language()
    ]


@lru_cache
def asset(name: str) -> str:
    """The address of a file in `static/`. It changes with the file, so browsers may keep it for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


ENVIRONMENT.globals.update(asset=asset)


def _elsewhere(request: Request, at: str | None) -> list[tuple[str, str, str]]:
    """The same page in other languages; none where the answer to a form has an address that cannot be asked for."""
    if at is None and request.method != "GET":
        asked = {**request.scope, "method": "GET"}
        if not any(route.matches(asked)[0] is Match.FULL for route in request.app.router.routes):
            return []
    # An address with two slashes at its beginning would be another host's.
    here = at or own_path(address_of(request))
    return in_other_languages(request.app.state.pages.languages, here)


def page(
    request: Request,
    template: str,
    *,
    person: Person | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    at: str | None = None,
    **context: Any,
) -> HTMLResponse:
    """A whole page. `context` is what its own template wants; a name that is missing there is an error, never a gap.

    `at`: the address under which it can be asked for again, where that is not the address of the request.
    """
    state = request.app.state
    html = ENVIRONMENT.get_template(template).render(
        here=state.settings.municipality,
        language=language().tag,
        menu=[
            (entry.href, gettext(entry.name), state.pages.waiting.of(person) if entry.counted else None)
            for entry in state.pages.menu
            if entry.may(person)
        ],
        person=person,
        made_at=datetime.now(UTC),
        zone=state.zone,
        path=request.url.path,
        not_saved=getattr(request.state, "not_saved", False),
        elsewhere=_elsewhere(request, at),
        **context,
    )
    return HTMLResponse(html, status_code=status, headers=headers)
