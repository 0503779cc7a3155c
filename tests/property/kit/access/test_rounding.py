"""Counts rounded to threes: every sum holds, every number is near the truth, and right on average"""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.access.rounding import Number, rounded, rounded_list, sums

PARENTS = {"a": None, "b": None, "a1": "a", "a2": "a", "b1": "b"}
CATEGORIES = ("x", "y", "z")
LEAVES = [(place, category) for place in (None, *PARENTS) for category in CATEGORIES]
KEYS = st.binary(min_size=32, max_size=32)
Table = dict[tuple[str | None, str], int]
tables = st.dictionaries(st.sampled_from(LEAVES), st.integers(-4, 9), max_size=len(LEAVES))


def near(shown: int, truth: int) -> bool:
    """Whether a number is one of the two multiples around the truth, or the truth itself where that is a multiple."""
    return shown % 3 == 0 and abs(shown - truth) < 3 and (truth % 3 != 0 or shown == truth)


@settings(max_examples=150, deadline=None)
@given(tables, KEYS)
def test_every_sum_holds(table: Table, key: bytes) -> None:
    """Each number is near the truth; and what is shown of the smallest ones adds up to all others, exactly."""
    shown, truth = rounded(table, parents=PARENTS, key=key), sums(table, parents=PARENTS)
    assert all(near(shown.get(number, 0), truth.get(number, 0)) for number in {*shown, *truth})
    leaves = {leaf: shown.get(Number("own", *leaf), 0) for leaf in LEAVES}
    assert sums(leaves, parents=PARENTS) == shown
    assert rounded(table, parents=PARENTS, key=key) == shown


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.integers(0, 84), st.integers(-4, 9)), st.booleans(), KEYS)
def test_a_list_adds_up_to_what_is_shown_of_it(counts: dict[int, int], up: bool, key: bytes) -> None:
    """Whichever of the two multiples that is; each count is near, and the same again under the same key."""
    truth = sum(counts.values())
    whole = truth if truth % 3 == 0 else truth - truth % 3 + 3 * up
    shown = rounded_list(counts, whole=whole, key=key)
    assert sum(shown.values()) == whole
    assert all(near(shown.get(place, 0), counts.get(place, 0)) for place in {*counts, *shown})
    assert rounded_list(counts, whole=whole, key=key) == shown


def test_each_count_of_a_list_is_right_on_average() -> None:
    """Where its whole is: within four standard errors."""
    chance, many = random.Random(5), 3000
    counts = {place: chance.randint(-1, 4) for place in range(12)}
    truth = sum(counts.values())
    assert truth % 3
    total: Counter[int] = Counter()
    for _ in range(many):
        whole = truth - truth % 3 + (3 if chance.random() * 3 < truth % 3 else 0)
        total.update(rounded_list(counts, whole=whole, key=chance.randbytes(32)))
    for place, count in counts.items():
        over = count % 3
        assert abs(total[place] / many - count) <= 4 * (over * (3 - over) / many) ** 0.5 + 1e-9, place


def test_each_number_is_right_on_average() -> None:
    """Over many secrets, the sums of the sums too: within four standard errors."""
    chance, many = random.Random(3), 1500
    table: Table = {leaf: chance.randint(-1, 4) for leaf in LEAVES if chance.random() < 0.6}
    total: Counter[Number] = Counter()
    for _ in range(many):
        total.update(rounded(table, parents=PARENTS, key=chance.randbytes(32)))
    for number, truth in sums(table, parents=PARENTS).items():
        over = truth % 3
        standard_error = (over * (3 - over) / many) ** 0.5
        assert abs(total[number] / many - truth) <= 4 * standard_error + 1e-9, number


@pytest.mark.parametrize("mean", [1, 4])
def test_a_large_table_is_done(mean: int) -> None:
    """A county's worth of areas: 400 by 11 kinds, each sum within two."""
    chance = random.Random(1)
    parents = {f"d{i}": None for i in range(20)} | {f"n{i}": f"d{i % 20}" for i in range(400)}
    table: Table = {(f"n{i}", f"c{k}"): chance.randint(0, 2 * mean) for i in range(400) for k in range(11)}
    shown, truth = rounded(table, parents=parents, key=bytes(32)), sums(table, parents=parents)
    assert all(near(shown.get(number, 0), n) for number, n in truth.items())
