"""What a safety walk and its findings may become. Pure: values in, values or a refusal out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from shared import moments
from shared.errors import ITSELF, Conflict, FieldError, Invalid
from shared.geo.neighbourhood import FAR_AWAY, Box, near

WalkStatus = Literal["planned", "walked", "closed"]
FindingStatus = Literal["open", "planned", "done", "declined", "noted"]
Answer = Literal["planned", "done", "declined"]
# Somebody has still to do something about it, and is late when its day is over.
UNDONE: tuple[FindingStatus, ...] = ("open", "planned")
# What protocols of Swedish safety walks write down (Kungsbacka, Söderköping, Rågsved), merged.
FindingKind = Literal[
    "lighting", "vegetation", "litter", "graffiti", "maintenance", "signs", "entrances", "tunnels", "traffic",
    "snow_ice", "gathering", "emptiness", "other", "positive",
]  # fmt: skip
Participants = Literal[
    "municipality", "police", "housing", "guard", "night_walk", "rescue", "region", "school", "association", "residents"
]

# Municipalities promise their own measures within six months (Kungsbacka's published rule).
USUAL_TIME = timedelta(days=182)
# An owner may think again, but what is done is done: if it comes back, the next walk raises it anew.
NEXT: Mapping[FindingStatus, frozenset[Answer]] = {
    "open": frozenset({"planned", "done", "declined"}),
    "planned": frozenset({"planned", "done", "declined"}),
    "declined": frozenset({"planned", "done"}),
    "done": frozenset(),
    "noted": frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A walk, as far as its rules look at it. `version` is the number of facts told of it."""

    id: UUID
    organisation_id: UUID
    area_code: str
    status: WalkStatus
    walked_on: date | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding, as far as its rules look at it."""

    id: UUID
    walk_id: UUID
    organisation_id: UUID
    area_code: str
    owner_id: UUID
    status: FindingStatus
    due_on: date
    version: int


def check_planned(planned_on: date, *, today: date) -> None:
    """Raise Invalid for a day that nobody plans a walk for: more than ten years from today."""
    check_plan("planned_on", planned_on, today=today)


def check_walked(walk: Walk, *, walked_on: date, head_counts: Mapping[Participants, int], today: date) -> None:
    """Raise Conflict unless the walk was still to come, Invalid for a day to come or a walk that nobody walked."""
    if walk.status != "planned":
        raise Conflict("This walk has been recorded already.", code="walk-recorded", of=ITSELF)
    check_recorded(walked_on, head_counts=head_counts, today=today)


def check_recorded(walked_on: date, *, head_counts: Mapping[Participants, int], today: date) -> None:
    """Raise Invalid for a day to come, or a walk that nobody walked."""
    check_plan("walked_on", walked_on, today=today)
    if walked_on > today:
        raise _invalid("walked_on", "in_future", "A walk is recorded after it took place.")
    if sum(head_counts.values()) == 0:
        raise _invalid("head_counts", "nobody", "At least one person took part.")


def check_closing(walk: Walk, *, unanswered: Sequence[UUID], leave_open: bool, reason: str | None) -> None:
    """Raise Conflict unless the walk may be closed.

    A walk that took place is closed when every finding has its owner's answer; with `leave_open` and a reason also
    before that, and its owners may still answer. A walk that never took place is closed with a reason.
    """
    if walk.status == "closed":
        raise Conflict("This walk is closed already.", code="walk-closed", of=ITSELF)
    if walk.status == "planned" and reason is None:
        raise Conflict(
            "This walk has not been recorded as walked. If it will not take place, close it with a reason.",
            code="walk-not-recorded",
            of=ITSELF,
        )
    if unanswered and not leave_open:
        raise Conflict(
            f"{len(unanswered)} of its findings wait for their owners' answers. Close with leave_open and a reason to"
            " leave them.",
            code="findings-unanswered",
            of=unanswered,
        )
    if unanswered and reason is None:
        raise _invalid("reason", "missing", "Say why findings are left open.")


def due_date(walk: Walk, *, asked: date | None, today: date) -> date:
    """The day a finding should be dealt with: the asked one, else six months after the walk.

    Raises Conflict for a walk that was not walked or is closed, Invalid for a day before the walk or ten years ahead.
    """
    if walk.walked_on is None or walk.status != "walked":
        raise Conflict(
            "Findings are recorded after the walk and before it is closed.",
            code="walk-not-recorded" if walk.walked_on is None else "walk-closed",
            of=ITSELF,
        )
    if asked is not None and asked < walk.walked_on:
        raise _invalid("due_on", "before_walk", "Not before the walk.")
    if asked is not None:
        check_plan("due_on", asked, today=today)
    return asked or walk.walked_on + USUAL_TIME


def check_point(point: Mapping[str, float], *, box: Box) -> None:
    """Raise Invalid for a point (lon, lat in degrees) that lies far from the box of the area that was walked."""
    if not near(point["lon"], point["lat"], box=box):
        raise _invalid("point", "impossible_place", FAR_AWAY)


def first_status(kind: FindingKind) -> FindingStatus:
    """How a finding begins: open until its owner answers, except for something good, which asks for nothing."""
    return "noted" if kind == "positive" else "open"


def answered(finding: Finding, *, status: Answer, due_on: date | None, reason: str | None, today: date) -> date:
    """The day a finding is due after its owner's answer.

    Raises Conflict for an answer that cannot follow, Invalid for a plan without a day to come, a day without a plan,
    or a refusal without a reason.
    """
    if status not in NEXT[finding.status]:
        raise Conflict(
            f"A finding that is {finding.status} takes no such answer any more.", code="finding-settled", of=ITSELF
        )
    if status == "declined" and reason is None:
        raise _invalid("reason", "missing", "Say why nothing will be done: the protocol shows it.")
    if status != "planned":
        if due_on is not None:
            raise _invalid("due_on", "not_planned", "Only a planned measure has a day.")
        return finding.due_on
    if due_on is None or due_on < today:
        raise _invalid("due_on", "missing" if due_on is None else "in_past", "The day, from today on, when it is done.")
    check_plan("due_on", due_on, today=today)
    return due_on


def check_plan(field: str, day: date, *, today: date) -> None:
    """Raise Invalid for a day that nobody plans anything for: more than ten years from today."""
    try:
        moments.check_plan(day, today=today)
    except moments.Unmeant as far:
        raise _invalid(field, "impossible_time", str(far)) from None


def _invalid(field: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, errors=(FieldError(f"/{field}", code, detail),))
