"""`/review`: the coordinator's queue, one report beside those that may tell of the same incident."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from services.gateway.pages.frame.asking import Answer, check_may, fetch, new_key, post
from services.gateway.pages.frame.rendering import page
from services.gateway.pages.frame.visitors import Person, SignedIn, check_form
from services.gateway.pages.maps.areas import all_places
from services.gateway.pages.reports.report import organisation_names
from services.gateway.pages.reports.review_words import DONE, TEXT
from services.gateway.pages.reports.wording import COUNTING, Words, band, in_words, words_of
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import SEVERITY, STATUS

router = APIRouter(include_in_schema=False)

Outcome = Literal["accepted", "question", "duplicate", "rejected", "received"]
After = Annotated[str, Query(max_length=500)]


@router.get("/review")
async def show_queue(
    request: Request, person: SignedIn, after: After = "", done: UUID | None = None, outcome: Outcome | None = None
) -> Response:
    """The oldest report that waits, or the oldest after a cursor; `done` was decided just now and can be undone."""
    return await _queue(request, person, after=after, done=done, outcome=outcome)


@router.post("/review")
async def decide(
    request: Request,
    person: SignedIn,
    report: Annotated[UUID, Form()],
    outcome: Annotated[Outcome, Form()],
    form_token: Annotated[str, Form(max_length=200)] = "",
    key: Annotated[str, Form(max_length=100)] = "",
    reason: Annotated[str, Form(max_length=600)] = "",
    duplicate_of: Annotated[str, Form(max_length=40)] = "",
    after: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Carry out a decision, then show the next report."""
    check_form(person, form_token)
    check_may(person, "POST", f"/reports/{report}/review")
    wanted = {"outcome": outcome, "reason": reason.strip() or None, "duplicate_of": duplicate_of or None}
    body = {name: value for name, value in wanted.items() if value}
    answer = await post(request, person, f"/reports/{report}/review", key=key, body=body)
    if not answer.taken:
        return await _queue(request, person, after=after, wrong=_why(answer))
    query = {"done": str(report), "outcome": outcome} | ({"after": after} if after else {})
    return RedirectResponse(f"/review?{urlencode(query)}", status_code=303)


def _why(answer: Answer) -> str:
    return TEXT["wrong"].format(why=TEXT["why_changed"] if answer.status in (409, 412) else TEXT["why_reason"])


async def _queue(
    request: Request,
    person: Person,
    *,
    after: str,
    done: UUID | None = None,
    outcome: Outcome | None = None,
    wrong: str | None = None,
) -> Response:
    check_may(person, "GET", "/review-queue")
    cursor = [("cursor", after)] if after else []
    found = await fetch(request, person, "/review-queue", query=[("limit", "1"), *cursor])
    words = await words_of(request, person, places=await all_places(request))
    names = await organisation_names(request)
    waiting = found["reports"][0] if found["reports"] else None
    similar = await fetch(request, person, f"/reports/{waiting['id']}/similar") if waiting else {"suggestions": []}
    return page(
        request,
        "reports/review.html",
        status=422 if wrong else 200,
        person=person,
        words=TEXT,
        report=waiting and _waiting(waiting, words, names),
        similar=[_similar(each, waiting, words, names) for each in similar["suggestions"] if waiting],
        after=after,
        skip=found["next_cursor"] and f"/review?{urlencode({'after': found['next_cursor']})}",
        done=done,
        said=DONE.get(outcome or ""),
        undoable=outcome != "received",
        wrong=wrong,
        keys=[new_key() for _ in range(4 + len(similar["suggestions"]))],
    )


def _waiting(each: dict[str, Any], words: Words, names: dict[str, str]) -> dict[str, Any]:
    at = datetime.fromisoformat(each["received_at"])
    day, clock = at.astimezone(words.zone).date(), saying.clock(at, zone=words.zone)
    came = f"{saying.day_of_year(day)} {saying.at_clock(clock)}"
    from_words = TEXT["from"].format(name=names.get(each["organisation_id"], "–"), at=came)
    return in_words(each, words) | {"from": from_words, "asked": each["status"] == "question"}


def _similar(each: dict[str, Any], this: dict[str, Any], words: Words, names: dict[str, str]) -> dict[str, Any]:
    """A suggestion with its reasons in words."""
    metres, minutes = each["distance_m"], round(each["apart_s"] / 60)
    other = each["organisation_id"] != this["organisation_id"]
    why = [
        TEXT["no_metres"] if metres is None else TEXT["metres"].format(n=saying.number(metres)),
        TEXT["minutes"].format(n=saying.number(minutes)) if minutes else TEXT["same_time"],
        *([TEXT["same_kind"]] if each["same_subcategory"] else []),
        TEXT["other"] if other else TEXT["same"],
    ]
    return {
        "id": each["id"],
        "score": TEXT["score"].format(n=round(each["score"] * 100)),
        "level": round(each["score"] * 100),
        "why": why,
        "when": band(date.fromisoformat(each["occurred_on"]), each["band"]),
        "area": words.area(each["area_code"]),
        "severity": SEVERITY[each["severity"]],
        "status": STATUS[each["status"]],
        "counts": each["status"] in COUNTING,
        "who": names.get(each["organisation_id"], "–"),
        "text": each["text"],
    }
