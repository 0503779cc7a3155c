"""Places as files have them: whole points in one column, numbers with spaces, codes that lost their noughts."""

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.files.domain.areacodes import area_of
from services.reports.files.domain.places import locate, numbers
from services.reports.files.domain.points import points
from services.reports.ground import Ground
from services.reports.mappings.domain.mapping import Mapping
from services.reports.mappings.domain.words import alike, code_of, folded, looked_up
from shared.geo.geometry import AreaIndex

HERE = (14.63, 63.17)
POINTS: list[tuple[str, dict[str, str]]] = [
    ("63.17,14.63", {}),
    ("63.17, 14.63", {}),
    ("(63.17, 14.63)", {}),
    ("63.17 14.63", {}),
    ("63.17;14.63", {}),
    ("63,17;14,63", {}),
    ("63,17; 14,63", {}),
    ("63,17 14,63", {}),
    ("63,17, 14,63", {}),
    ("63,17,14,63", {}),
    ("14.63,63.17", {"form": "lon,lat"}),
    ("14,63;63,17", {"form": "lon,lat", "decimal": ","}),
    ("63.17N 14.63E", {}),
    ("14.63E 63.17N", {}),
    ("N63.17 E14.63", {}),
    ("N 63,17 Ö 14,63", {}),
    ("63° 10' 12\" N, 14° 37' 48\" E", {}),
    ("63°10.2'N 14°37.8'E", {}),
    ("63°10′12″N 14°37′48″O", {}),
    ("POINT (14.63 63.17)", {}),
    ("POINT(14.63 63.17)", {"form": "wkt"}),
    ("point z (14.63 63.17 320)", {}),
    ("SRID=4326;POINT(14.63 63.17)", {}),
    ('{"type": "Point", "coordinates": [14.63, 63.17]}', {}),
    ('{"type": "Feature", "geometry": {"type": "Point", "coordinates": [14.63, 63.17, 5]}, "properties": {}}', {}),
    ("{'latitude': '63.17', 'longitude': '14.63'}", {}),
    ("lat=63.17 lon=14.63", {"form": "lon,lat"}),
    ("Lat: 63,17, Long: 14,63", {"form": "lon,lat"}),
    ("X: 63.17 Y: 14.63", {}),
]


def one(text: str, *, form: Any = "auto", decimal: str = ".", crs: str = "EPSG:4326") -> tuple[float, float] | str:
    """East and north of one text, or the code of what is wrong with it."""
    x, y, wrong = points([text], form=form, decimal=decimal, crs=crs)
    return wrong[0][1].code if wrong else (round(float(x[0]), 9), round(float(y[0]), 9))


@pytest.mark.parametrize(("text", "told"), POINTS)
def test_a_point_in_one_column(text: str, told: dict[str, str]) -> None:
    """However it is written, it is the same point."""
    assert one(text, **told) == HERE


METRES = [
    ("674032, 6580822", "."), ("674 032; 6 580 822", "."), ("674032,5; 6580822,5", ","), ("674032 6580822", "."),
    ("POINT(674032 6580822)", "."), ("SRID=3006;POINT(674032 6580822)", "."), ("N6580822 E674032", "."),
    ("E674032 N6580822", "."), ("N 6 580 822, Ö 674 032", "."), ("6580822N 674032E", "."),
    ("N=6580822,5; E=674032,5", ","), ("Northing: 6580822 Easting: 674032", "."), ("(y: 674032, x: 6580822)", "."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "decimal"), METRES)
