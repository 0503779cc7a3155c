"""The sun against an independent oracle."""

from datetime import UTC, datetime

import numpy as np
import pytest
from astral import Observer
from astral.sun import elevation
from hypothesis import given
from hypothesis import strategies as st

from shared.geo.sun import is_dark, sun_elevation_deg

moments = st.datetimes(datetime(1990, 1, 1), datetime(2050, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.floats(-180, 180), st.floats(-70, 70), moments)
def test_elevation_is_astrals(lon: float, lat: float, at: datetime) -> None:
    """Within a tenth of a degree of astral, everywhere up to 70°, over sixty years."""
    oracle = elevation(Observer(latitude=lat, longitude=lon), at, with_refraction=False)
    assert sun_elevation_deg(lon, lat, at) == pytest.approx(oracle, abs=0.1)


@given(st.floats(-180, 180), st.floats(-90, 90), moments)
def test_arrays_agree_with_single_points(lon: float, lat: float, at: datetime) -> None:
    """An array gives what the single point gives, to a millionth of a degree."""
    many = sun_elevation_deg(
        np.array([lon, lon]), np.array([lat, lat]), np.array([at.replace(tzinfo=None)] * 2, "M8[us]")
    )
    one = sun_elevation_deg(lon, lat, at)
    assert many == pytest.approx([one, one], abs=1e-6)
    # The comparison is the same one; only within that millionth of the border may rounding decide.
    if abs(one + 6) > 1e-6:
        assert is_dark(lon, lat, at) == (one < -6)
