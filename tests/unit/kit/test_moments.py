"""Local times in UTC: those that there are, the first of two, and none that the clocks go forward over."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.moments import Skipped, to_utc

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = [STOCKHOLM, ZoneInfo("UTC"), ZoneInfo("America/Santiago"), ZoneInfo("Australia/Lord_Howe")]


def local(*parts: int) -> datetime:
    """A time as a clock on a wall shows it."""
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@given(st.datetimes(local(1990, 1, 1), local(2040, 1, 1)), st.sampled_from(ZONES))
def test_a_time_is_read_back_as_it_was_written_or_refused(moment: datetime, zone: ZoneInfo) -> None:
    """Whatever is taken is that very time in its zone."""
    try:
        found = to_utc(moment, zone=zone)
    except Skipped:
        assert zone.key != "UTC"
        return
    assert found.astimezone(zone).replace(tzinfo=None) == moment


def test_where_the_clocks_go_forward_and_back() -> None:
    """Nothing from two to three, all on both sides; of an hour that comes twice the first; an offset says which."""
    for minute in (0, 30, 59):
        with pytest.raises(Skipped, match="go forward"):
            to_utc(local(2026, 3, 29, 2, minute), zone=STOCKHOLM)
    assert to_utc(local(2026, 3, 29, 1, 59), zone=STOCKHOLM) == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert to_utc(local(2026, 3, 29, 3), zone=STOCKHOLM) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert to_utc(local(2026, 10, 25, 2, 30), zone=STOCKHOLM) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    told = datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=1)))
    assert to_utc(told, zone=STOCKHOLM) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