def test_a_point_in_metres_is_east_then_north(text: str, decimal: str) -> None:
    """In a projected system, with thousands parted by spaces too."""
    found = one(text, crs="EPSG:3006", decimal=decimal)
    assert not isinstance(found, str)
    assert np.allclose(found, (674032, 6580822), atol=1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("63.17", "not_a_point"),
        ("x", "not_a_point"),
        ("63.17, 14.63, 5", "not_a_point"),
        ("63.17N 14.63N", "not_a_point"),
        ("63°70'N 14°E", "not_a_point"),
        ("LINESTRING (1 2, 3 4)", "not_a_point"),
        ("POINT (a b)", "not_a_point"),
        ("SRID=3006;POINT(674032 6580822)", "other_system"),
        ('{"type": "Point"}', "not_a_point"),
        ("{", "not_a_point"),
        ("9" * 1000, "not_a_point"),
    ],
)
def test_what_is_no_point_is_a_fault(text: str, code: str) -> None:
    """Half of one, one of another system, and what is none."""
    assert one(text) == code
    assert one("63,17", decimal=",") == "not_a_point"


def test_an_empty_point_is_none() -> None:
    """No text, and WKT's own word for it."""
    x, y, wrong = points(["", "POINT EMPTY"], form="auto", decimal=".", crs="EPSG:4326")
    assert np.isnan([x, y]).all()
    assert not wrong


@pytest.mark.parametrize(
    ("text", "decimal", "axis", "number"),
    [
        ("6 580 822", ".", "y", 6580822),
        ("6\u00a0580\u202f822,5", ",", "y", 6580822.5),
        ("2'683'141", ".", "x", 2683141),
        ("63.17N", ".", "y", 63.17),
        ("14,63 Ö", ",", "x", 14.63),
        ("14°37'48\"W", ".", "x", -14.63),
        ("63.17N", ".", "x", None),
        ("65 80822", ".", "y", None),
        ("6 3", ".", "y", None),
        ("1.464e1", ".", "x", 14.64),
    ],
)
def test_a_coordinate_of_its_own_column(text: str, decimal: str, axis: str, number: float | None) -> None:
    """Thousands are parted three by three; a letter belongs to its axis."""
    [found] = numbers([text], decimal, axis=axis).tolist()
    assert found == (pytest.approx(number) if number is not None else pytest.approx(float("nan"), nan_ok=True))


SQUARE = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
NAMES = {"0112": "Centrum", "0012": "Norr", "12": "Söder", "0A1": "Öster", "113": "Väster", "0113": "Väster"}
GROUND = Ground(
    zone=ZoneInfo("Europe/Stockholm"), crs="EPSG:3006", areas=AreaIndex([("0112", SQUARE, 1)]),
    codes=frozenset(NAMES), names=frozenset(NAMES.items()),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "mended"),
    [
        ("0112", "0112", False),
        ("112", "0112", True),
        ("00112", "0112", True),
        ("12", "12", False),
        ("0a1", "0A1", False),
        ("centrum", "0112", False),
        (" SÖDER ", "12", False),
        ("so\u0308der", "12", False),
        ("väster", None, False),
        ("0013", None, False),
        ("99", None, False),
        ("A1", None, False),
    ],
)
def test_an_area_by_code_and_name(text: str, code: str | None, mended: bool) -> None:
    """A code with its noughts or without, in any letters; a name that one area has."""
    found = area_of(text, GROUND)
    assert (found and found.code) == code
    assert bool(found and found.mended) == mended


def test_unknown_codes_are_faults_of_their_rows() -> None:
    """Unless there is a default, a point says where it is, or the municipality has no areas yet."""
    mapping = Mapping(columns={}, constants={}, crs="EPSG:4326")
    found = locate(["14.5", "", ""], ["63.5", "", ""], ["99", "99", "112"], mapping=mapping, ground=GROUND)
    assert found.columns["area_code"] == ["0112", None, "0112"]
    assert ([(row, wrong.code) for row, wrong in found.wrong], found.mended) == ([(1, "unknown_area")], 1)
    kept = Mapping(columns={}, constants={}, defaults={"place_code": None})
    assert not locate(None, None, ["99"], mapping=kept, ground=GROUND).wrong
    none = Ground(zone=GROUND.zone, crs=GROUND.crs)
    assert not locate(None, None, ["99"], mapping=mapping, ground=none).wrong


