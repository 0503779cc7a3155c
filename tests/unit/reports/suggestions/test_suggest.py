"""What a suggestion makes of columns, and that it says what it could not tell."""

from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
import pytest
from pyproj import Transformer

from services.reports.figures import figures
from services.reports.files.domain.places import numbers
from services.reports.files.domain.sniffing import decimal_of
from services.reports.mappings.domain.forms import read_in
from services.reports.suggestions.domain import Suggested
from tests.support.heads import Verdict, heads, judged
from tests.support.make.suggestions import suggested

HEADS = [*heads("tuned"), *heads("aside")]
LEAST_RIGHT = 0.9


def doubts(found: Suggested, code: str) -> list[str | None]:
    """The columns that this is a doubt of."""
    return [doubt.column for doubt in found.doubts if doubt.code == code]


@cache
def verdict(at: int) -> Verdict:
    """What became of a head of the list: worked out once, for each costs a quarter of a second."""
    return judged(HEADS[at])


@pytest.mark.parametrize("at", range(len(HEADS)), ids=[head.of for head in HEADS])
def test_no_field_is_wrong_without_a_doubt(at: int) -> None:
    """Of real kinds of files: what is filled wrongly is named, and so is what nobody could tell."""
    assert verdict(at).silent == []


def test_most_fields_are_right() -> None:
    """Of at least sixty heads; also of those that the rules were not made with."""
    assert len(HEADS) >= 60
    tuned = len(heads("tuned"))
    for name, some in (("tuned", range(tuned)), ("aside", range(tuned, len(HEADS)))):
        verdicts = [verdict(at) for at in some]
        right, wrong = (sum(len(getattr(each, side)) for each in verdicts) for side in ("right", "wrong"))
        assert right >= LEAST_RIGHT * (right + wrong), name


def test_every_column_that_is_not_used_is_named() -> None:
    """With how many rows say something there; one without a word is none."""
    found = suggested("Nr;Datum;Typ;Status;Tom", ["1;2026-11-16;Klotter;Klar;", "2;2026-11-17;Buller;;"])
    assert doubts(found, "column_unused") == ["Status"]
    assert "1 of 2 rows" in next(doubt.detail for doubt in found.doubts if doubt.code == "column_unused")


def test_every_unknown_word_is_named_the_most_frequent_first() -> None:
    """And all words are offered, also those of the last rows."""
    rows = [f"{n};2026-11-16;{'Gurka' if n < 4 else 'Tomat' if n < 30 else 'Klotter'}" for n in range(1, 41)]
    found = suggested("Nr;Datum;Typ", [*rows, "41;2026-11-16;Buller"])
    assert [(word.text, word.count, word.code) for word in found.words if word.field == "category"] == [
        ("Tomat", 26, None), ("Klotter", 11, "damage"), ("Gurka", 3, None), ("Buller", 1, "order"),
    ]  # fmt: skip
    detail = next(doubt.detail for doubt in found.doubts if doubt.code == "words_unknown")
    assert "2 of 4 words" in detail
    assert detail.index("'Tomat' (26)") < detail.index("'Gurka' (3)")


@pytest.mark.parametrize(
    ("name", "levels", "meant"),
    [
        ("Prio", "1 2 3", {"1": 3, "2": 2, "3": 1}),
        ("Allvarlighetsgrad", "1 3", {"1": 1, "2": 2, "3": 3}),
        ("Allvar (1-5)", "1 4 5", {"1": 1, "2": 2, "3": 2, "4": 3, "5": 3}),
        ("Nivå", "0 2", {"0": 1, "1": 2, "2": 3}),
        ("Prioritet", "P1 P3", {"P1": 3, "P3": 1}),
    ],
)
def test_the_direction_of_numbers_is_asked(name: str, levels: str, meant: dict[str, int]) -> None:
    """Whether 1 is the most or the least severe nobody can see; of a priority it is likelier the most."""
    found = suggested(
        f"Nr;Datum;Typ;{name}", [f"{n};2026-11-16;Klotter;{each}" for n, each in enumerate(levels.split())]
    )
    assert doubts(found, "severity_direction") == [name]
    assert found.document["values"]["severity"] == meant


