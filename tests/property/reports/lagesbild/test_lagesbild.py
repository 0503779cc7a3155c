"""Laws of the lägesbild's counts."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.lagesbild.domain import (
    Area,
    Cell,
    Counted,
    Moments,
    Table,
    clock,
    picture,
    quality,
)
from services.reports.lagesbild.observing import Observed, Sender
from shared.access.published import UNKNOWN_HOUR, Shown
from shared.access.rounding import Number
from shared.cycles import Period

TREE = {"m": None, "m1": "m", "m2": "m", "m11": "m1"}


def path(code: str | None) -> tuple[str, ...]:
    """From the root down."""
    return (*path(TREE[code]), code) if code else ()


AREAS = [Area(code=c, name=c, level=len(path(c)) - 1, parent=parent, path=path(c)) for c, parent in TREE.items()]


FIRST = date(2026, 3, 23)
# Heard for ten periods, for three days, and (whom the reader does not know) for ten days.
DAYS: dict[Sender, int] = {UUID(int=1): 140, UUID(int=2): 3, None: 10}
HEARD = Observed(
    period=Period(FIRST, FIRST + timedelta(days=13)),
    begins={sender: FIRST - timedelta(days=days) for sender, days in DAYS.items()},
)


def row_of(sender: Sender, place: str | None, category: str, now: int, previous: int, before: int) -> Counted:
    """Reports of one sender."""
    return Counted(sender, place, category, now, previous, previous + before)


counted = st.builds(
    row_of, st.sampled_from([*DAYS]), st.sampled_from([None, "gone", *TREE]),
    st.sampled_from(["order", "theft", "positive"]), *[st.integers(0, 6)] * 3,
)  # fmt: skip


def number(table: Table, category: str | None = None) -> float:
    """A shown count."""
    cell = table.total if category is None else table.categories.get(category)
    return 0 if cell is None or cell.count is None else cell.count


@given(st.lists(counted, max_size=60))
def test_the_parts_make_the_whole(rows: list[Counted]) -> None:
    """Own counts and the unplaced make the total; children and own make the whole; categories make every total."""
    found = picture(rows, observed=HEARD, areas=AREAS, exact=lambda _: True)
    by_code = {each.area.code: each for each in found.areas}
    assert number(found.total) == sum(row.now for row in rows)
    assert number(found.total) == number(found.unplaced) + sum(number(each.own) for each in found.areas)
    for code, each in by_code.items():
        below = sum(number(by_code[c].whole) for c, parent in TREE.items() if parent == code and c in by_code)
        assert number(each.whole) == number(each.own) + below
    for table in (found.total, found.unplaced, *(t for each in found.areas for t in (each.own, each.whole))):
        assert number(table) == sum(number(table, category) for category in table.categories)
        assert number(table) == (table.problems.count or 0) + number(table, "positive")
        assert not table.total.rounded


@given(st.lists(counted, max_size=60))
def test_means_are_of_the_days_on_which_each_was_heard(rows: list[Counted]) -> None:
    """Each sender's reports by its own days; of less than a week there is no mean; and parts make the whole."""
    found = picture(rows, observed=HEARD, areas=AREAS, exact=lambda _: True)
    places = {row.area_code for row in rows} & {*TREE}
    for name, table, inside in (
        ("all", found.total, rows),
        *((code, each.own, [row for row in rows if row.area_code == code])
          for code in places for each in found.areas if each.area.code == code),
    ):  # fmt: skip
        heard = [row for row in inside if DAYS[row.sender] >= 7]
        if not heard:
            assert (table.mean_from, table.total.mean) == (None, None), name
            continue
        assert table.mean_from == FIRST - timedelta(days=max(DAYS[row.sender] for row in heard))
        assert table.total.mean == pytest.approx(sum(row.earlier * 14 / DAYS[row.sender] for row in heard))
        known = {row.category for row in heard}
        assert {category for category, part in table.categories.items() if part.mean is not None} == known
        assert table.total.mean == pytest.approx(sum(part.mean or 0 for part in table.categories.values()))


