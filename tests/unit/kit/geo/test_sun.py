"""Dark and light where the clock misleads."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from shared.geo.sun import is_dark, sun_elevation_deg

LON, LAT = 14.64, 63.18
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize(
    ("at", "dark"),
    [
        (datetime(2025, 6, 21, 0, 0, tzinfo=STOCKHOLM), False),
        (datetime(2025, 12, 21, 16, 0, tzinfo=STOCKHOLM), True),
        (datetime(2025, 12, 21, 12, 0, tzinfo=STOCKHOLM), False),
        (datetime(2025, 3, 20, 23, 0, tzinfo=STOCKHOLM), True),
    ],
)
def test_seasons_at_63_north(at: datetime, dark: bool) -> None:
    """Midsummer midnight is light in Östersund, and four in a December afternoon is dark."""
    assert is_dark(LON, LAT, at) is dark


def test_hours_of_darkness() -> None:
    """Midsummer has no dark hour at 63° N; around midwinter about seventeen of twenty-four are dark."""
    for day, low, high in (("2025-06-21", 0.0, 0.0), ("2025-12-21", 16.0, 17.5)):
        minutes = np.datetime64(day) + np.arange(24 * 60) * np.timedelta64(1, "m")
        assert low <= is_dark(np.array(LON), np.array(LAT), minutes).sum() / 60 <= high


def test_the_sun_overhead() -> None:
    """Where the sun stands in the zenith the elevation is a number, close to 90°."""
    at = datetime(2024, 3, 20, 12, 7, tzinfo=UTC)
    assert sun_elevation_deg(0.0, 0.0, at) == pytest.approx(90, abs=0.5)


def test_a_time_without_zone_is_a_mistake() -> None:
    """Local time taken for UTC would call the afternoon dark, so it is refused."""
    with pytest.raises(ValueError, match="time zone"):
        is_dark(LON, LAT, datetime(2025, 1, 1))  # noqa: DTZ001