@pytest.mark.parametrize(
    ("rows", "form", "asked"),
    [
        (["03/04/2026", "05/06/2026"], "%d/%m/%Y", True),
        (["03/04/2026", "13/06/2026"], "%d/%m/%Y", False),
        (["03/04/2026", "05/16/2026"], "%m/%d/%Y", False),
        (["03.04.2026", "05.06.2026"], "%d.%m.%Y", False),
        (["03/03/2026", "05/05/2026"], "%d/%m/%Y", False),
        (["03-04-2026"], "%d-%m-%Y", True),
        (["2026-04-03"], "%Y-%m-%d", False),
    ],
)
def test_the_order_of_day_and_month_is_asked(rows: list[str], form: str, asked: bool) -> None:
    """Where no day is above twelve and the file has nothing else that decides; a point says day before month."""
    found = suggested("Nr;Datum;Typ", [f"{n};{each};Klotter" for n, each in enumerate(rows)])
    assert found.document["datetime_format"] == form
    assert bool(doubts(found, "day_month_order")) == asked


def test_another_column_of_the_file_decides_the_order() -> None:
    """The day that a case was closed on is written as the one it began on."""
    found = suggested("Nr;Date;Type;Closed", ["1;03/04/2026;Theft;04/13/2026", "2;05/06/2026;Noise;05/07/2026"])
    assert found.document["datetime_format"] == "%m/%d/%Y"
    assert not doubts(found, "day_month_order")


BY_CELLS: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "a date": ("A;Typ", ["2026-11-16;Klotter", "2026-11-17;Buller"], {"occurred_from": "A"}),
    "a category": ("Datum;A", ["2026-11-16;Klotter", "2026-11-17;Buller"], {"category": "A"}),
    "a text": (
        "Datum;Typ;A",
        ["2026-11-16;Klotter;Målat på väggen vid hissen", "2026-11-17;Buller;Hög musik hela natten lång"],
        {"text": "A"},
    ),
    "a reference": ("A;Datum;Typ", [f"GR-{n};2026-11-16;Klotter" for n in range(4)], {"external_reference": "A"}),
    "coordinates": ("Datum;A;B", ["2026-11-16;63.5;14.5", "2026-11-16;63.6;14.6"], {"x": "B", "y": "A"}),
}  # fmt: skip


@pytest.mark.parametrize(("header", "rows", "taken"), BY_CELLS.values(), ids=BY_CELLS)
def test_what_is_taken_by_its_cells_alone_is_a_doubt(header: str, rows: list[str], taken: dict[str, str]) -> None:
    """A heading that says nothing: the field is filled, and named as unsure."""
    found = suggested(header, rows)
    assert found.document["columns"].items() >= taken.items()
    assert set(taken.items()) <= {(doubt.field, doubt.column) for doubt in found.doubts if doubt.code == "field_unsure"}


def test_a_reference_that_comes_twice_is_none() -> None:
    """Its rows would be taken for one another."""
    found = suggested("Nr;Datum;Typ", ["1;2026-11-16;Klotter", "1;2026-11-17;Buller"])
    assert "external_reference" not in found.document["columns"]
    assert doubts(found, "reference_repeats") == ["Nr"]


def test_a_birthday_or_a_day_of_closing_is_not_when_it_happened() -> None:
    """Though it reads as a date, and there is no other."""
    for name in ("Födelsedatum", "Avslutad", "Closed Date"):
        found = suggested(f"Nr;Typ;{name}", ["1;Klotter;2026-11-16", "2;Buller;2026-11-17"])
        assert "occurred_from" not in found.document["columns"], name
        assert doubts(found, "column_unused") == [name]


def test_a_column_that_was_chosen_by_hand_has_its_words_listed() -> None:
    """Whatever it is called, for each field in codes; and one column holds category and sub-category."""
    rows = [f"{n};2026-11-16;{'Gurka' if n < 4 else 'Klotter'};{'Hoog' if n < 9 else 'Laag'}" for n in range(1, 41)]
    found = suggested("Nr;Datum;Aard;Ernst", rows, by_hand={"category": "Aard", "severity": "Ernst"})
    said = [(word.field, word.column, word.text, word.count) for word in found.words]
    assert said == [
        ("category", "Aard", "Klotter", 37), ("category", "Aard", "Gurka", 3),
        ("severity", "Ernst", "Laag", 32), ("severity", "Ernst", "Hoog", 8),
    ]  # fmt: skip
    assert found.document["columns"]["subcategory"] == "Aard"
    assert doubts(found, "no_category") == []


