"""What form a file has, by its content and never by its name; and what to do with one that is not read. Pure."""

import codecs
import re
from io import BytesIO
from typing import Literal
from zipfile import BadZipFile, ZipFile

from shared.errors import FieldError, Invalid, Malformed, TooLarge

Form = Literal["geojson", "geopackage", "shapefile"]
# What a file is instead. Those of `OtherMap` are maps that a map program turns into one of ours.
OtherMap = Literal[
    "flatgeobuf", "parquet", "dwg", "dxf", "mapinfo", "kml", "gml", "osm", "geodatabase", "wkt", "topojson",
    "esri-json", "geojson-lines", "xml",
]  # fmt: skip
OtherForm = (
    OtherMap
    | Literal[
        "packed", "picture", "table", "web-page", "service-message", "tracks", "shapefile-part", "no-areas",
        "damaged-zip", "several", "damaged-shapefile", "damaged-database", "damaged-text", "no-layer",
    ]
)  # fmt: skip

# Of what a zip holds: a bomb is a file that is small until it is unpacked.
MOST_UNPACKED_BYTES = 300_000_000
_MOST_MEMBERS = 1_000
_LOOKED_AT = 4_000
_QGIS = "Open it in QGIS and save the layer as GeoPackage or GeoJSON (Export, Save features as)."
_TABLE = "A table has no borders. Areas come as GeoJSON, GeoPackage or a zipped shapefile."
_ALONE = "Zip it together with its sister files of the same name (.shp, .shx, .dbf, .prj), and send the zip."

# What a file begins with, what that is, by code and in words, and what to do.
_BEGINNINGS: tuple[tuple[bytes, OtherForm, str, str], ...] = (
    (b"\x1f\x8b", "packed", "is packed with gzip", "Unpack it, and send what is in it."),
    (b"%PDF", "picture", "is a PDF, a picture of a map", "Ask for the map's data as GeoJSON, GeoPackage or shapefile."),
    (b"\xd0\xcf\x11\xe0", "table", "is an Excel or Word file of before 2007", _TABLE),
    (b"fgb", "flatgeobuf", "is a FlatGeobuf file", _QGIS),
    (b"PAR1", "parquet", "is a (Geo)Parquet file", _QGIS),
    (b"7z\xbc\xaf", "packed", "is packed with 7-Zip", "Unpack it, and send what is in it."),
    (b"Rar!", "packed", "is packed with RAR", "Unpack it, and send what is in it."),
    (b"\x89PNG", "picture", "is a picture", "Ask for the map's data as GeoJSON, GeoPackage or shapefile."),
    (b"\xff\xd8\xff", "picture", "is a picture", "Ask for the map's data as GeoJSON, GeoPackage or shapefile."),
    (b"II*\x00", "picture", "is a picture (TIFF)", "Ask for the map's data as GeoJSON, GeoPackage or shapefile."),
    (b"AC10", "dwg", "is an AutoCAD drawing (DWG)", _QGIS),
    (b"AutoCAD Binary DXF", "dxf", "is an AutoCAD drawing (DXF)", _QGIS),
    (b"Version ", "mapinfo", "is a MapInfo file (MIF)", _QGIS),
    (b"!table", "mapinfo", "is a MapInfo file (TAB)", _QGIS),
)
# In a text that begins with <, the first of these words tells what it is.
_MARKUP: tuple[tuple[str, OtherForm, str, str], ...] = (
    (r"<html|<!doctype html", "web-page",
     "is a web page, perhaps an error message or a sign-in page in the place of the file",
     "Open the address in a browser, and save the file itself."),
    (r"exceptionreport", "service-message", "is an error message of a map service (WFS)",
     "Ask it for the layer once more."),
    (r"<kml", "kml", "is a KML file (Google Earth)", _QGIS),
    (r"<gpx", "tracks", "is a GPX file, tracks and points of a satellite receiver",
     "Areas are polygons: draw them in QGIS."),
    (r"<osm", "osm", "is an OpenStreetMap file", _QGIS),
    (r"opengis\.net/gml|<gml:|wfs:featurecollection", "gml", "is a GML file",
     f"Ask the map service for GeoJSON (outputFormat=application/json), or: {_QGIS[0].lower()}{_QGIS[1:]}"),
    (r"<svg", "picture", "is a picture (SVG)", "Ask for the map's data as GeoJSON, GeoPackage or shapefile."),
    (r"<", "xml", "is XML of a kind that is not read here", _QGIS),
)  # fmt: skip
# In a zip that has no layer for us, the first of these that is the name of a member.
_PACKED: tuple[tuple[str, OtherForm, str, str], ...] = (
    (r"^xl/", "table", "is an Excel file", _TABLE),
    (r"^word/", "table", "is a Word file", _TABLE),
    (r"^content\.xml$", "table", "is an OpenDocument file", _TABLE),
    (r"\.kml$", "kml", "is a KMZ file (Google Earth)", _QGIS),
    (r"\.gdbtable$|\.gdb/", "geodatabase", "is a zipped file geodatabase (Esri)", _QGIS),
    (r"\.tab$|\.mif$", "mapinfo", "is a zip with a MapInfo file", _QGIS),
    (r"\.gml$", "gml", "is a zip with a GML file", _QGIS),
    (r"\.dbf$|\.shx$", "shapefile-part", "is a zip with parts of a shapefile and no .shp", _ALONE),
    (r"", "no-areas", "is a zip without a file of areas", "Send a GeoPackage, GeoJSON or shapefile, alone or zipped."),
)
_DBASE = frozenset(b"\x02\x03\x30\x31\x43\x63\x83\x8b\xcb\xf5\xfb")
_SHAPES = b"\x00\x00\x27\x0a"


