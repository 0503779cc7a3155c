"""What looks like something else than it is: read right, or named in a doubt."""

from typing import Any

import pytest

from services.reports.mappings.schemas import Mapping
from services.reports.suggestions.beginning import beginning_of
from services.reports.suggestions.domain import Suggested
from services.reports.suggestions.folding import place_of
from services.reports.suggestions.routes import _codes_of
from tests.support.make.suggestions import suggested

USUAL = "%Y-%m-%d %H:%M"


def of_dates(*texts: str, name: str = "Datum") -> Suggested:
    """What is suggested for a file with these dates."""
    return suggested(f"Ref;{name};Typ", [f"G{n};{text};Klotter" for n, text in enumerate(texts)])


def codes(found: Suggested) -> set[str]:
    """What is doubtful, but that columns are not used."""
    return {str(doubt.code) for doubt in found.doubts} - {"column_unused"}


DATES: dict[str, tuple[list[str], dict[str, Any], set[str]]] = {
    "from and to": (["2026-11-20 21:00-23:00", "2026-11-19 10:00-12:30"], {}, {"dates_unread"}),
    "from and to as offsets": (["2026-11-20 10:00-12:00"], {"datetime_format": USUAL}, {"offset_odd"}),
    "from and to in ISO": (["2026-11-20T10:00-11:00"], {"datetime_format": USUAL}, {"offset_odd"}),
    "an offset of here": (["2026-11-20 10:00+01:00", "2026-07-20 10:00+02:00"], {}, set()),
    "UTC": (["2026-11-20T10:00:00Z"], {}, set()),
    "a year at the end": (
        [f"{day:02}-11-26 {day:02}:10" for day in range(5, 13)], {"datetime_format": "%d-%m-%y %H:%M"}, set(),
    ),
    "a year at the end, of a few days": (
        ["05-11-26", "06-11-26", "07-11-26"], {"datetime_format": "%d-%m-%y"}, {"day_month_order"},
    ),
    "a year of now at the beginning, with dots": (["26.11.02", "26.11.09"], {"datetime_format": "%y.%m.%d"}, set()),
    "and with slashes": (["26/11/02", "26/11/09 10:00"], {"datetime_format": ["%y/%m/%d %H:%M", "%y/%m/%d"]}, set()),
    "a year of long ago or a day": (["16.11.02", "17.11.02"], {}, {"day_month_order"}),
    "a year that is still to come by another order": (
        ["25-11-26", "26-11-26", "27-11-26"], {"datetime_format": "%d-%m-%y"}, set(),
    ),
    "six digits": (["051126", "061126", "201126"], {"datetime_format": "%d%m%y"}, {"day_month_order"}),
    "six digits, the year first": (
        [f"2611{day:02}" for day in range(5, 13)], {"datetime_format": "%y%m%d"}, set(),
    ),
    "one day of two digits": (["05-06-07"], {}, {"day_month_order"}),
    "one day of this year, the year first": (["26-11-05"], {"datetime_format": "%y-%m-%d"}, set()),
    "six digits of years ago": (["140926", "140930"], {"datetime_format": "%y%m%d"}, set()),
    "a slash and a hyphen": (["29/11-2026", "3/11-2026"], {"datetime_format": "%d/%m-%Y"}, set()),
    "a slash and a space": (["29/11 2026", "3/11 2026"], {"datetime_format": "%d/%m %Y"}, set()),
    "points and spaces": (["29. 11. 2026", "3. 11. 2026"], {"datetime_format": "dmy"}, set()),
    "several ways in one column": (
        ["2026-11-20 21:30", "20/11/2026 21:30", "20 nov 2026 22:30", "2026-11-21"],
        {"datetime_format": [USUAL, "%d/%m/%Y %H:%M", "%Y-%m-%d", "ymd"]}, set(),
    ),
    "several ways, and one that is not sure": (
        ["2026-11-20 21:30", "05/06/2026 21:30"],
        {"datetime_format": [USUAL, "%d/%m/%Y %H:%M"]}, {"day_month_order"},
    ),
    "days that a spreadsheet turned, and those it could not": (
        ["2026-04-03", "25.04.2026", "2026-05-03", "14.05.2026"],
        {"datetime_format": ["%Y-%m-%d", "%d.%m.%Y"]}, {"day_month_order"},
    ),
    "the same of another order, with clocks": (
        ["2026-03-04 21:30", "4/25/2026 21:30"], {}, {"day_month_order"},
    ),
    "a few days with a day that is turned by nobody": (["2026-04-03", "2026-04-13", "25.04.2026"], {}, set()),
    "a few days in two forms as they come": (["2026-04-03", "05.04.2026", "25.04.2026"], {}, set()),
    "many days, none after the 12th": (
        [*[f"2026-04-{day:02}" for day in range(5, 12)], "05.04.2026", "25.04.2026"], {}, {"day_month_order"},
    ),
    "days whose number is their month's": (["2026-04-04", "25.04.2026"], {}, set()),
    "a zone of here by its letters": (["2026-11-20 10:00 CET", "2026-07-20 10:00 (CEST)"], {}, set()),
    "winter's zone in summer": (["2026-07-20 10:00 CET"], {}, {"zone_unsure"}),
    "the zone of a neighbour": (["2026-11-20 10:00 EET"], {}, {"zone_unsure"}),
    "a zone of far away": (["2026-11-20 10:00 EST"], {}, {"offset_odd"}),
    "hours ahead of UTC": (["2026-11-20 10:00 UTC+1"], {}, set()),
    "days to come": (["2027-11-20", "2027-11-21"], {}, {"dates_unread"}),
    "all at midnight by their offset": (
        ["2026-11-01T23:00:00Z", "2026-11-02T23:00:00Z", "2026-11-03T23:00:00Z"],
        {"midnight": "unknown"}, {"midnight_often"},
    ),
    "digits of another width": (["２０２６-11-20 21:30"], {"datetime_format": USUAL}, set()),
    "days of Excel": (["46025.895833", "46026"], {"datetime_format": "excel"}, set()),
    "seconds": (["1795206600"], {"datetime_format": "unix_s"}, set()),
    "milliseconds": (["1795206600000"], {"datetime_format": "unix_ms"}, set()),
    "all digits": (["202601032130"], {"datetime_format": "%Y%m%d%H%M"}, set()),
    "the end of a day": (["2026-11-20 24:00", "2026-11-20\u00a021:00"], {"datetime_format": USUAL}, set()),
    "many midnights": (
        [*["2026-11-20 00:00"] * 12, *["2026-11-20 14:22"] * 3], {"midnight": "unknown"}, {"midnight_often"},
    ),
    "some midnights": ([*["2026-11-20 00:00"] * 2, *["2026-11-20 14:22"] * 3], {"midnight": None}, set()),
    "always at noon": (["2026-11-20 12:00", "2026-11-21 12:00", "2026-11-22 12:00"], {}, {"same_clock"}),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "told", "doubted"), DATES.values(), ids=DATES)
