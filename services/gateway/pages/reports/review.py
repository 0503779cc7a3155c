"""`/review`: the coordinator's queue, one report beside those that may tell of the same incident."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.pages.frame.asking import Answer, check_may, fetch, new_key, post, signed_in_who_may
from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, SignedIn, check_form
from services.gateway.pages.maps.areas import all_places
from services.gateway.pages.reports.refusals import Faults, faults_of
from services.gateway.pages.reports.report import organisation_names
from services.gateway.pages.reports.wording import COUNTING, Words, band, in_words, words_of
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import SEVERITY, STATUS
from services.gateway.pages.speech.language import Texts, marked, ngettext
from services.gateway.pages.speech.language import gettext as _
from shared.http.operations import Page

router = APIRouter(route_class=Page, include_in_schema=False)

Reviewer = Annotated[Person, signed_in_who_may("POST", "/reports/{id}/review")]
Outcome = Literal["accepted", "question", "duplicate", "rejected", "received"]
After = Annotated[str, Query(max_length=500)]
DONE = Texts(
    {
        "accepted": marked("The report is accepted."),
        "question": marked("The question is sent."),
        "duplicate": marked("The reports now count as one incident."),
        "rejected": marked("The report is rejected."),
        "received": marked("The decision is undone. The report waits for review again."),
    }
)


@router.get("/review")
async def show_queue(
    request: Request, person: SignedIn, after: After = "", done: UUID | None = None, outcome: Outcome | None = None
) -> Response:
    """The oldest report that waits, or the oldest after a cursor; `done` was decided just now and can be undone."""
    return await _queue(request, person, after=after, done=done, outcome=outcome)


@router.post("/review")
async def decide(
    request: Request,
    person: Reviewer,
    report: Annotated[UUID, Form()],
    outcome: Annotated[Outcome, Form()],
    form_token: Annotated[str, Form(max_length=200)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    reason: Annotated[str, Form()] = "",
    duplicate_of: Annotated[str, Form(max_length=40)] = "",
    after: Annotated[str, Form(max_length=500)] = "",
    confirmed: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Carry out a decision, then show the next report."""
    check_form(person, form_token)
    wanted = {
        "outcome": outcome,
        "reason": reason.strip(),
        "duplicate_of": duplicate_of,
        "confirmed_no_personal_data": bool(confirmed),
    }
    body = {name: value for name, value in wanted.items() if value}
    answer = await post(request, person, f"/reports/{report}/review", key=key, body=body)
    if not answer.taken:
        # A refused reason stands in the form of its own report alone.
        refused = Refused(answer=answer, report=str(report), outcome=outcome, reason=reason)
        return await _queue(request, person, after=after, refused=refused)
    query = {"done": str(report), "outcome": outcome} | ({"after": after} if after else {})
    return RedirectResponse(link("/review", query), status_code=303)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A decision that was not kept: what was typed with it, and why."""

    answer: Answer
    report: str
    outcome: Outcome
    reason: str

    @property
    def field(self) -> str:
        """What the reason is called in the form of this decision."""
        return "question" if self.outcome == "question" else "reason"

    @property
    def faults(self) -> Faults:
        """What is wrong with it, by the names of this form."""
        return faults_of(self.answer.errors, called={"reason": self.field})

    @property
    def why(self) -> str:
        """The sentence above the forms."""
        why = _("Look at what you wrote and try again.")
        if self.answer.status in (409, 412):
            why = _("The report was changed in the meantime. Load the page again and see how it stands now.")
        return _("The decision could not be kept. {why}").format(why=why)


async def _queue(
    request: Request,
    person: Person,
    *,
    after: str,
    done: UUID | None = None,
    outcome: Outcome | None = None,
    refused: Refused | None = None,
) -> Response:
    check_may(person, "GET", "/review-queue")
    cursor = [("cursor", after)] if after else []
    found = await fetch(request, person, "/review-queue", query=[("limit", "1"), *cursor])
    words = await words_of(request, person, places=await all_places(request))
    names = await organisation_names(request, person)
    waiting = found["reports"][0] if found["reports"] else None
    here = refused if refused and waiting and waiting["id"] == refused.report else None
    similar = await fetch(request, person, f"/reports/{waiting['id']}/similar") if waiting else {"suggestions": []}
    return page(
        request,
        "reports/review.html",
        status=422 if refused else 200,
        person=person,
        report=waiting and _waiting(waiting, words, names),
        similar=[_similar(each, waiting, words, names) for each in similar["suggestions"] if waiting],
        after=after,
        skip=found["next_cursor"] and link("/review", {"after": found["next_cursor"]}),
        done=done,
        said=DONE.get(outcome or "") if done else None,
        undoable=outcome != "received",
        wrong=refused and refused.why,
        faults=here and here.faults,
        typed={"question": "", "reason": ""} | ({here.field: here.reason} if here else {}),
        keys=[new_key() for _ in range(4 + len(similar["suggestions"]))],
    )


def _waiting(each: dict[str, Any], words: Words, names: dict[str, str]) -> dict[str, Any]:
    at = datetime.fromisoformat(each["received_at"])
    came = saying.day_at_clock(saying.day(at.astimezone(words.zone).date()), at, zone=words.zone)
    from_words = _("From {name}, came in {at}").format(name=names.get(each["organisation_id"], "–"), at=came)
    return in_words(each, words) | {"from": from_words, "asked": each["status"] == "question"}


def _apart(minutes: int) -> str:
    return ngettext("{n} minute apart", "{n} minutes apart", minutes).format(n=saying.number(minutes))


def _similar(each: dict[str, Any], this: dict[str, Any], words: Words, names: dict[str, str]) -> dict[str, Any]:
    """A suggestion with its reasons in words."""
    metres, minutes = each["distance_m"], round(each["apart_s"] / 60)
    other = each["organisation_id"] != this["organisation_id"]
    why = [
        _("distance unknown") if metres is None else _("{n} m away").format(n=saying.number(metres)),
        _apart(minutes) if minutes else _("same time"),
        *([_("same sub-category")] if each["same_subcategory"] else []),
        _("another organisation") if other else _("same organisation"),
    ]
    return {
        "id": each["id"],
        "score": _("Likeness {n} of 100").format(n=round(each["score"] * 100)),
        "level": round(each["score"] * 100),
        "why": why,
        "when": band(date.fromisoformat(each["occurred_on"]), each["band"], words),
        "area": words.area(each["area_code"]),
        "severity": SEVERITY[each["severity"]],
        "status": STATUS[each["status"]],
        "counts": each["status"] in COUNTING,
        "who": names.get(each["organisation_id"], "–"),
        "text": each["text"],
    }
