"""What is wrong with the rows of a file, by kind: how often, and where first; row by row only so many are kept."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.reports.files.domain.damage import Fault

Kind = Mapping[str, Any]
# Of a kind, to look at.
_LINES = 5


def kinds_of(before: Sequence[Kind], faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Those before with these: code, column, failed, count, lines. Of rows that failed first, then the most frequent.

    Not more than there are codes by columns of the mapping.
    """
    found = {(each["code"], each["column"], each["failed"]): {**each} for each in before}
    for fault in faults:
        key = fault.code, fault.column, fault.failed
        named = dict(zip(("code", "column", "failed"), key, strict=True))
        kind = found.setdefault(key, {**named, "count": 0, "lines": []})
        kind["count"] += 1
        kind["lines"] = sorted({*kind["lines"], fault.line})[:_LINES] if len(kind["lines"]) < _LINES else kind["lines"]
    return sorted(found.values(), key=lambda kind: (not kind["failed"], -kind["count"], kind["lines"]))
