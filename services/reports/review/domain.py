"""What becomes of a report: corrected, withdrawn, reviewed; and which reports may tell of the same incident."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import exp, hypot
from typing import Literal, NamedTuple
from uuid import UUID

from services.reports.intake.domain import COUNTING, Report, Status
from shared.access import Principal
from shared.errors import ITSELF, Conflict, FieldError, Forbidden, Invalid

Outcome = Literal["accepted", "question", "duplicate", "rejected", "received"]

# Where a report may go from where it stands. A decision can be taken back: everything leads to "received" again.
NEXT: Mapping[Status, frozenset[Outcome]] = {
    "received": frozenset({"accepted", "question", "duplicate", "rejected"}),
    "question": frozenset({"accepted", "question", "duplicate", "rejected", "received"}),
    "accepted": frozenset({"question", "duplicate", "rejected", "received"}),
    "duplicate": frozenset({"received", "accepted"}),
    "rejected": frozenset({"received", "accepted"}),
    "withdrawn": frozenset(),
}
# Two reports of the same category this close in place and time may tell of one incident.
NEAR_M = 250.0
NEAR_S = 4 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A report as a decision sees it. row_hash: of its facts.

    said_area: the area that was named, where it lies in another while that is out of use.
    """

    id: UUID
    organisation_id: UUID
    status: Status
    version: int
    incident_id: UUID | None
    category: str
    area_code: str | None = None
    said_area: str | None = None
    row_hash: bytes = b""


def keeping_place(report: Report, standing: Standing) -> Report:
    """A correction that names the area its report lies in says no other than was named before."""
    place = report.place
    if standing.said_area is None or place.point is not None or place.area_code != standing.area_code:
        return report
    return replace(report, place=replace(place, said_area=standing.said_area))


def check_review(report: Standing, outcome: Outcome, *, reason: str | None, duplicate_of: Standing | None) -> None:
    """Raise Conflict where the report cannot go there, Invalid where the decision lacks what it needs."""
    if outcome not in NEXT[report.status]:
        raise Conflict(
            f"A report that is {report.status} cannot become {outcome}.", code=f"report-{report.status}", of=ITSELF
        )
    if outcome in ("question", "rejected") and not reason:
        fault = FieldError("/reason", "missing", "The sender is told why.")
        raise Invalid("This decision needs a reason.", errors=(fault,))
    if (outcome == "duplicate") != (duplicate_of is not None):
        fault = FieldError("/duplicate_of", "missing", "Needed with duplicate, and only there.")
        raise Invalid("A duplicate is the duplicate of a report.", errors=(fault,))
    if duplicate_of is None:
        return
    if duplicate_of.id == report.id:
        raise Conflict("A report is no duplicate of itself. Name the other one.", code="not-counting", of=ITSELF)
    if duplicate_of.status not in COUNTING:
        raise Conflict(
            "A report can be the duplicate of another one that counts.", code="not-counting", of=[duplicate_of.id]
        )


def check_reviewer(principal: Principal) -> None:
    """Raise Forbidden for whom the access table does not show every report: they could not tell what they decide."""
    if not principal.sees_everything:
        raise Forbidden("This is for the coordinator and the municipal police.")


def check_withdrawal(report: Standing) -> None:
    """Raise Conflict for a report that was withdrawn."""
    if report.status == "withdrawn":
        raise Conflict("The report was withdrawn before.", code="report-withdrawn", of=ITSELF)


class Spot(NamedTuple):
    """Where and when a report lies: easting and northing in metres, both None for a report without a point."""

    organisation_id: UUID
    e: int | None
    n: int | None
    occurred_from: datetime
    occurred_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two reports are: 0 to 1, and why, in words of numbers."""

    score: float
    distance_m: float | None
    apart_s: float
    same_subcategory: bool


def likeness(*, distance_m: float | None, apart_s: float, same_subcategory: bool, other_organisation: bool) -> Likeness:
    """How likely two reports of one category tell of one incident.

    Falls with distance (scale 100 m) and time (scale 1 h); a whole day counts as half an hour away. The weights are
    ours: there is no reference material for this, so it orders suggestions for a person and decides nothing.
    """
    near = exp(-((distance_m if distance_m is not None else NEAR_M) / 100.0))
    soon = exp(-apart_s / 3600.0)
    score = 0.45 * near + 0.35 * soon + 0.1 * same_subcategory + 0.1 * other_organisation
    return Likeness(score=round(score, 3), distance_m=distance_m, apart_s=apart_s, same_subcategory=same_subcategory)


def distance_m(a: tuple[int, int] | None, b: tuple[int, int] | None) -> float | None:
    """Metres between two points given as easting and northing, or None where one is not known."""
    return None if a is None or b is None else hypot(a[0] - b[0], a[1] - b[1])


def apart_s(a: tuple[datetime, datetime | None], b: tuple[datetime, datetime | None]) -> float:
    """Seconds between two intervals; 0 where they overlap."""
    first, second = sorted((a, b), key=lambda interval: interval[0])
    return max(0.0, (second[0] - (first[1] or first[0])).total_seconds())
