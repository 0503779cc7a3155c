"""The cheapest way found from both ends costs what the cheapest of all ways costs."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.access.ways import Ways

NODES = 6
prices = st.integers(1, 64).map(float)
arcs = st.lists(
    st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1), prices, st.none() | prices), min_size=1, max_size=14
)


@settings(max_examples=150, deadline=None)
@given(arcs, st.data())
def test_no_way_is_cheaper(network: list[tuple[int, int, float, float | None]], data: st.DataObject) -> None:
    """Without the barred steps, after some arcs became cheaper; and the same arcs again when asked twice."""
    around: list[tuple[int, int, float, float | None]] = [(n, (n + 1) % NODES, 1000.0, None) for n in range(NODES)]
    ways, steps = Ways(NODES), dict[int, tuple[int, int, float]]()
    for number, (tail, head, cost, against) in enumerate(network + around):
        ways.add(tail, head, cost=cost, against=against)
        steps |= {2 * number: (tail, head, cost), 2 * number + 1: (head, tail, against or math.inf)}
    for arc in data.draw(st.sets(st.integers(0, len(network) - 1), max_size=3)):
        ways.cheapen(arc, 0.25)
        for step in (2 * arc, 2 * arc + 1):
            tail, head, cost = steps[step]
            steps[step] = tail, head, cost / 4
    barred = data.draw(st.sets(st.integers(0, 2 * len(network) - 1), max_size=4))
    begin, end = data.draw(st.permutations(range(NODES)))[:2]
    way = ways.cheapest(begin, end, barred=barred)
    assert way == ways.cheapest(begin, end, barred=barred)
    least = [0.0 if node == begin else math.inf for node in range(NODES)]
    for _ in range(NODES):
        for step, (tail, head, cost) in steps.items():
            if step not in barred:
                least[head] = min(least[head], least[tail] + cost)
    passed = [min(steps[2 * arc + side][2] for side in (0, 1) if 2 * arc + side not in barred) for arc in way]
    reached = {begin}
    for arc in way * len(way):
        reached |= {steps[2 * arc][1]} if steps[2 * arc][0] in reached else set()
        reached |= {steps[2 * arc][0]} if steps[2 * arc][1] in reached else set()
    assert end in reached
    assert sum(passed) <= least[end] + 1e-9 < math.inf


def test_from_a_node_to_itself_is_no_way() -> None:
    """Nothing has to be passed."""
    ways = Ways(1)
    ways.add(0, 0, cost=1.0, against=None)
    assert ways.cheapest(0, 0, barred=(0, 1)) == []
