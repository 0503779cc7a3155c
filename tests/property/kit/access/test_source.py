"""An attack with the source: who knows the rule and every shown number, but not the secret, is sure of no number."""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.access.published import Shown
from shared.access.rounding import Number, rounded, sums

Leaf = tuple[str | None, str]
Rounded = Mapping[Number, int]
# Secrets that the attacker tries for each table that is possible.
KEYS = 6


@dataclass(frozen=True)
class Case:
    """A small table, and what is shown of it under a secret."""

    parents: Mapping[str, str | None]
    table: Mapping[Leaf, int]
    shown: Rounded


def case(seed: int) -> Case:
    """Two or three places, in a flat row or some in a district, by one or two categories."""
    chance = random.Random(seed)
    kinds, places = "xy"[: chance.choice((1, 2))], [f"a{n}" for n in range(chance.choice((2, 3)))]
    tree = chance.random() < 0.4
    parents: dict[str, str | None] = {"d": None} if tree else {}
    parents |= {place: chance.choice(("d", "d", None)) if tree else None for place in places}
    most = chance.choice((1, 2, 4, 7))
    table: dict[Leaf, int] = {
        (place, kind): chance.choice((0, 1, chance.randint(0, most))) for place in places for kind in kinds
    }
    return Case(parents, table, rounded(table, parents=parents, key=key(-seed - 1)))


def key(number: int) -> bytes:
    """A secret."""
    return number.to_bytes(32, "big", signed=True)


def possible(of: Case) -> Iterator[dict[Leaf, int]]:
    """Every table all of whose numbers are less than three from what is shown, in some order."""
    leaves = list(of.table)
    ranges = [range(max(0, shown - 2), shown + 3) for shown in (of.shown.get(Number("own", *x), 0) for x in leaves)]
    found = [dict(zip(leaves, each, strict=True)) for each in itertools.product(*ranges)]
    random.Random(7).shuffle(found)
    for table in found:
        its = sums(table, parents=of.parents)
        if all(abs(its.get(name, 0) - of.shown.get(name, 0)) < 3 for name in {*its, *of.shown}):
            yield table


def fixed(of: Case, *, known_key: bytes | None = None) -> set[Number]:
    """The numbers that are the same in all tables which are shown so under some secret."""
    keys = [known_key] if known_key is not None else list(map(key, range(KEYS)))
    left = {*sums(dict.fromkeys(of.table, 1), parents=of.parents)}
    truth = sums(of.table, parents=of.parents)
    for table in possible(of):
        its = sums(table, parents=of.parents)
        other = {name for name in left if its.get(name, 0) != truth.get(name, 0)}
        if other and any(rounded(table, parents=of.parents, key=each) == of.shown for each in keys):
            left -= other
        if not left:
            break
    return left


def test_without_the_secret_nothing_is_fixed() -> None:
    """Small tables, trees too: every number, those shown as none too, could be another."""
    assert not [seed for seed in range(200) if fixed(case(seed))]


def test_with_the_secret_some_are() -> None:
    """The control: it is the secret that keeps them, and this attack finds what there is to find."""
    assert sum(bool(fixed(case(seed), known_key=key(-seed - 1))) for seed in range(40)) > 1


def test_a_withdrawal_tells_neither_how_many_were_there_nor_how_many_are_left() -> None:
    """Two tables, each under its own secret: what came, and what of it was taken back."""
    parents: dict[str, str | None] = {"a": None, "b": None}

    def ways(counts: Mapping[str, int]) -> set[frozenset[tuple[Number, int]]]:
        table: dict[Leaf, int] = {(place, "x"): n for place, n in counts.items()}
        return {frozenset(rounded(table, parents=parents, key=key(n)).items()) for n in range(30)}

    shown_as = {(a, b): ways({"a": a, "b": b}) for a in range(-5, 6) for b in range(-5, 6)}
    histories: dict[tuple[frozenset[tuple[Number, int]], object], set[tuple[int, int]]] = defaultdict(set)
    for (a, b), (c, d) in itertools.product(itertools.product(range(6), repeat=2), repeat=2):
        if c <= a and d <= b:
            for came, gone in itertools.product(shown_as[a, b], shown_as[-c, -d]):
                now = Shown.together((Shown(dict(came)), Shown(dict(gone))))
                histories[came, frozenset(now.numbers.items())].add((a, c))
    for (before, _), told in histories.items():
        if any(n > 3 for _, n in before):  # of which there may be more than the five that were tried
            continue
        assert len({gone for _, gone in told}) > 1
        assert len({came for came, _ in told}) > 1
        assert len({came - gone for came, gone in told}) > 1
