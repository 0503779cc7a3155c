"""Files of areas as they are downloaded, small; and what is read of them."""

import io
import json
import sqlite3
import struct
import zipfile
from typing import Any

import shapely

from services.reports.areas.domain.answers import areas_in, file_in

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


def offered(body: bytes, *, layer: str | None = None, **home: Any) -> dict[str, Any]:
    """What a file offers."""
    found = file_in(io.BytesIO(body), layer=layer, home=HOME | home, municipality="2380", known=["2380"])
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


def geopackage(name: str | bytes, *, layer: str = "d d", code: str = "kod") -> bytes:
    """A GeoPackage with one layer and one square, by the standard's tables; a name in bytes is written as it is."""
    database = sqlite3.connect(":memory:")
    database.executescript("""
        CREATE TABLE gpkg_contents (table_name, data_type); CREATE TABLE gpkg_spatial_ref_sys
        (srs_id, organization, organization_coordsys_id, definition);
        CREATE TABLE gpkg_geometry_columns (table_name, column_name, srs_id);
        INSERT INTO gpkg_spatial_ref_sys VALUES (3006, 'EPSG', 3006, '');
    """)
    database.execute(f'CREATE TABLE "{layer}" (fid INTEGER PRIMARY KEY, geom BLOB, "{code}" TEXT, namn TEXT)')
    database.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", (layer,))
    database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 3006)", (layer,))
    box = struct.pack("<4d", 479000, 484000, 7004000, 7009000)
    blob = b"GP\0\x03" + struct.pack("<i", 3006) + box + shapely.Polygon(RING).wkb
    database.execute(f'INSERT INTO "{layer}" VALUES (1, ?, ?, CAST(? AS TEXT))', (blob, "01", name))
    database.commit()
    return bytes(database.serialize())


def shapefile(name: str, *, letters: bytes = b"", encoding: str = "cp1252", head: int = 0) -> bytes:
    """A zipped shapefile with one square and a hole, by ESRI's description; its table in an encoding.

    letters, head: what the file beside it, and the byte for it in the table's head, say of them.
    """
    hole = [[480000, 7005000], [480000, 7006000], [481000, 7006000], [480000, 7005000]][::-1]
    rings = [RING[::-1], hole]
    points = [xy for ring in rings for xy in ring]
    record = struct.pack("<i4d2i", 5, 479000, 7004000, 484000, 7009000, 2, len(points))
    record += struct.pack("<2i", 0, len(RING)) + b"".join(struct.pack("<2d", *xy) for xy in points)
    shp = struct.pack(">i", 9994) + bytes(96) + struct.pack(">2i", 1, len(record) // 2) + record
    fields = b"KOD\0".ljust(11, b"\0") + b"C" + bytes(4) + b"\x04\0" + bytes(14)
    fields += b"NAMN\0".ljust(11, b"\0") + b"C" + bytes(4) + b"\x14\0" + bytes(14)
    dbf = struct.pack("<4BIHH", 3, 124, 1, 1, 1, 97, 25) + bytes(17) + bytes([head]) + bytes(2) + fields + b"\r"
    dbf += b" " + b"01".ljust(4) + name.encode(encoding)[:20].ljust(20)
    wkt = 'PROJCS["SWEREF99_TM",GEOGCS["GCS_SWEREF99",DATUM["D_SWEREF99",SPHEROID["GRS_1980",6378137,298.257222101]],'
    wkt += 'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    wkt += 'PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",15],PARAMETER["scale_factor",0.9996],'
    wkt += 'PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["Meter",1]]'
    beside = {"map/d__cpg": letters} if letters else {}
    return zipped(**{"map/d__shp": shp, "map/d__dbf": dbf, "map/d__prj": wkt.encode()}, **beside)