def test_a_date_is_what_it_says_or_a_doubt(texts: list[str], told: dict[str, Any], doubted: set[str]) -> None:
    """And a mapping that is suggested can be kept."""
    found = of_dates(*texts)
    assert {name: found.document.get(name) for name in told} == told
    assert codes(found) == doubted
    assert Mapping.model_validate(found.document).columns["occurred_from"] == "Datum"


@pytest.mark.parametrize(
    ("name", "zone", "doubted"),
    [
        ("Tid (UTC)", "UTC", {"zone_named"}),
        ("timestamp_utc", "UTC", {"zone_named"}),
        ("UTCTime", "UTC", {"zone_named"}),
        ("Datum GMT", "UTC", {"zone_named"}),
        ("Datum UTC+1", None, {"zone_unsure"}),
        ("Tid (Z)", "UTC", {"zone_named"}),
        ("Tid (CET)", None, {"zone_unsure"}),
        ("Tid (MEZ)", None, {"zone_unsure"}),
        ("Tid (svensk normaltid)", None, {"zone_unsure"}),
        ("Tid (EST)", None, {"zone_unsure"}),
        ("Tid (CEST)", None, set()),
        ("Tid (CET/CEST)", None, set()),
        ("Tid (sommartid)", None, set()),
        ("Lokal tid", None, set()),
        ("Datum", None, set()),
    ],
)
def test_a_heading_that_says_utc_is_heard(name: str, zone: str | None, doubted: set[str]) -> None:
    """Where all headings of times say so; else it is asked, but for the clock of here on the days of the file."""
    found = of_dates("2026-07-20 10:00", name=name)
    assert (found.document.get("time_zone"), codes(found)) == (zone, doubted)
    both = suggested("Ref;Start;SlutUtc;Typ", ["a1;2026-07-20 10:00;2026-07-20 11:00;Klotter"])
    assert "zone_unsure" in codes(both)


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("2026-07-20 10:00", "Tid (UTC)", "2026-07-20 12:00:00+02:00"),
        ("2026-07-20T10:00:00Z", "Datum", "2026-07-20 12:00:00+02:00"),
        ("2026-07-20 10:00", "Datum", "2026-07-20 10:00:00+02:00"),
        ("2026-W30", "Vecka", "2026-07-20/2026-07-26"),
    ],
)
def test_the_first_date_is_shown_as_it_is_kept(text: str, name: str, kept: str) -> None:
    """On the municipality's clock, whatever clock it was written on."""
    assert of_dates(text, name=name).dates[0].first == kept
    many = of_dates(*["2026-07-20 00:00"] * 3)
    assert many.dates[0].first == "2026-07-20"


