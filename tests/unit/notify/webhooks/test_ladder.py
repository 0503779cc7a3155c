"""The retry ladder: the exact schedule, jitter, Retry-After in both forms, and what each status means."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random

import pytest

from services.notify.webhooks.ladder import STEPS_S, Answer, judge, retry_after_s

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOUR = 3_600


def no_jitter() -> Random:
    """A generator whose every draw is the middle."""

    class Middle(Random):
        def uniform(self, a: float, b: float) -> float:
            return (a + b) / 2

    return Middle()


def test_schedule_is_that_of_the_standard() -> None:
    """Ten attempts: 0, 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, then dead."""
    verdicts = [judge(Answer(status=500), attempt=n, now=NOW, rng=no_jitter()) for n in range(1, 11)]
    assert [v.delay_s for v in verdicts[:-1]] == pytest.approx(
        [5, 300, 1_800, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
    )
    assert [v.outcome for v in verdicts] == ["retry"] * 9 + ["dead"]
    assert sum(STEPS_S) == 75 * HOUR + 35 * 60 + 5


def test_jitter_stays_within_a_fifth_and_uses_it() -> None:
    """2,000 draws lie within 20 % of the step, and reach the outer tenths of that range."""
    rng = Random(1)
    delays = [judge(Answer(status=500), attempt=2, now=NOW, rng=rng).delay_s for _ in range(2_000)]
    assert 240 <= min(delays) < 252
    assert 348 < max(delays) <= 360


@pytest.mark.parametrize(
    ("answer", "outcome", "slow_down"),
    [
        (Answer(status=200), "delivered", False),
        (Answer(status=204), "delivered", False),
        (Answer(status=299), "delivered", False),
        (Answer(status=301), "retry", False),
        (Answer(status=307), "retry", False),
        (Answer(status=400), "retry", False),
        (Answer(status=401), "retry", False),
        (Answer(status=404), "retry", False),
        (Answer(status=410), "gone", False),
        (Answer(status=429), "retry", True),
        (Answer(status=500), "retry", False),
        (Answer(status=502), "retry", True),
        (Answer(status=503), "retry", True),
        (Answer(status=504), "retry", True),
        (Answer(error="timeout"), "retry", True),
        (Answer(error="connect"), "retry", False),
        (Answer(error="dns"), "retry", False),
        (Answer(error="tls"), "retry", False),
        (Answer(error="blocked"), "retry", False),
        (Answer(error="protocol"), "retry", False),
    ],
)
def test_meaning_of_each_answer(answer: Answer, outcome: str, slow_down: bool) -> None:
    """Only 2xx is success, 410 ends the subscription, the overload statuses and timeouts ask for less."""
    verdict = judge(answer, attempt=1, now=NOW, rng=no_jitter())
    assert (verdict.outcome, verdict.slow_down) == (outcome, slow_down)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        ("Monday, 04-May-26 12:00:30 GMT", 30),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0),
        ("Mon May  4 12:00:20 2026", 20),
        ("Mon, 04 May 2026 12:00:45 -0000", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Sat, 01 Jan 0000 00:00:00 GMT", None),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Mon, 99 Foo 2026 12:00:00 GMT", None),
        ("9" * 400, None),
    ],
)
def test_retry_after_forms(header: str | None, seconds: float | None) -> None:
    """Seconds and HTTP dates are read; everything else counts as absent."""
    assert retry_after_s(header, now=NOW) == seconds


@pytest.mark.parametrize(("header", "delay_s"), [("1", 300), ("900", 900), ("200000", 86_400), ("soon", 300)])
def test_retry_after_is_clamped(header: str, delay_s: float) -> None:
    """What the receiver asks for counts between our own step and 24 hours."""
    verdict = judge(Answer(status=429, retry_after=header), attempt=2, now=NOW, rng=no_jitter())
    assert verdict.delay_s == pytest.approx(delay_s)
