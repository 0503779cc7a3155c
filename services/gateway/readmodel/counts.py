"""The overview's counts as a reader may have them: rolled up to every level, and without what may not be told. Pure.

What a reader may see one by one is counted as it is now; the rest is counted as it was published, each table suppressed
once (`shared.access.published`), so that no two answers tell more than each.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from shared.access import Principal, sees_each
from shared.access.published import Row, Shown, Told, shown_counts
from shared.access.suppression import ALL, EVERYWHERE, Number
from shared.cycles import Period

Count = int | None
_NOTHING: Shown[Number] = Shown({}, frozenset())


@dataclass(slots=True)
class _Counts:
    """One period's numbers: those this reader sees one by one, and what was published of the others."""

    shown: Shown[Number] = _NOTHING
    numbers: Counter[Number] = field(default_factory=Counter)

    def get(self, number: Number) -> Count:
        """The sum of what is shown; None where nothing is and something was left out."""
        seen = self.numbers[number] + self.shown.numbers.get(number, 0)
        return None if seen == 0 and number in self.shown.left_out else seen

    def known(self) -> set[Number]:
        """Every number that is more than nothing, or may be."""
        return {*self.numbers, *self.shown.numbers, *self.shown.left_out}


def for_reader(
    areas: Sequence[Mapping[str, Any]],
    counts: Iterable[Sequence[Any]],
    *,
    current: Period,
    principal: Principal,
    published: Sequence[Shown[Number]] = (_NOTHING, _NOTHING),
) -> dict[str, Any]:
    """`totals` and `areas` of the overview: this period and the one before it, areas with what lies below them.

    areas: retired ones too, whose reports still count around them. counts: [period, area, category, reports, of these
    the reader's own], '' for no area. published: of others, this period's and that of the one before.
    """
    parents = {area["code"]: area["path"][-2] if len(area["path"]) > 1 else EVERYWHERE for area in areas}
    parents = {code: parent if parent in parents else EVERYWHERE for code, parent in parents.items()}
    each = {area["code"]: sees_each(principal, area["path"]) for area in areas}
    now, before = (_Counts(shown) for shown in published)
    for period, area, category, n, own in counts:
        here = now if period == current.first.isoformat() else before
        seen = n if each.get(area, principal.sees_everything) else own
        if seen:
            _add(here.numbers, area if area in parents else EVERYWHERE, category, seen, parents=parents)
    whole, nowhere = Number("whole", EVERYWHERE, ALL), Number("own", EVERYWHERE, ALL)
    return {
        "totals": {
            "reports": now.get(whole),
            "reports_before": before.get(whole),
            "without_area": now.get(nowhere),
            "left_out": _left_out(now, before, {"reports": whole, "without_area": nowhere}, whole),
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
    of_area: dict[str | None, dict[str, Number]] = defaultdict(dict)
    for number in sorted(each for each in now.known() if _is_of_a_category(each)):
        of_area[number.place][number.category or ""] = number
    rows = []
    for area in areas:
        whole, of_categories = Number("whole", area["code"], ALL), of_area[area["code"]]
        row = {
            "code": area["code"],
            "name": area["name"],
            "level": area["level"],
            "reports": now.get(whole),
            "reports_before": before.get(whole),
            "by_category": {category: now.get(number) for category, number in of_categories.items()},
            "left_out": _left_out(now, before, {"reports": whole} | of_categories, whole),
        }
        rows.append(row)
    return rows


def _is_of_a_category(number: Number) -> bool:
    return number.what == "whole" and number.place is not EVERYWHERE and number.category is not ALL


def _left_out(now: _Counts, before: _Counts, names: Mapping[str, Number], previous: Number) -> list[str]:
    found = [name for name, number in names.items() if number in now.shown.left_out]
    return found + (["reports_before"] if previous in before.shown.left_out else [])


def work_out(tables: str, wanted: Collection[date], *, principal: Principal) -> dict[date, Shown[Number]]:
    """What this reader is shown of some units.

    tables: JSON of [unit, publication, secret, parents, organisations, rows], of several MB for hundreds of areas;
    those that travelled in parts are put together.
    """
    units: dict[date, list[Told]] = defaultdict(list)
    in_order = sorted(json.loads(tables), key=_table)
    for (unit, publication, secret), parts in groupby(in_order, key=_table):
        parents: dict[str, str | None] = {}
        rows: list[Row] = []
        for *_, lying, organisations, told in parts:
            parents |= {code: parent or EVERYWHERE for code, parent in lying.items()}
            others = [UUID(each) != principal.organisation_id for each in organisations]
            rows += [Row(area or EVERYWHERE, category, n) for who, area, category, n in told if others[who]]
        units[date.fromisoformat(unit)].append(
            Told(publication=publication, secret=bytes.fromhex(secret), parents=parents, rows=rows)
        )
    return {unit: shown_counts(units[unit], principal=principal) for unit in wanted}


def _table(part: Sequence[Any]) -> tuple[str, int, str]:
    return part[0], part[1], part[2]
