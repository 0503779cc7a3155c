"""Laws of means over the days on which senders were heard."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.lagesbild.observing import (
    EARLIER_PERIODS,
    LEAST_DAYS,
    LOOKED_BACK,
    Observed,
    Reported,
    Sender,
    observed,
)
from shared.cycles import Period

FIRST = date(2026, 3, 23)
SENDERS = (None, UUID(int=1), UUID(int=2))
lengths = st.sampled_from([7, 14, 28])


def period_of(days: int) -> Period:
    """A period of that many days."""
    return Period(FIRST, FIRST + timedelta(days=days - 1))


def reported(days: Iterable[date], period: Period, sender: Sender = None) -> list[Reported]:
    """Reports of these days as the database counts them."""
    by_period: dict[int, Counter[date]] = {}
    for day in days:
        back = -((day - period.first).days // period.days)
        if back <= LOOKED_BACK:
            by_period.setdefault(back, Counter())[day] += 1
    return [Reported(sender, back, found.total(), min(found)) for back, found in by_period.items()]


def mean(days: Sequence[date], heard: Observed, sender: Sender = None) -> float | None:
    """The mean of a period of these days' reports."""
    weight = heard.per_period(sender)
    since = heard.begins.get(sender)
    return None if weight is None or since is None else weight * sum(since <= day < FIRST for day in days)


@given(lengths, st.integers(1, 1500), st.integers(1, 9))
def test_who_reports_evenly_has_that_as_its_mean(length: int, begun: int, daily: int) -> None:
    """On whatever day it began: in the middle of a period, a fortnight ago, longer ago than anybody looks."""
    period = period_of(length)
    days = [FIRST + timedelta(days=n) for n in range(-begun, length) for _ in range(daily)]
    heard = observed(reported(days, period), period=period)
    if begun < LEAST_DAYS:
        assert (mean(days, heard), heard.periods()) == (None, 0)
    else:
        assert mean(days, heard) == pytest.approx(daily * length)
        assert heard.periods() == min(-(-begun // length), EARLIER_PERIODS)


@given(lengths, st.integers(10, 24), st.integers(1, 6), st.integers(3, 30))
def test_an_odd_day_long_before_is_no_beginning(length: int, back: int, begun: int, daily: int) -> None:
    """One report of a wrong year, and then all others: the mean is of theirs."""
    period = period_of(length)
    days = [FIRST + timedelta(days=n) for n in range(-begun * length, 0) for _ in range(daily)]
    stray = FIRST - timedelta(days=back * length)
    heard = observed(reported([stray, *days], period), period=period)
    assert heard.begins == {None: days[0]}
    assert heard.strays == {None}
    assert mean([stray, *days], heard) == pytest.approx(daily * length)


@given(lengths, st.lists(st.integers(-800, 27), min_size=1, max_size=12))
def test_few_reports_begin_with_the_first(length: int, offsets: list[int]) -> None:
    """What comes seldom has no strays: where nothing could be missed, nothing is left out."""
    period = period_of(length)
    days = [FIRST + timedelta(days=n) for n in offsets if n < length]
    seen = [day for day in days if day >= period.earlier(LOOKED_BACK).first]
    heard = observed(reported(days, period), period=period)
    if len(set(offsets)) == len(offsets) < 10:
        assert heard.begins == ({None: max(min(seen), period.earlier(EARLIER_PERIODS).first)} if seen else {})


@given(st.lists(st.tuples(st.sampled_from(SENDERS), st.integers(-700, 13)), max_size=200))
def test_senders_have_nothing_to_do_with_each_other(rows: list[tuple[Sender, int]]) -> None:
    """Each begins on the day on which it would begin if there were no other."""
    period = period_of(14)
    days = {who: [FIRST + timedelta(days=n) for sender, n in rows if sender == who] for who in SENDERS}
    together = observed([row for who in SENDERS for row in reported(days[who], period, who)], period=period)
    for who in SENDERS:
        alone = observed(reported(days[who], period, who), period=period)
        assert together.begins.get(who) == alone.begins.get(who)
        assert (who in together.strays) == (who in alone.strays)
