"""The judge on any answer at all: what a receiver writes never raises, and never asks for more than a day."""

import math
from datetime import UTC, datetime
from random import Random

from hypothesis import example, given
from hypothesis import strategies as st

from services.notify.webhooks.ladder import LONGEST_WAIT_S, STEPS_S, Answer, judge, retry_after_s

DAYS = st.sampled_from(("Mon", "Monday", "Mån", ""))
DIGITS = st.text("0123456789²٣-+", min_size=1, max_size=20)
# What looks like a date nearly everywhere: its parts, with odd ones among them.
NEARLY_DATES = st.builds("{}, {} Jan {} {}:{}:{} {}".format, DAYS, *[DIGITS] * 5, st.sampled_from(("GMT", "+9999", "")))


@given(
    st.none() | st.text() | DIGITS | NEARLY_DATES | st.binary().map(lambda raw: raw.decode(errors="surrogateescape")),
    st.none() | st.integers(0, 999),
    st.datetimes(timezones=st.just(UTC)),
)
@example("Mon, 01 Jan 2024 00:00:00 +99999999999999999", 503, datetime(2026, 1, 1, tzinfo=UTC))
def test_no_header_makes_the_judge_raise(header: str | None, status: int | None, now: datetime) -> None:
    """Whatever `Retry-After` holds, there is a verdict, and the wait it asks for is 0 s to a day."""
    asked = retry_after_s(header, now=now)
    assert asked is None or (math.isfinite(asked) and 0 <= asked <= LONGEST_WAIT_S)
    verdict = judge(Answer(status=status, retry_after=header), attempt=1, now=now, rng=Random(1))
    assert STEPS_S[1] * 0.8 <= verdict.delay_s <= LONGEST_WAIT_S or verdict.outcome in ("delivered", "gone")
