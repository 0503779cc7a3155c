"""`/docs`: the API for those who connect a system, from the description in this release; nothing is fetched."""

import json
import re
from functools import lru_cache

from fastapi import APIRouter, Request, Response
from markupsafe import Markup, escape

from services.gateway import catalogue
from services.gateway.pages.openapi import Group, groups
from services.gateway.pages.people import find_person
from services.gateway.pages.rendering import ENVIRONMENT, page
from services.gateway.pages.texts.docs import EN, SUBJECTS
from shared.access import SCOPES

router = APIRouter(include_in_schema=False)


@router.get("/docs")
async def show_docs(request: Request) -> Response:
    """How to connect a system, and every operation."""
    return page(
        request,
        "docs.html",
        person=await find_person(request),
        words=EN,
        subjects=SUBJECTS,
        groups=_groups(),
        count=sum(len(group.operations) for group in _groups()),
        scopes=SCOPES,
        address=request.app.state.settings.public_url.rstrip("/"),
    )


@lru_cache(maxsize=1)
def _groups() -> list[Group]:
    return groups(json.loads(catalogue.committed_openapi()), order=tuple(SUBJECTS))


def prose(text: str) -> Markup:
    """Text of an API description: `code` in backticks becomes code, an empty line ends a paragraph."""
    written = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup("</p><p>".join(part.strip() for part in written.split("\n\n")))  # noqa: S704 - escaped above


ENVIRONMENT.filters["prose"] = prose
