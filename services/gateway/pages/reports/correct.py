"""`/reports/{id}/correct`: a report of one's own organisation put right, unless somebody else was there first."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.asking import ask, fetch, signed_in_who_may
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.visitors import Person, check_form
from services.gateway.pages.maps.areas import all_places
from services.gateway.pages.reports.fields import Typed, report_of
from services.gateway.pages.reports.form import Meant, show_fields
from services.gateway.pages.reports.refusals import faults_of
from services.gateway.pages.reports.report import question_of
from services.gateway.pages.reports.wording import COUNTING, Words, is_whole_day, words_of
from services.gateway.pages.speech.codes import CERTAINTY, KINDS, SEVERITY, STATUS
from services.gateway.pages.speech.language import gettext as _
from services.gateway.pages.speech.language import pgettext
from shared.errors import NotFound

router = APIRouter(route_class=Page, include_in_schema=False)

Writer = Annotated[Person, signed_in_who_may("PUT", "/reports/{id}")]
ReportId = Annotated[UUID, Path(alias="id")]
Report = Mapping[str, Any]
_MOMENTS = ("day", "clock_from", "day_to", "clock_to")


@router.get("/reports/{id}/correct")
async def show_correction(request: Request, person: Writer, report_id: ReportId) -> Response:
    """The form with what the report says now."""
    report = await own_report(request, person, report_id)
    return await _form(request, person, report, typed_of(report, zone=request.app.state.zone))


@router.post("/reports/{id}/correct")
async def correct_report(
    request: Request, person: Writer, report_id: ReportId, typed: Annotated[Typed, Form()]
) -> Response:
    """Put it in place of what the sender saw. Changed meanwhile: what was typed stays, beside what it says now."""
    check_form(person, typed.form_token)
    report = await own_report(request, person, report_id)
    typed = typed.model_copy(update={"text": typed.text.replace("\r\n", "\n")})
    body, wrong = report_of(typed)
    before = typed_of(report, zone=request.app.state.zone)
    if wrong := wrong or _contradiction(typed, before):
        return await _form(request, person, report, typed, errors=wrong, status=422)
    if typed.version == before.version and _facts(body) == _facts(report_of(before)[0]):
        return RedirectResponse(f"/reports/{report_id}?unchanged=1", status_code=303)
    if all(getattr(typed, name) == getattr(before, name) for name in _MOMENTS):
        body |= times_of(report, zone=request.app.state.zone)
    answer = await ask(request, person, "PUT", f"/reports/{report_id}", body=body, headers={"If-Match": typed.etag})
    if answer.taken:
        return RedirectResponse(f"/reports/{report_id}?corrected=1", status_code=303)
    stale = answer.status in (409, 412)
    if stale:
        report = await own_report(request, person, report_id)
    return await _form(
        request, person, report, typed, errors=None if stale else answer.errors, stale=stale, status=answer.status
    )


def _contradiction(typed: Typed, before: Typed) -> list[dict[str, str]]:
    """An area that was chosen now beside a point, which goes before it: which is meant is not ours to say."""
    both = typed.area not in ("", before.area) and (typed.lat or typed.lon)
    return [{"field": "/area_code", "code": "beside_point"}] if both else []


def _facts(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a correction says; what it is known by stays, and what was confirmed is nothing of the report."""
    aside = ("external_reference", "confirmed_no_personal_data")
    return {name: value for name, value in body.items() if name not in aside}


async def own_report(request: Request, person: Person, report_id: UUID) -> Report:
    """The report as it stands. Raises NotFound for one that another organisation sent."""
    report: Report = await fetch(request, person, f"/reports/{report_id}")
    if report["organisation_id"] != str(person.principal.organisation_id):
        raise NotFound("There is no such report of this organisation.")
    return report


def times_of(report: Report, *, zone: tzinfo) -> dict[str, str | None]:
    """The times of a report that nobody touched: as exact as they were sent, also in the hour that a year has twice.

    A day alone stays one: its midnight would be an hour that nobody knows.
    """
    times = {name: report[name] for name in ("occurred_from", "occurred_to")}
    if report["band"] is not None:
        return times
    last = _last_day(report, zone=zone)
    return times | {"occurred_from": report["occurred_on"]} | ({"occurred_to": last.isoformat()} if last else {})


def _last_day(report: Report, *, zone: tzinfo) -> date | None:
    """The last whole day of a report, where it ends with one."""
    end = datetime.fromisoformat(report["occurred_to"]).astimezone(zone) if report["occurred_to"] else None
    return end.date() - timedelta(days=1) if end and end.time() == time() else None


