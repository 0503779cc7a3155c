"""The lägesbild of a period in counts: where, of what kind, when; beside the period before and the earlier ones' mean.

Pure functions over rows as the database counts them. Who may see which count is decided by the caller and kept here:
where the reader may see counts only, those that would tell of one or two reports of others are not shown, nor any other
from which they would follow (`shared.access.suppression`), and no mean: those of two cycles differ by one count.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from shared.access.suppression import ALL, EVERYWHERE, Number, few, hidden

EARLIER_PERIODS = 26
WEEKDAYS = 7


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

    `mean` is None without any earlier period, and where the reader sees counts only. suppressed: `count` or `previous`
    is not shown.
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


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a reader gets: the numbers hidden now and in the period before, and how many periods a mean is of."""

    now: frozenset[Number]
    before: frozenset[Number]
    earlier: int


class _Sums:
    """Counts by category and period; the category ALL is their total."""

    def __init__(self) -> None:
        self.by_category: dict[str | None, Counter[int]] = defaultdict(Counter)

    def add(self, row: Counted) -> None:
        for category in (row.category, ALL):
            self.by_category[category][row.back] += row.reports

    def table(self, what: Literal["own", "whole"], place: str | None, shown: _Shown, *, exact: bool) -> Table:
        cells = {
            name: _cell(self.by_category[name], Number(what, place, name), shown, exact=exact)
            for name in (ALL, *sorted(filter(None, self.by_category)))
        }
        return Table(total=cells[ALL], categories={name: cell for name, cell in cells.items() if name is not ALL})


def picture(rows: Iterable[Counted], *, areas: Iterable[Area], exact: Callable[[Sequence[str]], bool]) -> Picture:
    """The counts of a period by area and category.

    exact: whether the reader may see every single report of the area with this path; the empty path stands for the
    municipality as a whole and for what lies nowhere. Areas without any report in all the periods are left out.
    """
    rows, known = list(rows), {area.code: area for area in areas}
    total, unplaced = _Sums(), _Sums()
    own: dict[str, _Sums] = defaultdict(_Sums)
    whole: dict[str, _Sums] = defaultdict(_Sums)
    for row in rows:
        if row.back > EARLIER_PERIODS:
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
    shown = _Shown(
        now=_hidden(rows, 0, known, exact=exact),
        before=_hidden(rows, 1, known, exact=exact),
        earlier=min(max((row.back for row in rows), default=0), EARLIER_PERIODS),
    )
    return Picture(
        earlier_periods=shown.earlier,
        total=total.table("whole", EVERYWHERE, shown, exact=exact(())),
        unplaced=unplaced.table("own", EVERYWHERE, shown, exact=exact(())),
        areas=[
            AreaCounts(
                area=area,
                own=own[code].table("own", code, shown, exact=exact(area.path)),
                whole=whole[code].table("whole", code, shown, exact=exact(area.path)),
            )
            for code, area in known.items()
            if code in whole
        ],
    )


def _hidden(
    rows: Iterable[Counted], back: int, areas: Mapping[str, Area], *, exact: Callable[[Sequence[str]], bool]
) -> frozenset[Number]:
    """Which numbers of a period the reader does not get, from what others sent and it cannot see one by one."""
    if exact(()):
        return frozenset()
    counts: Counter[tuple[str | None, str]] = Counter()
    for row in rows:
        if row.back == back and row.category is not None:
            area = areas.get(row.area_code or "")
            if not exact(area.path if area else ()):
                counts[area.code if area else EVERYWHERE, row.category] += row.reports - row.own
    return hidden(counts, parents={code: area.parent for code, area in areas.items()})


def _cell(counts: Counter[int], number: Number, shown: _Shown, *, exact: bool) -> Cell:
    without = number in shown.now, number in shown.before
    return Cell(
        count=None if without[0] else counts[0],
        previous=None if without[1] else counts[1],
        mean=sum(counts[back] for back in range(1, shown.earlier + 1)) / shown.earlier
        if exact and shown.earlier
        else None,
        suppressed=any(without),
    )


def clock(rows: Iterable[Moments], *, slots: int, reader: UUID, exact: bool) -> Clock:
    """When reports began, of those whose moment the reader may have. slots: per day, 24 hours or 12 bands."""
    unknown = WEEKDAYS * slots
    found, others = Counter[int](), Counter[int]()
    for row in rows:
        if row.seen:
            place = unknown if row.slot is None else (row.weekday - 1) * slots + row.slot
            found[place] += row.reports
            others[place] += row.reports if row.organisation_id != reader else 0
    # The sum of them all is the counts of the reader's areas.
    without = frozenset[int]() if exact else few(others, places=range(unknown + 1))
    cells = [None if place in without else found[place] for place in range(unknown + 1)]
    matrix = [cells[day * slots : (day + 1) * slots] for day in range(WEEKDAYS)]
    return Clock(matrix=matrix, unknown_hour=cells[unknown])


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
