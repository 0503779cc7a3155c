"""Laws of the categories: every code there ever was has a place in those there are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.taxonomy import (
    CATEGORIES,
    RETIRED,
    RETIRED_MAIN,
    in_force,
    is_category,
    is_subcategory,
    today_called,
)
from shared.messages.reports import CATEGORIES as TOLD

NOW = date(2100, 1, 1)
CURRENT = [(code, sub) for code, each in CATEGORIES.items() for sub in (None, *each.subcategories)]


@pytest.mark.parametrize("pair", RETIRED, ids=str)
def test_what_went_out_of_use_became_something(pair: tuple[str, str | None]) -> None:
    """It leads to a code that is in use, is not in use itself, and is known still."""
    assert in_force(*pair, on=NOW) in CURRENT
    assert pair not in CURRENT
    assert is_category(pair[0])
    assert pair[1] is None or is_subcategory(pair[0], pair[1])
    assert today_called(pair[0]) in CATEGORIES
    assert (RETIRED[pair].valid_from or date.min) <= RETIRED[pair].valid_to


def test_other_services_know_the_same_categories() -> None:
    """What subscriptions may name: the codes that messages can have."""
    assert {*CATEGORIES, *RETIRED_MAIN} == TOLD


@given(st.sampled_from([*RETIRED]), st.integers(-400, 400))
def test_a_code_holds_until_its_last_day(pair: tuple[str, str | None], days: int) -> None:
    """On its last day it is what it was, on the next what took its place; in between nothing changes."""
    day = RETIRED[pair].valid_to + timedelta(days=days)
    assert (in_force(*pair, on=day) == pair) is (days <= 0)


@given(st.sampled_from(CURRENT), st.dates())
def test_what_is_in_use_stays(pair: tuple[str, str | None], day: date) -> None:
    """A code in use is itself on every day, also before it was in use: who sends old reports knows the new codes."""
    assert in_force(*pair, on=day) == pair
    assert today_called(pair[0]) == pair[0]
