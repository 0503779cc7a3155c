"""`/review`: the coordinator's queue, one report beside those that may tell of the same incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.pages.frame.addresses import Page, wrong_value
from services.gateway.pages.frame.asking import ask, check_may, fetch, new_key, post, signed_in_who_may
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.links import link
from services.gateway.pages.frame.organisations import organisation_names
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, SignedIn, check_form
from services.gateway.pages.reports.deciding import DONE, Outcome, Refused, decide, why_not
from services.gateway.pages.reports.incident import behind
from services.gateway.pages.reports.report import question_of, show_report_page
from services.gateway.pages.reports.wording import COUNTING, Words, in_words, when, words_of
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import SEVERITY, STATUS
from services.gateway.pages.speech.language import gettext as _
from services.gateway.pages.speech.language import ngettext
from services.gateway.readmodel.topic import Cycle
from shared.cycles import cycle_of

router = APIRouter(route_class=Page, include_in_schema=False)

Reviewer = Annotated[Person, signed_in_who_may("POST", "/reports/{id}/review")]
After = Annotated[str, Query(max_length=500)]
Back = Annotated[str, Query(max_length=1500, pattern="^[A-Za-z0-9_.-]*$")]
_BEGINNING = "-"
# Pages back that an address holds.
_MOST_BACK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """A place in the queue: behind a cursor, with those of the pages before it, the last one last; or one report."""

    after: str = ""
    back: str = ""
    report: UUID | None = None

    def further(self) -> str:
        """`back` of the next page."""
        return ".".join([*filter(None, self.back.split(".")), self.after or _BEGINNING][-_MOST_BACK:])

    def before(self) -> str | None:
        """The address of the page before, where one came from one."""
        *earlier, last = self.back.split(".")
        if not last:
            return None
        asked = {"after": "" if last == _BEGINNING else last, "back": ".".join(earlier)}
        return link("/review", {name: value for name, value in asked.items() if value})


class Decision(BaseModel):
    """What the form of a decision says. `version`: the one that was looked at; `here`: from the report's own page."""

    model_config = ConfigDict(extra="ignore")

    report: UUID
    outcome: Outcome
    reason: str = ""
    duplicate_of: str = Field(default="", max_length=40)
    confirmed: str = Field(default="", max_length=10)
    version: str = Field(default="", pattern="^([0-9]{1,9})?$")
    here: str = Field(default="", max_length=10)
    after: str = Field(default="", max_length=500)
    back: str = Field(default="", max_length=1500)
    form_token: str = Field(default="", max_length=200)
    key: str = Field(default="", max_length=100)

    @property
    def body(self) -> dict[str, Any]:
        """The same for the operation."""
        wanted = {
            "outcome": self.outcome,
            "reason": self.reason.strip(),
            "duplicate_of": self.duplicate_of,
            "confirmed_no_personal_data": bool(self.confirmed),
        }
        return {name: value for name, value in wanted.items() if value}


@router.get("/review")
async def show_queue(
    request: Request,
    person: SignedIn,
    after: After = "",
    back: Back = "",
    report: UUID | None = None,
    done: UUID | None = None,
    outcome: Outcome | None = None,
) -> Response:
    """The report that waits first, or behind a cursor, or the one that is asked for.

    `done` was decided just now and can be undone; `back` are the cursors of the pages before.
    """
    at = At(after=after, back=back, report=report)
    return await _queue(request, person, at=at, done=done, outcome=outcome)


@router.post("/review")
async def decide_on(request: Request, person: Reviewer, sent: Annotated[Decision, Form()]) -> Response:
    """Carry out a decision, then show the next report, or the same where it was decided on from its own page."""
    check_form(person, sent.form_token)
    seen = {"If-Match": f'"{sent.version}"'} if sent.version else {}
    answer = await post(request, person, f"/reports/{sent.report}/review", key=sent.key, body=sent.body, headers=seen)
    if not answer.taken:
        refused = Refused(answer=answer, report=str(sent.report), outcome=sent.outcome, reason=sent.reason)
        if sent.here or refused.is_late or refused.is_conflict:
            return await show_report_page(request, person, sent.report, refused=refused)
        return await _queue(request, person, at=At(after=sent.after, back=sent.back), refused=refused)
    if sent.here:
        return RedirectResponse(f"/reports/{sent.report}?decided={sent.outcome}", status_code=303)
    query = {"done": str(sent.report), "outcome": sent.outcome}
    at = {name: value for name, value in (("after", sent.after), ("back", sent.back)) if value}
    return RedirectResponse(link("/review", query | at), status_code=303)


