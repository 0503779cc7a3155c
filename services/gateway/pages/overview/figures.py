"""The numbers at the top of the page, and how long lists are: each says what it is of, and leads to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.pages.overview.numbers import PROBLEMS, Number
from services.gateway.pages.overview.table import Days, Table, Wanted
from services.gateway.pages.speech import saying
from services.gateway.readmodel.topics.reports import AreaCounts, Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Most:
    """The area of which most problems were reported."""

    name: str
    href: str
    now: Number
    before: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class InShort:
    """What the page says first. unknown: nothing of this period is published for this reader yet.

    unpublished: that is so in some areas. lowest: it is of one area with none in it. waiting, late: findings;
    larger_only: problems that lie in larger areas alone. outside: in no area; None in an area of its own.
    elsewhere: there are problems, and none in the areas shown.
    """

    problems: Number
    problems_before: Number
    positive: Number | None
    rounded: bool
    unknown: bool
    without_data: bool
    begins: Any
    most: Most | None
    elsewhere: bool
    lowest: bool
    unpublished: bool
    waiting: int
    findings: Number
    late: Number | None
    late_count: int
    larger_only: str | None
    outside: Number | None
    outside_count: int


def in_short(
    shown: AreaCounts | Totals,
    areas: Sequence[AreaCounts],
    on_map: Collection[str],
    *,
    wanted: Wanted,
    days: Days,
    findings: Sequence[Any],
    table: Table,
) -> InShort:
    """The numbers of the municipality or of one area. findings: rows of `open_findings`; table: what is beside them."""
    tiles = [each for each in areas if each.code in on_map]
    most = max((each for each in tiles if each.problems), key=lambda each: each.problems or 0, default=None)
    n_late = int(findings[0].late) if findings else 0
    waiting = int(findings[0].waiting) if findings else 0
    outside = max((shown.problems or 0) - table.in_all, 0) if isinstance(shown, Totals) else 0
    good = None if shown.reports is None or shown.problems is None else shown.reports - shown.problems
    return InShort(
        problems=days.now.number(shown.problems, rounded=shown.rounded, **PROBLEMS),
        problems_before=days.before.number(shown.problems_before, rounded=shown.rounded, **PROBLEMS),
        positive=days.now.number(good, rounded=shown.rounded, positive="true") if good else None,
        rounded=shown.rounded,
        unknown=shown.problems is None,
        without_data=days.now.without_data,
        begins=days.now.begins_within or days.before.begins_within,
        most=_most(most, wanted, days) if most else None,
        elsewhere=bool(shown.problems) and most is None,
        lowest=set(on_map) == {wanted.area},
        unpublished=any(each.problems is None for each in tiles),
        waiting=waiting,
        findings=of_list(waiting, wanted.address(more="findings"), at="findings"),
        late=of_list(n_late, wanted.address(more="late"), at="findings") if n_late else None,
        late_count=n_late,
        larger_only=table.larger_only,
        outside=days.now.number(outside, rounded=shown.rounded, placed="false", **PROBLEMS) if outside else None,
        outside_count=outside,
    )


def _most(area: AreaCounts, wanted: Wanted, days: Days) -> Most:
    now, before = (each.within(area.code) for each in (days.now, days.before))
    return Most(
        name=area.name,
        href=wanted.address(area=area.code, more=""),
        now=now.number(area.problems, rounded=area.rounded, **PROBLEMS),
        before=before.number(area.problems_before, rounded=area.rounded, **PROBLEMS),
    )


def of_list(n: int, address: str, *, at: str) -> Number:
    """How many there are of what a list of the page holds, and the page with that list whole."""
    return Number(saying.number(n), f"{address}#{at}" if n else None)


def beyond(n: int, shown: int, address: str) -> tuple[int, str] | None:
    """How many more there are than are shown, and the page that shows them."""
    return (n - shown, address) if n > shown else None
