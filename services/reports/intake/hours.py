"""When reports began, by their hours: files have many rows in each, which is worked out once."""

from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared import moments

BAND_HOURS = 2
_LAST_OF_HOUR = timedelta(minutes=59, seconds=59)


def begun(value: datetime | date, written_in: ZoneInfo, zone: ZoneInfo) -> tuple[datetime, date, int] | None:
    """A moment without an offset in UTC, and its day and band in `zone`; None for what has to be looked at closely."""
    if not isinstance(value, datetime) or value.tzinfo is not None or not MINYEAR < value.year < MAXYEAR:
        return None
    # The hour by its numbers: to make a moment without minutes takes longer than all else here (measured: 1 µs).
    known = _hour(value.year, value.month, value.day, value.hour, written_in, zone)
    return known and (known[1] + (value - known[0]), known[2], known[3])


@lru_cache(maxsize=50_000)
def _hour(
    year: int, month: int, day: int, hour: int, written_in: ZoneInfo, zone: ZoneInfo
) -> tuple[datetime, datetime, date, int] | None:
    """The first second of an hour as it is written, and in UTC, with day and band; None where all of it has not those.

    The list of a zone's changes takes longer to search than a row to read.
    """
    local = datetime(year, month, day, hour)  # noqa: DTZ001 - as it is written
    try:
        begin, last = (moments.to_utc(each, zone=written_in) for each in (local, local + _LAST_OF_HOUR))
    except moments.Skipped:
        return None
    first, end = ((at.date(), at.hour // BAND_HOURS) for at in (begin.astimezone(zone), last.astimezone(zone)))
    return (local, begin, *first) if last - begin == _LAST_OF_HOUR and first == end else None
