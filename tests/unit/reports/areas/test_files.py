"""Files of areas as they really come: read, or told by name; what they offer; how they are meant."""

from typing import Any

import numpy as np
import pytest
from pyproj import Transformer

from shared.errors import Refusal
from tests.support.make.area_files import (
    DEGREES,
    RING,
    collection,
    feature,
    geopackage,
    moved,
    offered,
    read,
    shapefile,
    zipped,
)

FOREIGN: dict[str, tuple[bytes, str]] = {
    "TopoJSON": (b'{"type": "Topology", "objects": {}, "arcs": []}', "TopoJSON"),
    "Esri's JSON": (b'{"geometryType": "esriGeometryPolygon", "features": [{"attributes": {}}]}', "Esri"),
    "lines of features": (b'{"type": "Feature", "geometry": null}\n{"type": "Feature"}\n', "GeoJSONSeq"),
    "OpenStreetMap": (b'{"osm3s": {}, "elements": []}', "OpenStreetMap"),
    "an error of a service": (b'{"error": {"code": 400}}', "error message"),
    "KML": (b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">', "KML"),
    "GML": (b'<wfs:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2">', "GML"),
    "an error of WFS": (b'<ows:ExceptionReport xmlns="http://www.opengis.net/gml"/>', "WFS"),
    "a web page": (b"<!DOCTYPE html><html>", "web page"),
    "GPX": (b'<gpx version="1.1">', "GPX"),
    "some XML": (b"<?xml version='1.0'?><areas/>", "XML"),
    "gzip": (b"\x1f\x8b\x08\x00data", "gzip"),
    "PDF": (b"%PDF-1.7 data", "PDF"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
    "Excel": (zipped(xl_workbook=b"", **{"xl/workbook__xml": b"<x/>"}), "Excel"),
    "CSV": (b"code;name\n1;Torvalla\n", "CSV"),
    "WKT": (b"POLYGON ((1 1, 2 1, 2 2, 1 1))", "WKT"),
    "a lone .shp": (b"\x00\x00\x27\x0a" + bytes(96), ".shp"),
    "a lone .dbf": (b"\x03\x7a\x07\x1a" + bytes(60), ".dbf"),
    "KMZ": (zipped(doc__kml=b"<kml/>"), "KMZ"),
    "a geodatabase": (zipped(**{"x.gdb/a__gdbtable": b""}), "geodatabase"),
    "half a shapefile": (zipped(a__dbf=b""), "shapefile"),
    "an empty zip": (zipped(read__txt=b"x"), "zip"),
    "a broken zip": (b"PK\x03\x04nothing", "zip"),
    "two files in a zip": (zipped(a__geojson=b"{}", b__geojson=b"{}"), "several"),
    "another database": (b"SQLite format 3\0" + bytes(84), "GeoPackage"),
    "FlatGeobuf": (b"fgb\x03fgb\x00", "FlatGeobuf"),
    "DXF": (b"  0\nSECTION\n", "DXF"),
    "MapInfo": (b"Version 300\nCharset", "MapInfo"),
    "nothing": (b"  \n", "empty"),
    "broken off": (b'{"type": "FeatureCollection", "features": [', "breaks off"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_not_read_is_told_by_its_name(what: str) -> None:
    """By what is in it; the sentence says what to do, and nothing of what was sent."""
    body, word = FOREIGN[what]
    with pytest.raises(Refusal) as refused:
        offered(body)
    assert word in refused.value.detail
    assert refused.value.detail.endswith((".", "?"))


def test_marks_and_encodings() -> None:
    """A byte order mark, and UTF-16 with one, are no part of the file."""
    body = collection(feature(code="1", name="Åre"))
    for sent in (b"\xef\xbb\xbf" + body, body.decode().encode("utf-16")):
        assert read(sent, strict=True)[1] == [["1", "Åre", None]]


SHAPES: dict[str, tuple[Any, str]] = {
    "with heights": ({"type": "Polygon", "coordinates": [[[*xy, 5.0] for xy in DEGREES]]}, "dimensions"),
    "with four numbers": ({"type": "Polygon", "coordinates": [[[*xy, 5.0, 1] for xy in DEGREES]]}, "dimensions"),
    "with a ring that is open": ({"type": "Polygon", "coordinates": [DEGREES[:-1]]}, "closed"),
    "as a collection": (
        {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [DEGREES]}, moved(0.1)]},
        "joined",
    ),
    "with a position twice": ({"type": "Polygon", "coordinates": [[DEGREES[0], *DEGREES]]}, ""),
    "with a spike": ({"type": "Polygon", "coordinates": [[*DEGREES[:2], [14.7, 63.1], *DEGREES[1:]]]}, "mended"),
}


@pytest.mark.parametrize("what", SHAPES)
def test_what_is_harmless_is_mended_and_said(what: str) -> None:
    """More numbers to a position, open rings, collections of polygons, spikes."""
    shape, note = SHAPES[what]
    head, areas = read(collection(feature(shape, code="1", name="A")), strict=True)
    assert (head["faults"], [each["code"] for each in head["notes"]]) == ([], [note] if note else [])
    assert areas == [["1", "A", None]]


NO_SHAPES: dict[str, tuple[Any, str]] = {
    "NaN": ({"type": "Polygon", "coordinates": [[[float("nan"), 63.1], *DEGREES[1:]]]}, "NaN"),
    "infinite": ({"type": "Polygon", "coordinates": [[[float("inf"), 63.1], *DEGREES[1:]]]}, "infinite"),
    "a point": ({"type": "Point", "coordinates": [14.5, 63.1]}, "a point"),
    "a line": ({"type": "LineString", "coordinates": DEGREES}, "a line"),
    "a mixed collection": (
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [14.5, 63.1]}]},
        "lines or points",
    ),
    "empty": ({"type": "MultiPolygon", "coordinates": []}, "no geometry"),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_SHAPES)
