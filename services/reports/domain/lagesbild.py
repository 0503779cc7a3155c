"""The lägesbild of a period in counts: where, of what kind, when; beside the period before and the earlier ones' mean.

Pure functions over rows as the database counts them. Who may see which count is decided by the caller and kept here: a
count of fewer than SUPPRESS_BELOW reports of other organisations is not shown where the reader may see counts only.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from shared.access import SUPPRESS_BELOW

EARLIER_PERIODS = 26
WEEKDAYS, HOURS = 7, 24


class Counted(NamedTuple):
    """Reports of one area and category, `back` periods before this one (0: this one); `own`: of the reader's own.

    With `back` beyond EARLIER_PERIODS it only says that there are reports so old.
    """

    back: int
    area_code: str | None
    category: str | None
    reports: int
    own: int


class Moments(NamedTuple):
    """Reports of this period that began on a weekday (1 is Monday) in an hour or band of hours, None: nobody knows.

    `seen`: the reader may have their moment, one by one or as counts.
    """

    weekday: int
    slot: int | None
    organisation_id: UUID
    placed: bool
    seen: bool
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area as the lägesbild names it."""

    code: str
    name: str
    level: int
    parent: str | None
    path: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A count, the one of the period before, and the mean of the earlier periods; None where it is not shown.

    `mean` is also None without any earlier period, which suppresses nothing.
    """

    count: int | None
    previous: int | None
    mean: float | None
    suppressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One place's counts: of all categories, and of each that ever occurred there."""

    total: Cell
    categories: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCounts:
    """An area with what lies in it and in no area below (`own`), and with all below it (`whole`)."""

    area: Area
    own: Table
    whole: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Where and of what kind. The total is the sum of the areas' own counts and of the unplaced."""

    earlier_periods: int
    total: Table
    unplaced: Table
    areas: Sequence[AreaCounts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """When: weekdays, Monday first, by slots of the day; whole days apart. None where a count is not shown."""

    matrix: Sequence[Sequence[int | None]]
    unknown_hour: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How far the counts can be trusted: who reported how much, and what share lacks a place or an hour."""

    reports: int
    organisations: Mapping[UUID, int]
    unplaced_share: float | None
    unknown_hour_share: float | None


class _Sums:
    """Counts by category and period, all and the reader's own; the category None is their total."""

    def __init__(self) -> None:
        self.all: dict[str | None, Counter[int]] = defaultdict(Counter)
        self.own: dict[str | None, Counter[int]] = defaultdict(Counter)

    def add(self, row: Counted) -> None:
        for category in (row.category, None):
            self.all[category][row.back] += row.reports
            self.own[category][row.back] += row.own

    def table(self, *, earlier: int, exact: bool) -> Table:
        cells = {name: _cell(self.all[name], self.own[name], earlier=earlier, exact=exact) for name in [*self.all]}
        total = cells.pop(None, None) or _cell(Counter(), Counter(), earlier=earlier, exact=True)
        return Table(total=total, categories={name: cells[name] for name in sorted(filter(None, cells))})


def picture(rows: Iterable[Counted], *, areas: Iterable[Area], exact: Callable[[Sequence[str]], bool]) -> Picture:
    """The counts of a period by area and category.

    exact: whether the reader sees every count of the area with this path, however small; the empty path stands for the
    municipality as a whole and for what lies nowhere. Areas without any report in all the periods are left out.
    """
    known = {area.code: area for area in areas}
    total, unplaced = _Sums(), _Sums()
    own: dict[str, _Sums] = defaultdict(_Sums)
    whole: dict[str, _Sums] = defaultdict(_Sums)
    oldest = 0
    for row in rows:
        oldest = max(oldest, row.back)
        if row.back > EARLIER_PERIODS:
            continue
        total.add(row)
        if row.area_code is None or row.area_code not in known:
            unplaced.add(row)
            continue
        own[row.area_code].add(row)
        for code in known[row.area_code].path:
            whole[code].add(row)
    earlier = min(oldest, EARLIER_PERIODS)
    return Picture(
        earlier_periods=earlier,
        total=total.table(earlier=earlier, exact=exact(())),
        unplaced=unplaced.table(earlier=earlier, exact=exact(())),
        areas=[
            AreaCounts(
                area=area,
                own=own[code].table(earlier=earlier, exact=exact(area.path)),
                whole=whole[code].table(earlier=earlier, exact=exact(area.path)),
            )
            for code, area in known.items()
            if code in whole
        ],
    )


def _cell(all_: Counter[int], own: Counter[int], *, earlier: int, exact: bool) -> Cell:
    history = range(1, earlier + 1)
    count, previous, sum_ = (
        (sum(all_[back] for back in backs), sum(own[back] for back in backs)) for backs in ((0,), (1,), history)
    )
    hidden = [not exact and is_small(*each) for each in (count, previous, sum_)]
    return Cell(
        count=None if hidden[0] else count[0],
        previous=None if hidden[1] else previous[0],
        mean=None if hidden[2] or not earlier else sum_[0] / earlier,
        suppressed=any(hidden),
    )


def is_small(count: int, own: int) -> bool:
    """Whether so few of these reports are others' that their count would tell of single ones."""
    return 0 < count - own < SUPPRESS_BELOW


def clock(rows: Iterable[Moments], *, slots: int, reader: UUID, exact: bool) -> Clock:
    """When reports began, of those whose moment the reader may have. slots: per day, 24 hours or 12 bands."""
    found: dict[tuple[int, int] | None, Counter[bool]] = defaultdict(Counter)
    for row in rows:
        if row.seen:
            place = None if row.slot is None else (row.weekday - 1, row.slot)
            found[place][row.organisation_id == reader] += row.reports

    def shown(place: tuple[int, int] | None) -> int | None:
        others, own = (found[place][False], found[place][True]) if place in found else (0, 0)
        return None if not exact and is_small(others + own, own) else others + own

    matrix = [[shown((weekday, slot)) for slot in range(slots)] for weekday in range(WEEKDAYS)]
    return Clock(matrix=matrix, unknown_hour=shown(None))


def quality(rows: Sequence[Moments]) -> Quality:
    """What the counts of a period rest on."""
    organisations: Counter[UUID] = Counter()
    for row in rows:
        organisations[row.organisation_id] += row.reports
    reports = organisations.total()

    def share(count: int) -> float | None:
        return count / reports if reports else None

    return Quality(
        reports=reports,
        organisations=dict(organisations.most_common()),
        unplaced_share=share(sum(row.reports for row in rows if not row.placed)),
        unknown_hour_share=share(sum(row.reports for row in rows if row.slot is None)),
    )
