"""Pages made of templates: the one environment, and what every page is given."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.gateway.pages.frame import words
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import label_key, without_choice

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"

ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE.parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
for _each in (
    saying.number, saying.mean, saying.count, saying.spoken_count, saying.reports, saying.day,
    saying.day_of_year, saying.weekday, saying.span, saying.clock, saying.moment, saying.sentence,
):  # fmt: skip
    ENVIRONMENT.filters[_each.__name__] = _each


def in_other_language(address: str) -> str:
    """The same page in the other language; all else that its address asks for stays."""
    kept = without_choice(address)
    return f"{kept}{'&' if '?' in kept else '?'}lang={words.TEXT['other_language']}"


@lru_cache
def asset(name: str) -> str:
    """The address of a file in `static/`. It changes with the file, so browsers may keep it for ever."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={mark}"


ENVIRONMENT.globals.update(asset=asset)


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
        layout=words.TEXT,
        menu=[(entry.href, words.TEXT[entry.name]) for entry in state.pages.menu if entry.may(person)],
        person=person,
        made_at=datetime.now(UTC),
        zone=state.zone,
        path=request.url.path,
        label=label_key(),
        elsewhere=in_other_language(at or f"{request.url.path}?{request.url.query}"),
        **context,
    )
    return HTMLResponse(html, status_code=status, headers=headers)
