"""`/reports/{id}`: one report as far as its reader may see it, what became of it, and who read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.access import queries
from services.gateway.pages.frame.addresses import Mark, Page
from services.gateway.pages.frame.asking import Answer, fetch, may, new_key, post, signed_in_who_may
from services.gateway.pages.frame.beside import beside, beside_or_why, is_not_theirs
from services.gateway.pages.frame.organisations import organisation_names
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, SignedIn, check_form
from services.gateway.pages.frame.way_back import way_back
from services.gateway.pages.reports.deciding import CHANGE, DONE, Outcome, Refused, decide, why_not
from services.gateway.pages.reports.incident import behind
from services.gateway.pages.reports.refusals import Faults, faults_of
from services.gateway.pages.reports.wording import COUNTING, in_words, words_of
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import Texts, marked
from services.gateway.pages.speech.language import gettext as _

router = APIRouter(route_class=Page, include_in_schema=False)

Writer = Annotated[Person, signed_in_who_may("POST", "/reports/{id}/withdraw")]
ReportId = Annotated[UUID, Path(alias="id")]
PURPOSES = Texts(
    {
        "daily_work": marked("daily work"),
        "est_meeting": marked("EST meeting"),
        "review": marked("review"),
        "follow_up": marked("follow-up"),
        "request_for_documents": marked("request for documents"),
        "system": marked("system"),
    }
)
OPERATIONS = Texts(
    {
        "get": marked("opened the report"),
        "list": marked("read it in a list"),
        "export": marked("fetched it in a file"),
        "possible": marked("fetched a file that may have held it, before it was last changed"),
        "review": marked("reviewed"),
        "search": marked("searched"),
    }
)


# What is the same of two readings that stand as one.
_OF_A_READING = ("organisation_id", "client_id", "operation", "possible", "purpose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """An answer to a question that was not sent: what was typed, and why."""

    typed: str = ""
    why: str | None = None
    faults: Faults | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A report that stands, though somebody took it back: what was typed, and why."""

    why: str
    typed: str
    faults: Faults


@router.get("/reports/{id}")
async def show_report(
    request: Request,
    person: SignedIn,
    report_id: ReportId,
    new: Mark = None,
    again: Mark = None,
    corrected: Mark = None,
    answered: Mark = None,
    unchanged: Mark = None,
    decided: Outcome | None = None,
) -> Response:
    """The report, with the receipt of whoever just sent, corrected or decided on it, or answered what was asked."""
    said = {"new": new, "again": again, "corrected": corrected, "answered": answered, "unchanged": unchanged}
    receipt = next((name for name, given in said.items() if given), None)
    return await show_report_page(request, person, report_id, receipt=receipt, decided=decided)


