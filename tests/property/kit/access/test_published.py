"""What is shown of one unit in two ways is one rounding: the hours of a reader's areas add up to its areas' counts."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.access.published import Moment, Row, Told, shown_both, shown_counts
from shared.access.rounding import ALL, Number
from tests.support.servers.services import make_principal

PARENTS = {"a": None, "b": None, "a1": "a", "a2": "a", "b1": "b"}
REPORT = st.tuples(
    st.sampled_from((None, *PARENTS)), st.sampled_from(("x", "y")), st.integers(1, 7), st.sampled_from((None, 0, 11)),
    st.sampled_from((-1, 1, 1, 2)),
)  # fmt: skip
TABLES = st.lists(st.tuples(st.lists(REPORT, max_size=12), st.binary(min_size=32, max_size=32)), max_size=4)


def table(number: int, reports: list[tuple[str | None, str, int, int | None, int]], secret: bytes) -> Told:
    """What a publication tells of some reports."""
    return Told(
        publication=number,
        secret=secret,
        parents=PARENTS,
        rows=[Row(area, category, n) for area, category, _, _, n in reports],
        moments=[Moment(area, weekday, band, n) for area, _, weekday, band, n in reports],
    )


@settings(max_examples=200, deadline=None)
@given(TABLES, st.sampled_from([("a",), ("a1",), ("a1", "b"), ("a", "a1"), ("a", "b1"), ("gone", "b")]))
def test_hours_add_up_to_the_areas_counts(given: list[tuple[list[tuple[str | None, str, int, int | None, int]], bytes]],
                                          areas: tuple[str, ...]) -> None:  # fmt: skip
    """Of a night walker's own areas, after any number of late tables: two numbers for one would narrow it down."""
    reader = make_principal(kind="night_walk", role="night_walker", areas=areas)
    tables = [table(number, *each) for number, each in enumerate(given)]
    found, hours = shown_both(tables, principal=reader)
    assert found == shown_counts(tables, principal=reader)
    counts = Counter(found.numbers)
    outermost = [area for area in {*areas} & {*PARENTS} if PARENTS[area] not in areas]
    assert sum(hours.numbers.values()) == sum(counts[Number("whole", area, ALL)] for area in outermost)
