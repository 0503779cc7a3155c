"""Lanes: the window follows the answers, the breaker opens, probes and closes."""

import pytest

from services.notify.deliveries.lanes import FRESH, LaneState, after_failure, after_success, room, state


def failed(lane: LaneState, *, times: int, now: float, slow_down: bool = False) -> LaneState:
    """The lane after so many failures at one moment."""
    for _ in range(times):
        lane = after_failure(lane, slow_down=slow_down, now=now)
    return lane


def test_window_halves_and_grows_again() -> None:
    """Three throttled answers take ten to one; about 55 successes bring it back, never above ten."""
    lane = failed(FRESH, times=4, now=0, slow_down=True)
    assert room(lane, in_flight=0, now=0) == 1
    successes = 0
    while lane is not FRESH:
        lane = after_success(lane)
        successes += 1
    assert 40 <= successes <= 70
    assert room(lane, in_flight=4, now=0) == 6


def test_breaker_opens_at_ten_failures_in_a_row() -> None:
    """Nine failures and a success change nothing; ten in a row stop the lane for 30 s."""
    lane = after_success(failed(FRESH, times=9, now=0))
    assert state(failed(lane, times=9, now=0), now=0) == "closed"
    lane = failed(lane, times=10, now=100)
    assert state(lane, now=100) == "open"
    assert [room(lane, in_flight=0, now=now) for now in (100, 129.9, 130)] == [0, 0, 1]


def test_half_open_lets_one_probe_through() -> None:
    """After the cool-down one request goes; a second waits for its answer."""
    lane = failed(FRESH, times=10, now=0)
    assert state(lane, now=30) == "half-open"
    assert (room(lane, in_flight=0, now=30), room(lane, in_flight=1, now=30)) == (1, 0)
    assert state(after_success(lane), now=30) == "closed"


def test_cool_down_doubles_up_to_ten_minutes() -> None:
    """Each failed probe doubles the wait: 30, 60, 120, 240, 480, 600, 600 s."""
    now, waits = 0.0, []
    lane = failed(FRESH, times=10, now=now)
    for _ in range(7):
        assert lane.open_until is not None
        waits.append(lane.open_until - now)
        now = lane.open_until
        lane = after_failure(lane, slow_down=False, now=now)
    assert waits == pytest.approx([30, 60, 120, 240, 480, 600, 600])


def test_late_answers_do_not_lengthen_the_cool_down() -> None:
    """Failures of requests that were in flight when the breaker opened leave the cool-down as it is."""
    lane = failed(FRESH, times=10, now=0)
    assert failed(lane, times=9, now=5).open_until == lane.open_until
