"""The demo's reports: fictive, complete, the same every time, and with something to find in them."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.demo.incidents import HOME_CRS, Report, cycle_start
from deploy.demo.partners import PARTNERS, Partner, csv_of, mapping_of
from deploy.demo.planted import all_reports, planted
from deploy.demo.profiles import KINDS
from deploy.demo.texts import MARK, TEXTS
from services.reports.taxonomy import CATEGORIES
from shared.geo.geometry import to_lonlat
from shared.geo.sun import is_dark

TODAY = date(2026, 11, 18)


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """Two years of them."""
    return all_reports(TODAY)


def per_cycle(reports: list[Report], place: str, categories: set[str], subcategory: str | None = None) -> list[int]:
    """Counts of a place by cycle, the running one left out."""
    days = Counter(
        cycle_start(r.occurred_from.date())
        for r in reports
        if r.place_code == place and r.category in categories and subcategory in (None, r.subcategory)
    )
    return [days[cycle_start(TODAY) - timedelta(days=14 * k)] for k in range(52, 0, -1)]


def test_every_kind_has_its_words_and_its_code() -> None:
    """Each sub-category of the taxonomy comes in the demo, with texts and labels."""
    codes = {(c.code, s) for c in CATEGORIES.values() for s in (c.subcategories or [None])}
    assert {(kind.category, kind.subcategory) for kind in KINDS} == codes
    assert set(TEXTS) == codes


def test_how_many(reports: list[Report]) -> None:
    """About 8,000 in two years, from all seven organisations, each reference once."""
    assert 7000 < len(reports) < 9000
    assert {r.organisation for r in reports} == {partner.key for partner in PARTNERS}
    assert len({(r.organisation, r.external_reference) for r in reports}) == len(reports)
    assert min(r.occurred_from.date() for r in reports) >= TODAY - timedelta(days=52 * 14 + 14 + 3)
    assert max(r.occurred_to or r.occurred_from for r in reports).date() < TODAY


def test_the_next_day_only_adds(reports: list[Report]) -> None:
    """Within a cycle nothing that was sent changes, so a second sending is unchanged but for what is new."""
    tomorrow = all_reports(TODAY + timedelta(days=1))
    assert cycle_start(TODAY) == cycle_start(TODAY + timedelta(days=1))
    assert set(reports) < set(tomorrow)


def test_fictive_and_about_places(reports: list[Report]) -> None:
    """Every text says that it is made up, and none has a number that could be a person's, a plate, or an address."""
    personal = re.compile(r"\d{6}|@|\b[A-ZÅÄÖ]{3} ?\d{2}[A-Z0-9]\b|\b0\d{1,3}-?\d{5}|\b(hon|han|hans|hennes)\b", re.I)
    for text in {report.text for report in reports}:
        assert text.endswith(MARK)
        assert not personal.search(text), text


def test_lighting_is_reported_in_the_dark(reports: list[Report]) -> None:
    """Nobody sees that a lamp is out while the sun is up, so at midsummer no lamp is out."""
    seen = [r for r in reports if r.subcategory == "lighting"]
    # A second witness comes some minutes later, towards the morning into the twilight.
    dark = [is_dark(*to_lonlat(r.e, r.n, crs=HOME_CRS), r.occurred_from.astimezone(UTC)) for r in seen]
    assert len(seen) > 100
    assert sum(dark) > 0.95 * len(dark)
    assert not [r for r in seen if r.occurred_from.month == 6]


def test_the_cluster_at_busstorget(reports: list[Report]) -> None:
    """The last whole cycle has at least three times the usual gatherings there, after school."""
    *before, last = per_cycle(reports, "0112", {"order"}, "gathering")
    assert last > 3 * sum(before) / len(before)
    assert last > max(before)
    fresh = [r for r in reports if r.occurred_from.date() >= planted(TODAY).cluster_from and r.place_code == "0112"]
    hours = Counter(r.occurred_from.hour in range(13, 19) for r in fresh if r.subcategory == "gathering")
    assert hours[True] > 3 * hours[False]


def test_the_decline_in_torvalla(reports: list[Report]) -> None:
    """After the action less than half remains; in Körfältet, the place to compare with, at least two thirds."""
    for place, low, high in (("0161", 0.1, 0.5), ("014", 0.67, 1.5)):
        counts = per_cycle(reports, place, {"damage", "environment"})
        # The same half of the year before, because litter and darkness have seasons.
        after, before = sum(counts[-13:]), sum(counts[-39:-26])
        assert low < after / before < high


def test_a_traktor_season(reports: list[Report]) -> None:
    """Nine of ten come from April to September."""
    months = Counter(r.occurred_from.month in range(4, 10) for r in reports if r.subcategory == "a_traktor")
    assert months[True] > 6 * months[False] > 0


def test_who_joined_late(reports: list[Report]) -> None:
    """The second housing company has sent nothing from before it joined."""
    joined = planted(TODAY).joined_on
    days = [r.occurred_from.date() for r in reports if r.organisation == "fjallglimt"]
    assert joined <= min(days) < joined + timedelta(days=14)


def read(content: bytes, mapping: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a file as its mapping says, in the words of the folder's README and of nothing else."""
    rows = csv.DictReader(io.StringIO(content.decode(mapping["encoding"]), newline=""), delimiter=mapping["delimiter"])
    for row in rows:
        fields: dict[str, Any] = dict(mapping["constants"])
        for field, source in mapping["columns"].items():
            names = [source] if isinstance(source, str) else source
            text = " ".join(filter(None, (row[name] for name in names)))
            fields[field] = (mapping["values"][field][text] if field in mapping["values"] else text) if text else None
        for field in ("occurred_from", "occurred_to"):
            if fields.get(field):
                moment = datetime.strptime(fields[field], mapping["datetime_format"])  # noqa: DTZ007
                zone = ZoneInfo(mapping["time_zone"])
                fields[field] = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        for field in {"x", "y"} & set(fields):
            fields[field] = float(fields[field].replace(mapping["decimal"], "."))
        yield fields


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda partner: partner.key)
def test_each_file_reads_back_by_its_mapping(partner: Partner, reports: list[Report]) -> None:
    """What a partner sends, read by its mapping, is what it saw: codes, times, and places to a few decimetres."""
    mapping = mapping_of(partner)
    own = [report for report in reports if report.organisation == partner.key]
    rows = list(read(csv_of(partner, reports), mapping))
    assert len(rows) == len(own) > 0
    for row, report in zip(rows, own, strict=True):
        assert row["external_reference"] == partner.prefix + report.external_reference
        assert (row["category"], row["subcategory"], row["text"]) == (report.category, report.subcategory, report.text)
        assert row["occurred_from"] == report.occurred_from.astimezone(UTC)
        if "occurred_to" in mapping["columns"]:
            assert row["occurred_to"] == (report.occurred_to and report.occurred_to.astimezone(UTC))
        if "x" in row:
            here = to_lonlat(row["x"], row["y"], crs=mapping["crs"])
            assert here == pytest.approx(to_lonlat(report.e, report.n, crs=HOME_CRS), abs=3e-6)
        assert row.get("place_code", report.place_code) == report.place_code
        if "severity" in mapping["columns"]:
            assert int(row["severity"]) == report.severity
        if "location_kind" in mapping["columns"]:
            assert row["location_kind"] == report.location_kind
