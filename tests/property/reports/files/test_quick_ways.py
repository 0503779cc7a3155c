"""What is read and placed many at once is what one by one gives."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.reports.files.domain.columns import completed
from services.reports.files.domain.places import locate
from services.reports.ground import Ground
from services.reports.intake.domain import Place, Report, darkness, place, row_hash, when
from services.reports.intake.hours import BAND_HOURS
from services.reports.mappings.domain.dates import reader_of
from services.reports.mappings.domain.mapping import Mapping
from shared.errors import Invalid
from shared.geo.geometry import AreaIndex
from shared.ids import uuid7s

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ME = UUID(int=1)
SQUARE = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
GROUND = Ground(
    zone=ZoneInfo("Europe/Stockholm"), crs="EPSG:3006", areas=AreaIndex([("01", SQUARE, 1)]), codes=frozenset({"01"})
)
FORMATS = ("%Y-%m-%d %H:%M", "%d/%m/%Y", "%H.%M %d.%m.%Y", "%Y%m%d", "%Y%m%d%H%M%S", "%y%m%d %H", "%d %b %Y", "%Y-%j")
# Formats of which numbers stand together, and how many digits those have.
TOGETHER = {"%Y%m%d": 8, "%Y%m%d%H%M%S": 14, "%y%m%d %H": 6}
moments = st.datetimes(datetime(1990, 1, 2), datetime(2026, 11, 1))  # noqa: DTZ001
# In Sweden clocks go forward at two.
sure = moments.filter(lambda moment: moment.hour != 2)
# Each has clocks that change, by half an hour too, or stand at odd minutes.
zones = st.sampled_from(["Europe/Stockholm", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns", "UTC"])


@given(st.sampled_from(FORMATS), moments, st.text("0123456789-:/. ", max_size=17), st.booleans())
@example("%Y-%m-%d %H:%M", datetime(2026, 1, 2, 3, 4), "2026-1-2 3:4", True)  # noqa: DTZ001
@example("%Y%m%d", datetime(2026, 1, 2), "20260231", True)  # noqa: DTZ001
@example("%d/%m/%Y", datetime(2026, 1, 2), "०१/०२/2026", True)  # noqa: DTZ001
def test_dates_are_read_as_strptime_does(form: str, moment: datetime, other: str, is_other: bool) -> None:
    """The same moment, or none, for texts in the format and for others.

    But for 24:00, which strptime does not know, and numbers that stand together and have lost some of their digits.
    """
    text = other if is_other else moment.strftime(form)
    found = reader_of(form)(text)
    try:
        expected = datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        assert found is None or "24" in text or form in TOGETHER
        return
    if form in TOGETHER and not any(len(run) == TOGETHER[form] for run in re.findall("[0-9]+", text)):
        assert found is None or len(text) < TOGETHER[form]
        return
    assert found == (expected if "%H" in form else expected.date())


@given(moments, zones, zones)
@example(datetime(2026, 3, 29, 2, 30), "Europe/Stockholm", "Europe/Stockholm")  # noqa: DTZ001
@example(datetime(2025, 10, 26, 2, 30), "Europe/Stockholm", "UTC")  # noqa: DTZ001
@example(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe", "UTC")  # noqa: DTZ001
@example(datetime(2026, 10, 4, 2, 30), "Australia/Lord_Howe", "UTC")  # noqa: DTZ001
@example(datetime(2026, 4, 5, 1, 45), "Australia/Lord_Howe", "Asia/Kathmandu")  # noqa: DTZ001
def test_what_is_remembered_of_an_hour_holds_for_its_minutes(moment: datetime, written_in: str, zone: str) -> None:
    """Beginning, day and band as the zones give them, also where clocks change; none where they go forward over it."""
    begin = moment.replace(tzinfo=ZoneInfo(written_in)).astimezone(UTC)
    if begin.astimezone(ZoneInfo(written_in)).replace(tzinfo=None) != moment:
        with pytest.raises(Invalid):
            when(moment, None, zone=ZoneInfo(zone), now=NOW, written_in=ZoneInfo(written_in))
        return
    found = when(moment, None, zone=ZoneInfo(zone), now=NOW, written_in=ZoneInfo(written_in))
    local = begin.astimezone(ZoneInfo(zone))
    assert found == (begin, None, local.date(), local.hour // BAND_HOURS)


# In the area, and in its neighbourhood.
points = st.tuples(st.floats(13.5, 15.5), st.floats(62.75, 64.25))


@given(st.lists(st.tuples(sure, st.booleans(), st.none() | points), max_size=8))
def test_columns_are_what_reports_are(said: list[tuple[datetime, bool, tuple[float, float] | None]]) -> None:
    """Place, darkness and hash of each, with a point or none, at an hour or on a whole day."""
    texts = [("", "") if point is None else (repr(point[0]), repr(point[1])) for _, _, point in said]
    xs, ys = [x for x, _ in texts], [y for _, y in texts]
    mapping = Mapping(columns={}, constants={}, crs="EPSG:4326")
    times = [when(at.date() if whole else at, None, zone=GROUND.zone, now=NOW) for at, whole, _ in said]
    codes = ["01" if point is None else None for _, _, point in said]
    found = locate(xs, ys, codes, mapping=mapping, ground=GROUND)
    same: dict[str, Any] = {
        "external_reference": None,
        "category": "order",
        "subcategory": None,
        "severity": 2,
        "location_kind": None,
        "text": "Buller",
    }
    given_columns = {**{name: [value] * len(said) for name, value in same.items()}, **found.columns}
    columns = completed(given_columns, times, organisation_id=ME, client_id="c", ids=uuid7s)
    for row, (moment, (_, _, point)) in enumerate(zip(times, said, strict=True)):
        where = Place(area_code="01")
        if point is not None:
            lon, lat = (float(np.round(each, 7)) for each in point)
            where = place(lon, lat, ground=GROUND)
        report = Report(
            id=ME, organisation_id=ME, client_id="c", when=moment, place=where, dark=darkness(moment, where), **same
        )
        assert columns["row_hash"][row] == row_hash(report)
        assert columns["dark"][row] == report.dark
        assert columns["area_code"][row] == where.area_code
        shown = where.point and (where.point.lon, where.point.lat, where.point.e, where.point.n, where.point.cell)
        assert tuple(columns[name][row] for name in ("lon", "lat", "e", "n", "cell")) == (shown or (None,) * 5)
