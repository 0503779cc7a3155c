"""What is shown of one unit is one rounding: to each reader, in areas and hours, and to all readers alike."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.access.published import Moment, Row, Told, shown_both, shown_counts
from shared.access.rounding import ALL, Number, sums
from shared.access.table import ROUND_TO
from tests.support.servers.services import make_principal

PARENTS = {"a": None, "b": None, "a1": "a", "a2": "a", "b1": "b"}
SENDERS = tuple(UUID(int=n) for n in (1, 2, 3))
REPORT = st.tuples(
    st.sampled_from(SENDERS), st.sampled_from((None, *PARENTS)), st.sampled_from(("x", "y")), st.integers(1, 7),
    st.sampled_from((None, 0, 11)), st.sampled_from((-1, 1, 1, 2)),
)  # fmt: skip
Report = tuple[UUID, str | None, str, int, int | None, int]
Given = list[tuple[list[Report], bytes]]
TABLES = st.lists(st.tuples(st.lists(REPORT, max_size=12), st.binary(min_size=32, max_size=32)), max_size=4)


def tables_of(given: Given, *, senders: Collection[UUID] = SENDERS) -> list[Told]:
    """What publications tell of the reports of some organisations."""
    return [
        Told(
            publication=number,
            secret=secret,
            parents=PARENTS,
            rows=[Row(who, area, category, n) for who, area, category, _, _, n in reports if who in senders],
            moments=[
                Moment(who, area, weekday, band, n) for who, area, _, weekday, band, n in reports if who in senders
            ],
        )
        for number, (reports, secret) in enumerate(given)
    ]


@settings(max_examples=200, deadline=None)
@given(TABLES, st.sampled_from([("a",), ("a1",), ("a1", "b"), ("a", "a1"), ("a", "b1"), ("gone", "b")]))
def test_hours_add_up_to_the_areas_counts(given: Given, areas: tuple[str, ...]) -> None:
    """Of a night walker's own areas, after any number of late tables: two numbers for one would narrow it down."""
    reader = make_principal(kind="night_walk", role="night_walker", areas=areas)
    tables = tables_of(given)
    found, hours = shown_both(tables, principal=reader)
    assert found == shown_counts(tables, principal=reader)
    counts = Counter(found.numbers)
    outermost = [area for area in {*areas} & {*PARENTS} if PARENTS[area] not in areas]
    assert sum(hours.numbers.values()) == sum(counts[Number("whole", area, ALL)] for area in outermost)


@settings(max_examples=200, deadline=None)
@given(TABLES, st.sampled_from([(("a",), ("a1",), ("a2",)), (("a", "b"), ("a",), ("b",)), (("b",), ("b1",), ())]))
def test_hours_of_nested_areas_are_one_rounding(given: Given, areas: tuple[tuple[str, ...], ...]) -> None:
    """Readers of an area and of its parts: what the one is shown is what the others are, and what lies between."""
    tables = tables_of(given)

    def hours(*codes: str) -> Counter[int]:
        reader = make_principal(kind="night_walk", role="night_walker", areas=codes)
        return Counter(shown_both(tables, principal=reader)[1].numbers)

    around, *parts = (hours(*codes) for codes in areas)
    for between in {*areas[0]} - {code for codes in areas[1:] for code in codes}:
        # What lies in it and in none of its parts: as if nothing had begun at any time there.
        tables = [replace(each, moments=[when for when in each.moments if when.area == between]) for each in tables]
        parts.append(hours(between))
    total: Counter[int] = Counter()
    for part in parts:
        total.update(part)
    assert {slot: n for slot, n in around.items() if n} == {slot: n for slot, n in total.items() if n}


@settings(max_examples=200, deadline=None)
@given(TABLES, st.sets(st.sampled_from(SENDERS)), st.sampled_from([(), ("a",), ("a1", "b")]))
def test_readers_who_put_together_what_they_see_see_no_more(
    given: Given, own: set[UUID], areas: tuple[str, ...]
) -> None:
    """What a reader is shown of others is what everybody is, less what everybody is of the reader's own.

    So of all others' reports two readers have the same numbers: there is nothing to be learned from their difference,
    nor from coming again under another name.
    """
    reader = make_principal(kind="night_walk", role="night_walker", areas=areas)
    all_of_them, others, theirs = (
        Counter(shown_counts(tables_of(given, senders=senders), principal=reader).numbers)
        for senders in (SENDERS, {*SENDERS} - own, own)
    )
    others.update(theirs)
    assert {name: n for name, n in others.items() if n} == {name: n for name, n in all_of_them.items() if n}


@settings(max_examples=200, deadline=None)
@given(TABLES, st.sampled_from([("a",), ("a1",), ("b", "a2")]))
def test_who_sees_an_area_one_by_one_is_shown_the_same_table_of_all_others(
    given: Given, areas: tuple[str, ...]
) -> None:
    """Areas of one's own are taken off as they were rounded: no second rounding of what is left; and sums hold."""
    tables, member = tables_of(given), make_principal(kind="housing", role="member", areas=areas)
    anybody = make_principal(kind="night_walk", role="night_walker", areas=())
    seen, all_of_them = (shown_counts(tables, principal=each).numbers for each in (member, anybody))
    near = {code for code in PARENTS if code in areas or PARENTS[code] in areas}
    for place in (None, *PARENTS):
        for category in ("x", "y"):
            number = Number("own", place, category)
            assert seen.get(number, 0) == (0 if place in near else all_of_them.get(number, 0))
    leaves = {(place, category or ""): n for (what, place, category), n in seen.items() if what == "own" and category}
    assert sums(leaves, parents=PARENTS) == {name: n for name, n in seen.items() if n}


@settings(max_examples=200, deadline=None)
@given(st.lists(REPORT, max_size=30), st.binary(min_size=32, max_size=32))
def test_a_first_table_is_near_for_each_organisation_that_reported(reports: list[Report], secret: bytes) -> None:
    """Every number less than three from what it is, for each organisation whose reports are in it."""
    reader = make_principal(kind="night_walk", role="night_walker", areas=())
    shown = shown_counts(tables_of([(reports, secret)]), principal=reader).numbers
    by_sender = []
    for sender in SENDERS:
        counts: Counter[tuple[str | None, str]] = Counter()
        for who, area, category, _, _, n in reports:
            counts[area, category] += n if who == sender else 0
        by_sender.append(sums(counts, parents=PARENTS))
    for name in {*shown, *(name for each in by_sender for name in each)}:
        there = [each[name] for each in by_sender if name in each]
        assert abs(shown.get(name, 0) - sum(there)) <= (ROUND_TO - 1) * len(there)
