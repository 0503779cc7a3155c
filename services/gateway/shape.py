"""The overview as a reader may have it: rolled up to every level, and with small counts taken out. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.gateway.domain import Period
from shared.access import SUPPRESS_BELOW, TABLE, Principal

Count = int | None


def area_rows(
    areas: Sequence[Mapping[str, Any]], counts: Iterable[Sequence[Any]], *, current: Period, principal: Principal
) -> list[dict[str, Any]]:
    """One row an area, in order of code: counts of this period and the one before, by category, children included."""
    paths = {area["code"]: area["path"] for area in areas}
    now: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    before: dict[str, int] = defaultdict(int)
    for period, code, category, n in counts:
        for each in paths.get(code, ()):
            if period == current.first.isoformat():
                now[each][category] += n
            else:
                before[each] += n
    return [
        {
            "code": area["code"],
            "name": area["name"],
            "level": area["level"],
            "reports": fit(sum(now[area["code"]].values()), area=area, principal=principal),
            "reports_before": fit(before[area["code"]], area=area, principal=principal),
            "by_category": {
                category: fit(n, area=area, principal=principal) for category, n in sorted(now[area["code"]].items())
            },
        }
        for area in areas
    ]


def fit(n: int, *, area: Mapping[str, Any], principal: Principal) -> Count:
    """A count as this reader may have it: None stands for one or two, where the table gives counts only."""
    sharing = TABLE[principal.role]
    inside = not set(area["path"]).isdisjoint(principal.areas)
    sight = sharing.own_areas if inside else sharing.elsewhere
    return None if sight == "counts" and 0 < n < SUPPRESS_BELOW else n


def totals(counts: Iterable[Sequence[Any]], *, current: Period) -> dict[str, int]:
    """All reports of this period and the one before, those without an area included."""
    now = before = unplaced = 0
    for period, code, _, n in counts:
        if period == current.first.isoformat():
            now, unplaced = now + n, unplaced + (n if not code else 0)
        else:
            before += n
    return {"reports": now, "reports_before": before, "without_area": unplaced}