def other_form(kind: OtherForm, is_what: str, then: str) -> Invalid:
    """The refusal of a file that is something else, by name and with what to do."""
    detail = f"The file {is_what}. {then}"
    return Invalid(detail, errors=(FieldError("", "other-form", detail, kind),))


def unpacked(body: bytes) -> tuple[Form, bytes]:
    """The form of a file, and the file; out of a zip the one in it. Raises Invalid by its name, Malformed, TooLarge."""
    if not body.strip(b" \t\r\n\0"):
        raise Malformed("The file is empty. Look whether it was saved whole.")
    if body.startswith(b"SQLite format 3\0"):
        return "geopackage", body
    if body.startswith(b"PK"):
        return _packed(body)
    for beginning, kind, is_what, then in _BEGINNINGS:
        if body.startswith(beginning):
            raise other_form(kind, is_what, then)
    if body.startswith(_SHAPES):
        raise other_form("shapefile-part", "is one part of a shapefile (.shp or .shx)", _ALONE)
    if body[0] in _DBASE and len(body) > 32 and 1 <= body[2] <= 12 and 1 <= body[3] <= 31:
        raise other_form("shapefile-part", "is the table of a shapefile (.dbf)", _ALONE)
    return "geojson", _text(body)


def _text(body: bytes) -> bytes:
    """A file of JSON in UTF-8 without a mark; everything else by its name."""
    for mark, encoding in ((codecs.BOM_UTF8, ""), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            if not encoding:
                body = body[len(mark) :]
                break
            try:
                body = body.decode(encoding).encode()
            except UnicodeError:
                raise other_form("damaged-text", "is a text that is damaged", "Save it anew, as UTF-8.") from None
            break
    head = body[:_LOOKED_AT].decode("utf-8", errors="replace").lstrip()
    if head.startswith("<"):
        for pattern, kind, is_what, then in _MARKUP:
            if re.search(pattern, head, re.IGNORECASE):
                raise other_form(kind, is_what, then)
    if re.match(r"(SRID=\d+;)?\s*(MULTI)?(POLYGON|POINT|LINESTRING)\s*[(Z]", head, re.IGNORECASE):
        raise other_form("wkt", "is a shape written as WKT", _QGIS)
    if re.match(r"\s*0\s*\n\s*SECTION", head):
        raise other_form("dxf", "is an AutoCAD drawing (DXF)", _QGIS)
    if not head.startswith(("{", "[")) and re.match(r"[^\n]*[;,\t][^\n]*\n", head):
        raise other_form("table", "is a table (CSV)", _TABLE)
    return body


def _packed(body: bytes) -> tuple[Form, bytes]:
    try:
        with ZipFile(BytesIO(body)) as zipped:
            members = [each for each in zipped.infolist() if not re.search(r"(^|/)(__MACOSX/|\.)", each.filename)]
            if len(members) > _MOST_MEMBERS or sum(each.file_size for each in members) > MOST_UNPACKED_BYTES:
                raise TooLarge(f"Unpacked, a zip is {MOST_UNPACKED_BYTES // 1_000_000} MB at most, in 1,000 files.")
            names = [each.filename.lower() for each in members]
            if any(name.endswith(".shp") for name in names):
                return "shapefile", body
            inside = [each for each in members if each.filename.lower().endswith((".gpkg", ".geojson", ".json"))]
            if len(inside) == 1 and not any(name.startswith(("xl/", "word/")) for name in names):
                return unpacked(zipped.read(inside[0]))
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        then = "Pack it anew, without a password."
        raise other_form("damaged-zip", "is a zip that cannot be unpacked", then) from None
    if len(inside) > 1:
        raise other_form("several", "is a zip with several files of areas", "Send the one you mean.")
    for pattern, kind, is_what, then in _PACKED:
        if any(re.search(pattern, name) for name in names) or not pattern:
            raise other_form(kind, is_what, then)
    raise AssertionError