def test_days_that_may_be_turned_are_named_by_their_lines() -> None:
    """With what the first of them says in the form that turns it back; a mapping with that form reads it so."""
    found = suggested("Ref;Datum;Typ", ["a1;25.04.2026;Klotter", "a2;2026-03-04;Klotter", "a3;2026-04-04;Klotter"])
    assert [(doubt.column, doubt.lines) for doubt in found.doubts if "line 3:" in doubt.detail] == [("Datum", (3,))]
    assert {each.format: each.first for each in found.dates}["%Y-%d-%m"] == "2026-04-03"
    Mapping.model_validate({**found.document, "datetime_format": ["%Y-%d-%m", "%d.%m.%Y"]})


PERIODS: dict[str, tuple[str, str, list[str] | str | None, set[str]]] = {
    "a week": ("Vecka", "2026-W02", "Vecka", set()),
    "a week in words": ("Vecka", "v.2 2026", "Vecka", set()),
    "a week in digits": ("Vecka", "202602", "Vecka", set()),
    "a year and a week": ("År;Vecka", "2026;v2", ["År", "Vecka"], set()),
    "a week without a year": ("Vecka", "v2", None, {"no_date"}),
    "a month": ("Month", "2026-11", None, {"no_day"}),
    "a month by name": ("Månad", "november 2026", None, {"no_day"}),
    "a year": ("År", "2026", None, {"no_day"}),
    "a month under a date's name": ("Datum", "2026-11", "Datum", {"no_day"}),
    "a month in digits": ("Datum", "202611", "Datum", {"no_day"}),
    "a month behind a stroke": ("Datum", "11/2026", "Datum", {"no_day"}),
    "a week that does not say so": ("Datum", "2026-45", "Datum", {"dates_unread"}),
    "a week that says so": ("Datum", "2026v45", "Datum", set()),
    "a bare week under its name": ("Vecka", "2026-45", "Vecka", set()),
    "a year and a bare week": ("År;Vecka", "2026;45", ["År", "Vecka"], set()),
    "when it was registered": ("Registreringsdatum", "2026-11-20", "Registreringsdatum", {"when_reported"}),
    "when it happened beside it": ("Händelsedatum;Registrerad", "2026-11-20;2026-11-21 10:15", "Händelsedatum", set()),
    "days of Excel beside when it was told": ("Datum;Inkom", "46025.5;2026-11-20", "Datum", set()),
    "a day that the case was laid on": ("Tatdatum;ANGELEGT_AM", "20.11.2026;21.11.2026", "Tatdatum", set()),
}


@pytest.mark.parametrize(("names", "cells", "begin", "doubted"), PERIODS.values(), ids=PERIODS)
def test_what_tells_no_day_is_said(names: str, cells: str, begin: list[str] | str | None, doubted: set[str]) -> None:
    """A week is a time, a month is none, and when it was reported is not when it happened."""
    found = suggested(f"Ref;{names};Typ", [f"G1;{cells};Klotter"])
    assert (found.document["columns"].get("occurred_from"), codes(found)) == (begin, doubted)