def typed_of(report: Report, *, zone: tzinfo) -> Typed:
    """A report as somebody would have typed it; the area only where no point says more."""
    first = datetime.fromisoformat(report["occurred_from"]).astimezone(zone)
    last = datetime.fromisoformat(report["occurred_to"]).astimezone(zone) if report["occurred_to"] else None
    whole = report["band"] is None or (last is not None and is_whole_day(first, last))
    # The next day's small hours need no day of their own in the form.
    overnight = last is not None and (last.date() - first.date()) == timedelta(days=1) and last.time() < first.time()
    far = last is not None and not whole and last.date() != first.date() and not overnight
    return Typed(
        what="/".join(filter(None, (report["category"], report["subcategory"]))),
        day=first.date().isoformat(),
        clock_from="" if whole else _clock(first),
        day_to=last.date().isoformat() if far and last else _later(report, zone=zone) if whole else "",
        clock_to="" if whole or last is None else _clock(last),
        area="" if report["lat"] is not None else report["area_code"] or "",
        lat="" if report["lat"] is None else str(report["lat"]),
        lon="" if report["lon"] is None else str(report["lon"]),
        location_kind=report["location_kind"] or "",
        severity=str(report["severity"]),
        certainty=report["certainty"] or "",
        text=report["text"] or "",
        external_reference=report["external_reference"] or "",
        version=str(report["version"]),
    )


def _later(report: Report, *, zone: tzinfo) -> str:
    """The last of several whole days, else nothing."""
    last = _last_day(report, zone=zone)
    return last.isoformat() if last and last.isoformat() > report["occurred_on"] else ""


def _clock(at: datetime) -> str:
    return at.strftime("%H:%M:%S" if at.second else "%H:%M")


async def _form(
    request: Request,
    person: Person,
    report: Report,
    typed: Typed,
    *,
    errors: list[dict[str, str]] | None = None,
    stale: bool = False,
    status: int = 200,
) -> Response:
    """The form; where it is stale beside what the report says now, which the next try is then held against."""
    places = await all_places(request)
    words = await words_of(request, person)
    address = f"/reports/{report['id']}"
    now = typed_of(report, zone=request.app.state.zone)
    closed = _("The report cannot be corrected any more: it is {status}.")
    return await show_fields(
        request,
        person,
        typed.model_copy(update={"version": now.version, "external_reference": now.external_reference}),
        places=places,
        words=words,
        meant=Meant(
            action=f"{address}/correct",
            title=_("Correct the report"),
            lead=_("Write how it should be. What it said before stays on file."),
            send=_("Save the correction"),
            error=_("The correction is not saved yet"),
            again=_("The correction could not be saved. Look at what you wrote and try again."),
            back=address,
        ),
        faults=faults_of(errors) if errors is not None else None,
        general=None if report["status"] in COUNTING else closed.format(status=STATUS.get(report["status"] or "", "")),
        changed=differences(now, typed, words) if stale else None,
        asked=await _question(request, person, report),
        status=status if report["status"] in COUNTING else 409,
    )


async def _question(request: Request, person: Person, report: Report) -> str | None:
    """What the coordinator asked of it, where that waits for an answer."""
    if report["status"] != "question":
        return None
    told = await beside(fetch(request, person, f"/reports/{report['id']}/history"), of="/history")
    return question_of(told and told["events"])


def differences(now: Typed, typed: Typed, words: Words) -> list[tuple[str, str]]:
    """Where the report as it stands differs from what was typed: the field's name, and what it says now."""
    said: dict[str, tuple[str, str]] = {
        "what": (_("Category"), words.category(*now.what.split("/"))),
        "day": (_("Day"), now.day),
        "clock_from": (pgettext("time of day", "From"), now.clock_from),
        "day_to": (_("Until day"), now.day_to),
        "clock_to": (pgettext("time of day", "Until"), now.clock_to),
        "area": (_("Area"), words.area(now.area) if now.area else ""),
        "lat": (_("Latitude"), now.lat),
        "lon": (_("Longitude"), now.lon),
        "location_kind": (_("Kind of place"), KINDS.get(now.location_kind, "")),
        "severity": (_("Severity"), SEVERITY[int(now.severity)]),
        "certainty": (_("How certain is it?"), CERTAINTY.get(now.certainty, "")),
        "text": (_("What happened?"), now.text),
    }
    return [
        (label, value or _("nothing"))
        for name, (label, value) in said.items()
        if getattr(now, name) != getattr(typed, name)
    ]
