"""The lägesbild of a period in counts: where, of what kind, when; beside the period before and the earlier ones' mean.

Pure functions over rows as the database counts them: what the reader may see one by one, as it is now. The rest, of
which it gets counts only, is added as it was published (`shared.access.published`), and has no mean.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from shared.access.published import UNKNOWN_HOUR, WEEKDAYS, Shown
from shared.access.rounding import ALL, EVERYWHERE, Number

EARLIER_PERIODS = 26
_NOTHING: Shown[Number] = Shown({})
_NO_MOMENTS: Shown[int] = Shown({})


class Counted(NamedTuple):
    """Reports of one area and category that a reader sees one by one: in this period, the one before, all earlier ones.

    `earlier` holds `previous`. `oldest`: how many periods back the first of them lies, 0 for this one; beyond
    EARLIER_PERIODS the row counts nothing and only says that there are reports so old.
    """

    area_code: str | None
    category: str | None
    now: int
    previous: int
    earlier: int
    oldest: int


class Moments(NamedTuple):
    """Reports of this period that began on a weekday (1 is Monday) in an hour or band of hours, None: nobody knows.

    `seen`: the reader may have their moment, one by one.
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
    """A count, the one of the period before, and the mean of the earlier periods.

    rounded: whether others' reports are in `count` and `previous` as they were published, rounded to threes; then these
    are None where nothing of their period is published yet. `mean` is None there, and without any earlier period.
    """

    count: int | None
    previous: int | None
    mean: float | None
    rounded: bool


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
    """When: weekdays, Monday first, by slots of the day; whole days apart. None where nothing is published yet."""

    matrix: Sequence[Sequence[int | None]]
    unknown_hour: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How far the counts can be trusted: who reported how much, and what share lacks a place or an hour."""

    reports: int
    organisations: Mapping[UUID, int]
    unplaced_share: float | None
    unknown_hour_share: float | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was published of this period and of the one before, and how many periods a mean is of."""

    now: Shown[Number] | None
    before: Shown[Number] | None
    earlier: int
    # The categories that were published of a place's own numbers, and of those with all below it.
    categories: Mapping[tuple[str, str | None], Collection[str | None]]


class _Sums:
    """Counts by category, each of this period, the one before and all earlier ones; the category ALL is their total."""

    def __init__(self) -> None:
        self.by_category: dict[str | None, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))

    def add(self, row: Counted) -> None:
        for category in (row.category, ALL):
            now, previous, earlier = self.by_category[category]
            self.by_category[category] = now + row.now, previous + row.previous, earlier + row.earlier

    def table(self, what: Literal["own", "whole"], place: str | None, asked: _Asked, *, exact: bool) -> Table:
        names = {*self.by_category, *asked.categories.get((what, place), ())}
        cells = {
            name: _cell(self.by_category[name], Number(what, place, name), asked, exact=exact)
            for name in (ALL, *sorted(filter(None, names)))
        }
        return Table(total=cells[ALL], categories={name: cell for name, cell in cells.items() if name is not ALL})


def picture(
    rows: Iterable[Counted],
    *,
    areas: Iterable[Area],
    exact: Callable[[Sequence[str]], bool],
    published: tuple[Shown[Number] | None, Shown[Number] | None] = (_NOTHING, _NOTHING),
) -> Picture:
    """The counts of a period by area and category.

    rows: what the reader sees one by one. published: what it is shown of the rest, of this period and the one before;
    None: nothing of that is published yet. exact: whether the reader may see every single report of the area with this
    path; the empty path stands for the municipality as a whole and for what lies nowhere. Areas without any report in
    all the periods are left out.
    """
    rows, known = list(rows), {area.code: area for area in areas}
    total, unplaced = _Sums(), _Sums()
    own: dict[str, _Sums] = defaultdict(_Sums)
    whole: dict[str, _Sums] = defaultdict(_Sums)
    for row in rows:
        if row.oldest > EARLIER_PERIODS:
            continue
        total.add(row)
        if row.area_code is None or row.area_code not in known:
            unplaced.add(row)
            continue
        own[row.area_code].add(row)
        # By parents, not by paths: those of areas that are retired are not kept up.
        around: str | None = row.area_code
        while around is not None:
            whole[around].add(row)
            around = known[around].parent
    asked = _asked(rows, published)
    return Picture(
        earlier_periods=asked.earlier,
        total=total.table("whole", EVERYWHERE, asked, exact=exact(())),
        unplaced=unplaced.table("own", EVERYWHERE, asked, exact=exact(())),
        areas=[
            AreaCounts(
                area=area,
                own=own[code].table("own", code, asked, exact=exact(area.path)),
                whole=whole[code].table("whole", code, asked, exact=exact(area.path)),
            )
            for code, area in known.items()
            if code in whole or ("whole", code) in asked.categories
        ],
    )


def _asked(rows: Sequence[Counted], published: tuple[Shown[Number] | None, Shown[Number] | None]) -> _Asked:
    categories: dict[tuple[str, str | None], set[str | None]] = defaultdict(set)
    for number in (number for shown in published if shown for number in shown.numbers):
        categories[number.what, number.place].add(number.category)
    earlier = min(max((row.oldest for row in rows), default=0), EARLIER_PERIODS)
    return _Asked(*published, earlier, categories)


def _cell(counts: tuple[int, int, int], number: Number, asked: _Asked, *, exact: bool) -> Cell:
    now, previous, earlier = counts
    if exact:
        return Cell(
            count=now, previous=previous, mean=earlier / asked.earlier if asked.earlier else None, rounded=False
        )
    return Cell(
        count=_sum(now, asked.now, number), previous=_sum(previous, asked.before, number), mean=None, rounded=True
    )


def _sum(seen: int, shown: Shown[Number] | None, number: Number) -> int | None:
    return None if shown is None else seen + shown.numbers.get(number, 0)


def clock(rows: Iterable[Moments], *, slots: int, published: Shown[int] | None = _NO_MOMENTS) -> Clock:
    """When reports began, of those whose moment the reader may have. slots: per day, 24 hours or 12 bands.

    published: what the reader is shown of others' by two-hour bands, where it gets counts only; None: nothing is yet.
    """
    unknown = WEEKDAYS * slots
    if published is None:
        return Clock(matrix=[[None] * slots] * WEEKDAYS, unknown_hour=None)
    found = Counter[int]({slot if slot != UNKNOWN_HOUR else unknown: n for slot, n in published.numbers.items()})
    for row in rows:
        if row.seen:
            found[unknown if row.slot is None else (row.weekday - 1) * slots + row.slot] += row.reports
    matrix = [[found[day * slots + slot] for slot in range(slots)] for day in range(WEEKDAYS)]
    return Clock(matrix=matrix, unknown_hour=found[unknown])


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
