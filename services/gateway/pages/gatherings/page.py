"""`/gatherings/{id}`: when and where a gathering is, how large, and which others come too close to it."""

from datetime import date, datetime, tzinfo
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.asking import fetch, signed_in_who_may
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.frame.way_back import way_back
from services.gateway.pages.maps.areas import area_names
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import GATHERINGS, SIZES
from services.gateway.pages.speech.language import gettext as _

router = APIRouter(route_class=Page, include_in_schema=False)

Reader = Annotated[Person, signed_in_who_may("GET", "/gatherings/{id}")]


@router.get("/gatherings/{id}")
async def show_gathering(request: Request, person: Reader, gathering_id: Annotated[UUID, Path(alias="id")]) -> Response:
    """All that this reader may know of it; one that they may not know of is not found."""
    found = await fetch(request, person, f"/gatherings/{gathering_id}")
    hidden = found["version"] is None
    # Who sees it coarsely is not told what it clashes with.
    near = (
        None if hidden else await beside(fetch(request, person, f"/gatherings/{gathering_id}/clashes"), of="/clashes")
    )
    areas, zone = await area_names(request), request.app.state.zone
    today = datetime.now(zone).date()
    return page(
        request,
        "gatherings/gathering.html",
        person=person,
        back=way_back(request, person, to="/"),
        name=found["name"],
        when=_when(found, zone, today),
        area=areas.get(found["area_code"] or "", _("outside the areas")),
        cancelled=found["status"] == "cancelled",
        reason=found["cancelled_reason"],
        hidden=hidden,
        facts=_facts(found),
        clashes=[each | {"when": _when(each, zone, today)} for each in near["clashes"]] if near else None,
        complete=bool(near and near["complete"]),
    )


def _when(found: dict[str, Any], zone: tzinfo, today: date) -> str:
    starts, ends = (datetime.fromisoformat(found[name]) for name in ("starts_at", "ends_at"))
    return saying.sentence(saying.time_span(starts, ends, zone=zone, today=today))


def _facts(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    expected, point = found["expected_attendance"], found["point"]
    return [
        (_("What it is"), GATHERINGS.get(found["kind"])),
        (_("Where"), found["place_name"]),
        (_("Position (latitude, longitude)"), saying.position(point["lat"], point["lon"]) if point else None),
        (_("Who arranges it"), found["organiser"]),
        (_("How many are expected"), None if expected is None else saying.number(expected)),
        (_("How large it is taken to be"), SIZES.get(found["scale_class"])),
        (_("Outdoors"), _yes_or_no(found["outdoor"])),
        (_("Alcohol is served"), _yes_or_no(found["alcohol"])),
    ]


def _yes_or_no(said: bool | None) -> str | None:
    return None if said is None else _("yes") if said else _("no")