def test_what_is_no_area_is_told_at_its_place(what: str) -> None:
    """With the feature's place, the area's code, and in words."""
    shape, words = NO_SHAPES[what]
    head, areas = read(collection(feature(code="1", name="A"), feature(shape, code="2", name="B")), strict=True)
    ((field, _, detail, about),) = head["faults"]
    assert (field, about, words in detail) == ("/features/1/geometry", "2", True), detail
    assert [area[0] for area in areas] == ["1"]


def test_numbers_are_what_they_were() -> None:
    """2 and 2.0 are one code, 2.5 and "0114" stay; NaN says nothing."""
    half = {"type": "Polygon", "coordinates": [[[14.5, 63.1], [14.55, 63.1], [14.55, 63.2], [14.5, 63.1]]]}
    body = collection(
        feature(code=1, name="A", parent=float("nan")), feature(half, code="0114", name="B", parent=1.0),
        feature(moved(0.1), code=2.5, name=7),
    )  # fmt: skip
    assert read(body, strict=True)[1] == [["1", "A", None], ["2.5", "7", None], ["0114", "B", "1"]]


@pytest.mark.parametrize(
    ("properties", "suggested"),
    [
        ({"CODE": "1", "NAME": "Centrum"}, ("CODE", "NAME")),
        ({"OBJECTID": 7, "LAN_KOD": "23", "LAN_NAMN": "Jämtlands län"}, ("LAN_KOD", "LAN_NAMN")),
        ({"deso": "2380A0010", "kommunnamn": "Östersund"}, ("deso", "kommunnamn")),
        ({"AGS": "09162000", "GEN": "München", "SHAPE_AREA": 12.5}, ("AGS", "GEN")),
        ({"kod": 3, "Stadsdelsnamn": "Torvalla"}, ("kod", "Stadsdelsnamn")),
        ({"NYKO": "0161", "omrade": "Lugnvik"}, ("NYKO", "omrade")),
        ({"BYDEL": "0301", "navn": "Gamle Oslo"}, (None, "navn")),
        ({"STADSDEL": "Tomtebo"}, (None, "STADSDEL")),
    ],
)
def test_properties_are_offered(properties: dict[str, Any], suggested: tuple[str | None, str]) -> None:
    """By what they are called, in whatever case and some languages, and by what they say."""

    def other(value: Any) -> Any:
        return value + 1 if isinstance(value, int | float) else f"{value[:-1]}q" if value.isalpha() else f"9{value}"

    second = {name: other(value) for name, value in properties.items()}
    found = offered(collection(feature(**properties), feature(moved(0.1), **second)))
    assert (found["reading"]["code"], found["reading"]["name"]) == suggested or suggested[0] is None
    assert found["reading"]["name"] == suggested[1]
    assert {each["name"] for each in found["properties"]} == set(properties)


