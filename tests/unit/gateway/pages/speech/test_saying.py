"""How the pages write numbers, days and times, in Swedish and in English."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import ENGLISH, speak

Speak = Callable[[str], None]
ZONE = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 11, 28, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def swedish(speaking: Speak) -> Iterator[None]:
    """Swedish, unless a test speaks something else."""
    speaking("sv")
    yield
    speak(ENGLISH)


def test_numbers() -> None:
    """Decimal comma, hard spaces between thousands, a real minus, and no minus before nothing."""
    assert saying.number(1234567) == "1\u00a0234\u00a0567"
    assert saying.number(12.345, decimals=1) == "12,3"
    assert saying.number(-3) == "\u22123"
    assert saying.number(-0.04, decimals=1) == "0,0"
    assert (saying.mean(None), saying.mean(4.5)) == ("–", "4,5")
    assert saying.percent(12.5) == "12,5\u00a0%"


def test_counts() -> None:
    """None is not published yet: `..` to the eye; rounded ones are about so many; one report is not several."""
    assert (saying.count(None), saying.count(0), saying.count(12000)) == ("..", "0", "12\u00a0000")
    assert (saying.count(12, True), saying.spoken_count(12, True), saying.spoken_count(None)) == (
        "≈\u00a012", "omkring 12", "ännu inte publicerat",
    )  # fmt: skip
    assert [saying.reports(n) for n in (None, 0, 1, 2)] == [
        "antalet rapporter ännu inte publicerat", "0 rapporter", "1 rapport", "2 rapporter",
    ]  # fmt: skip
    assert saying.reports(3, True) == "omkring 3 rapporter"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 16), date(2026, 11, 29), "16–29\u00a0november 2026"),
        (date(2026, 11, 30), date(2026, 12, 13), "30\u00a0november–13\u00a0december 2026"),
        (date(2026, 12, 28), date(2027, 1, 10), "28\u00a0december 2026–10\u00a0januari 2027"),
        (date(2026, 11, 16), date(2026, 11, 16), "16\u00a0november 2026"),
    ],
)
def test_periods(first: date, last: date, said: str) -> None:
    """A period names month and year once where it can."""
    assert saying.span(first, last) == said


def test_weeks_are_those_of_the_iso_calendar() -> None:
    """The last days of 2026 lie in week 53, the first of 2027 too."""
    assert saying.weeks(date(2026, 11, 16), date(2026, 11, 29)) == "vecka\u00a047–48"
    assert saying.weeks(date(2026, 12, 28), date(2027, 1, 3)) == "vecka\u00a053"


def test_moments_are_local_and_near_days_have_names() -> None:
    """UTC becomes local time, across midnight too; another year is named."""
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    today = date(2026, 11, 22)
    assert saying.moment(late, zone=ZONE, today=today) == "i dag kl.\u00a000.30"
    assert saying.moment(late, zone=ZONE, today=date(2026, 11, 23)) == "i går kl.\u00a000.30"
    assert saying.moment(late, zone=ZONE, today=date(2026, 11, 21)) == "i morgon kl.\u00a000.30"
    assert saying.moment(NOON, zone=ZONE, today=today) == "lördag 28\u00a0november kl.\u00a012.00"
    assert saying.moment(NOON, zone=ZONE, today=date(2027, 1, 1)) == "lördag 28\u00a0november 2026 kl.\u00a012.00"


def test_time_spans() -> None:
    """The end has its day only where that is another."""
    say = partial(saying.time_span, NOON, zone=ZONE, today=date(2026, 11, 22))
    assert say(NOON.replace(hour=20)) == "lördag 28\u00a0november kl.\u00a012.00–21.00"
    assert (
        say(NOON.replace(hour=23, minute=30))
        == "lördag 28\u00a0november kl.\u00a012.00 – söndag 29\u00a0november kl.\u00a000.30"
    )


def test_another_year_is_named(speaking: Speak) -> None:
    """Of days before and after, in sentences as alone; the year that it is goes without saying."""
    day, today = date(2025, 9, 3), date(2026, 11, 29)
    assert saying.weekday(day, today=today) == "onsdag 3\u00a0september 2025"
    assert saying.weekday(day, today=day) == "onsdag 3\u00a0september"
    last = NOON.replace(year=2027, month=1, day=1)
    assert saying.time_span(NOON.replace(month=12, day=31), last, zone=ZONE, today=today) == (
        "torsdag 31\u00a0december kl.\u00a012.00 – fredag 1\u00a0januari 2027 kl.\u00a012.00"
    )
    speaking("en")
    assert saying.weekday(day, today=today) == "Wednesday, 3\u00a0September 2025"


def test_distance_and_direction() -> None:
    """Whole kilometres and one of eight winds."""
    assert saying.away(14_600, 130) == "15\u00a0km åt sydost"
    assert saying.away(300, 359) == "1\u00a0km åt norr"
    assert saying.position(63.1765, 14.64) == "63,17650 ; 14,64000"


def test_weekdays() -> None:
    """Whole and short, with small letters."""
    assert [saying.weekday_name(0), saying.short_weekday(0), saying.short_weekday(6)] == ["måndag", "mån", "sön"]
    assert [saying.short_weekday(n) for n in range(1, 6)] == ["tis", "ons", "tors", "fre", "lör"]


def test_english_numbers_days_and_times(speaking: Speak) -> None:
    """Decimal point, commas between thousands; days before months; the 24-hour clock."""
    speaking("en")
    at, noon = datetime(2026, 11, 28, 18, 30, tzinfo=UTC), date(2026, 11, 28)
    assert (saying.number(-1234567.891, decimals=2), saying.mean(None)) == ("\u22121,234,567.89", "–")
    assert [saying.reports(n) for n in (None, 0, 1, 2)] == [
        "number of reports not published yet", "0 reports", "1 report", "2 reports",
    ]  # fmt: skip
    assert saying.moment(at, zone=ZONE, today=noon) == "today at\u00a019:30"
    assert saying.time_span(at, at.replace(hour=23, minute=0), zone=ZONE, today=noon) == (
        "Saturday 28\u00a0November at\u00a019:30 – Sunday 29\u00a0November at\u00a000:00"
    )
    assert saying.span(date(2026, 11, 16), date(2026, 11, 29)) == "16\u2009–\u200929\u00a0November 2026"
    assert saying.weeks(date(2026, 11, 16), date(2026, 11, 29)) == "weeks\u00a047–48"
    assert saying.away(12_400, 140) == "12\u00a0km to the south-east"
    assert saying.position(63.1765, 14.64) == "63.17650, 14.64000"
    assert (saying.short_weekday(0), saying.percent(12.5)) == ("Mon", "12.5%")
