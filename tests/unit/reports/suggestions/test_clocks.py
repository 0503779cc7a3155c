"""Which columns a suggestion takes for begin and end, by their names and by what stands in them."""

from datetime import datetime

import pytest

from services.reports.mappings.domain.forms import read_in
from services.reports.suggestions.domain import Suggested
from services.reports.suggestions.forms import is_written
from tests.support.make.suggestions import suggested

LONG = "%Y-%m-%d %H:%M"
MIDNIGHT = "%Y-%m-%d 00:00:00"
READ = {
    "by name": ("Datum;Kl", ["2026-11-16;20:00"], ["Datum", "Kl"], None, LONG),
    "a clock under a day's name": ("Datum;Tid", ["2026-11-16;20.00"], ["Datum", "Tid"], None, "%Y-%m-%d %H.%M"),
    "clocks under names of days": (
        "Från;Till;Datum", ["20:00;21:00;2026-11-16"], ["Datum", "Från"], ["Datum", "Till"], LONG,
    ),
    "an unknown name": ("Datum;Anmäld", ["2026-11-16;20:05"], ["Datum", "Anmäld"], None, LONG),
    "an empty first name": ("Från;Datum;Kl", [";2026-11-16;20:05"], ["Datum", "Kl"], None, LONG),
    "a place under a day's name": ("Från;Datum;Kl", ["Torget;2026-11-16;20:05"], ["Datum", "Kl"], None, LONG),
    "a workbook's midnight": (
        "Datum;Kl", ["2026-11-16 00:00:00;20:00", "2026-11-17 00:00:00;"], ["Datum", "Kl"], None,
        [f"{MIDNIGHT} %H:%M", MIDNIGHT],
    ),
    "midnight in all rows": ("Datum", ["2026-11-16 00:00:00", "2026-11-17 00:00:00"], "Datum", None, MIDNIGHT),
    "midnight in some": (
        "Datum", ["2026-11-16 00:00:00", "2026-11-17 20:00:00"], "Datum", None, "%Y-%m-%d %H:%M:%S",
    ),
    "rows without a clock": (
        "Datum;Kl", ["2026-11-16;20:00", "2026-11-17;"], ["Datum", "Kl"], None, [LONG, "%Y-%m-%d"],
    ),
    "hours alone": ("Datum;Kl", ["261116;20", "261116;2130"], ["Datum", "Kl"], None, ["%y%m%d %H", "%y%m%d %H%M"]),
    "an end of its own day": (
        "Datum;Kl;Slutdatum;Slut kl", ["2026-11-16;20:00;2026-11-17;02:00", "2026-11-16;20:00;;"],
        ["Datum", "Kl"], ["Slutdatum", "Slut kl"], LONG,
    ),
    "moments under a clock's name": ("e;time", ["2;2026-11-16T20:00:00Z"], "time", None, "%Y-%m-%dT%H:%M:%S%z"),
    "years of two digits": ("start;stopp", ["260914 2130;260914 2230"], "start", "stopp", "%y%m%d %H%M"),
    "an end written in another way": (
        "Start;Slut", ["2026-11-16 20:00;2026-11-16 20:00:30"], "Start", "Slut", [LONG, "%Y-%m-%d %H:%M:%S"],
    ),
}  # fmt: skip
CLOCKED: dict[str, tuple[list[str], list[str]]] = {
    "a nought that Excel took": (
        ["2130", "930", "130", "45", "5", "0"],
        ["21:30", "09:30", "01:30", "00:45", "00:05", "00:00"],
    ),
    "a word for none": (["20.15", "okänt", "-", ""], ["20:15", "", "", ""]),
    "about": (["20.15", "ca 21.30", "~20:00"], ["20:15", "21:30", "20:00"]),
    "a word before it": (["kl. 20.15", "kl. 9.05"], ["20:15", "09:05"]),
}  # fmt: skip
UNUSED = {
    "no day": ("Kl", ["20:00"], ["Kl"]),
    "an end after midnight": ("Datum;Start;Slut", ["2026-11-16;20:00;02:00"], ["Slut"]),
    "an end left open": ("Datum;Start;Slut", ["2026-11-16;20:00;21:00", "2026-11-16;20:00;"], ["Slut"]),
    "an end without a day": ("Start;Slut", ["2026-11-16 20:00;22:00"], ["Slut"]),
    "a second clock": ("Datum;Kl;Anmäld", ["2026-11-16;20:00;20:05"], ["Anmäld"]),
    "moments beside a day": ("Datum;Starttid;Larm", ["2026-11-16;2026-11-16 20:00;20:05"], ["Starttid", "Larm"]),
    "hours from and to in most rows": (
        "Datum;Kl",
        ["2026-11-16;20-21", "2026-11-16;21-22", "2026-11-16;20.15"],
        ["Kl"],
    ),
    "a nought behind the point": ("Datum;Kl", ["2026-11-16;20.15", "2026-11-16;20.3"], ["Kl"]),
    "letters about it": ("Datum;Anmäld", ["2026-11-16;kl. 20:05"], ["Anmäld"]),
    "from and to in one": ("Datum;Tid", ["2026-11-16;20.30–21.00"], ["Tid"]),
    "hours from and to": ("Datum;Tid", ["2026-11-16;20–21"], ["Tid"]),
    "no clock that can be read": ("Datum;Kl", ["2026-11-16;åtta"], ["Kl"]),
    "a name of two words": ("Datum;Framme klockan", ["2026-11-16;20.05"], ["Framme klockan"]),
    "a coordinate's name": ("Datum;Kl;E;N", ["2026-11-16;20:05;12:30;1"], ["E"]),
}
QUIET = {
    "a number under another name": ("Datum;Kostnad", ["2026-11-16;20.05"]),
    "hours that it took": ("Datum;Tidsåtgång", ["2026-11-16;3"]),
    "prose": ("Datum;Anteckning", ["2026-11-16;Ringde 20:05, kom 20:30"]),
    "a whole text": ("Datum;Anteckning", ["2026-11-16;20:05", "2026-11-16;Ringde"]),
    "when it came in": ("Start;Inkom", ["2026-11-16 20:00;2026-11-17 08:00"]),
    "a workbook's midnight": ("Datum;Inkom", ["2026-11-16;2026-11-17 00:00:00"]),
}


