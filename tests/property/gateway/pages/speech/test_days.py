"""Days, in every function that says one."""

import inspect
from collections.abc import Callable
from contextvars import copy_context
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.pages.reports import wording
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.catalogues import read_languages
from services.gateway.pages.speech.language import speak

ZONE = ZoneInfo("Europe/Stockholm")
LANGUAGES = read_languages("sv").known
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
Say = Callable[[date, date, date], str]


def at(day: date, hour: int = 12) -> datetime:
    """A moment of a local day."""
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


def words(today: date) -> wording.Words:
    """Names of nothing, on a day."""
    return wording.Words(categories=[], areas={}, zone=ZONE, today=today)


def reported(day: date, last: date | None) -> dict[str, str | None]:
    """The times of a report."""
    return {"occurred_from": at(day).isoformat(), "occurred_to": at(last, 13).isoformat() if last else None}


# By name: a first day, a last one not before it, and today, in words.
SAYS: dict[str, Say] = {
    "day": lambda first, _, today: saying.day(first),
    "weekday": lambda first, _, today: saying.weekday(first, today=today),
    "span": lambda first, last, today: saying.span(first, last),
    "moment": lambda first, _, today: saying.moment(at(first), zone=ZONE, today=today),
    "time_span": lambda first, last, today: saying.time_span(at(first), at(last, 13), zone=ZONE, today=today),
    "day_at_clock": lambda first, _, today: saying.day_at_clock(
        saying.weekday(first, today=today), at(first), zone=ZONE
    ),
    "when": lambda first, last, today: wording.when(reported(first, last), words(today)),
    "when_alone": lambda first, _, today: wording.when(reported(first, None), words(today)),
    "band": lambda first, _, today: wording.band(first, 4, words(today)),
}
# These say a number or a name of a day, a time of the clock, or the weeks of a period that stands beside its days.
NO_DAYS = {"clock", "weeks"}


def spoken(language: str, name: str, first: date, last: date, today: date) -> str:
    """What a function says in a language."""
    speak(LANGUAGES[language])
    return SAYS[name](first, last, today)


@pytest.mark.parametrize("name", SAYS)
@pytest.mark.parametrize("language", LANGUAGES)
@given(first=days, length=st.integers(0, 500), away=st.integers(2, 4000) | st.integers(-4000, -2))
def test_a_day_of_another_year_has_its_year(name: str, language: str, first: date, length: int, away: int) -> None:
    """In every function and language: who reads "3 December" in January does not think of the coming one."""
    last, today = first + timedelta(days=length), first + timedelta(days=away)
    # In a context of its own: the tests behind speak what they spoke before.
    said = copy_context().run(spoken, language, name, first, last, today)
    for day in {first, last} if name in ("span", "time_span", "when") else {first}:
        if day.year != today.year and abs(day - today) > timedelta(days=1):
            assert str(day.year) in said


def test_every_function_that_says_a_day_is_among_them() -> None:
    """A new one that takes a day or a moment gets its row."""
    takes = {
        name
        for name, function in inspect.getmembers(saying, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == saying.__name__
        and any("date" in str(each.annotation) for each in inspect.signature(function).parameters.values())
    }
    assert takes - NO_DAYS <= set(SAYS)
    assert takes & set(SAYS) >= {"day", "weekday", "span", "moment", "time_span"}