@pytest.mark.parametrize("stray", ["9", "99"])
def test_a_rare_level_far_above_the_others_is_an_unknown_word(stray: str) -> None:
    """And bends no scale; where many rows say it, it is a step."""
    rows = [f"{n};2026-11-16;Klotter;{n % 3 + 1}" for n in range(1, 61)]
    found = suggested("Nr;Datum;Typ;Allvar", [*rows, f"61;2026-11-16;Klotter;{stray}"])
    assert found.document["values"]["severity"] == {"1": 1, "2": 2, "3": 3}
    assert found.document["defaults"]["severity"] is None
    assert "Allvar" in doubts(found, "words_unknown")
    steps = suggested("Nr;Datum;Typ;Allvar", [*rows, *[f"{n};2026-11-16;Klotter;9" for n in range(70, 80)]])
    assert steps.document["values"]["severity"]["3"] == 1


@pytest.mark.parametrize(
    ("sign", "then"),
    [(sign, "2026-11-20 14:30") for sign in "\u2010\u2011\u2012\u2013\u2212\uff0d"]
    + [("-", "2026-11-20\u00a014\u223630"), ("-", "\uff12\uff10\uff12\uff16-11-20 14\uff1a30")],
)
def test_signs_that_look_like_those_of_a_keyboard_are_read_as_these(sign: str, then: str) -> None:
    """Of dates and of numbers, by the suggestion and by the reading; words stay as they stand."""
    rows = [f"G{n};{then.replace('-', sign)};18{sign}25;{sign}14,6{n};63,1\u202f" for n in range(3)]
    found = suggested("Ref;Datum;Typ;Lon;Lat", rows, decimal=",")
    assert not {"dates_unread", "no_date"} & {doubt.code for doubt in found.doubts}
    assert found.document["columns"]["x"] == "Lon"
    assert {word.text for word in found.words} <= {f"18{sign}25"}
    said = [figures(cell) for cell in rows[0].split(";")]
    assert read_in((found.document["datetime_format"],), said[1]) == datetime(2026, 11, 20, 14, 30)  # noqa: DTZ001
    assert numbers([said[3]], ",").tolist() == [-14.6]


def test_a_dash_between_two_clocks_begins_no_offset() -> None:
    """It says from and to, where a hyphen is read as one."""
    assert figures("2026\u201111\u201120 21:00\u201302:00") == "2026-11-20 21:00\u201302:00"
    assert figures("2026-11-20 21:00\u221202:00") == "2026-11-20 21:00-02:00"


@pytest.mark.parametrize("crs", [*(f"EPSG:{code}" for code in range(3006, 3019)), "EPSG:25832"])
def test_every_zone_of_the_country_and_utm_next_door_are_tried(crs: str) -> None:
    """Points of the municipality in a system that is used far from it are found all the same."""
    lon, lat = 14.5 + np.arange(4) / 10, 63.5 + np.arange(4) / 10
    east, north = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    rows = [f"G{n};2026-11-2{n};Klotter;{east[n]:.1f};{north[n]:.1f}" for n in range(4)]
    found = suggested("Ref;Datum;Typ;Rechtswert;Hochwert", rows)
    assert (found.document["crs"], found.document["columns"]["x"]) == (crs, "Rechtswert")


def test_degrees_with_a_sign_and_a_decimal_comma_are_read() -> None:
    """Whichever decimal sign the other cells have."""
    lines = ["X;Y", *(f"14,6{n}°;63,17{n}°" for n in range(3))]
    assert decimal_of(lines, ";") == ","
    for decimal in (",", "."):
        assert numbers(["14,64°", "63.1765°"], decimal).tolist() == [14.64, 63.1765]


@pytest.mark.parametrize(
    ("names", "form"), [("YEAR;MONTH;DAY;HOUR;MINUTE", "%Y %m %d %H %M"), ("År;Månad;Dag", "%Y %m %d")]
)
def test_a_moment_in_columns_of_its_own_parts_is_joined(names: str, form: str) -> None:
    """As cities publish it: a column of days is no column of clocks."""
    many = len(names.split(";"))
    rows = [";".join(["Klotter", *f"2026;5;{n + 12};{n + 3};{n * 7}".split(";")[:many]]) for n in range(4)]
    found = suggested(f"Typ;{names}", rows)
    assert found.document["columns"]["occurred_from"] == names.split(";")
    assert found.document["datetime_format"] == form
    assert not {"clock_unused", "no_date", "no_day"} & {doubt.code for doubt in found.doubts}