def test_codes_of_other_things_than_properties() -> None:
    """The feature's id, its number, its name in small letters."""
    features = [feature(N="Tomtebo, norra") | {"id": "a7"}, feature(moved(0.1), N="Ålidhem") | {"id": "b2"}]
    for code_from, codes in (("id", ["a7", "b2"]), ("row", ["1", "2"]), ("name", ["tomtebo-norra", "alidhem"])):
        found = read(collection(*features), code=None, code_from=code_from, name="N")[1]
        assert [area[0] for area in found] == codes
    assert offered(collection(*features))["reading"]["code_from"] == "id"


def test_one_code_in_several_features() -> None:
    """A fault, or one area of all of them."""
    rest = feature(moved(0.2), code="2", name="B")
    body = collection(feature(code="1", name="A"), feature(moved(0.1), code="1", name="A"), rest)
    assert [each[1] for each in read(body)[0]["faults"]] == ["duplicate"]
    assert offered(body)["reading"]["merge"]
    assert read(body, merge=True)[1] == [["1", "A", None], ["2", "B", None]]


NAMED = [
    "EPSG:3006", "urn:ogc:def:crs:EPSG::3006", "urn:ogc:def:crs:EPSG:9.8:3006", "urn:x-ogc:def:crs:EPSG:3006",
    "http://www.opengis.net/def/crs/EPSG/0/3006", "http://www.opengis.net/gml/srs/epsg.xml#3006", "SWEREF99 TM",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_the_files_own_system_is_believed(name: str) -> None:
    """In whatever form it is named; another one that is asked for is a contradiction."""
    crs = {"type": "name", "properties": {"name": name}}
    body = collection(feature({"type": "Polygon", "coordinates": [RING]}, code="1", name="A"), crs=crs)
    assert read(body, strict=True)[1] == [["1", "A", None]]
    assert read(body, strict=True, crs="EPSG:3011")[0]["faults"][0][:2] == ["/crs", "other-system"]


def test_a_system_that_nobody_knows_is_doubted() -> None:
    """Degrees are read as such, and it is said that the file names something else."""
    for name, said in (("EPSG:99999", ["unknown-system"]), ("urn:ogc:def:crs:OGC:1.3:CRS84", [])):
        crs = {"type": "name", "properties": {"name": name}}
        head, areas = read(collection(feature(code="1", name="A"), crs=crs))
        assert (head["crs"]["crs"], len(areas)) == ("EPSG:4326", 1)
        assert [note["code"] for note in head["notes"]] == said


def test_a_system_is_found_by_trying() -> None:
    """Metres without a name lie near home in one system; strictly read they are told with that hint."""
    body = collection(feature({"type": "Polygon", "coordinates": [RING]}, code="1", name="A"))
    head, areas = read(body)
    assert (head["crs"]["crs"], head["crs"]["why"], len(areas)) == ("EPSG:3006", "found", 1)
    strict, none = read(body, strict=True)
    assert ([each[1] for each in strict["faults"]], none) == (["out-of-range"], [])
    assert "EPSG:3006" in strict["hint"]


def test_of_systems_that_fit_alike_the_usual_is_taken() -> None:
    """Metres of web Mercator lie in the municipality in EPSG:3395 too, 17 km off: it is said, and not taken."""
    east, north = Transformer.from_crs(4326, 3857, always_xy=True).transform(*np.array(DEGREES).T)
    shape = {"type": "Polygon", "coordinates": [np.column_stack([east, north]).tolist()]}
    head, areas = read(collection(feature(shape, code="1", name="A")))
    assert (head["crs"]["crs"], len(areas)) == ("EPSG:3857", 1)
    assert "EPSG:3395" in next(note["detail"] for note in head["notes"] if note["code"] == "system-found")


def test_what_is_asked_for_and_is_not_there_is_told_once() -> None:
    """A property that no feature has, and axes that lead nowhere: one fault each, however many features there are."""
    shape = {"type": "Polygon", "coordinates": [DEGREES]}
    body = collection(*(feature(shape, kod=str(n), name=f"A{n}") for n in range(9)))
    (fault,) = read(body, strict=True, code="nope")[0]["faults"]
    assert fault[:2] == ["/code", "unknown-property"]
    assert "kod, name" in fault[2]
    (fault,) = read(body, strict=True, code="kod", swapped=True)[0]["faults"]
    assert fault[:2] == ["/swapped", "out-of-range"]


def test_swapped_axes_are_found() -> None:
    """Latitude first, in degrees and in metres."""
    for ring in (DEGREES, RING):
        shape = {"type": "Polygon", "coordinates": [[[y, x] for x, y in ring]]}
        head, areas = read(collection(feature(shape, code="1", name="A")))
        assert (head["crs"]["swapped"], len(areas), head["faults"]) == (True, 1, [])


def test_the_next_zone_is_no_fault() -> None:
    """A neighbour's map, as it was asked for and as it is found."""
    ring = [[798000, 5827000], [799000, 5827000], [799000, 5828000], [798000, 5828000], [798000, 5827000]]
    body = collection(feature({"type": "Polygon", "coordinates": [ring]}, code="1", name="Mitte"))
    home = {"crs": "EPSG:25833", "box": [13.0, 52.3, 13.8, 52.7]}
    assert read(body, strict=True, crs="EPSG:25832", home=home)[0]["faults"] == []
    assert read(body, home=home)[0]["crs"]["crs"] == "EPSG:25832"


def test_a_root_is_made_of_all() -> None:
    """The union, under the municipality's code; parents that name it lie under it."""
    body = collection(feature(code="1", name="A", parent="2380"), feature(moved(0.1), code="2", name="B"))
    _, areas = read(body, root="union", root_code="2380", root_name="Östersund")
    assert areas == [["2380", "Östersund", None], ["1", "A", "2380"], ["2", "B", "2380"]]


def test_a_part_of_a_larger_file() -> None:
    """Found by the municipality's code."""
    body = collection(
        feature(code="1", name="A", kommun="2380"), feature(moved(0.1), code="2", name="B", kommun="0180")
    )
    assert (offered(body)["reading"]["only"], offered(body)["reading"]["only_values"]) == ("kommun", ["2380"])
    assert read(body, only="kommun", only_values=["2380"])[1] == [["1", "A", None]]


@pytest.mark.parametrize(("make", "form"), [(geopackage, "geopackage"), (shapefile, "shapefile")])
def test_other_forms_are_read(make: Any, form: str) -> None:
    """A GeoPackage, alone and zipped, and a zipped shapefile: their system, their letters, their shapes."""
    bodies = [make("Åsarna")] + ([zipped(d__gpkg=make("Åsarna"))] if form == "geopackage" else [])
    for body in bodies:
        found = offered(body)
        code, name = found["reading"]["code"], found["reading"]["name"]
        assert (found["form"], found["crs"]["named"], code.lower(), name.lower()) == (form, "EPSG:3006", "kod", "namn")
        head, areas = read(body, strict=True, code=code, name=name)
        assert (head["faults"], areas) == ([], [["01", "Åsarna", None]])