async def _queue(
    request: Request,
    person: Person,
    *,
    at: At,
    done: UUID | None = None,
    outcome: Outcome | None = None,
    refused: Refused | None = None,
) -> Response:
    check_may(person, "GET", "/review-queue")
    waiting, following = await _next(request, person, at)
    words = await words_of(request, person)
    names = await organisation_names(request, person)
    similar = await _suggested(request, person, waiting)
    shown = waiting and _waiting(waiting, words, names) | {"question": await _asked(request, person, waiting)}
    others = shown and await behind(request, person, shown, words=words, names=names)
    forms = waiting and decide(person, waiting["status"], report=waiting["id"], refused=refused)
    return page(
        request,
        "reports/review.html",
        status=422 if refused else 200,
        person=person,
        report=shown,
        behind=others,
        similar=[_similar(each, waiting, words, names) for each in similar or () if waiting],
        compared=similar is not None,
        at_page={"after": at.after, "back": at.back},
        skip=following and link("/review", {"after": following, "back": at.further()}),
        before=at.before(),
        done=done,
        said=DONE.get(outcome or "") if done else None,
        undoable=outcome != "received",
        undo_key=new_key(),
        wrong=refused and await why_not(request, person, refused, names=names),
        decide=forms,
        keys=[(new_key(), new_key()) for _ in similar or ()],
    )


async def _next(request: Request, person: Person, at: At) -> tuple[dict[str, Any] | None, str | None]:
    """The report to decide on, and the cursor of the one behind it: this cycle's before older ones."""
    if at.report is not None:
        return await fetch(request, person, f"/reports/{at.report}"), None
    cycle: Cycle = request.app.state.cycle
    today = datetime.now(request.app.state.zone).date()
    first = cycle_of(today, start=cycle.start, days=cycle.days).first
    cursor = [("cursor", at.after)] if at.after else []
    query = [("limit", "1"), ("first_from", first.isoformat()), *cursor]
    answer = await ask(request, person, "GET", "/review-queue", query=query)
    if not answer.taken:
        raise wrong_value("after")
    found = answer.body
    return (found["reports"][0] if found["reports"] else None), found["next_cursor"]


async def _suggested(
    request: Request, person: Person, waiting: dict[str, Any] | None
) -> Sequence[dict[str, Any]] | None:
    """The reports that may be of the same incident; None where they cannot be had just now."""
    if waiting is None:
        return ()
    told = await beside(fetch(request, person, f"/reports/{waiting['id']}/similar"), of="/similar")
    return told and told["suggestions"]


async def _asked(request: Request, person: Person, waiting: dict[str, Any]) -> str | None:
    """What was asked of the report, where that waits or was answered."""
    if waiting["status"] != "question" and not waiting.get("answered"):
        return None
    told = await beside(fetch(request, person, f"/reports/{waiting['id']}/history"), of="/history")
    return question_of(told and told["events"])


def _waiting(each: dict[str, Any], words: Words, names: dict[str, str]) -> dict[str, Any]:
    at = datetime.fromisoformat(each["received_at"])
    came = saying.day_at_clock(saying.day(at.astimezone(words.zone).date()), at, zone=words.zone)
    from_words = _("From {name}, came in {at}").format(name=names.get(each["organisation_id"], "–"), at=came)
    stands = {"asked": each["status"] == "question", "answered": each.get("answered")}
    return in_words(each, words) | {"from": from_words, **stands}


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
        "when": when(each, words),
        "area": words.area(each["area_code"]),
        "severity": SEVERITY[each["severity"]],
        "grade": each["severity"],
        "status": STATUS[each["status"]],
        "counts": each["status"] in COUNTING,
        "who": names.get(each["organisation_id"], "–"),
        "text": each["text"],
    }
