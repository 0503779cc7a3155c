"""From all counts that are shown, none that is hidden can be worked out: checked by linear programming."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from shared.access.suppression import MARGIN, Number, few, hidden

PARENTS = {"a": None, "b": None, "a1": "a", "a2": "a", "b1": "b"}
CATEGORIES = ("x", "y", "z")
PLACES = (None, *PARENTS)
LEAVES = [(place, category) for place in PLACES for category in CATEGORIES]

KEYS = st.binary(min_size=32, max_size=32)
KEY = bytes(range(32))
counts = st.dictionaries(st.sampled_from(LEAVES), st.integers(0, 6), max_size=len(LEAVES))


def inside(place: str | None, around: str | None) -> bool:
    """Whether a place lies in another or is it."""
    return place == around or (place is not None and inside(PARENTS[place], around))


def holds(number: Number) -> list[bool]:
    """Which leaves a number is the sum of, from the definition alone."""
    return [
        number.category in (None, category)
        and (place == number.place if number.what == "own" else inside(place, number.place))
        for place, category in LEAVES
    ]


NUMBERS = [Number(what, place, kind) for what in ("own", "whole") for place in PLACES for kind in (None, *CATEGORIES)]
SUMS = np.array([holds(number) for number in NUMBERS], dtype=float)


def span(number: int, shown: np.ndarray, values: np.ndarray, unseen: np.ndarray) -> float:
    """How far apart the least and the most are that a number can be, given what is shown and what is not zero."""
    facts = {"A_eq": SUMS[shown], "b_eq": values[shown], "bounds": (0, None)}
    more = {"A_ub": -SUMS[unseen], "b_ub": -np.ones(len(unseen))}
    least, most = (linprog(sign * SUMS[number], **facts, **more, method="highs") for sign in (1, -1))
    assert least.status == 0
    # Without an upper bound (status 3) there is no knowing at all.
    return float("inf") if most.status == 3 else -most.fun - least.fun


@settings(max_examples=40, deadline=None)
@given(counts, KEYS)
def test_no_hidden_number_can_be_derived(table: dict[tuple[str | None, str], int], key: bytes) -> None:
    """Every small number is hidden, no zero is, and each hidden one may lie anywhere within the margin."""
    leaves = np.array([table.get(leaf, 0) for leaf in LEAVES], dtype=float)
    values = SUMS @ leaves
    out = hidden(table, parents=PARENTS, key=key)
    for number, value in zip(NUMBERS, values, strict=True):
        assert number in out or not 0 < value < 3, number
        assert number not in out or value > 0, number
    unseen = np.array([i for i, number in enumerate(NUMBERS) if number in out], dtype=int)
    shown = np.array([i for i, number in enumerate(NUMBERS) if number not in out], dtype=int)
    for number in unseen:
        assert span(number, shown, values, unseen) > MARGIN - 0.01, (NUMBERS[number], table)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.integers(0, 7), st.integers(0, 5), max_size=8), KEYS)
def test_no_count_of_a_list_follows_from_its_total(table: dict[int, int], key: bytes) -> None:
    """Small ones are hidden, with one that is not, and by more than the margin; else all of it is hidden."""
    out = few(table, places=range(8), key=key)
    gone = [table.get(place, 0) for place in out]
    assert all(place in out for place, n in table.items() if 0 < n < 3)
    if out and len(out) < 8:
        assert len(gone) >= 2
        assert max(gone) >= 3
        assert sum(gone) > len(gone) + MARGIN
        assert 0 not in gone


def test_what_is_large_stays() -> None:
    """Two small counts of one category in two areas cost the areas' other counts, and no total."""
    table: dict[tuple[str | None, str], int] = {(area, kind): 9 for area in ("a1", "a2", "b1") for kind in CATEGORIES}
    table["a1", "x"], table["a2", "y"] = 2, 1
    out = hidden(table, parents=PARENTS, key=KEY)
    assert {(each.what, each.place, each.category) for each in out if each.what == "own"} == {
        ("own", place, kind) for place in ("a1", "a2") for kind in "xy"
    }
    assert not any(each.place in (None, "a", "b") or each.category is None for each in out)


def test_all_ones() -> None:
    """Where everything shown would make each hidden count a one, the total goes too."""
    out = hidden({("a", "x"): 1, ("b", "x"): 1, (None, "y"): 1}, parents=PARENTS, key=KEY)
    assert Number("whole", None, None) in out


@pytest.mark.parametrize("mean", [1, 4])
def test_a_large_table_is_done(mean: int) -> None:
    """A county's worth of areas: every small count is hidden, and the total is shown. One a cell takes longest."""
    areas, kinds = 400, 11
    chance = np.random.default_rng(1)
    parents = {f"d{i}": None for i in range(20)} | {f"n{i}": f"d{i % 20}" for i in range(areas)}
    table: dict[tuple[str | None, str], int] = {
        (f"n{i}", f"c{k}"): int(chance.poisson(mean)) for i in range(areas) for k in range(kinds)
    }
    out = hidden(table, parents=parents, key=KEY)
    assert all(Number("own", *leaf) in out for leaf, n in table.items() if 0 < n < 3)
    assert Number("whole", None, None) not in out
