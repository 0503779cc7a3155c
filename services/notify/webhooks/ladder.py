"""What becomes of a delivery after an attempt: delivered, tried again on the ladder, dead, or the endpoint is gone.

Source of the steps and of the meaning of statuses: Standard Webhooks 1.0, "Deliverability and reliability".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

STEPS_S = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds waited before attempt 1, 2, … 10: 75 h 35 min in all, long enough for a weekend's outage."""

JITTER_SHARE = 0.2
LONGEST_WAIT_S = 86_400.0
MOST_HEADER_CHARS = 64

DELIVERED, RETRY, DEAD, GONE = "delivered", "retry", "dead", "gone"

_SLOW_DOWN = frozenset({429, 502, 503, 504})

# RFC 9110 §5.6.7: the form that is written, and the two of old that are to be read; all of them are GMT.
_HTTP_DATES = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one attempt met: a status, or the kind of failure without one.

    error: timeout | dns | connect | tls | blocked | protocol, or None when a whole answer came.
    reached: whether a connection came about. Without one, what is wrong is the host's; with one, the address's alone.
    excerpt: the first 1 kB of the body and a little more, or the words of the failure.
    """

    status: int | None = None
    error: str | None = None
    retry_after: str | None = None
    excerpt: str = ""
    duration_ms: int = 0
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows: the outcome, the wait before the next attempt (retry only), and whether to send slower."""

    outcome: str
    delay_s: float = 0.0
    slow_down: bool = False


def judge(answer: Answer, *, attempt: int, now: datetime, rng: Random, steps_s: Sequence[float] = STEPS_S) -> Verdict:
    """Decide after attempt number `attempt`, counted from 1; there are as many attempts as steps.

    Only 2xx is success; a redirect is never followed and counts as a failure; 410 says that nobody listens any more.
    """
    if answer.error is None and answer.status is not None and 200 <= answer.status <= 299:
        return Verdict(DELIVERED)
    if answer.error is None and answer.status == 410:
        return Verdict(GONE)
    slow_down = answer.error == "timeout" or answer.status in _SLOW_DOWN
    if attempt >= len(steps_s):
        return Verdict(DEAD, slow_down=slow_down)
    delay = steps_s[attempt] * rng.uniform(1 - JITTER_SHARE, 1 + JITTER_SHARE)
    asked = retry_after_s(answer.retry_after, now=now)
    return Verdict(RETRY, delay_s=max(delay, asked or 0.0), slow_down=slow_down)


def retry_after_s(header: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, 0 to a day; None for whatever cannot be read. Raises nothing.

    A number of seconds or an HTTP date, in no zone but GMT. Source: RFC 9110 §10.2.3.
    """
    text = (header or "").strip()
    if len(text) > MOST_HEADER_CHARS or not text.isascii():
        return None
    if text.isdigit():
        return min(float(text), LONGEST_WAIT_S)
    at = next((moment for form in _HTTP_DATES if (moment := _moment(text, form))), None)
    return None if at is None else min(max(0.0, (at - now).total_seconds()), LONGEST_WAIT_S)


def _moment(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        return None
