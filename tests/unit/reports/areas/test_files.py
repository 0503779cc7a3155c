"""Files of areas as they really come: read, or told by name; what they offer; how they are meant."""

import io
import json
import sqlite3
import struct
import zipfile
from typing import Any

import pytest
import shapely

from services.reports.areas.domain.answers import areas_in, file_in
from shared.errors import Refusal

HOME = {"crs": "EPSG:3006", "box": [14.3, 62.9, 15.0, 63.5]}
RING = [[479000, 7004000], [484000, 7004000], [484000, 7009000], [479000, 7009000], [479000, 7004000]]
DEGREES = [[14.5, 63.1], [14.6, 63.1], [14.6, 63.2], [14.5, 63.2], [14.5, 63.1]]
SWEREF = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}


def feature(geometry: Any = None, **properties: Any) -> dict[str, Any]:
    """A feature, in degrees unless a geometry says otherwise."""
    shape = geometry or {"type": "Polygon", "coordinates": [DEGREES]}
    return {"type": "Feature", "properties": properties, "geometry": shape}


def moved(aside: float, ring: Any = DEGREES) -> dict[str, Any]:
    """The square so many degrees to the east."""
    return {"type": "Polygon", "coordinates": [[[round(x + aside, 6), y] for x, y in ring]]}


def collection(*features: Any, **more: Any) -> bytes:
    """A file of them."""
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def offered(body: bytes, **home: Any) -> dict[str, Any]:
    """What a file offers."""
    found = file_in(io.BytesIO(body), layer=None, home=HOME | home, municipality="2380", known=["2380"])
    return dict(json.loads(next(iter(found))))


def read(body: bytes, *, strict: bool = False, home: dict[str, Any] = HOME, **reading: Any) -> tuple[Any, list[Any]]:
    """What is said of a file's areas, and code, name and parent of each."""
    said = {"code": "code", "name": "name", "parent": "parent"} | reading
    head, *areas = areas_in(io.BytesIO(body), reading=said, home=home, strict=strict)
    return json.loads(head), [json.loads(area)[:3] for area in areas]


def zipped(**members: bytes) -> bytes:
    """A zip; two underscores in a name stand for a dot."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for name, body in members.items():
            into.writestr(name.replace("__", "."), body)
    return packed.getvalue()


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


def test_a_system_is_found_by_trying() -> None:
    """Metres without a name lie near home in one system; strictly read they are told with that hint."""
    body = collection(feature({"type": "Polygon", "coordinates": [RING]}, code="1", name="A"))
    head, areas = read(body)
    assert (head["crs"]["crs"], head["crs"]["why"], len(areas)) == ("EPSG:3006", "found", 1)
    strict, none = read(body, strict=True)
    assert ([each[1] for each in strict["faults"]], none) == (["out-of-range"], [])
    assert "EPSG:3006" in strict["hint"]


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


def geopackage(name: str) -> bytes:
    """A GeoPackage with one layer and one square, by the standard's tables."""
    database = sqlite3.connect(":memory:")
    database.executescript("""
        CREATE TABLE gpkg_contents (table_name, data_type); CREATE TABLE gpkg_spatial_ref_sys
        (srs_id, organization, organization_coordsys_id, definition);
        CREATE TABLE gpkg_geometry_columns (table_name, column_name, srs_id);
        CREATE TABLE "d d" (fid INTEGER PRIMARY KEY, geom BLOB, kod TEXT, namn TEXT);
        INSERT INTO gpkg_contents VALUES ('d d', 'features');
        INSERT INTO gpkg_spatial_ref_sys VALUES (3006, 'EPSG', 3006, '');
        INSERT INTO gpkg_geometry_columns VALUES ('d d', 'geom', 3006);
    """)
    box = struct.pack("<4d", 479000, 484000, 7004000, 7009000)
    blob = b"GP\0\x03" + struct.pack("<i", 3006) + box + shapely.Polygon(RING).wkb
    database.execute('INSERT INTO "d d" VALUES (1, ?, ?, ?)', (blob, "01", name))
    database.commit()
    return bytes(database.serialize())


def shapefile(name: str) -> bytes:
    """A zipped shapefile with one square and a hole, by ESRI's description; its table in Windows-1252."""
    hole = [[480000, 7005000], [480000, 7006000], [481000, 7006000], [480000, 7005000]][::-1]
    rings = [RING[::-1], hole]
    points = [xy for ring in rings for xy in ring]
    record = struct.pack("<i4d2i", 5, 479000, 7004000, 484000, 7009000, 2, len(points))
    record += struct.pack("<2i", 0, len(RING)) + b"".join(struct.pack("<2d", *xy) for xy in points)
    shp = struct.pack(">i", 9994) + bytes(96) + struct.pack(">2i", 1, len(record) // 2) + record
    fields = b"KOD\0".ljust(11, b"\0") + b"C" + bytes(4) + b"\x04\0" + bytes(14)
    fields += b"NAMN\0".ljust(11, b"\0") + b"C" + bytes(4) + b"\x0a\0" + bytes(14)
    dbf = struct.pack("<4BIHH", 3, 124, 1, 1, 1, 97, 15) + bytes(20) + fields + b"\r"
    dbf += b" " + b"01".ljust(4) + name.encode("cp1252").ljust(10)
    wkt = 'PROJCS["SWEREF99_TM",GEOGCS["GCS_SWEREF99",DATUM["D_SWEREF99",SPHEROID["GRS_1980",6378137,298.257222101]],'
    wkt += 'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    wkt += 'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],PARAMETER["scale_factor",0.9996],'
    wkt += 'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]]'
    return zipped(**{"map/d__shp": shp, "map/d__dbf": dbf, "map/d__prj": wkt.encode()})


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
