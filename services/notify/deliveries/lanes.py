"""How fast an address is served: a window of requests in flight that follows its answers, and a breaker.

A lane leads to one address; the lanes of one organisation to one address share its state. A host has a breaker too,
for when no connection to it comes about. Work that is held back keeps its attempts: only a request that was sent
counts.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MOST_IN_FLIGHT = 10
OPENS_AFTER = 10
"""Failures in a row after which nothing more is sent until the cool-down is over."""
COOL_DOWN_S = 30.0
LONGEST_COOL_DOWN_S = 600.0
REMEMBERED_S = 3_600.0
"""For so long it is known how an address answered to which nothing goes any more."""

UNREACHABLE_AFTER = timedelta(days=5)
UNREACHABLE_DELIVERIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneState:
    """How one address, or one host, answers one organisation. Times are seconds of a clock that never goes back.

    window: requests allowed in flight of one lane, 1 to 10. open_until: when a probe may go, or None while the
    breaker is closed.
    """

    window: float = MOST_IN_FLIGHT
    failures: int = 0
    cool_down_s: float = 0.0
    open_until: float | None = None


FRESH = LaneState()
# Of an address that may be a failing one under another path: one request, whose failure opens the breaker.
WARY = LaneState(window=1.0, failures=OPENS_AFTER - 1)


def room(lane: LaneState, *, in_flight: int, now: float) -> int:
    """How many more requests may start now. An open breaker lets one probe through when its cool-down is over."""
    if lane.open_until is None:
        return max(0, int(lane.window) - in_flight)
    return 1 if now >= lane.open_until and in_flight == 0 else 0


def state(lane: LaneState, *, now: float) -> str:
    """closed | open | half-open, for metrics."""
    if lane.open_until is None:
        return "closed"
    return "open" if now < lane.open_until else "half-open"


def after_success(lane: LaneState) -> LaneState:
    """The lane after a 2xx: the breaker closes, and the window grows by one per window of successes."""
    if lane is FRESH:
        return lane
    window = min(float(MOST_IN_FLIGHT), lane.window + 1 / lane.window)
    return FRESH if window == MOST_IN_FLIGHT else LaneState(window=window)


def after_failure(lane: LaneState, *, slow_down: bool, now: float, cool_down_s: float = COOL_DOWN_S) -> LaneState:
    """The lane after a failure: halved when the endpoint asks for less, opened after ten failures in a row.

    A failed probe doubles the cool-down, from `cool_down_s` up to ten minutes.
    """
    failures = lane.failures + 1
    window = max(1.0, lane.window / 2) if slow_down else lane.window
    if failures < OPENS_AFTER:
        return replace(lane, window=window, failures=failures)
    if lane.open_until is not None and now < lane.open_until:
        # An answer to a request sent before the breaker opened says nothing new.
        return replace(lane, failures=failures)
    cool_down = min(LONGEST_COOL_DOWN_S, max(cool_down_s, 2 * lane.cool_down_s))
    return LaneState(window=1.0, failures=failures, cool_down_s=cool_down, open_until=now + cool_down)


def tried_now(lane: LaneState, *, now: float) -> LaneState:
    """The lane with its probe due at once, for somebody asks for it. If that fails, the cool-down is as it was."""
    if lane.open_until is None or lane.open_until <= now:
        return lane
    return replace(lane, cool_down_s=lane.cool_down_s / 2, open_until=now)


def is_unreachable(*, failing_since: datetime, failed_deliveries: int, now: datetime) -> bool:
    """Whether an endpoint counts as gone: five days without one success, and at least twenty deliveries in vain."""
    return now - failing_since >= UNREACHABLE_AFTER and failed_deliveries >= UNREACHABLE_DELIVERIES
