"""Laws of the lägesbild's counts."""

from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.reports.lagesbild.domain import EARLIER_PERIODS, Area, Counted, Moments, Table, clock, picture, quality

TREE = {"m": None, "m1": "m", "m2": "m", "m11": "m1"}


def path(code: str | None) -> tuple[str, ...]:
    """From the root down."""
    return (*path(TREE[code]), code) if code else ()


AREAS = [Area(code=c, name=c, level=len(path(c)) - 1, parent=parent, path=path(c)) for c, parent in TREE.items()]
counted = st.builds(
    lambda back, area, category, reports, own: Counted(back, area, category, reports, min(own, reports)),
    st.integers(0, EARLIER_PERIODS + 1), st.sampled_from([None, "gone", *TREE]), st.sampled_from(["order", "theft"]),
    st.integers(1, 6), st.integers(0, 6),
)  # fmt: skip


def number(table: Table, category: str | None = None) -> float:
    """A shown count."""
    cell = table.total if category is None else table.categories.get(category)
    return 0 if cell is None or cell.count is None else cell.count


@given(st.lists(counted, max_size=60))
def test_the_parts_make_the_whole(rows: list[Counted]) -> None:
    """Own counts and the unplaced make the total; children and own make the whole; categories make every total."""
    found = picture(rows, areas=AREAS, exact=lambda _: True)
    by_code = {each.area.code: each for each in found.areas}
    assert number(found.total) == sum(row.reports for row in rows if row.back == 0)
    assert number(found.total) == number(found.unplaced) + sum(number(each.own) for each in found.areas)
    for code, each in by_code.items():
        below = sum(number(by_code[c].whole) for c, parent in TREE.items() if parent == code and c in by_code)
        assert number(each.whole) == number(each.own) + below
    for table in (found.total, found.unplaced, *(t for each in found.areas for t in (each.own, each.whole))):
        assert number(table) == sum(number(table, category) for category in table.categories)
        assert not table.total.suppressed


@given(st.lists(counted, max_size=60), st.sets(st.sampled_from([*TREE])))
def test_what_is_shown_is_true_and_never_of_one_or_two_others(rows: list[Counted], near: set[str]) -> None:
    """A reader of counts gets those of who sees everything, or none; none where one or two others made it."""

    def exact(path: Sequence[str]) -> bool:
        return bool(near & {*path})

    whole, part = (picture(rows, areas=AREAS, exact=e) for e in (lambda _: True, exact))
    assert part.earlier_periods == whole.earlier_periods
    for mine, all_ in zip(part.areas, whole.areas, strict=True):
        for name in {None, *mine.whole.categories}:
            shown, true = (each.whole.categories[name] if name else each.whole.total for each in (mine, all_))
            here = [r for r in rows if r.area_code in TREE and mine.area.code in path(r.area_code)]
            unseen = [r for r in here if name in (None, r.category) and not exact(path(r.area_code))]
            for back, count, truth in ((0, shown.count, true.count), (1, shown.previous, true.previous)):
                others = sum(r.reports - r.own for r in unseen if r.back == back)
                assert count in (None, truth)
                assert count is None or others not in (1, 2)
                assert count is not None or others > 0
            assert shown.mean == (true.mean if exact(mine.area.path) else None)


@given(st.lists(counted, max_size=60))
def test_a_period_looks_the_same_from_both_sides(rows: list[Counted]) -> None:
    """What was hidden of a period is hidden when the next one is compared with it, so the two tell nothing more."""
    later = [row._replace(back=row.back + 1) for row in rows]
    then, now = (picture(each, areas=AREAS, exact=lambda _: False) for each in (rows, later))
    before = {each.area.code: each for each in now.areas}
    for each in then.areas:
        for name, cell in each.whole.categories.items():
            if each.area.code in before and name in before[each.area.code].whole.categories:
                assert before[each.area.code].whole.categories[name].previous == cell.count


moments = st.builds(
    Moments, st.integers(1, 7), st.one_of(st.none(), st.integers(0, 23)), st.sampled_from([UUID(int=1), UUID(int=2)]),
    st.booleans(), st.booleans(), st.integers(1, 5),
)  # fmt: skip


@given(st.lists(moments, max_size=60))
def test_every_moment_is_in_the_week_or_unknown(rows: list[Moments]) -> None:
    """The matrix and the unknown hours hold what the reader may see, once; the shares are those of plain counting."""
    seen = clock(rows, slots=24, reader=UUID(int=1), exact=True)
    inside = sum(sum(cell or 0 for cell in row) for row in seen.matrix)
    assert inside + (seen.unknown_hour or 0) == sum(row.reports for row in rows if row.seen)
    assert [len(row) for row in seen.matrix] == [24] * 7
    few = clock(rows, slots=24, reader=UUID(int=1), exact=False)
    assert all(a in (None, b) for x, y in zip(few.matrix, seen.matrix, strict=True) for a, b in zip(x, y, strict=True))
    box = quality(rows)
    assert box.reports == sum(box.organisations.values()) == sum(row.reports for row in rows)
    assert (box.unplaced_share is None) == (box.reports == 0)
