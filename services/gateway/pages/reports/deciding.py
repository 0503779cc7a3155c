"""What a reviewer can decide of a report, and what is shown of a decision that was not kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fastapi import Request

from services.gateway.pages.frame.asking import Answer, fetch, may, new_key
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.visitors import Person
from services.gateway.pages.reports.refusals import Faults, faults_of
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.codes import STATUS, STATUSES
from services.gateway.pages.speech.language import Texts, marked
from services.gateway.pages.speech.language import gettext as _

Outcome = Literal["accepted", "question", "duplicate", "rejected", "received"]
Status = Literal[Outcome, "withdrawn"]

# As the service has it (`review.domain.NEXT`), but for duplicates, which take a second report.
_OPEN: Mapping[str, frozenset[str]] = {
    "received": frozenset({"accepted", "question", "rejected"}),
    "question": frozenset({"accepted", "question", "rejected", "received"}),
    "accepted": frozenset({"question", "rejected", "received"}),
    "duplicate": frozenset({"accepted", "received"}),
    "rejected": frozenset({"accepted", "received"}),
}
# From where a report may become a duplicate of another.
_OF_TWO = ("received", "question", "accepted")
DONE = Texts(
    {
        "accepted": marked("The report is accepted."),
        "question": marked("The question is sent."),
        "duplicate": marked("The reports now count as one incident."),
        "rejected": marked("The report is rejected."),
        "received": marked("The decision is undone. The report waits for review again."),
    }
)
CHANGE = Texts(
    {
        **STATUSES,
        "corrected": marked("corrected"),
        "answered": marked("answered"),
        "moved": marked("moved to another area"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A decision that was not kept: what was typed with it, and why."""

    answer: Answer
    report: str
    outcome: Outcome
    reason: str

    @property
    def is_late(self) -> bool:
        """Whether somebody else changed the report first."""
        return self.answer.status == 412

    @property
    def is_conflict(self) -> bool:
        """Whether the report, or the one that it was to be a duplicate of, stands against it as it is."""
        return self.answer.status == 409

    @property
    def other(self) -> str | None:
        """The report that stands against it, where that is another one."""
        return next(iter(self.answer.body.get("conflicts_with") or ()), None)

    @property
    def is_of_itself(self) -> bool:
        """Whether a report was to be the duplicate of itself: no other one stands against that."""
        return str(self.answer.body["type"]).endswith(":not-counting") and self.other is None

    @property
    def faults(self) -> Faults:
        """What is wrong with it, by the names of this form."""
        return faults_of(self.answer.errors, called={"reason": self.outcome})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """The forms of decisions: the outcomes there are, a key for each form, and what was typed in a refused one."""

    open: frozenset[str] = frozenset()
    keys: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Faults | None = None


def decide(person: Person, state: str | None, *, report: str, refused: Refused | None = None) -> Decide | None:
    """What this person can decide of a report in a state; None where it is not theirs to decide, or nothing is."""
    if not person.principal.sees_everything or not may(person, "POST", f"/reports/{report}/review"):
        return None
    here = refused if refused and refused.report == report else None
    return Decide(
        open=_OPEN.get(state or "", frozenset()),
        keys={outcome: new_key() for outcome in DONE},
        typed={"question": "", "rejected": ""} | ({here.outcome: here.reason} if here else {}),
        faults=here.faults if here else None,
    )


async def why_not(request: Request, person: Person, refused: Refused, *, names: Mapping[str, str]) -> str:
    """The sentence above the forms. Who was later is told who did what before."""
    if refused.is_conflict:
        return await _what_stands_against(request, person, refused)
    if not refused.is_late:
        return _("The decision could not be kept. {why}").format(why=_("Look at what you wrote and try again."))
    history = await beside(fetch(request, person, f"/reports/{refused.report}/history"), of="/history")
    if history is None:
        return _("Somebody was before you. Your decision is not kept. See how the report stands now.")
    last = history["events"][-1]
    said = _("Somebody was before you: {what}, {who}, {at}. Your decision is not kept. See how the report stands now.")
    at, zone = datetime.fromisoformat(last["at"]), request.app.state.zone
    return said.format(
        what=CHANGE.get(last["change"], last["change"]),
        who=names.get(last["organisation_id"], "–"),
        at=saying.day_at_clock(saying.day(at.astimezone(zone).date()), at, zone=zone),
    )


async def _what_stands_against(request: Request, person: Person, refused: Refused) -> str:
    """How the report that does not let the decision be kept stands now."""
    if refused.is_of_itself:
        return _("A report is no duplicate of itself. Your decision is not kept.")
    state: str = (await fetch(request, person, f"/reports/{refused.other or refused.report}"))["status"]
    status = STATUS.get(state, state)
    if refused.other:
        said = _("The other report counts no more, it is: {status}. Your decision is not kept. Choose another one.")
    elif refused.outcome in _OPEN.get(state, ()) or (refused.outcome == "duplicate" and state in _OF_TWO):
        return _("The same decision is being kept just now. Load the page again in a moment.")
    else:
        said = _("The report is: {status}. From there your decision is not possible, and it is not kept.")
    return said.format(status=status)
