"""What a reader of counts is shown of published tables: each table suppressed once, and their sum. Pure.

A publication holds, of each unit of days, what has changed since all earlier ones: reports that came, as a plus, and
reports that count no more, lie elsewhere or are of another kind now, as a minus. Every table has a secret of its own
and never changes, so what a reader is shown of it never changes either; nothing can be learned from asking twice.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from shared.access.suppression import EVERYWHERE, Number, few, hidden, sums
from shared.access.table import SUPPRESS_BELOW, Principal, sees_each

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
    """The sum of what a reader is shown, by number; `left_out`: the numbers from which some table's part is missing."""

    numbers: Mapping[Name, int]
    left_out: frozenset[Name]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return len(self.numbers) + len(self.left_out)

    @classmethod
    def together(cls, parts: Iterable["Shown[Name]"]) -> "Shown[Name]":
        """The sum over several units."""
        parts = list(parts)
        numbers: Counter[Name] = Counter()
        for part in parts:
            numbers.update(part.numbers)
        return cls(numbers, frozenset().union(*(part.left_out for part in parts)))


def shown_counts(tables: Sequence[Told], *, principal: Principal) -> Shown[Number]:
    """Others' reports of one unit where this reader gets counts only. tables: all of the unit, oldest first.

    A further table adds to the sum and changes nothing that was shown before.
    """
    return _shown(
        tables,
        cells=partial(_elsewhere, principal=principal),
        sums=lambda counts, parents: sums(counts, parents=parents),
        hide=lambda counts, parents, key, also: hidden(counts, parents=parents, key=key, also=also),
    )


def shown_moments(tables: Sequence[Told], *, principal: Principal) -> Shown[int]:
    """When others' reports in this reader's own areas began, where it gets counts of those only.

    By slot: 12 for each weekday, Monday first, then UNKNOWN_HOUR.
    """
    return _shown(
        tables,
        cells=partial(_moments_near, principal=principal),
        sums=lambda counts, _: dict(counts),
        hide=lambda counts, _, key, also: few(counts, places=range(UNKNOWN_HOUR + 1), key=key, also=also),
    )


@dataclass(slots=True)
class _Sum(Generic[Cell, Name]):
    """What was shown so far, and what waits for the next table."""

    numbers: Counter[Name] = field(default_factory=Counter)
    left_out: set[Name] = field(default_factory=set)
    waiting: Counter[Cell] = field(default_factory=Counter)


def _shown(
    tables: Sequence[Told],
    *,
    cells: Callable[[Told], Mapping[Cell, int]],
    sums: Callable[[Mapping[Cell, int], Mapping[str, str | None]], Mapping[Name, int]],
    hide: Callable[[Mapping[Cell, int], Mapping[str, str | None], bytes, Collection[Name]], Collection[Name]],
) -> Shown[Name]:
    found: _Sum[Cell, Name] = _Sum()
    parents: dict[str, str | None] = {}
    for number, table in enumerate(tables):
        parents |= table.parents
        found.waiting.update(cells(table))
        changes = sum(map(abs, found.waiting.values()))
        # So few changes are all hidden: a table of them alone would show nothing but where they lie.
        if number and changes < SUPPRESS_BELOW:
            continue
        for sign in (1, -1):
            part = {cell: sign * n for cell, n in found.waiting.items() if sign * n > 0}
            if part:
                values = sums(part, parents)
                also = () if sign > 0 else _not_to_take_off(values, found)
                gone = hide(part, parents, table.secret + (b"+" if sign > 0 else b"-"), also)
                found.left_out.update(gone)
                found.numbers.update({name: sign * n for name, n in values.items() if name not in gone})
        found.waiting.clear()
    return Shown(dict(found.numbers), frozenset(found.left_out))


def _not_to_take_off(values: Mapping[Name, int], found: _Sum[Cell, Name]) -> set[Name]:
    """Numbers that a minus would leave at one or two, and those of which a plus is hidden: it would bound that."""
    return {
        name
        for name, n in values.items()
        if name in found.left_out or not (found.numbers[name] == n or found.numbers[name] - n >= SUPPRESS_BELOW)
    }


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


def near(parents: Mapping[str, str | None], *, principal: Principal) -> set[str]:
    """The areas that are the reader's own or lie in one of those."""
    return {code for code in parents if not set(path(code, parents)).isdisjoint(principal.areas)}


def path(code: str | None, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The codes from the root down to an area; empty for what lies in none."""
    return () if code is EVERYWHERE else (*path(parents[code], parents), code)
