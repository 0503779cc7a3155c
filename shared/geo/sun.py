"""Dark or light at a place and a time: the sun's elevation, one point or many. Pure."""

import math
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Moments = NDArray[np.datetime64]

# Civil twilight: below it street lighting is needed to see what goes on. The clock says nothing about that at 63° N.
DARK_BELOW_DEG = -6.0

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


def _elevation(m: ModuleType, days: Any, lon: Any, lat: Any) -> Any:
    """The formula once, for `math` (one point, fast) and for `numpy` (many); days since 2000-01-01 12:00 UTC."""
    t = days / 36525.0
    mean_longitude = m.radians(280.46646 + t * (36000.76983 + t * 0.0003032))
    anomaly = m.radians(357.52911 + t * (35999.05029 - t * 0.0001537))
    eccentricity = 0.016708634 - t * (0.000042037 + t * 0.0000001267)
    centre = (
        m.sin(anomaly) * (1.914602 - t * (0.004817 + t * 0.000014))
        + m.sin(2 * anomaly) * (0.019993 - t * 0.000101)
        + m.sin(3 * anomaly) * 0.000289
    )
    node = m.radians(125.04 - 1934.136 * t)
    longitude = mean_longitude + m.radians(centre - 0.00569 - 0.00478 * m.sin(node))
    obliquity = m.radians(23.4392911 - t * 0.0130042 + 0.00256 * m.cos(node))
    declination = m.asin(m.sin(obliquity) * m.sin(longitude))
    y = m.tan(obliquity / 2) ** 2
    # The equation of time: how far the true sun is ahead of the clock's, radians.
    ahead = (
        y * m.sin(2 * mean_longitude)
        - 2 * eccentricity * m.sin(anomaly)
        + 4 * eccentricity * y * m.sin(anomaly) * m.cos(2 * mean_longitude)
        - 0.5 * y * y * m.sin(4 * mean_longitude)
        - 1.25 * eccentricity * eccentricity * m.sin(2 * anomaly)
    )
    # `days` counts from noon, when the sun stands over longitude 0, but for that equation.
    hour_angle = 2 * m.pi * (days % 1.0) + ahead + m.radians(lon)
    phi = m.radians(lat)
    # The sun's direction as a vector: an arcsine of `up` alone would fail where rounding lifts it above 1.
    up = m.sin(phi) * m.sin(declination) + m.cos(phi) * m.cos(declination) * m.cos(hour_angle)
    north = m.cos(phi) * m.sin(declination) - m.sin(phi) * m.cos(declination) * m.cos(hour_angle)
    west = m.cos(declination) * m.sin(hour_angle)
    return m.degrees(m.atan2(up, m.hypot(north, west)))


@overload
def sun_elevation_deg(lon: float, lat: float, at_utc: datetime) -> float: ...
@overload
def sun_elevation_deg(lon: Array, lat: Array, at_utc: Moments) -> Array: ...
def sun_elevation_deg(lon: Any, lat: Any, at_utc: datetime | Moments) -> Any:
    """Height of the sun's centre over the horizon, degrees, without refraction.

    lon, lat: degrees, WGS 84. at_utc: an aware datetime, or datetime64 in UTC of shape (n,) with lon and lat that
    broadcast to it. Within 0.1° between 1950 and 2050. Raises ValueError for a datetime without a zone.
    Source: NOAA solar calculator, after Meeus, Astronomical Algorithms, chapter 25.
    """
    if isinstance(at_utc, datetime):
        if at_utc.tzinfo is None:
            raise ValueError("at_utc needs a time zone.")
        elevation: float = _elevation(math, (at_utc - _J2000).total_seconds() / 86400.0, lon, lat)
        return elevation
    days = (at_utc - np.datetime64("2000-01-01T12:00:00")) / np.timedelta64(1, "us") / 86_400_000_000.0
    return _elevation(np, days, np.asarray(lon, float), np.asarray(lat, float))


@overload
def is_dark(lon: float, lat: float, at_utc: datetime) -> bool: ...
@overload
def is_dark(lon: Array, lat: Array, at_utc: Moments) -> NDArray[np.bool_]: ...
def is_dark(lon: Any, lat: Any, at_utc: Any) -> Any:
    """Whether the sun stands lower than six degrees below the horizon; arguments as in `sun_elevation_deg`."""
    return sun_elevation_deg(lon, lat, at_utc) < DARK_BELOW_DEG
