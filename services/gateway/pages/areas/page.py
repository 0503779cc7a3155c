"""`/areas`: the tree in use, the files that made it, and the way back from the newest of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from pydantic import Field

from services.gateway.pages.areas.codes import SOURCES
from services.gateway.pages.areas.sending import Refused, hold
from services.gateway.pages.frame.addresses import Mark, Page
from services.gateway.pages.frame.asking import ask, fetch, new_key, post, signed_in_who_may
from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.standing import standing
from services.gateway.pages.frame.visitors import Person, check_form
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _
from shared.http.parameters import DIGITS

router = APIRouter(route_class=Page, include_in_schema=False)

Importer = Annotated[Person, signed_in_who_may("POST", "/areas/imports")]
FormToken = Annotated[str, Form(max_length=200)]


@router.get("/areas")
async def show_areas(
    request: Request,
    person: Importer,
    placing: UUID | None = None,
    moving: Annotated[Annotated[int, Field(ge=0, le=1_000_000_000), DIGITS] | None, Query()] = None,
    undone: Mark = None,
) -> Response:
    """What areas there are, how they came in, and the form for a file.

    `moving` and `undone` are the receipt of whoever just imported, or took an import back.
    """
    return await shown(request, person, placing=placing, moving=moving, undone=bool(undone))


@router.post("/areas")
async def send_areas(
    request: Request,
    person: Importer,
    file: Annotated[UploadFile | None, File()] = None,
    form_token: FormToken = "",
) -> Response:
    """Hold the file, and go on to how it is read."""
    check_form(person, form_token)
    try:
        held = await hold(request, person, file)
    except Refused as refused:
        return await shown(request, person, wrong=refused)
    return RedirectResponse(f"/areas/file/{held}", status_code=303)


@router.post("/areas/undo/{version}")
async def undo(
    request: Request,
    person: Importer,
    version: Annotated[int, Path(ge=1)],
    form_token: FormToken = "",
    retire: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Put the areas back that were in use before; where most of those in use would go, only once that is meant."""
    check_form(person, form_token)
    meant = [("retire", "true")]
    answer = await ask(request, person, "POST", f"/areas/imports/{version}/undo", query=meant if retire else [])
    if answer.status == 409 and answer.body["type"].endswith(":retires-most"):
        dry_run = [*meant, ("dry_run", "true")]
        trial = await ask(request, person, "POST", f"/areas/imports/{version}/undo", query=dry_run)
        if trial.taken:
            return page(request, "areas/undo.html", status=409, person=person, version=version, trial=trial.body)
        answer = trial
    if not answer.taken:
        words = _("This import cannot be taken back any more: a newer one stands, or it was taken back already.")
        return await shown(request, person, wrong=Refused(words))
    return RedirectResponse(in_use(answer.body, undone="1"), status_code=303)


def in_use(change: Mapping[str, Any], **more: str) -> str:
    """The address of the page after a change of the areas: to load it again changes nothing."""
    return link("/areas", {"moving": str(change["reports_to_move"]), **more})


@router.post("/areas/placing")
async def place(
    request: Request, person: Importer, form_token: FormToken = "", key: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """Have all reports placed by the areas as they are now."""
    check_form(person, form_token)
    answer = await post(request, person, "/areas/placements", key=key, body=None)
    if not answer.taken:
        return await shown(
            request, person, wrong=Refused(_("Reports are being moved just now. Wait until it is done."))
        )
    return RedirectResponse(f"/areas?placing={answer.body['id']}", status_code=303)


async def shown(
    request: Request,
    person: Person,
    *,
    wrong: Refused | None = None,
    moving: int | None = None,
    undone: bool = False,
    placing: UUID | None = None,
    status: int = 422,
) -> Response:
    """The page; it loads itself again while a placement goes on. moving: how many reports a change leaves to move.

    status: with what is wrong, where that is.
    """
    tree = await fetch(request, person, "/areas")
    past = await fetch(request, person, "/areas/imports", query=[("limit", "10")])
    in_all = sum(each["active"] for each in tree["areas"])
    asked = await _placing(request, person, placing)
    goes_on = asked is not None and asked["state"] == "running"
    return page(
        request,
        "areas/areas.html",
        status=status if wrong else 200,
        headers={"Refresh": "2"} if goes_on else None,
        person=person,
        wrong=wrong,
        levels=_levels(tree["areas"]),
        imports=[_line(each, request, in_use=in_all) for each in past["imports"]],
        moving=moving,
        undone=undone,
        placing=asked,
        standing=await standing(request, person),
        key=new_key(),
    )


async def _placing(request: Request, person: Person, wanted: UUID | None) -> dict[str, Any] | None:
    """How far the moving of reports is that this person asked for, where they did."""
    if wanted is None:
        return None
    answer = await ask(request, person, "GET", f"/areas/placements/{wanted}")
    return answer.body if answer.taken else None


def _levels(areas: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    """Each level of the tree in use: how many areas, and the names of the first."""
    active = [each for each in areas if each["active"]]
    found = []
    for level in sorted({each["level"] for each in active}):
        names = [each["name"] for each in active if each["level"] == level]
        found.append((level, len(names), ", ".join(names[:4]) + (" …" if len(names) > 4 else "")))
    return found


def _line(past: dict[str, Any], request: Request, *, in_use: int) -> dict[str, Any]:
    """An import as the table has it."""
    zone, at = request.app.state.zone, datetime.fromisoformat(past["imported_at"])
    said = saying.day_at_clock(saying.day(at.astimezone(zone).date()), at, zone=zone)
    source = SOURCES.get(past["source"], past["source"])
    return {**past, "at": said, "source": source, "empties": leaves_none(past, in_use=in_use)}


def leaves_none(past: Mapping[str, Any], *, in_use: int) -> bool:
    """Whether no area was in use before the newest import, so that without it none is left."""
    before: int = in_use - past["added"] + past["retired"]
    return before == 0