@router.post("/reports/{id}/withdraw")
async def withdraw_report(
    request: Request,
    person: Writer,
    report_id: ReportId,
    form_token: Annotated[str, Form(max_length=200)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    reason: Annotated[str, Form()] = "",
    confirmed: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Take back a report of one's own organisation."""
    check_form(person, form_token)
    body = {"reason": reason.strip(), "confirmed_no_personal_data": bool(confirmed)}
    answer = await post(request, person, f"/reports/{report_id}/withdraw", key=key, body=body)
    if not answer.taken and (why := await _why_it_stands(request, person, report_id, answer)):
        standing = Standing(why=why, typed=reason, faults=faults_of(answer.errors))
        return await show_report_page(request, person, report_id, standing=standing)
    return RedirectResponse(f"/reports/{report_id}", status_code=303)


async def _why_it_stands(request: Request, person: Person, report_id: UUID, answer: Answer) -> str | None:
    """Why a report was not withdrawn; None where it had been before, as from another tab: the page says so then."""
    if answer.status == 409 and (await fetch(request, person, f"/reports/{report_id}"))["status"] == "withdrawn":
        return None
    return _("The report could not be withdrawn. Look at what you wrote and try again.")


async def show_report_page(
    request: Request,
    person: Person,
    report_id: UUID,
    *,
    receipt: str | None = None,
    decided: Outcome | None = None,
    standing: Standing | None = None,
    refused: Refused | None = None,
    unanswered: Unanswered | None = None,
) -> Response:
    """The report with what can be done about it; with what was typed where that was refused."""
    words, names = await words_of(request, person), await organisation_names(request, person)
    report = in_words(await fetch(request, person, f"/reports/{report_id}"), words)
    own = report["organisation"] == str(person.principal.organisation_id)
    history, why = await beside_or_why(_history(request, person, report_id, names=names), of="/history")
    may_do = _may_do(person, report, own=own)
    asked = own and report["state"] == "question"
    return page(
        request,
        "reports/report.html",
        status=422 if standing or refused or unanswered else 200,
        person=person,
        report=report | {"sender": names.get(report["organisation"] or ""), "own": own},
        behind=await behind(request, person, report, words=words, names=names),
        history=history,
        history_away=history is None and not is_not_theirs(why),
        has_reads=person.principal.sees_everything,
        reads=await _reads(request, person, report_id, names=names),
        receipt=receipt if own else None,
        decided=DONE.get(decided or "") if person.principal.sees_everything else None,
        **may_do,
        question=question_of(history) if asked else None,
        unanswered=(unanswered or Unanswered()) if (asked and may_do["may_correct"]) or unanswered else None,
        decide=decide(person, report["state"], report=str(report_id), refused=refused),
        undecided=refused and await why_not(request, person, refused, names=names),
        at=f"/reports/{report_id}",
        back=way_back(request, person, to="/reports"),
        key=new_key(),
        standing=standing,
    )


def _may_do(person: Person, report: Mapping[str, Any], *, own: bool) -> dict[str, Any]:
    """What its sender may still do with a report."""
    state, report_id = report["state"], report["id"]
    return {
        "may_withdraw": own and state != "withdrawn" and may(person, "POST", f"/reports/{report_id}/withdraw"),
        "may_correct": own and state in COUNTING and may(person, "PUT", f"/reports/{report_id}"),
    }


def question_of(history: Sequence[Mapping[str, Any]] | None) -> str | None:
    """What the coordinator asked the last time."""
    return next((each["reason"] for each in reversed(history or ()) if each["change"] == "question"), None)


async def _history(request: Request, person: Person, report_id: UUID, *, names: dict[str, str]) -> list[dict[str, Any]]:
    found = await fetch(request, person, f"/reports/{report_id}/history")
    return [
        {
            "change": each["change"],
            "what": saying.sentence(CHANGE.get(each["change"], each["change"])),
            "at": _moment(each["at"], request),
            "who": names.get(each["organisation_id"], ""),
            "reason": each["reason"],
        }
        for each in found["events"]
    ]


async def _reads(
    request: Request, person: Person, report_id: UUID, *, names: dict[str, str]
) -> list[dict[str, Any]] | None:
    """Who read it, for who sees everything; accounts by their names, and by their ids once they are gone.

    What somebody did over and over on one day stands once, as the last time: else it would hide who else read it. None
    for others, and where it cannot be had just now.
    """
    if not person.principal.sees_everything:
        return None
    told = await beside(fetch(request, person, f"/reports/{report_id}/reads"), of="/reads")
    if told is None:
        return None
    reads: list[dict[str, Any]] = told["reads"]
    async with request.app.state.database.sessions() as session, session.begin():
        accounts = await queries.caller_names(session, {each["client_id"] for each in reads})
    alike: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for each in reads:
        alike.setdefault((_day(each["at"], request), *(each[name] for name in _OF_A_READING)), []).append(each)
    return [_read(last, request, names, accounts) | {"times": 1 + len(rest)} for last, *rest in alike.values()]


def _read(each: dict[str, Any], request: Request, names: dict[str, str], accounts: dict[str, str]) -> dict[str, Any]:
    return {
        "at": _moment(each["at"], request),
        "who": names.get(each["organisation_id"], each["organisation_id"]),
        "account": accounts.get(each["client_id"], each["client_id"]),
        "how": OPERATIONS.get("possible" if each["possible"] else each["operation"], each["operation"]),
        "why": PURPOSES.get(each["purpose"], each["purpose"]),
    }


def _day(value: str, request: Request) -> date:
    """The day of the municipality's clock."""
    return datetime.fromisoformat(value).astimezone(request.app.state.zone).date()


def _moment(value: str, request: Request) -> str:
    at = datetime.fromisoformat(value)
    zone = request.app.state.zone
    return saying.day_at_clock(saying.day(at.astimezone(zone).date()), at, zone=zone)