def test_an_area_in_use_is_itself_whatever_words_a_mapping_has() -> None:
    """By its code or its name, also under a default; what names none that is known is told."""
    for defaults in ({}, {"place_code": None}):
        values = {"place_code": looked_up({"Torget": "0112", "Okänt": None})}
        mapping = Mapping(columns={}, constants={}, values=values, defaults=defaults)
        texts = ["Torget", "0112", "112", "Okänt", "99"]
        codes = [code_of(mapping, "place_code", text) for text in texts]
        found = locate(None, None, codes, mapping=mapping, ground=GROUND)
        assert found.columns["area_code"] == ["0112", "0112", "0112", None, None]
        assert list(found.by_default) == ([4] if defaults else [])
        assert [row for row, _ in found.wrong] == ([] if defaults else [4])


WORDS = {"Klotter": "damage", "Störning ute": "order"}


@pytest.mark.parametrize(
    ("text", "code"),
    [("Klotter", "damage"), ("klotter", "damage"), ("KLOTTER", "damage"), ("Klotter  ", "damage"),
     ("STO\u0308RNING  UTE", "order"), ("störning\u00a0ute", "order"), ("Klotter,", "damage"), ("Klotter/", "other")],
)  # fmt: skip
def test_words_are_compared_without_case(text: str, code: str) -> None:
    """And without the form of their accents, spaces more or less, a stop at the end; other signs tell words apart."""
    mapping = Mapping(columns={}, constants={}, values={"category": looked_up(WORDS)}, defaults={"category": "other"})
    assert code_of(mapping, "category", text) == code


def test_our_own_codes_are_found_in_any_letters() -> None:
    """Where a mapping has no words for a field."""
    mapping = Mapping(columns={}, constants={})
    assert code_of(mapping, "category", "ORDER ") == "order"
    assert code_of(mapping, "location_kind", "Semi_Public") == "semi_public"
    defaults: dict[str, str | int | None] = {"category": "other", "severity": 2, "location_kind": None}
    mapping = Mapping(columns={}, constants={}, defaults=defaults)
    assert {field: code_of(mapping, field, "Klotter") for field in defaults} == defaults
    assert code_of(mapping, "category", "Damage") == "damage"


def test_two_words_that_are_one_are_found() -> None:
    """Of words that files do not tell apart and that have two codes the places are said; each is found as it stands."""
    words = {"Bråk": "order", "Klotter": "damage", "KLOTTER": "other"}
    assert alike(words) == (2, 3)
    assert alike({"Klotter": "damage", "klotter ": "damage"}) is None
    known = looked_up(words)
    assert (known["Klotter"], known["KLOTTER"], known.get(folded("klotter"))) == ("damage", "other", None)


@given(st.sets(st.text("aAbBåÅ1 ", min_size=1, max_size=3).filter(lambda code: code == code.strip()), max_size=8))
def test_a_code_means_its_own_area_whatever_others_differ_in_case(codes: set[str]) -> None:
    """As it stands first; in other letters only where one area alone has it so."""
    ground = Ground(zone=ZoneInfo("Europe/Stockholm"), crs="EPSG:3006", codes=frozenset(codes))
    for code in codes:
        assert area_of(code, ground) == (code, False)
        other = code.swapcase()
        same = {each for each in codes if folded(each) == folded(other)}
        found = area_of(other, ground)
        assert found == ((other, False) if other in codes else (code, False) if same == {code} else None)


def test_words_that_differ_in_case_are_two_where_they_are_codes() -> None:
    """A mapping may name each of two such areas; else it is a slip."""
    assert alike({"A1": "A1", "a1": "a1"}) is None
    assert alike({"A1": "A1", "a1": "B"}) == (1, 2)
    assert alike({"Norr": "A1", "norr": "a1"}) == (1, 2)
    known = looked_up({"A1": "A1", "a1": "a1"})
    assert (known["A1"], known["a1"]) == ("A1", "a1")


