"""The cheapest ways through a network of a few thousand arcs, each looked for from both its ends. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

_NEVER = float("inf")
# One direction of one arc: twice its number, one more against the arc.
Step = int


@dataclass(slots=True)
class _Search:
    """What was found so far from one end: how far each node is, by which step, and where to look next."""

    steps: Sequence[Sequence[tuple[int, Step]]]
    queue: list[tuple[float, int]]
    best: dict[int, float]
    came: dict[int, Step] = field(default_factory=dict)


class Ways:
    """A network with a price for each step, which may fall."""

    def __init__(self, nodes: int) -> None:
        self._costs: list[float] = []
        self._ends: list[tuple[int, int]] = []
        self._onward: list[list[tuple[int, Step]]] = [[] for _ in range(nodes)]
        self._backward: list[list[tuple[int, Step]]] = [[] for _ in range(nodes)]

    def add(self, tail: int, head: int, *, cost: float, against: float | None) -> None:
        """Add an arc, numbered in the order of adding. against: the price of passing it so; None: it is not passed."""
        for begin, end, price in ((tail, head, cost), (head, tail, against)):
            if price is not None:
                self._onward[begin].append((end, len(self._costs)))
                self._backward[end].append((begin, len(self._costs)))
            self._ends.append((begin, end))
            self._costs.append(_NEVER if price is None else price)

    def cheapen(self, arc: int, by: float) -> None:
        """Multiply an arc's prices."""
        self._costs[2 * arc] *= by
        self._costs[2 * arc + 1] *= by

    def cheapest(self, begin: int, end: int, *, barred: Collection[Step]) -> list[int]:
        """The arcs of the cheapest way from one node to another without some steps. There has to be one."""
        if begin == end:
            return []
        prices = [(step, self._costs[step]) for step in barred]
        for step in barred:
            self._costs[step] = _NEVER
        there, back = self._search(begin, self._onward), self._search(end, self._backward)
        meeting = self._meet(there, back)
        for step, price in prices:
            self._costs[step] = price
        return self._path(there, begin, meeting, 0) + self._path(back, end, meeting, 1)

    @staticmethod
    def _search(node: int, steps: Sequence[Sequence[tuple[int, Step]]]) -> _Search:
        return _Search(steps, queue=[(0.0, node)], best={node: 0.0})

    def _meet(self, there: _Search, back: _Search) -> int:
        """A node on the cheapest way, by Dijkstra from both ends.

        Whichever side has less to look at goes on: where much is nearly free, one side of a node may be everything.
        """
        costs, least, meeting = self._costs, _NEVER, -1
        while there.queue and back.queue and there.queue[0][0] + back.queue[0][0] < least:
            near, far = (there, back) if len(there.queue) <= len(back.queue) else (back, there)
            so_far, node = heappop(near.queue)
            if so_far > near.best[node]:
                continue
            rest = far.queue[0][0]
            for other, step in near.steps[node]:
                cost = so_far + costs[step]
                if cost < near.best.get(other, least):
                    near.best[other], near.came[other] = cost, step
                    whole = cost + far.best.get(other, _NEVER)
                    if whole < least:
                        least, meeting = whole, other
                    if cost + rest < least:
                        heappush(near.queue, (cost, other))
        return meeting

    def _path(self, search: _Search, begin: int, node: int, side: int) -> list[int]:
        arcs = []
        while node != begin:
            step = search.came[node]
            arcs.append(step // 2)
            node = self._ends[step][side]
        return arcs
