"""What of a walk and of a finding may still be put right, and what may be taken out. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.walks.safety.domain import check_plan, check_planned, check_recorded, first_status
from shared.errors import ITSELF, Conflict, FieldError, Invalid

# What is known once a walk was walked.
RECORDED = ("walked_on", "head_counts", "dark")
# An answer rests on these: whose it is, of what kind, and until when.
ANSWERED_FOR = ("owner_id", "kind", "due_on")


def walk_changes(walk: Mapping[str, Any], said: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """What differs of a walk after a correction: columns and their new values; empty where nothing does.

    Raises Conflict for a closed walk, and for what is recorded of one that was not walked; Invalid for a day that
    cannot be, and for a walk of nobody.
    """
    changes = {name: value for name, value in said.items() if walk[name] != value}
    if not changes:
        return {}
    if walk["status"] == "closed":
        raise Conflict("This walk is closed, and stays as it is.", code="walk-closed", of=ITSELF)
    recorded = changes.keys() & set(RECORDED)
    if recorded and walk["status"] != "walked":
        raise Conflict(
            "This walk has not been recorded as walked: POST /walks/{id}/walked does.",
            code="walk-not-recorded",
            of=ITSELF,
        )
    if empty := sorted(name for name, value in changes.items() if value is None):
        raise _invalid(empty[0], "missing", "This cannot be taken away, only put right.")
    if "planned_on" in changes:
        check_planned(changes["planned_on"], today=today)
    if recorded:
        after = {**walk, **changes}
        check_recorded(after["walked_on"], head_counts=after["head_counts"], today=today)
    return changes


def finding_changes(
    finding: Mapping[str, Any], said: Mapping[str, Any], *, walked_on: date | None, closed: bool, today: date
) -> dict[str, Any]:
    """The same of a finding, whose `point` is lon and lat here. Once it was answered, what the answer rests on stays.

    Raises Conflict for a finding of a closed walk, and for that; Invalid for a day before the walk or ten years
    from today.
    """
    changes = {name: value for name, value in said.items() if finding[name] != value}
    if not changes:
        return {}
    if closed:
        raise Conflict(
            "The walk of this finding is closed, and its findings stay as they are.",
            code="walk-closed",
            of=[finding["walk_id"]],
        )
    if finding["answered_at"] is not None and changes.keys() & set(ANSWERED_FOR):
        raise Conflict(
            "This finding was answered: its kind, its owner and its day stay. The note can be put right.",
            code="finding-answered",
            of=ITSELF,
        )
    if "due_on" in changes and walked_on is not None and changes["due_on"] < walked_on:
        raise _invalid("due_on", "before_walk", "Not before the walk.")
    if "due_on" in changes:
        check_plan("due_on", changes["due_on"], today=today)
    if "kind" in changes:
        changes["status"] = first_status(changes["kind"])
    return changes


def check_walk_goes(walk: Mapping[str, Any], *, findings: Sequence[UUID]) -> None:
    """Raise Conflict unless a walk may be taken out: nothing was found on it, and it is not closed."""
    if findings:
        many = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}"
        raise Conflict(f"This walk has {many}. Delete those first.", code="walk-has-findings", of=findings)
    if walk["status"] == "closed":
        raise Conflict("This walk is closed, and stays for the record.", code="walk-closed", of=ITSELF)


def check_finding_goes(finding: Mapping[str, Any], *, closed: bool) -> None:
    """Raise Conflict unless a finding may be taken out: nobody answered it, and its walk is not closed."""
    if finding["answered_at"] is not None:
        raise Conflict(
            "This finding was answered by its owner, and stays with the answer.", code="finding-answered", of=ITSELF
        )
    if closed:
        raise Conflict(
            "The walk of this finding is closed, and its findings stay for the record.",
            code="walk-closed",
            of=[finding["walk_id"]],
        )


def _invalid(field: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, errors=(FieldError(f"/{field}", code, detail),))
