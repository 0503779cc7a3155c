"""What a reader of counts is shown of published tables: each table rounded once, and their sum. Pure.

A publication holds, of each unit of days, by how much its counts changed since all earlier ones. Every table has a
secret of its own and never changes, so what a reader is shown of it never changes either; nothing can be learned from
asking twice.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from shared.access.rounding import EVERYWHERE, Number, rounded, rounded_list
from shared.access.table import ROUND_TO, Principal, sees_each

Cell = TypeVar("Cell", bound=Hashable)
Name = TypeVar("Name", bound=Hashable)

WEEKDAYS, BANDS = 7, 12
# The slot of a list of moments that holds whole days, whose hour nobody knows.
UNKNOWN_HOUR = WEEKDAYS * BANDS


class Row(NamedTuple):
    """Reports more (or, below zero, fewer) than all earlier publications told of; `area` None: in no area."""

    area: str | None
    category: str
    reports: int


class Moment(NamedTuple):
    """The same by weekday (1 is Monday) and two-hour band, None for whole days."""

    area: str | None
    weekday: int
    band: int | None
    reports: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one publication tells one reader of one unit: of all organisations but its own.

    secret: the table's own, 32 bytes. parents: of every area in its rows and of all around those as they lay then,
    EVERYWHERE for a root.
    """

    publication: int
    secret: bytes
    parents: Mapping[str, str | None]
    rows: Sequence[Row] = ()
    moments: Sequence[Moment] = ()


@dataclass(frozen=True, slots=True)
class Shown(Generic[Name]):
    """What a reader is shown of others' reports, by number; one that is not there is none. All are multiples."""

    numbers: Mapping[Name, int]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return len(self.numbers)

    @classmethod
    def together(cls, parts: Iterable["Shown[Name]"]) -> "Shown[Name]":
        """The sum over several units. What was taken off may be rounded to more than there was: no number is below."""
        numbers: Counter[Name] = Counter()
        for part in parts:
            numbers.update(part.numbers)
        return cls(+numbers)


def shown_counts(tables: Sequence[Told], *, principal: Principal) -> Shown[Number]:
    """Others' reports of one unit where this reader gets counts only. tables: all of the unit, oldest first.

    A further table adds to the sum and changes nothing that was shown before.
    """
    return _shown(
        tables,
        cells=partial(_elsewhere, principal=principal),
        round_off=lambda counts, parents, key: rounded(counts, parents=parents, key=key),
    )


def shown_moments(tables: Sequence[Told], *, principal: Principal) -> Shown[int]:
    """When others' reports in this reader's own areas began, where it gets counts of those only.

    By slot: 12 for each weekday, Monday first, then UNKNOWN_HOUR.
    """
    return _shown(
        tables,
        cells=partial(_moments_near, principal=principal),
        round_off=lambda counts, _, key: rounded_list(counts, key=key + b"m"),
    )


def _shown(
    tables: Sequence[Told],
    *,
    cells: Callable[[Told], Mapping[Cell, int]],
    round_off: Callable[[Mapping[Cell, int], Mapping[str, str | None], bytes], Mapping[Name, int]],
) -> Shown[Name]:
    numbers: Counter[Name] = Counter()
    waiting: Counter[Cell] = Counter()
    parents: dict[str, str | None] = {}
    for number, table in enumerate(tables):
        parents |= table.parents
        waiting.update(cells(table))
        # A later table of one or two changes could show little but that they are there: they wait for the next one.
        if number and sum(map(abs, waiting.values())) < ROUND_TO:
            continue
        numbers.update(round_off(waiting, parents, table.secret))
        waiting.clear()
    return Shown(dict(numbers))


def _elsewhere(table: Told, *, principal: Principal) -> Mapping[tuple[str | None, str], int]:
    each = _sees(table, principal)
    counts: Counter[tuple[str | None, str]] = Counter()
    for area, category, reports in table.rows:
        if not each[area]:
            counts[area, category] += reports
    return counts


def _moments_near(table: Told, *, principal: Principal) -> Mapping[int, int]:
    each, inside = _sees(table, principal), near(table.parents, principal=principal)
    counts: Counter[int] = Counter()
    for area, weekday, band, reports in table.moments:
        if area in inside and not each[area]:
            counts[UNKNOWN_HOUR if band is None else (weekday - 1) * BANDS + band] += reports
    return counts


def _sees(table: Told, principal: Principal) -> Mapping[str | None, bool]:
    known: dict[str | None, bool] = {code: sees_each(principal, path(code, table.parents)) for code in table.parents}
    return known | {EVERYWHERE: sees_each(principal, ())}


def counts_near(principal: Principal) -> bool:
    """Whether this reader has areas of its own, and gets counts only of what others report there."""
    return bool(principal.areas) and not sees_each(principal, principal.areas)


def near(parents: Mapping[str, str | None], *, principal: Principal) -> set[str]:
    """The areas that are the reader's own or lie in one of those."""
    return {code for code in parents if not set(path(code, parents)).isdisjoint(principal.areas)}


def path(code: str | None, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The codes from the root down to an area; empty for what lies in none."""
    return () if code is EVERYWHERE else (*path(parents[code], parents), code)
