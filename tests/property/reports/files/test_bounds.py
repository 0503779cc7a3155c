"""However a moment comes in, it lies between EARLIEST and now: by request and by file, in each form of writing."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.reports.files.domain.cells import texts_of
from services.reports.intake.clocks import begins, ends
from services.reports.intake.domain import EARLIEST, When, when
from services.reports.mappings.domain.mapping import Mapping
from services.reports.mappings.domain.words import Wrong, moment_of
from shared.errors import Invalid

ZONE = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
LAST = datetime(2026, 11, 22, 13, 5)  # noqa: DTZ001 - local
DAY, SERIAL_ZERO = timedelta(days=1), datetime(1899, 12, 30)  # noqa: DTZ001
Came = Callable[[datetime], When | str]


def _sent(begin: datetime | date, end: datetime | date | None = None) -> When | str:
    said = {"occurred_from": begin, "occurred_to": end}
    try:
        return when(begins(said, zone=ZONE), ends(said, zone=ZONE, now=NOW), zone=ZONE, now=NOW)
    except Invalid as refused:
        return refused.errors[0].code


def _in_a_file(form: str, text: str, end: str = "") -> When | str:
    found = moment_of(Mapping(columns={}, constants={}, datetime_formats=(form,)), text, end, zone=ZONE, now=NOW)
    return found.code if isinstance(found, Wrong) else found


def _serial(at: datetime) -> str:
    return repr((at - SERIAL_ZERO) / DAY)


def _cell(at: datetime) -> str:
    return texts_of({0}, width=1)[0](at)


WAYS: dict[str, Came] = {
    "local": _sent,
    "with an offset": lambda at: _sent(at.replace(tzinfo=ZONE)),
    "in UTC": lambda at: _sent(at.replace(tzinfo=ZONE).astimezone(UTC)),
    "with an end": lambda at: _sent(at, at),
    "with a day as the end": lambda at: _sent(at, at.date()),
    "by strptime": lambda at: _in_a_file("%Y-%m-%d %H:%M", f"{at:%Y-%m-%d %H:%M}"),
    "with an end in a file": lambda at: _in_a_file("ymd", _cell(at), _cell(at)),
    "as ISO 8601": lambda at: _in_a_file("iso", at.isoformat()),
    "as ISO 8601 with an offset": lambda at: _in_a_file("iso", at.replace(tzinfo=ZONE).isoformat()),
    "as people write": lambda at: _in_a_file("dmy", f"{at.day}.{at.month}.{at.year} kl {at:%H.%M}"),
    "as a cell of a workbook": lambda at: _in_a_file("ymd", _cell(at)),
    "as a serial day": lambda at: _in_a_file("excel", _serial(at)),
    "as a number of seconds": lambda at: _in_a_file("unix_s", str(int(at.replace(tzinfo=ZONE).timestamp()))),
}
far = st.datetimes(datetime(1900, 3, 2), datetime(2100, 1, 1))  # noqa: DTZ001
minutes = st.integers(-2000, 2000).map(lambda some: timedelta(minutes=some))
at_the_bounds = st.builds(datetime.__add__, st.sampled_from([datetime.combine(EARLIEST, time()), LAST]), minutes)


@pytest.mark.parametrize("way", WAYS)
@given(moment=(far | at_the_bounds).map(lambda at: at.replace(second=0, microsecond=0)))
@example(moment=datetime(1975, 5, 5, 10, 0))  # noqa: DTZ001
@example(moment=datetime(1989, 12, 31, 23, 59))  # noqa: DTZ001
@example(moment=datetime(1990, 1, 1, 0, 0))  # noqa: DTZ001
@example(moment=LAST)
@example(moment=LAST + timedelta(minutes=1))
def test_no_way_leads_past_the_bounds(way: str, moment: datetime) -> None:
    """A local moment is taken from 1990 on until now, and is that moment; any other is impossible."""
    utc = moment.replace(tzinfo=ZONE).astimezone(UTC)
    if utc.astimezone(ZONE).replace(tzinfo=None) != moment:
        return  # the clocks went forward over it
    told = WAYS[way](moment)
    if moment.date() < EARLIEST or utc > NOW + AHEAD:
        assert told == "impossible_time"
    else:
        assert isinstance(told, When), told
        assert abs(told.occurred_from - utc) < timedelta(seconds=1)


@given(st.dates(date(1900, 3, 2), date(2100, 1, 1)))
@example(EARLIEST)
@example(EARLIEST - DAY)
@example(NOW.date())
@example(NOW.date() + DAY)
def test_a_day_alone_lies_within_them_too(day: date) -> None:
    """In a request, in a file, as a serial day."""
    within = EARLIEST <= day <= NOW.date()
    serial = (day - SERIAL_ZERO.date()).days
    for told in (_sent(day), _sent(day, day), _in_a_file("%Y-%m-%d", f"{day}"), _in_a_file("excel", str(serial))):
        assert isinstance(told, When) if within else told == "impossible_time"
