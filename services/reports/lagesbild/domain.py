"""The lägesbild of a period in counts: where, of what kind, when; beside the period before and the earlier ones' mean.

Pure functions over rows as the database counts them: what the reader may see one by one, as it is now. The rest, of
which it gets counts only, is added as it was published (`shared.access.published`), and has no mean.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from uuid import UUID

from services.reports.lagesbild.observing import Observed, Sender
from services.reports.taxonomy import POSITIVE
from shared.access.published import UNKNOWN_HOUR, WEEKDAYS, Shown
from shared.access.rounding import ALL, EVERYWHERE, Number

# No code of a category: all of them but positive observations.
_PROBLEMS = ""
_NOTHING: Shown[Number] = Shown({})
_NO_MOMENTS: Shown[int] = Shown({})


class Counted(NamedTuple):
    """Reports of a sender in one area and category that a reader sees one by one.

    In this period, the one before, and on all earlier days on which the sender was heard; those hold `previous`.
    """

    sender: Sender
    area_code: str | None
    category: str
    now: int
    previous: int
    earlier: int


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


class InCell(NamedTuple):
    """Reports in a square of the grid, None: it is not known where in the area; and those that are problems."""

    cell: str | None
    reports: int
    problems: int


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
    """A count, the one of the period before, and the mean of earlier periods.

    rounded: whether others' reports are in `count` and `previous` as they were published, rounded to threes; then these
    are None where nothing of their period is published yet. `mean` is None there, and where none of its senders
    was heard long enough.
    """

    count: int | None
    previous: int | None
    mean: float | None
    rounded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One place's counts: of all categories, of all but positive observations, and of each that ever occurred there.

    mean_from: the first of the days that the means are of, which end with the day before the period; each sender counts
    from its own first day on. None where there are no means.
    """

    total: Cell
    problems: Cell
    categories: Mapping[str, Cell]
    mean_from: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCounts:
    """An area with what lies in it and in no area below (`own`), and with all below it (`whole`)."""

    area: Area
    own: Table
    whole: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Where and of what kind. The total is the sum of the areas' own counts and of the unplaced."""

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
    """What was published of this period and of the one before, and since when each sender is heard."""

    now: Shown[Number] | None
    before: Shown[Number] | None
    observed: Observed
    # The categories that were published of a place's own numbers, and of those with all below it.
    categories: Mapping[tuple[str, str | None], Collection[str | None]]


class _Sums:
    """Counts by category, each of this period, the one before and a mean period; also of ALL and of PROBLEMS."""

    def __init__(self) -> None:
        self.by_category: dict[str | None, tuple[int, int, float | None]] = defaultdict(lambda: (0, 0, None))
        self.senders: set[Sender] = set()

    def add(self, row: Counted, observed: Observed) -> None:
        self.senders.add(row.sender)
        weight = observed.per_period(row.sender)
        for category in (row.category, ALL, *([] if row.category == POSITIVE else [_PROBLEMS])):
            now, previous, mean = self.by_category[category]
            usual = mean if weight is None else (mean or 0.0) + row.earlier * weight
            self.by_category[category] = now + row.now, previous + row.previous, usual

    def table(self, what: Literal["own", "whole"], place: str | None, asked: _Asked, *, exact: bool) -> Table:
        names = {*self.by_category, *asked.categories.get((what, place), ())} - {ALL, _PROBLEMS}
        begin = asked.observed.since(self.senders) if exact else None

        def cell(category: str | None) -> Cell:
            now, previous, mean = self.by_category[category]
            if exact:
                return Cell(count=now, previous=previous, mean=mean, rounded=False)
            number = Number(what, place, category)
            count, before = _sum(now, asked.now, number), _sum(previous, asked.before, number)
            return Cell(count=count, previous=before, mean=None, rounded=True)

        return Table(
            total=cell(ALL),
            problems=cell(_PROBLEMS),
            categories={name: cell(name) for name in sorted(filter(None, names))},
            mean_from=begin,
        )


def picture(
    rows: Iterable[Counted],
    *,
    observed: Observed,
    areas: Iterable[Area],
    exact: Callable[[Sequence[str]], bool],
    published: tuple[Shown[Number] | None, Shown[Number] | None] = (_NOTHING, _NOTHING),
) -> Picture:
    """The counts of a period by area and category.

    rows: what the reader sees one by one. published: what it is shown of the rest, of this period and the one before;
    None: nothing of that is published yet. exact: whether the reader may see every single report of the area with this
    path; the empty path stands for the municipality as a whole and for what lies nowhere. observed: since when each
    sender is heard. Areas without any report in all the periods are left out.
    """
    known = {area.code: area for area in areas}
    total, unplaced = _Sums(), _Sums()
    own: dict[str, _Sums] = defaultdict(_Sums)
    whole: dict[str, _Sums] = defaultdict(_Sums)
    for row in rows:
        total.add(row, observed)
        if row.area_code is None or row.area_code not in known:
            unplaced.add(row, observed)
            continue
        own[row.area_code].add(row, observed)
        # By parents, not by paths: those of areas that are retired are not kept up.
        around: str | None = row.area_code
        while around is not None:
            whole[around].add(row, observed)
            around = known[around].parent
    asked = _asked(observed, published)
    return Picture(
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


def _asked(observed: Observed, published: tuple[Shown[Number] | None, Shown[Number] | None]) -> _Asked:
    categories: dict[tuple[str, str | None], set[str | None]] = defaultdict(set)
    for number in (number for shown in published if shown for number in shown.numbers):
        categories[number.what, number.place].add(number.category)
    return _Asked(*published, observed, categories)


def _sum(seen: int, shown: Shown[Number] | None, number: Number) -> int | None:
    """What is seen one by one and what is shown of the rest; None where nothing of that is published yet."""
    if shown is None:
        return None
    if number.category != _PROBLEMS:
        return seen + shown.numbers.get(number, 0)
    everything, good = (shown.numbers.get(number._replace(category=each), 0) for each in (ALL, POSITIVE))
    # After late tables a part may be more than its whole.
    return seen + max(0, everything - good)


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
