"""Counts of places by categories, rounded to threes so that all their sums still hold. Pure.

The table as a network: every number (what lies in a place itself, in it and all below it, of a category or of all) is
the flow of one arc, and every sum is a node where as much comes in as goes out. Where a number is no multiple of three
there is always a cycle of such numbers. Along it as much is added or taken, by a chance that keeps each number's mean,
as makes one of them a multiple; then along the next, until all are. So every number is shown as a multiple of three
less than three from what it is, right on average, and none is shown against a sum of others.
Source: Cox, A constructive procedure for unbiased controlled rounding, J. Am. Stat. Assoc. 82 (1987) 520.

The chance is drawn from a secret: who reads this file and knows every shown number still cannot tell a one from none,
from two or from more (tests/property/kit/access/test_source.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal, NamedTuple

from shared.access.table import ROUND_TO

# The whole, in which everything lies. Its own counts are those that lie in no area.
EVERYWHERE = None
# All categories together.
ALL = None
_Node = tuple[str, str | None, str | None]
_TOP: _Node = ("top", None, None)


class Number(NamedTuple):
    """One number of the table: what lies in a place and nowhere below it (`own`), or with all below it (`whole`)."""

    what: Literal["own", "whole"]
    place: str | None
    category: str | None


def rounded(
    counts: Mapping[tuple[str | None, str], int], *, parents: Mapping[str, str | None], key: bytes
) -> dict[Number, int]:
    """Every number of a table that does not round to nothing.

    counts: reports by (place, category), in the place itself, EVERYWHERE for those in no place; below zero for reports
    that are no longer there. Those the reader sees one by one are left out of them. parents: of every place, EVERYWHERE
    for a root. key: the table's secret, at most 64 bytes. The same counts under the same key give the same answer.
    """
    numbers = sums(counts, parents=parents)
    nodes: dict[_Node, int] = {}

    def arc_of(number: Number) -> _Arc:
        tail, head = (nodes.setdefault(end, len(nodes)) for end in _ends(number, parents))
        return _Arc(tail, head, numbers[number])

    order = sorted(numbers, key=lambda each: _drawn(key, str(each)))  # which cycles there are is a secret too
    arcs = [arc_of(number) for number in order]
    _Network(arcs, nodes=len(nodes), chances=_chances(key)).round()
    return {number: arc.value for number, arc in zip(order, arcs, strict=True) if arc.value}


def rounded_list(counts: Mapping[int, int], *, whole: int, key: bytes) -> dict[int, int]:
    """One list of counts, each rounded to a multiple above or below it, so that they add up to `whole`.

    whole: their sum as it is shown elsewhere, a multiple less than three from what it is; or their sum comes as near
    to it as it can. Each number is right on average where `whole` is: of the numbers that are no multiple, in an order
    that is secret, those are rounded up in whose third of the line a mark falls, the marks one apart (systematic
    sampling; Madow, On the theory of systematic sampling, Ann. Math. Stat. 20 (1949) 333).
    """
    over = {name: n % ROUND_TO for name, n in counts.items()}
    line = sum(over.values())
    rest = line % ROUND_TO
    mark = _drawn(key, "mark")
    # As many marks as it takes: the last part of the line has one more where the first mark lies early.
    mark = mark * rest if whole > sum(counts.values()) else rest + mark * (ROUND_TO - rest)
    shown, gone = {}, 0
    for name in sorted(counts, key=lambda each: _drawn(key, f"place {each}")):
        gone += over[name]
        up = gone > mark
        mark += ROUND_TO if up else 0
        if n := counts[name] - over[name] + (ROUND_TO if up else 0):
            shown[name] = n
    return shown


def sums(counts: Mapping[tuple[str | None, str], int], *, parents: Mapping[str, str | None]) -> dict[Number, int]:
    """Every number of a table that is not zero, from its counts by place and category as `rounded` takes them."""
    numbers: dict[Number, int] = {}
    for (place, category), n in counts.items():
        for number in _numbers_with(place, category, parents) if n else ():
            numbers[number] = numbers.get(number, 0) + n
    return {number: n for number, n in numbers.items() if n}


@dataclass(slots=True)
class _Arc:
    tail: int
    head: int
    value: int

    @property
    def over(self) -> int:
        """How much it is more than a multiple."""
        return self.value % ROUND_TO


class _Step(NamedTuple):
    """From a node along an arc (`way` 1), or against it (-1)."""

    node: int
    number: int
    way: int


@dataclass(slots=True)
class _Network:
    """Arcs, and at each node those that are no multiple yet: never a single one, for as much comes in as goes out."""

    arcs: Sequence[_Arc]
    nodes: int
    chances: Iterator[float]
    _open: list[dict[int, None]] = field(init=False)

    def round(self) -> None:
        """Make all multiples, cycle by cycle."""
        self._open = [{} for _ in range(self.nodes)]
        left = [number for number, arc in enumerate(self.arcs) if arc.over]
        for number in left:
            self._open[self.arcs[number].tail][number] = self._open[self.arcs[number].head][number] = None
        for number in left:
            # What lies before a cycle is as it was: the way so far is gone on with, not begun anew.
            way: list[_Step] = []
            steps = {self.arcs[number].tail: 0}
            node = self.arcs[number].tail
            while self.arcs[number].over:
                node = self._go_on(node, way, steps)
                cycle = way[steps[node] :]
                del way[steps[node] :]
                for left_again in cycle[1:]:
                    del steps[left_again.node]
                self._turn(cycle)

    def _go_on(self, node: int, way: list[_Step], steps: dict[int, int]) -> int:
        """Go on until a node comes a second time, and return it. steps: of each node, how many lie before it."""
        while True:
            number = next(each for each in self._open[node] if not way or each != way[-1].number)
            arc = self.arcs[number]
            way.append(_Step(node, number, 1 if arc.tail == node else -1))
            node = arc.head if arc.tail == node else arc.tail
            if node in steps:
                return node
            steps[node] = len(way)

    def _turn(self, cycle: Sequence[_Step]) -> None:
        """Add along a cycle, or take: as much as the nearest multiple allows, each so often that the mean stays."""
        over = [self.arcs[step.number].over * step.way % ROUND_TO for step in cycle]
        less, more = min(over), ROUND_TO - max(over)
        change = more if next(self.chances) * (more + less) < less else -less
        for _, number, way in cycle:
            arc = self.arcs[number]
            arc.value += way * change
            if not arc.over:
                del self._open[arc.tail][number], self._open[arc.head][number]


def _chances(key: bytes) -> Iterator[float]:
    number = 0
    while True:
        yield _drawn(key, f"chance {number}")
        number += 1


def _drawn(key: bytes, name: str) -> float:
    """A number from 0 to 1 that nobody can foretell without the key, and that is always the same with it."""
    return int.from_bytes(blake2b(name.encode(), key=key, digest_size=8).digest(), "big") / 2**64


def _numbers_with(place: str | None, category: str, parents: Mapping[str, str | None]) -> Iterable[Number]:
    for kind in (category, ALL):
        yield Number("own", place, kind)
        around = place
        while around is not EVERYWHERE:
            yield Number("whole", around, kind)
            around = parents[around]
        yield Number("whole", EVERYWHERE, kind)


def _ends(number: Number, parents: Mapping[str, str | None]) -> tuple[_Node, _Node]:
    """A category's reports flow down from the whole to the places, there from all categories together, and up again."""
    what, place, category = number
    above = _TOP
    if place is not EVERYWHERE:
        above = ("down" if category is not ALL else "up", parents[place], category)
    match what, category is ALL:
        case "whole", False:
            return above, ("down", place, category)
        case "own", False:
            return ("down", place, category), ("place", place, ALL)
        case "own", _:
            return ("place", place, ALL), ("up", place, ALL)
        case _:
            return ("up", place, ALL), above
