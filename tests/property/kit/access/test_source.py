"""An attack with the source: whoever knows the rule and every shown number, but not the secret, fixes no hidden one."""

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from shared.access.suppression import Number, few, hidden, sums

Leaf = tuple[str | None, str]
# The attacker draws secrets until every number could be two, or this many were drawn.
MOST_KEYS = 2_000
# A table of which more are possible is none that anybody could be sure of.
MOST_TABLES = 300
# How sure of a one or a two somebody may be who takes every possible table for equally likely.
SUREST = 0.95


@dataclass(frozen=True)
class Case:
    """A small table, and what is hidden of it under a secret."""

    parents: Mapping[str, str | None]
    table: Mapping[Leaf, int]
    out: frozenset[Number]


def case(seed: int) -> Case:
    """Two to four places, in a flat row or some in a district, by two or three categories."""
    chance = random.Random(seed)
    kinds, places = "xyz"[: chance.choice((2, 3))], [f"a{n}" for n in range(chance.choice((2, 3, 4)))]
    tree = chance.random() < 0.4
    parents: dict[str, str | None] = {"d": None} if tree else {}
    parents |= {place: chance.choice(("d", "d", None)) if tree else None for place in places}
    most = chance.choice((1, 2, 4, 7))
    leaves = [(place, kind) for place in (*places, *([None] if chance.random() < 0.3 else [])) for kind in kinds]
    table = {leaf: chance.choice((0, chance.randint(0, most), chance.randint(0, 2 * most))) for leaf in leaves}
    table = {leaf: n for leaf, n in table.items() if n}
    return Case(parents, table, hidden(table, parents=parents, key=key(-seed - 1)))


def key(number: int) -> bytes:
    """A secret."""
    return number.to_bytes(32, "big", signed=True)


def possible(of: Case) -> list[dict[Leaf, int]]:
    """Every table with the sums that are shown, in which nothing hidden is zero: at most MOST_TABLES, else none."""
    unknown = [leaf for leaf in of.table if Number("own", *leaf) in of.out]
    known = {leaf: n for leaf, n in of.table.items() if leaf not in unknown}
    shown = {number: n for number, n in sums(of.table, parents=of.parents).items() if number not in of.out}
    parts = {leaf: [number for number in sums({leaf: 1}, parents=of.parents) if number in shown] for leaf in unknown}
    left = Counter(shown)
    left.subtract(sums(known, parents=of.parents))
    waiting = Counter(number for leaf in unknown for number in parts[leaf])
    top = max(8, sum(of.table.values()) + 4)

    def fill(index: int, so_far: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if index == len(unknown):
            yield so_far
            return
        mine = parts[unknown[index]]
        waiting.subtract(mine)
        for n in range(1, top + 1):
            if any(left[number] - n < waiting[number] for number in mine):
                break
            if all(waiting[number] or left[number] == n for number in mine):
                left.subtract(dict.fromkeys(mine, n))
                yield from fill(index + 1, (*so_far, n))
                left.update(dict.fromkeys(mine, n))
        waiting.update(mine)

    found = list(itertools.islice(fill(0, ()), MOST_TABLES + 1))
    return [] if len(found) > MOST_TABLES else [known | dict(zip(unknown, each, strict=True)) for each in found]


def values(of: Case, tables: Sequence[dict[Leaf, int]], keys: Iterator[bytes]) -> Mapping[Number, Counter[int]]:
    """What each hidden number can be, and how often: of the tables that end up hidden so, under these secrets."""
    seen: dict[Number, Counter[int]] = defaultdict(Counter, {number: Counter() for number in of.out})
    all_sums = [sums(table, parents=of.parents) for table in tables]
    for number, drawn in enumerate(keys):
        for table, its in zip(tables, all_sums, strict=True):
            if hidden(table, parents=of.parents, key=drawn) == of.out:
                for name in of.out:
                    seen[name][its[name]] += 1
        if number >= 8 and all(len(each) > 1 for each in seen.values()):
            break
    return seen


def attack(seeds: range, *, known_key: bool = False) -> tuple[int, int, float]:
    """Tables attacked, numbers fixed in them, and how sure one can be of a one or two at most."""
    tables = fixed = 0
    surest = 0.0
    for seed in seeds:
        of = case(seed)
        found = possible(of) if of.out else []
        if not found:
            continue
        keys = iter([key(-seed - 1)]) if known_key else map(key, range(MOST_KEYS))
        seen, truth = values(of, found, keys), sums(of.table, parents=of.parents)
        tables += 1
        fixed += sum(len(each) == 1 for each in seen.values())
        sure = [each[truth[name]] / each.total() for name, each in seen.items() if truth[name] < 3 and each]
        surest = max(surest, *sure, 0.0)
    return tables, fixed, surest


def test_without_the_secret_nothing_is_fixed() -> None:
    """Small tables, trees too: every hidden number could be two at least."""
    tables, fixed, _ = attack(range(25))
    assert tables > 10
    assert fixed == 0


@pytest.mark.long
def test_without_the_secret_nothing_is_fixed_in_many_tables() -> None:
    """The same of some two hundred."""
    tables, fixed, surest = attack(range(1000, 1400))
    print(f"{tables} tables, {fixed} numbers fixed, sure of a one or two by {surest:.2f} at most")
    assert tables > 150
    assert fixed == 0
    # Nobody is certain, and somebody may come near it: it is the worst of some thousand numbers.
    assert surest <= SUREST


def test_with_the_secret_some_are() -> None:
    """The control: it is the secret that keeps them, and this attack finds what there is to find."""
    assert attack(range(25), known_key=True)[1] > 0


def test_no_count_of_a_list_is_fixed_by_its_total() -> None:
    """Lists: of all lists of the same total that end up hidden so, each hidden count is two at least."""
    chance, lists = random.Random(1), 0
    while lists < 30:
        counts = {place: chance.choice((0, 1, 2, chance.randint(3, 9))) for place in range(5)}
        out = few(counts, places=range(5), key=key(lists))
        total = sum(counts[place] for place in out)
        if not out or len(out) == 5:
            continue
        lists += 1
        places = sorted(out)
        found = [
            each
            for each in itertools.product(range(1, total), repeat=len(places))
            if sum(each) == total
            and any(
                few(counts | dict(zip(places, each, strict=True)), places=range(5), key=key(drawn)) == out
                for drawn in range(20)
            )
        ]
        assert all(len({each[index] for each in found}) > 1 for index in range(len(places))), counts
