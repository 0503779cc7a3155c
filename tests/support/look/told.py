"""What somebody who is told of things one by one makes of it: which there are, and where."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

_IDS = ("report_id", "gathering_id", "walk_id", "finding_id", "code", "organisation_id")
_GONE = frozenset({"report.removed", "report.withdrawn", "gathering.removed", "walk.removed", "finding.removed"})


def twice(items: Iterable[tuple[str, Mapping[str, Any]]]) -> list[tuple[Any, int]]:
    """What tells a receiver of one fact more than once: that it moved, say, and from where it does not see."""
    facts = Counter((next(data[name] for name in data if name in _IDS), data["sequence"]) for _, data in items)
    return [fact for fact, many in facts.items() if many > 1]


def made_of(items: Iterable[tuple[str, Mapping[str, Any]]], *, of: str) -> dict[str, str | None]:
    """The areas of all reports or gatherings that there are for a receiver of these messages, by their ids.

    items: types and data in their order. A message that does not say what a thing is, or that it is gone, changes
    nothing; whoever reads one knows no more than its type and its data.
    """
    found: dict[str, str | None] = {}
    for type_, data in items:
        thing, _, what = type_.partition(".")
        if thing != of:
            continue
        if type_ in _GONE:
            found.pop(data[f"{of}_id"], None)
        elif what in ("submitted", "registered", "corrected", "changed", "returned"):
            found[data[f"{of}_id"]] = data.get("area_code")
    return found
