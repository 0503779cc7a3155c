"""`/reports/{id}/answer`: the sender answers a question from the report itself; the answer becomes part of its text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.pages.frame.addresses import Page
from services.gateway.pages.frame.asking import ask
from services.gateway.pages.frame.visitors import check_form
from services.gateway.pages.reports.correct import ReportId, Writer, own_report, times_of, typed_of
from services.gateway.pages.reports.fields import report_of
from services.gateway.pages.reports.refusals import faults_of
from services.gateway.pages.reports.report import Unanswered, show_report_page
from services.gateway.pages.speech.language import gettext as _

router = APIRouter(route_class=Page, include_in_schema=False)


@router.post("/reports/{id}/answer")
async def answer_question(
    request: Request,
    person: Writer,
    report_id: ReportId,
    form_token: Annotated[str, Form(max_length=200)] = "",
    version: Annotated[str, Form(max_length=20)] = "",
    answer: Annotated[str, Form()] = "",
    confirmed: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Add the answer to the text, and send the report back to review. Refused, or too late: what was typed stays."""
    check_form(person, form_token)
    report = await own_report(request, person, report_id)
    said = answer.replace("\r\n", "\n").strip()
    unanswered = Unanswered(typed=answer, why=_("The answer could not be sent. Look at what you wrote and try again."))
    if not said:
        nothing = Unanswered(typed=answer, why=_("There is no answer yet. Write it below, and send it then."))
        return await show_report_page(request, person, report_id, unanswered=nothing)
    zone = request.app.state.zone
    before = typed_of(report, zone=zone)
    text = "\n\n".join(filter(None, (before.text, said)))
    typed = before.model_copy(update={"text": text, "confirmed": confirmed, "version": version})
    body, _wrong = report_of(typed)
    sent = await ask(
        request,
        person,
        "PUT",
        f"/reports/{report_id}",
        body=body | times_of(report, zone=zone),
        headers={"If-Match": typed.etag},
    )
    if sent.taken:
        return RedirectResponse(f"/reports/{report_id}?answered=1", status_code=303)
    if sent.status in (409, 412):
        late = _("Somebody changed the report while you wrote. Your answer still stands below and is not sent.")
        unanswered = Unanswered(typed=answer, why=late)
    else:
        faults = faults_of(_within(sent.errors, behind=len(text) - len(said)), called={"text": "answer"})
        unanswered = Unanswered(typed=answer, why=unanswered.why, faults=faults)
    return await show_report_page(request, person, report_id, unanswered=unanswered)


def _within(errors: Iterable[Mapping[str, Any]], *, behind: int) -> Iterator[Mapping[str, Any]]:
    """Places as they are counted in the answer, which stands behind so many characters; none for what lies before."""
    for each in errors:
        place = each.get("place") or (0, 0)
        yield {**each, "place": [at - behind for at in place] if place[0] > behind else None}
