"""The overview's counts as a reader may have them: rolled up to every level, and no more than may be told. Pure.

What a reader may see one by one is counted as it is now; the rest is counted as it was published, each table rounded
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
from shared.access.rounding import ALL, EVERYWHERE, Number
from shared.cycles import Period

Count = int | None
# The category of what is good.
POSITIVE = "positive"
NOTHING: Shown[Number] = Shown({})


@dataclass(slots=True)
class _Counts:
    """One period's numbers: those this reader sees one by one, and what was published of the others (None: nothing)."""

    shown: Shown[Number] | None = NOTHING
    numbers: Counter[Number] = field(default_factory=Counter)

    def get(self, number: Number, *, exact: bool) -> Count:
        """The sum of both; None where others' reports belong to it and nothing of the period is published yet."""
        if exact:
            return self.numbers[number]
        return None if self.shown is None else self.numbers[number] + self.shown.numbers.get(number, 0)

    def problems(self, place: str | None, *, exact: bool) -> Count:
        """All reports of a place and below but positive observations, as `get`."""
        everything, good = (self.get(Number("whole", place, category), exact=exact) for category in (ALL, POSITIVE))
        # After late tables a part may be more than its whole.
        return None if everything is None or good is None else max(0, everything - good)

    def known(self) -> set[Number]:
        """Every number that is more than nothing."""
        return {*self.numbers, *(self.shown.numbers if self.shown else ())}


def for_reader(
    areas: Sequence[Mapping[str, Any]],
    counts: Iterable[Sequence[Any]],
    *,
    current: Period,
    principal: Principal,
    published: Sequence[Shown[Number] | None] = (NOTHING, NOTHING),
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
    exact = principal.sees_everything
    return {
        "totals": {
            "reports": now.get(whole, exact=exact),
            "reports_before": before.get(whole, exact=exact),
            "problems": now.problems(EVERYWHERE, exact=exact),
            "problems_before": before.problems(EVERYWHERE, exact=exact),
            "without_area": now.get(nowhere, exact=exact),
            "rounded": not exact,
        },
        "areas": _rows([area for area in areas if area["active"]], now, before, each),
    }


def _add(numbers: Counter[Number], place: str | None, category: str, n: int, *, parents: Mapping[str, Any]) -> None:
    around: str | None = place
    if place is EVERYWHERE:
        numbers[Number("own", place, ALL)] += n
    while around is not EVERYWHERE:
        numbers[Number("whole", around, category)] += n
        numbers[Number("whole", around, ALL)] += n
        around = parents[around]
    numbers[Number("whole", EVERYWHERE, category)] += n
    numbers[Number("whole", EVERYWHERE, ALL)] += n


def _rows(
    areas: Sequence[Mapping[str, Any]], now: _Counts, before: _Counts, each: Mapping[str, bool]
) -> list[dict[str, Any]]:
    of_area: dict[str | None, dict[str, Number]] = defaultdict(dict)
    for number in sorted(each for each in now.known() if _is_of_a_category(each)):
        of_area[number.place][number.category or ""] = number
    rows = []
    for area in areas:
        code, exact = area["code"], each[area["code"]]
        whole = Number("whole", code, ALL)
        row = {
            "code": code,
            "name": area["name"],
            "level": area["level"],
            "reports": now.get(whole, exact=exact),
            "reports_before": before.get(whole, exact=exact),
            "problems": now.problems(code, exact=exact),
            "problems_before": before.problems(code, exact=exact),
            "by_category": {category: now.get(number, exact=exact) for category, number in of_area[code].items()},
            "rounded": not exact,
        }
        rows.append(row)
    return rows


def _is_of_a_category(number: Number) -> bool:
    return number.what == "whole" and number.place is not EVERYWHERE and number.category is not ALL


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
            whose = [UUID(each) for each in organisations]
            rows += [
                Row(whose[who], area or EVERYWHERE, category, n)
                for who, area, category, n in told
                if whose[who] != principal.organisation_id
            ]
        units[date.fromisoformat(unit)].append(
            Told(publication=publication, secret=bytes.fromhex(secret), parents=parents, rows=rows)
        )
    return {unit: shown_counts(units[unit], principal=principal) for unit in wanted}


def _table(part: Sequence[Any]) -> tuple[str, int, str]:
    return part[0], part[1], part[2]
