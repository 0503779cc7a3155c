"""`/reports/new`: the form for one report. It works without JavaScript, and a double click makes one report."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.pages import drawing
from services.gateway.pages.asking import Answer, ask
from services.gateway.pages.people import Person, SignedIn, check_form
from services.gateway.pages.places import Place, Shown, drawn, leaves
from services.gateway.pages.refusals import Faults, faults_of
from services.gateway.pages.rendering import page
from services.gateway.pages.reports import indented
from services.gateway.pages.shapes import all_places
from services.gateway.pages.texts.form import TEXT
from services.gateway.pages.texts.reports import CERTAINTY, KINDS, SEVERITY
from services.gateway.pages.wording import words_of
from shared.errors import Forbidden
from shared.ids import uuid7

router = APIRouter(include_in_schema=False)

# A map with more areas than this is no help in choosing one.
_MOST_TILES = 400
_Word = Annotated[str, Field(max_length=100)]


class Typed(BaseModel):
    """The fields as they were typed; all of them texts, so that whatever was typed can be shown again."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    what: _Word = ""
    day: _Word = ""
    clock_from: _Word = ""
    clock_to: _Word = ""
    area: _Word = ""
    lat: _Word = ""
    lon: _Word = ""
    location_kind: _Word = ""
    severity: _Word = "1"
    certainty: _Word = ""
    # Line ends come as two characters: what is too long is the service's to say.
    text: Annotated[str, Field(max_length=10_000)] = ""
    external_reference: Annotated[str, Field(max_length=500)] = ""
    confirmed: _Word = ""
    form_token: Annotated[str, Field(max_length=200)] = ""
    key: _Word = ""


@router.get("/reports/new")
async def show_form(request: Request, person: SignedIn, area: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The empty form; `area` chosen on the map."""
    _must_write(person)
    return await _form(request, person, Typed(area=area, key=uuid7().hex))


@router.post("/reports/new")
async def send_report(request: Request, person: SignedIn, typed: Annotated[Typed, Form()]) -> Response:
    """Send it to the service. Refused: the same form with what is wrong beside each field."""
    _must_write(person)
    check_form(person, typed.form_token)
    typed = typed.model_copy(update={"key": typed.key or uuid7().hex, "text": typed.text.replace("\r\n", "\n")})
    body, wrong = report_of(typed)
    if wrong:
        return await _form(request, person, typed, faults=faults_of(wrong))
    answer = await ask(request, person, "POST", "/reports", body=body, headers={"Idempotency-Key": typed.key})
    if answer.taken:
        return RedirectResponse(f"/reports/{answer.body['id']}?new=1", status_code=303)
    return await _form(request, person, typed, faults=faults_of(answer.errors), general=_general(answer))


def report_of(typed: Typed) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The body for `POST /reports`, and errors (as a service would give them) of what cannot be read at all."""
    category, _, subcategory = typed.what.partition("/")
    wrong: list[dict[str, str]] = []
    body: dict[str, Any] = {"category": category, "severity": int(typed.severity) if typed.severity in "123" else 0}
    if not category:
        wrong.append({"field": "/category", "code": "missing"})
    optional = {
        "subcategory": subcategory,
        "location_kind": typed.location_kind,
        "certainty": typed.certainty,
        "text": typed.text,
        "external_reference": typed.external_reference,
    }
    body |= {name: value for name, value in optional.items() if value}
    if typed.confirmed:
        body["confirmed_no_personal_data"] = True
    return body | _moments(typed, wrong) | _place(typed, wrong), wrong


def _moments(typed: Typed, wrong: list[dict[str, str]]) -> dict[str, str]:
    try:
        day = date.fromisoformat(typed.day)
        first = time.fromisoformat(typed.clock_from) if typed.clock_from else None
    except ValueError:
        wrong.append({"field": "/occurred_from", "code": "unreadable"})
        return {}
    if first is None:
        if typed.clock_to:
            wrong.append({"field": "/occurred_from", "code": "missing"})
        return {"occurred_from": day.isoformat()}
    moments = {"occurred_from": f"{day.isoformat()}T{first.strftime('%H:%M:%S')}"}
    if typed.clock_to:
        try:
            last = time.fromisoformat(typed.clock_to)
        except ValueError:
            wrong.append({"field": "/occurred_to", "code": "unreadable"})
            return moments
        end = day + timedelta(days=1) if last < first else day
        moments["occurred_to"] = f"{end.isoformat()}T{last.strftime('%H:%M:%S')}"
    return moments


def _place(typed: Typed, wrong: list[dict[str, str]]) -> dict[str, Any]:
    if not typed.lat and not typed.lon:
        return {"area_code": typed.area} if typed.area else {}
    try:
        lat, lon = (float(text.replace(",", ".")) for text in (typed.lat, typed.lon))
        # Also what is no number at all: `nan` is none of these.
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError
    except ValueError:
        wrong.append({"field": "/point", "code": "unreadable"})
        return {}
    return {"point": {"lon": lon, "lat": lat}}


def _general(answer: Answer) -> str | None:
    if answer.status == 409:
        return TEXT["conflict"]
    return None if answer.errors else TEXT["again"]


def _must_write(person: Person) -> None:
    if "reports:write" not in person.principal.scopes:
        raise Forbidden("This person sends no reports.")


async def _form(
    request: Request, person: Person, typed: Typed, *, faults: Faults | None = None, general: str | None = None
) -> Response:
    places = await all_places(request)
    words = await words_of(request, person, places=places)
    said = faults.said if faults else {}
    return page(
        request,
        "report_form.html",
        status=422 if said or general or faults else 200,
        person=person,
        words=TEXT,
        typed=typed,
        said=said,
        general=general or (TEXT["again"] if faults and not said else None),
        confirmable=bool(faults and faults.confirmable) or bool(typed.confirmed),
        categories=words.categories,
        areas=indented(places),
        severities=SEVERITY,
        certainties=CERTAINTY,
        kinds=KINDS,
        map=_map(places, typed.area),
        key=typed.key,
    )


def _map(places: Mapping[str, Place], area: str) -> Markup | None:
    tiles = leaves(places, within=None)
    if not 1 < len(tiles) <= _MOST_TILES:
        return None
    here = {
        tile.code: Shown(
            href=f"/reports/new?area={tile.code}#area", said=tile.name, label="", count=int(tile.code == area)
        )
        for tile in tiles
    }
    areas, frame = drawn(places, tiles, here)
    return drawing.area_map(areas, frame, scale=drawing.scale_for(1), name=TEXT["map_name"])
