"""`/findings/{id}`: what a safety walk saw, where, whose it is, by when, and what its owner answered."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.asking import fetch, signed_in_who_may
from services.gateway.pages.frame.organisations import organisation_names
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.frame.way_back import way_back
from services.gateway.pages.maps.areas import area_names
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import ANSWERS, FINDINGS
from services.gateway.pages.speech.language import Texts, marked
from services.gateway.pages.speech.language import gettext as _

router = APIRouter(route_class=Page, include_in_schema=False)

Reader = Annotated[Person, signed_in_who_may("GET", "/findings/{id}")]
_PRIORITIES = Texts({1: marked("1 – the most urgent"), 2: marked("2 – urgent"), 3: marked("3 – less urgent")})


@router.get("/findings/{id}")
async def show_finding(request: Request, person: Reader, finding_id: Annotated[UUID, Path(alias="id")]) -> Response:
    """All that this reader may know of it; one that they may not know of is not found."""
    found = await fetch(request, person, f"/findings/{finding_id}")
    names, areas = await organisation_names(request, person), await area_names(request)
    today = datetime.now(request.app.state.zone).date()
    due_on = date.fromisoformat(found["due_on"])
    return page(
        request,
        "findings/finding.html",
        person=person,
        back=way_back(request, person, to="/"),
        kind=FINDINGS.get(found["kind"], _("Finding")),
        answer=ANSWERS.get(found["status"], ""),
        area=areas.get(found["area_code"], found["area_code"]),
        due=saying.day(due_on),
        late=found["status"] in ("open", "planned") and due_on < today,
        is_good=found["status"] == "noted",
        hidden=found["version"] is None,
        note=found["note"],
        reason=found["reason"],
        facts=_facts(found, names),
    )


def _facts(found: dict[str, Any], names: dict[str, str]) -> list[tuple[str, str | None]]:
    point = found["point"]
    return [
        (_("Who answers for it"), names.get(found["owner_id"] or "")),
        (_("Seen by"), names.get(found["organisation_id"] or "")),
        (_("How urgent"), _PRIORITIES.get(found["priority"] or 0)),
        (_("Position (latitude, longitude)"), saying.position(point["lat"], point["lon"]) if point else None),
    ]
