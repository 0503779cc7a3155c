"""What somebody who is told of things one by one makes of it: which there are, and where."""

from collections.abc import Iterable, Mapping
from typing import Any

_GONE = frozenset({"report.removed", "report.withdrawn", "gathering.removed"})


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
