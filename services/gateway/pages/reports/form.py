"""`/reports/new`: the form for one report. It works without JavaScript, and a double click makes one report."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from services.gateway.pages import drawing
from services.gateway.pages.frame.addresses import Page, wrong_value
from services.gateway.pages.frame.asking import Answer, fetch, new_key, post, signed_in_who_may
from services.gateway.pages.frame.categories import in_use
from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, check_form
from services.gateway.pages.maps.areas import all_places
from services.gateway.pages.maps.places import MOST_LINKS, Caption, map_of
from services.gateway.pages.maps.tree import Place, code_of, leaves
from services.gateway.pages.reports.fields import Typed, report_of
from services.gateway.pages.reports.listing import indented
from services.gateway.pages.reports.refusals import Faults, faults_of
from services.gateway.pages.reports.wording import Words, words_of
from services.gateway.pages.speech.codes import CERTAINTY, KINDS, SEVERITY
from services.gateway.pages.speech.language import gettext as _

router = APIRouter(route_class=Page, include_in_schema=False)

Writer = Annotated[Person, signed_in_who_may("POST", "/reports")]
# Where a fault's sentence leads to, where the field on the page is called otherwise.
_AT = {
    "category": "what", "subcategory": "what", "occurred_from": "day", "occurred_to": "clock_to",
    "area_code": "area", "point": "lat",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What a form is for: where it goes, and what it is called in the language of the request.

    `back`: the address of the report that is corrected; a new one has none.
    """

    action: str
    title: str
    lead: str
    send: str
    error: str
    again: str
    back: str | None = None


def _new() -> Meant:
    return Meant(
        action="/reports/new",
        title=_("Write a report"),
        lead=_("About a place and what happened there. The report becomes a public document."),
        send=_("Send the report"),
        error=_("The report is not sent yet"),
        again=_("The report could not be sent. Look at what you wrote and try again."),
    )


@router.get("/reports/new")
async def show_form(request: Request, person: Writer, area: Annotated[str, Query(max_length=100)] = "") -> Response:
    """The empty form; `area` chosen on the map."""
    places = await all_places(request)
    if area and (code := code_of(places, area)) is None:
        raise wrong_value("area")
    area = code or "" if area else ""
    empty = Typed(area=area, severity="1", key=new_key())
    return await show_fields(request, person, empty, places=places, meant=_new(), map=_map(places, area))


@router.post("/reports/new")
async def send_report(request: Request, person: Writer, typed: Annotated[Typed, Form()]) -> Response:
    """Send it to the service. Refused: the same form with what is wrong beside each field."""
    check_form(person, typed.form_token)
    typed = typed.model_copy(update={"key": typed.key or new_key(), "text": typed.text.replace("\r\n", "\n")})
    body, wrong = report_of(typed)
    answer: Answer | None = None
    if not wrong:
        answer = await _send(request, person, body, key=typed.key)
        if answer.taken:
            mark = "again" if answer.replayed else "new"
            return RedirectResponse(f"/reports/{answer.body['id']}?{mark}=1", status_code=303)
    used_reference = _(
        "Another report was already sent under the same reference. Change the reference or leave it empty."
    )
    return await show_fields(
        request,
        person,
        typed,
        places=await all_places(request),
        meant=_new(),
        faults=faults_of(answer.errors if answer else wrong),
        general=used_reference if answer and answer.status == 409 else None,
        status=422,
    )


async def _send(request: Request, person: Person, body: dict[str, Any], *, key: str) -> Answer:
    """Send a report once, also by a form that was used before: the way back fills it in again, under another key.

    key: the form's. What was taken back meanwhile can be sent anew by the same words.
    """
    said = hashlib.blake2b(orjson.dumps(body, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
    answer = await post(request, person, "/reports", key=said, body=body)
    if answer.taken and answer.replayed:
        before = await fetch(request, person, f"/reports/{answer.body['id']}")
        if before["status"] == "withdrawn":
            return await post(request, person, "/reports", key=key, body=body)
    return answer


async def show_fields(
    request: Request,
    person: Person,
    typed: Typed,
    *,
    places: Mapping[str, Place],
    meant: Meant,
    faults: Faults | None = None,
    general: str | None = None,
    changed: list[tuple[str, str]] | None = None,
    map: Markup | None = None,
    words: Words | None = None,
    asked: str | None = None,
    status: int = 200,
) -> Response:
    """The form with what was typed; `changed`: the fields that somebody else changed meanwhile, as they are now.

    asked: the question of the coordinator that waits for an answer.
    """
    words = words or await words_of(request, person)
    said = faults.said if faults else {}
    return page(
        request,
        "reports/form.html",
        status=status,
        person=person,
        meant=meant,
        typed=typed,
        said=said,
        at_field=_AT,
        general=general or (meant.again if faults and not said else None),
        changed=changed,
        asked=asked,
        confirmable=bool(faults and faults.confirmable) or bool(typed.confirmed),
        categories=in_use(words.categories),
        areas=indented(places),
        severities=SEVERITY,
        certainties=CERTAINTY,
        kinds=KINDS,
        map=map,
    )


def _map(places: Mapping[str, Place], area: str) -> Markup | None:
    """The areas to choose from; None where they are too many to meet the right one with a finger."""
    tiles = leaves(places, within=None)
    if not 1 < len(tiles) <= MOST_LINKS:
        return None

    def caption(tile: Place) -> Caption:
        href = link("/reports/new", {"area": tile.code}, at="area")
        return Caption(href=href, said=tile.name, label="", count=int(tile.code == area))

    name = _("Map of the areas. The same areas are in the list.")
    return map_of(places, tiles, {area: 1}, caption, scale=drawing.scale_for(1), name=name)
