"""The overview's counts as a reader may have them: rolled up to every level, and without what may not be told. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.access import Principal, sees_each
from shared.access.suppression import ALL, EVERYWHERE, Number, hidden
from shared.cycles import Period

Count = int | None


@dataclass(slots=True)
class _Counts:
    """One period's numbers, and those that this reader does not get."""

    numbers: Counter[Number] = field(default_factory=Counter)
    unseen: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    without: frozenset[Number] = frozenset()

    def get(self, number: Number) -> Count:
        return None if number in self.without else self.numbers[number]


def for_reader(
    areas: Sequence[Mapping[str, Any]], counts: Iterable[Sequence[Any]], *, current: Period, principal: Principal
) -> dict[str, Any]:
    """`totals` and `areas` of the overview: this period and the one before it, areas with what lies below them.

    areas: retired ones too, whose reports still count around them. counts: [period, area, category, reports, of these
    the reader's own], '' for no area. Numbers are left out as the lägesbild leaves them out of the same periods, so
    that the two together tell nothing more.
    """
    parents = {area["code"]: area["path"][-2] if len(area["path"]) > 1 else EVERYWHERE for area in areas}
    parents = {code: parent if parent in parents else EVERYWHERE for code, parent in parents.items()}
    each = {area["code"]: sees_each(principal, area["path"]) for area in areas}
    now, before = _Counts(), _Counts()
    for period, area, category, n, own in counts:
        here = now if period == current.first.isoformat() else before
        place = area if area in parents else EVERYWHERE
        _add(here.numbers, place, category, n, parents=parents)
        if not each.get(area, False):
            here.unseen[place, category] += n - own
    if not principal.sees_everything:
        for here in (now, before):
            here.without = hidden(here.unseen, parents=parents)
    return {
        "totals": {
            "reports": now.get(Number("whole", EVERYWHERE, ALL)),
            "reports_before": before.get(Number("whole", EVERYWHERE, ALL)),
            "without_area": now.get(Number("own", EVERYWHERE, ALL)),
        },
        "areas": _rows([area for area in areas if area["active"]], now, before),
    }


def _add(numbers: Counter[Number], place: str | None, category: str, n: int, *, parents: Mapping[str, Any]) -> None:
    around: str | None = place
    if place is EVERYWHERE:
        numbers[Number("own", place, ALL)] += n
    while around is not EVERYWHERE:
        numbers[Number("whole", around, category)] += n
        numbers[Number("whole", around, ALL)] += n
        around = parents[around]
    numbers[Number("whole", EVERYWHERE, ALL)] += n


def _rows(areas: Sequence[Mapping[str, Any]], now: _Counts, before: _Counts) -> list[dict[str, Any]]:
    by_category: dict[str | None, dict[str, Count]] = defaultdict(dict)
    for number in sorted(each for each in now.numbers if each.place is not EVERYWHERE and each.category is not ALL):
        by_category[number.place][number.category or ""] = now.get(number)
    return [
        {
            "code": area["code"],
            "name": area["name"],
            "level": area["level"],
            "reports": now.get(Number("whole", area["code"], ALL)),
            "reports_before": before.get(Number("whole", area["code"], ALL)),
            "by_category": by_category[area["code"]],
        }
        for area in areas
    ]