numbers = st.builds(
    Number, st.sampled_from(["own", "whole"]), st.sampled_from([None, *TREE]), st.sampled_from([None, "order", "drugs"])
)
shown = st.none() | st.builds(Shown, st.dictionaries(numbers, st.integers(1, 9), max_size=9))


def cell_of(table: Table | None, category: str | None) -> Cell | None:
    """A cell of a table, if it has one."""
    if table is None:
        return None
    return table.total if category is None else table.categories.get(category)


def check(
    cell: Cell | None, own: Cell | None, number: Number, *, now: Shown[Number] | None, before: Shown[Number] | None
) -> None:
    """A cell against what is seen one by one and what was published."""
    assert cell is not None
    assert (cell.mean, cell.rounded) == (None, True)
    for word, part in (("count", now), ("previous", before)):
        seen = getattr(own, word) if own else 0
        assert getattr(cell, word) == (None if part is None else seen + part.numbers.get(number, 0))


@given(st.lists(counted, max_size=60), shown, shown)
def test_what_was_published_is_added_to_what_is_seen(
    rows: list[Counted], now: Shown[Number] | None, before: Shown[Number] | None
) -> None:
    """Each number is the sum of both; None where nothing is published yet, and as it is where each is seen."""
    seen = picture(rows, observed=HEARD, areas=AREAS, exact=lambda _: True)
    both = picture(rows, observed=HEARD, areas=AREAS, exact=lambda _: False, published=(now, before))
    alone = {each.area.code: each for each in seen.areas}
    for each in both.areas:
        mine = alone.get(each.area.code)
        owned, around = (mine.own, mine.whole) if mine else (None, None)
        for what, table, own in (("own", each.own, owned), ("whole", each.whole, around)):
            for name in (None, *table.categories):
                number_ = Number(what, each.area.code, name)  # type: ignore[arg-type]
                check(cell_of(table, name), cell_of(own, name), number_, now=now, before=before)
    told_of = {number.place for part in (now, before) if part for number in part.numbers if number.what == "whole"}
    assert {each.area.code for each in both.areas} == {*alone} | told_of & {*TREE}


moments = st.builds(
    Moments, st.integers(1, 7), st.one_of(st.none(), st.integers(0, 23)), st.sampled_from([UUID(int=1), UUID(int=2)]),
    st.booleans(), st.booleans(), st.integers(1, 5),
)  # fmt: skip


@given(st.lists(moments, max_size=60))
def test_every_moment_is_in_the_week_or_unknown(rows: list[Moments]) -> None:
    """The matrix and the unknown hours hold what the reader may see, once; the shares are those of plain counting."""
    seen = clock(rows, slots=24)
    inside = sum(sum(cell or 0 for cell in row) for row in seen.matrix)
    assert inside + (seen.unknown_hour or 0) == sum(row.reports for row in rows if row.seen)
    assert [len(row) for row in seen.matrix] == [24] * 7
    box = quality(rows)
    assert box.reports == sum(box.organisations.values()) == sum(row.reports for row in rows)
    assert (box.unplaced_share is None) == (box.reports == 0)


@given(st.lists(moments, max_size=60), st.dictionaries(st.integers(0, UNKNOWN_HOUR), st.integers(1, 5)))
def test_published_moments_are_added_in_their_place(rows: list[Moments], published: dict[int, int]) -> None:
    """By two-hour bands; before anything is published there is no number."""
    rows = [row._replace(slot=row.slot and row.slot // 2) for row in rows]
    alone, both, none = (clock(rows, slots=12, published=shown) for shown in (Shown({}), Shown(published), None))
    before, after, nothing = ([*(n for row in of.matrix for n in row), of.unknown_hour] for of in (alone, both, none))
    for slot, (n, own) in enumerate(zip(after, before, strict=True)):
        assert n == (own or 0) + published.get(slot, 0)
    assert nothing == [None] * len(before)