@pytest.mark.parametrize("wrong", ["2026;0", "2025;53"])
def test_a_week_that_is_none_costs_its_row(wrong: str) -> None:
    """The file has its date all the same; that not all can be read is said."""
    rows = [f"G{n};{week};Klotter" for n, week in enumerate(("2026;45", wrong, "2026;46"))]
    found = suggested("Ref;År;Vecka;Typ", rows)
    assert found.document["columns"]["occurred_from"] == ["År", "Vecka"]
    assert codes(found) == {"dates_unread"}


GOOD = "G{n};2026-11-2{n};1{n}:30;Klotter;482000;7005000"
# By their code: a row that is doubtful, the column and the lines that are named for it.
OF_ROWS: dict[str, tuple[str, str]] = {
    "dates_unread": ("G{n};den 3:e;20:00;Klotter;482000;7005000", "Datum + Kl"),
    "dates_unread of days to come": ("G{n};2031-11-20;20:00;Klotter;482000;7005000", "Datum + Kl"),
    "dates_missing": ("G{n};;20:00;Klotter;482000;7005000", "Datum"),
    "dates_missing as a sign": ("G{n};-;20.45;Klotter;482000;7005000", "Datum"),
    "dates_missing with its clock": ("G{n};;;Klotter;482000;7005000", "Datum"),
    "outside_areas": ("G{n};2026-11-20;20:00;Klotter;482000;6405000", "E + N"),
    "fillers": ("-;2026-11-20;20:00;Klotter;482000;7005000", "Nr"),
}


@pytest.mark.parametrize(("row", "column"), OF_ROWS.values(), ids=OF_ROWS)
def test_a_doubt_about_some_rows_says_which(request: pytest.FixtureRequest, row: str, column: str) -> None:
    """Column and line, never what stands there; and nothing else is doubted for them."""
    code = request.node.callspec.id.split(" ")[0]
    rows = [GOOD.format(n=n) for n in range(6)]
    found = suggested("Nr;Datum;Kl;Typ;E;N", [*rows[:3], row.format(n=7), *rows[3:], row.format(n=8)])
    told = [doubt for doubt in found.doubts if doubt.code == code]
    assert [(doubt.column, doubt.lines) for doubt in told] == [(column, (5, 9))]
    assert "lines 5, 9" in told[0].detail
    assert codes(found) == {code}


def test_no_more_lines_are_named_than_one_reads() -> None:
    """That there are more is said."""
    found = suggested("Ref;Datum;Typ", [*[f"G{n};x{n};Klotter" for n in range(12)], *["G20;2026-11-20;Klotter"] * 50])
    told = next(doubt for doubt in found.doubts if doubt.code == "dates_unread")
    assert told.lines == tuple(range(2, 11))
    assert "lines 2, 3, 4, 5, 6, 7, 8, 9 and more" in told.detail


POINTS = {
    "63.18, 14.64": ("EPSG:4326", None),
    "14.64, 63.18": ("EPSG:4326", "lon,lat"),
    "63.18N 14.64E": ("EPSG:4326", None),
    "POINT (14.64 63.18)": ("EPSG:4326", None),
    '{"type":"Point","coordinates":[14.64,63.18]}': ("EPSG:4326", None),
    "482000, 7005000": ("EPSG:3006", None),
    "7005000, 482000": ("EPSG:3006", "lat,lon"),
    "N7005000 E482000": ("EPSG:3006", None),
    "X: 7005000 Y: 482000": ("EPSG:3006", "lat,lon"),
    "SRID=3006;POINT Z (482000 7005000 12)": ("EPSG:3006", None),
    "SRID=3857;POINT(1629717 9154030)": ("EPSG:3857", None),
    "63.18 14.64": ("EPSG:4326", None),
    "63,18 14,64": ("EPSG:4326", None),
    "7.005.000 482.000": ("EPSG:3006", "lat,lon"),
}


