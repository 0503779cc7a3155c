"""Laws of the municipality's cycles."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.cycles import Period, cycle_of

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
lengths = st.sampled_from([7, 14, 28])


@given(days, st.dates(), lengths)
def test_every_day_is_in_one_cycle(day: date, start: date, length: int) -> None:
    """Cycles follow each other without a gap, whether they were counted from before the day or after."""
    cycle = cycle_of(day, start=start, days=length)
    assert cycle.first <= day <= cycle.last
    assert cycle.days == length
    assert (cycle.first - start).days % length == 0
    assert cycle.earlier(1).last + timedelta(days=1) == cycle.first
    assert cycle_of(cycle.first - timedelta(days=1), start=start, days=length) == cycle.earlier(1)


@given(days, days, lengths)
def test_any_first_day_gives_the_same_cycles(day: date, start: date, length: int) -> None:
    """Which of the cycles the settings name changes nothing, nor which of its days is asked for."""
    cycle = cycle_of(day, start=start, days=length)
    for other in (cycle, cycle.earlier(3)):
        assert cycle_of(day, start=other.first, days=length) == cycle
    assert {cycle_of(each, start=start, days=length) for each in (cycle.first, cycle.last)} == {cycle}


@given(days, lengths, st.integers(0, 60), st.integers(0, 60))
def test_earlier_and_earlier(first: date, length: int, a: int, b: int) -> None:
    """Periods before periods add up, and keep their length."""
    period = Period(first, first + timedelta(days=length - 1))
    assert period.earlier(0) == period
    assert period.earlier(a).earlier(b) == period.earlier(a + b)
    assert period.earlier(a).days == length