AROUND = {"type": "Polygon", "coordinates": [[[14, 63], [15, 63], [15, 64], [14, 64], [14, 63]]]}
PLACED = Ground(
    zone=ZoneInfo("Europe/Stockholm"), crs="EPSG:3006", areas=AreaIndex([("01", AROUND, 1)]), codes=frozenset({"01"})
)


@pytest.mark.parametrize(
    ("crs", "x", "y", "code"),
    [
        ("EPSG:4326", "14.63", "63.17", None),
        ("EPSG:4326", "63.17", "14.63", "point_turned"),
        ("EPSG:4326", "2.35", "48.85", "point_outside"),
        ("EPSG:4326", "13.99", "63.17", "point_in_no_area"),
        ("EPSG:4326", "", "", None),
        ("EPSG:4326", "0", "0", None),
        ("EPSG:3006", "7005000", "482000", "point_turned"),
        ("EPSG:3006", "482000", "7005000", None),
        ("EPSG:3006", "4.82E+05", "7005000", "point_rounded"),
        ("EPSG:3006", "482000", "7.01E+06", "point_rounded"),
        ("EPSG:3006", "4.82e5", "7e6", "point_rounded"),
        ("EPSG:3006", "4.820004E+05", "7.005000E+06", None),
        ("EPSG:4326", "1.463E+01", "6.317E+01", "point_rounded"),
        ("EPSG:4326", "1.4630012E+01", "63.17", None),
    ],
)
def test_a_point_that_places_nothing_is_told_with_its_row(crs: str, x: str, y: str, code: str | None) -> None:
    """Also where its area is named beside it; a row without a point has nothing to tell."""
    usual = ("14.63", "63.17") if crs == "EPSG:4326" else ("482000", "7005000")
    mapping = Mapping(columns={"x": ("x",), "y": ("y",)}, constants={}, crs=crs)
    for beside in (None, "01"):
        found = locate([usual[0], x], [usual[1], y], ["01", beside], mapping=mapping, ground=PLACED)
        assert [(row, note.code) for row, note in found.notes] == ([(1, code)] if code else [])
        assert not found.wrong
        if code is not None:
            assert found.columns["area_code"] == ["01", beside]
            assert (found.columns["lon"][1] is None) is (beside is not None or code != "point_in_no_area")


@pytest.mark.parametrize(
    ("x", "y", "decimal"),
    [
        ("482.000", "7.005.000", "."),
        ("482.000", "7.005.000", ","),
        ("482.000,0", "7.005.000,0", ","),
        ("482.000,0", "7.005.000,0", "."),
        ("482000", "7.005.000", "."),
    ],
)
def test_points_that_part_thousands_are_no_decimal_signs(x: str, y: str, decimal: str) -> None:
    """Two in one number are sure, and the other number of its row is written alike; in one column too."""
    apart = Mapping(columns={"x": ("x",), "y": ("y",)}, constants={}, crs="EPSG:3006", decimal=decimal)
    found = locate(["482000", x], ["7005000", y], [None, None], mapping=apart, ground=PLACED)
    assert found.columns["e"] == [482000, 482000]
    assert found.columns["n"] == [7005000, 7005000]
    assert not found.wrong
    assert not found.notes
    one = Mapping(columns={"point": ("p",)}, constants={}, crs="EPSG:3006", decimal=decimal, point_form="lat,lon")
    joined = locate(None, None, [None], mapping=one, ground=PLACED, both=[f"{y}; {x}"])
    assert (joined.columns["e"], joined.columns["n"], list(joined.wrong)) == ([482000], [7005000], [])


def test_one_point_in_a_number_is_a_decimal_sign() -> None:
    """Three digits behind it say nothing of thousands, where nothing beside it does."""
    mapping = Mapping(columns={"x": ("x",), "y": ("y",)}, constants={}, crs="EPSG:4326")
    found = locate(["14.635"], ["63.175"], [None], mapping=mapping, ground=PLACED)
    assert (found.columns["lon"], found.columns["lat"]) == ([14.635], [63.175])