@pytest.mark.parametrize(("text", "told"), POINTS.items(), ids=POINTS)
def test_a_column_of_points_is_one(text: str, told: tuple[str, str | None]) -> None:
    """Whatever it is called that means a point; with its system and the order of the numbers."""
    cell = f'"{text}"' if ";" in text else text
    for name in ("Position", "Plats", "GPS", "Koordinater", "geometry", "location.gps", "SWEREF 99 TM", "Koordinat"):
        found = suggested(f"Ref;Datum;Typ;{name}", [f"G{n};2026-11-2{n};Klotter;{cell}" for n in range(3)])
        assert found.document["columns"].get("point") == name
        assert (found.document["crs"], found.document.get("point_form")) == told
        assert codes(found) == set()
        Mapping.model_validate(found.document)


def test_metres_whose_thousands_are_parted_by_points_are_metres() -> None:
    """As a spreadsheet shows them, in two columns."""
    rows = [f"G{n};2026-11-2{n};Klotter;482.00{n};7.005.00{n}" for n in range(3)]
    found = suggested("Ref;Datum;Typ;E;N", rows)
    assert (found.document["crs"], found.document["columns"]["x"], codes(found)) == ("EPSG:3006", "E", set())


@pytest.mark.parametrize("text", ["POINT(63.18 14.64)", "POINT(7005000 482000)", "N482000 E7005000"])
def test_a_point_that_says_its_order_is_not_turned(text: str) -> None:
    """It is read as it says, which leads out of the municipality: asked, not taken for the other way round."""
    found = suggested("Ref;Datum;Typ;Position", [f"G{n};2026-11-2{n};Klotter;{text}" for n in range(3)])
    assert codes(found) == {"system_unknown"}


def test_degrees_with_letters_are_of_the_earth() -> None:
    """In two columns, whatever the municipality's own system is."""
    found = suggested("Ref;Datum;Typ;Lat;Lon", ["G1;2026-11-20;Klotter;63°10'35.4\"N;14°38'1\"E"])
    assert (found.document["crs"], found.document["columns"]["x"], codes(found)) == ("EPSG:4326", "Lon", set())


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        ("Lindrig|Allvarlig|Mycket allvarlig", [1, 2, 3]),
        ("Lindrig|Allvarlig", [1, 2]),
        ("Slight|Serious|Very serious", [1, 2, 3]),
        ("1 – lindrig|2 – allvarlig|3 – mycket allvarlig", [1, 2, 3]),
        ("Låg|Medel|Allvarlig", [1, 2, 3]),
        ("Lav|Alvorlig|Meget alvorlig", [1, 2, 3]),
    ],
)
def test_our_own_words_of_severity_mean_our_own_levels(words: str, levels: list[int]) -> None:
    """As the lists of pages have them; where another word is the middle, "serious" is the most."""
    rows = [f"G{n};2026-11-20;Klotter;{word}" for n, word in enumerate(words.split("|"))]
    found = suggested("Ref;Datum;Typ;Grad", rows)
    assert found.document["values"]["severity"] == dict(zip(words.split("|"), levels, strict=True))


def test_a_reference_that_counts_the_rows_is_a_doubt() -> None:
    """The next file would begin with 1 again, and overwrite these."""
    rows = [f"{n};2026-11-20;Klotter" for n in range(1, 5)]
    assert "reference_counts" in codes(suggested("Nr;Datum;Typ", rows))
    assert "reference_counts" not in codes(suggested("Nr;Datum;Typ", rows[1:]))


