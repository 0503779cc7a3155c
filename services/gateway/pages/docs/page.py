"""`/docs`: the API for those who connect a system, from the description in this release; nothing is fetched."""

import asyncio
import json
import re
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup, escape

from services.gateway.pages.docs.chapters import ABOUT, LIMITS, PLACES, RIGHTS, RULES, SUBJECTS, WHOLE
from services.gateway.pages.docs.operations import groups
from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.rendering import ENVIRONMENT, page
from services.gateway.pages.frame.visitors import find_person
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import Language, language
from services.gateway.pages.speech.language import gettext as _
from services.gateway.proxy import catalogue
from services.gateway.settings import Settings
from shared.access import SCOPES
from shared.http import problem_types

router = APIRouter(route_class=Page, include_in_schema=False)


@router.get("/docs")
async def show_docs(request: Request) -> Response:
    """How to connect a system, and every operation."""
    settings: Settings = request.app.state.settings
    person = await find_person(request)
    body = await asyncio.to_thread(_body, settings.municipality.name, settings.public_url.rstrip("/"), language())
    return page(request, "docs/docs.html", person=person, body=body)


@lru_cache(maxsize=16)
def _body(name: str, address: str, _spoken: Language) -> Markup:
    """All of the page that is the same for everybody: made once, for it takes longer than any other page."""
    document: dict[str, Any] = json.loads(catalogue.committed_openapi())
    found = groups(document, order=tuple(SUBJECTS))
    written = ENVIRONMENT.get_template("docs/body.html").render(
        name=name,
        address=address,
        subject_of=subject_of,
        rules=[*((_(name), _(rule)) for name, rule in RULES), (_("Limits"), _(LIMITS))],
        whole=[_(each) for each in WHOLE],
        groups=found,
        places=PLACES,
        problem_types=problem_types.TYPES,
        count=sum(len(group.operations) for group in found),
        scopes={scope: _(RIGHTS.get(scope, meaning)) for scope, meaning in SCOPES.items()},
    )
    return Markup(written)  # noqa: S704 - a template escaped every word in it


def subject_of(tag: str) -> tuple[str, str]:
    """What a chapter is called, and what it is about; a tag that has no chapter yet stands for itself."""
    return SUBJECTS.get(tag, saying.sentence(tag)), ABOUT.get(tag, "")


def prose(text: str) -> Markup:
    """Text of an API description: `code` in backticks becomes code, an empty line ends a paragraph."""
    written = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup("</p><p>".join(part.strip() for part in written.split("\n\n")))  # noqa: S704 - escaped above


ENVIRONMENT.filters["prose"] = prose