def unused(found: Suggested) -> list[str | None]:
    """The columns of clocks that are doubts."""
    return [doubt.column for doubt in found.doubts if doubt.code == "clock_unused"]


@pytest.mark.parametrize(("header", "rows", "begin", "end", "form"), READ.values(), ids=READ)
def test_day_and_clock_are_found(
    header: str, rows: list[str], begin: str | list[str], end: str | list[str] | None, form: str | list[str]
) -> None:
    """Columns and formats, and no doubt of dates."""
    found = suggested(header, rows)
    assert found.document["columns"].get("occurred_from") == begin
    assert found.document["columns"].get("occurred_to") == end
    assert found.document["datetime_format"] == form
    assert not {doubt.code for doubt in found.doubts} & {"no_date", "dates_unread", "clock_unused"}


@pytest.mark.parametrize(("clocks", "meant"), CLOCKED.values(), ids=CLOCKED)
def test_clocks_are_read_as_people_and_programs_write_them(clocks: list[str], meant: list[str]) -> None:
    """Row by row, beside a day; a row without one is of the whole day."""
    found = suggested("Datum;Kl", [f"2026-11-16;{clock}" for clock in clocks])
    assert found.document["columns"]["occurred_from"] == ["Datum", "Kl"]
    assert not {doubt.code for doubt in found.doubts} & {"dates_unread", "clock_unused"}
    forms = found.document["datetime_format"]
    for clock, each in zip(clocks, meant, strict=True):
        said = read_in([forms] if isinstance(forms, str) else forms, f"2026-11-16 {clock}".strip())
        assert f"{said:%Y-%m-%d %H:%M}" == f"2026-11-16 {each or '00:00'}"
        assert isinstance(said, datetime) == bool(each)


@pytest.mark.parametrize(("header", "rows", "left"), UNUSED.values(), ids=UNUSED)
def test_a_clock_that_is_not_used_is_named(header: str, rows: list[str], left: list[str]) -> None:
    """One doubt for each, with the column's name."""
    assert unused(suggested(header, rows)) == left


@pytest.mark.parametrize(("header", "rows"), QUIET.values(), ids=QUIET)
def test_what_is_no_clock_is_no_doubt(header: str, rows: list[str]) -> None:
    """Numbers, prose, and a second moment where the first has its hours."""
    found = suggested(header, rows)
    assert not unused(found)
    assert isinstance(found.document["columns"]["occurred_from"], str)


def test_dates_that_cannot_be_read_are_a_doubt() -> None:
    """Of a beginning, and of an end, whose rows would all be refused."""
    for header, row in (("Datum", "i somras"), ("Datum;Kl", "i somras;20:00"), ("Start;Slut", "2026-11-16;sent")):
        codes = [doubt.code for doubt in suggested(header, [row]).doubts]
        assert "dates_unread" in codes, header


@pytest.mark.parametrize(
    ("text", "form"), [("20", "%H%M"), ("130", "%H%M"), ("20.3", "%H.%M"), ("261116", "%Y%m%d"), ("20261116", "%y%m%d")]
)
def test_what_strptime_makes_another_moment_of_is_not_written_so(text: str, form: str) -> None:
    """Two o'clock, 13:00, 20:03 and a day of the year 2611."""
    assert not is_written(text, form)