def test_what_stands_in_the_place_of_a_reference_is_told() -> None:
    """However often it is there, the column is one of references; with a real one each, nothing is doubtful."""
    rows = [f"{ref};2026-11-20;Klotter" for ref in ("K-1", "0", "K-2", "0", "XXX")]
    found = suggested("Ärendenr;Datum;Typ", rows)
    assert found.document["columns"]["external_reference"] == "Ärendenr"
    [doubt] = [each for each in found.doubts if each.code == "fillers"]
    assert doubt.detail.startswith("3 rows")
    assert "'0'" in doubt.detail
    assert "fillers" not in codes(suggested("Ärendenr;Datum;Typ", rows[::2][:2]))


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ("4,05640E+13", "reference_rounded"),
        ("4.0564e13", "reference_rounded"),
        ("1E+05", "reference_rounded"),
        ("03-dec", "reference_dated"),
        ("dec-03", "reference_dated"),
        ("2026-12-03", "reference_dated"),
    ],
)
def test_what_a_spreadsheet_made_of_a_reference_is_told(spoilt: str, code: str) -> None:
    """By its lines, with what to do; though several rows have the same, it is the column of the references."""
    again = spoilt if code == "reference_rounded" else "K-3"
    rows = [f"{ref};2026-11-2{n};Klotter" for n, ref in enumerate(("K-1", spoilt, "K-2", again))]
    found = suggested("Ärendenr;Datum;Typ", rows)
    assert found.document["columns"]["external_reference"] == "Ärendenr"
    [doubt] = [each for each in found.doubts if each.code == code]
    assert (doubt.column, doubt.lines[0]) == ("Ärendenr", 3)
    assert "Format the column as text" in doubt.detail
    for sound in ("5E12", "12E-4", "DEC-03", "3-12", "20261203", "2026-12"):
        rows[1] = f"{sound};2026-11-21;Klotter"
        assert code not in codes(suggested("Ärendenr;Datum;Typ", rows[:3]))


def test_words_in_two_forms_of_writing_are_one() -> None:
    """A Macintosh writes the dots of an ö beside it."""
    found = suggested("Ref;Datum;Typ", ["G1;2026-11-20;Sto\u0308rning", "G2;2026-11-20;Skadego\u0308relse"])
    assert found.document["values"]["category"] == {"Störning": "order", "Skadegörelse": "damage"}


def test_a_code_without_its_noughts_is_known() -> None:
    """As when the file is read; what two areas are called is neither."""
    assert _codes_of([("0112", "Torget"), ("0113", "Torget"), ("12", "Norr"), ("012", "Söder")]) == {
        "112": "0112", "113": "0113", "norr": "12", "soder": "012", "0112": "0112", "0113": "0113", "12": "12",
        "012": "012",
    }  # fmt: skip


def test_signs_that_cannot_be_read_are_marked_and_told() -> None:
    """A byte of another encoding: the row is shown, with a mark, and its line is named."""
    head = "Nr;Typ\n" + "".join(f"{n};Störning\n" for n in range(12))
    found = beginning_of(head.encode() + b"13;St\xd6rning\n", None, most_rows=100)
    assert found.rows[-1] == ["13", "St\ufffdrning"]
    assert [(doubt.code, "Line 14" in doubt.detail) for doubt in found.doubts] == [("damaged_text", True)]
    "".join(found.rows[-1]).encode()


def test_letters_that_were_read_wrongly_before_are_put_right_and_told() -> None:
    """The words are known, the rows are shown as they become, and the mapping says what is done."""
    head = "Nr;Typ;Anteckning\n1;Klotter;Torget\n2;SkadegÃ¶relse;BÃ¤nken pÃ¥ torget\n"
    found = beginning_of(head.encode(), None, most_rows=100)
    assert found.rows[-1] == ["2", "Skadegörelse", "Bänken på torget"]
    assert found.place == {"mend_letters": True}
    [doubt] = found.doubts
    assert (doubt.code, doubt.column, "Line 3" in doubt.detail) == ("letters_mended", "Typ", True)


def test_letters_that_were_lost_before_are_told() -> None:
    """The mark stands in the file itself, which is UTF-8 without a fault."""
    found = beginning_of("Nr;Typ\n1;Klotter\n2;Nedskr\ufffdpning\n".encode(), None, most_rows=100)
    assert [(doubt.code, "Line 3" in doubt.detail) for doubt in found.doubts] == [("damaged_text", True)]


def test_codes_that_differ_in_case_alone_are_two() -> None:
    """Each as it stands; in other letters than either it means neither, and never the other. So are Å1 and A1."""
    places = _codes_of([("A1", "Norr"), ("a1", "Söder"), ("B2", "A.1"), ("Å3", "Öster"), ("A3", "Väster")])
    told = {text: place_of(text, places) for text in ("A1", "a1", "A 1", "b2", "å3", "Å3", "A3", "norr")}
    assert told == {
        "A1": "A1", "a1": "a1", "A 1": None, "b2": "B2", "å3": None, "Å3": "Å3", "A3": "A3", "norr": "A1",
    }  # fmt: skip
