"""How the pages write numbers, days and times."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from services.gateway.pages.speech import swedish

ZONE = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 11, 28, 11, tzinfo=UTC)


def test_numbers() -> None:
    """Decimal comma, hard spaces between thousands, a real minus, and no minus before nothing."""
    assert swedish.number(1234567) == "1\u00a0234\u00a0567"
    assert swedish.number(12.345, decimals=1) == "12,3"
    assert swedish.number(-3) == "\u22123"
    assert swedish.number(-0.04, decimals=1) == "0,0"
    assert (swedish.mean(None), swedish.mean(4.5)) == ("–", "4,5")


def test_counts_that_are_hidden() -> None:
    """None is not told: `..` to the eye, `dolt antal` to the ear; one report is not several."""
    assert (swedish.count(None), swedish.count(0), swedish.count(12000)) == ("..", "0", "12\u00a0000")
    assert [swedish.reports(n) for n in (None, 0, 1, 2)] == [
        "dolt antal rapporter", "0 rapporter", "1 rapport", "2 rapporter",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 11, 16), date(2026, 11, 29), "16–29\u00a0november 2026"),
        (date(2026, 11, 30), date(2026, 12, 13), "30\u00a0november – 13\u00a0december 2026"),
        (date(2026, 12, 28), date(2027, 1, 10), "28\u00a0december 2026 – 10\u00a0januari 2027"),
        (date(2026, 11, 16), date(2026, 11, 16), "16\u00a0november 2026"),
    ],
)
def test_periods(first: date, last: date, said: str) -> None:
    """A period names month and year once where it can."""
    assert swedish.span(first, last) == said


def test_weeks_are_those_of_the_iso_calendar() -> None:
    """The last days of 2026 lie in week 53, the first of 2027 too."""
    assert swedish.weeks(date(2026, 11, 16), date(2026, 11, 29)) == "vecka\u00a047–48"
    assert swedish.weeks(date(2026, 12, 28), date(2027, 1, 3)) == "vecka\u00a053"


def test_moments_are_local_and_near_days_have_names() -> None:
    """UTC becomes local time, across midnight too; another year is named."""
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    today = date(2026, 11, 22)
    assert swedish.moment(late, zone=ZONE, today=today) == "i dag kl.\u00a000.30"
    assert swedish.moment(late, zone=ZONE, today=date(2026, 11, 23)) == "i går kl.\u00a000.30"
    assert swedish.moment(NOON, zone=ZONE, today=today) == "lördag 28\u00a0november kl.\u00a012.00"
    assert swedish.moment(NOON, zone=ZONE, today=date(2027, 1, 1)) == "28\u00a0november 2026 kl.\u00a012.00"


def test_time_spans() -> None:
    """The end has its day only where that is another."""
    assert swedish.time_span(NOON, NOON.replace(hour=20), zone=ZONE) == "lördag 28\u00a0november kl.\u00a012.00–21.00"
    assert (
        swedish.time_span(NOON, NOON.replace(hour=23, minute=30), zone=ZONE)
        == "lördag 28\u00a0november kl.\u00a012.00 – söndag 29\u00a0november kl.\u00a000.30"
    )


def test_distance_and_direction() -> None:
    """Whole kilometres and one of eight winds."""
    assert swedish.away(14_600, 130) == "15\u00a0km åt sydost"
    assert swedish.away(300, 359) == "1\u00a0km åt norr"
