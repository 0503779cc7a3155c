"""Zipped shapefiles: shapes (.shp), their table (.dbf), its letters (.cpg) and coordinate system (.prj). Pure.

Source: ESRI Shapefile Technical Description, an ESRI White Paper, July 1998.
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import numpy as np
import shapely

from services.reports.areas.domain.dbase import table_of
from services.reports.areas.domain.forms import other_form
from services.reports.areas.domain.geopackage import chosen_layer
from services.reports.areas.domain.layers import Contents, Feature, Layer, Named, check_count, check_layers
from services.reports.areas.domain.systems import named
from services.reports.areas.domain.values import headed

_HEAD_BYTES, _RECORD_HEAD_BYTES, _POLYGON_HEAD_BYTES = 100, 8, 44
_POLYGONS = {5, 15, 25}
_OTHERS = {1: "Point", 11: "Point", 21: "Point", 3: "LineString", 13: "LineString", 23: "LineString",
           8: "MultiPoint", 18: "MultiPoint", 28: "MultiPoint", 31: "MultiPatch"}  # fmt: skip
_DAMAGED = (struct.error, IndexError, ValueError, KeyError, BadZipFile, ZlibError, EOFError, RuntimeError,
            NotImplementedError, shapely.errors.ShapelyError)  # fmt: skip


def read_shapefile(body: bytes, *, layer: str | None) -> Contents:
    """The shapefiles in a zip, and one of them with its features. Raises Invalid, TooLarge."""
    try:
        with ZipFile(BytesIO(body)) as zipped:
            members = {each.lower(): each for each in zipped.namelist() if not each.startswith("__MACOSX")}
            stems = {name[:-4]: members[name] for name in sorted(members) if name.endswith(".shp")}
            check_layers(len(stems))
            names = headed({member[:-4].rsplit("/", 1)[-1]: stem for stem, member in stems.items()})

            def part(stem: str, ending: str) -> bytes:
                member = members.get(f"{stem}.{ending}")
                return zipped.read(member) if member else b""

            counts = {name: sum(1 for _ in _records(part(stem, "shp"))) for name, stem in names.items()}
            with_areas = [name for name, stem in names.items() if _has_areas(part(stem, "shp"))]
            chosen = chosen_layer(counts, layer, with_areas=with_areas)
            check_count(counts[chosen])
            shp, dbf, prj, cpg = (part(names[chosen], ending) for ending in ("shp", "dbf", "prj", "cpg"))
            rows, notes = table_of(dbf, said=cpg)
            features = [
                Feature(index, None, rows[index] if index < len(rows) else {}, _shape(record))
                for index, record in enumerate(_records(shp))
            ]
    except _DAMAGED:
        then = "Save it anew, and zip all of its files."
        raise other_form("damaged-shapefile", "is a zipped shapefile that is damaged", then) from None
    system = named(prj.decode("utf-8", errors="replace")) if prj else Named()
    read = Layer(name=chosen, features=features, crs=system, notes=notes)
    return Contents(form="shapefile", layers=counts, layer=read, with_areas=with_areas)


def _has_areas(shp: bytes) -> bool:
    """Whether a shape in it is a polygon: a shapefile has one kind of them, and empty ones."""
    kinds = (struct.unpack_from("<i", record)[0] for record in _records(shp))
    return next((kind for kind in kinds if kind), 0) in _POLYGONS


def _records(shp: bytes) -> Iterator[bytes]:
    at = _HEAD_BYTES
    while at + _RECORD_HEAD_BYTES <= len(shp):
        (words,) = struct.unpack_from(">i", shp, at + 4)
        if words < 2 or at + _RECORD_HEAD_BYTES + 2 * words > len(shp):
            raise ValueError("a record without a type, or longer than the file")
        yield shp[at + _RECORD_HEAD_BYTES : at + _RECORD_HEAD_BYTES + 2 * words]
        at += _RECORD_HEAD_BYTES + 2 * words


def _shape(record: bytes) -> Any:
    (kind,) = struct.unpack_from("<i", record)
    if kind not in _POLYGONS:
        return {"type": _OTHERS[kind]} if kind else None
    parts, points = struct.unpack_from("<2i", record, 36)
    if min(parts, points) < 0 or _POLYGON_HEAD_BYTES + 4 * parts + 16 * points > len(record):
        raise ValueError("more rings or points than the record holds")
    first = np.frombuffer(record, dtype="<i4", count=parts, offset=_POLYGON_HEAD_BYTES)
    positions = np.frombuffer(record, dtype="<f8", count=2 * points, offset=_POLYGON_HEAD_BYTES + 4 * parts)
    positions = positions.reshape(-1, 2)
    if bool(parts) != bool(points):
        raise ValueError("rings without points, or points without a ring")
    if parts and (first[0] != 0 or first[-1] > points or np.any(np.diff(first) < 0)):
        raise ValueError("rings that begin elsewhere")
    rings = [ring for ring in np.split(positions, first[1:]) if len(ring) >= 3]
    return _polygons([shapely.LinearRing(ring) for ring in rings])


def _polygons(rings: list[Any]) -> Any:
    """Rings as polygons: clockwise ones are outer ones; each hole lies in the smallest outer ring around it."""
    outer = [ring for ring in rings if not shapely.is_ccw(ring)] or rings
    shells = sorted((shapely.Polygon(ring) for ring in outer), key=lambda shell: float(shell.area))
    holes: dict[int, list[Any]] = {number: [] for number in range(len(shells))}
    if len(outer) < len(rings):
        shapely.prepare(shells)
        for ring in (ring for ring in rings if shapely.is_ccw(ring)):
            inside = shapely.Polygon(ring).representative_point()
            around = next((number for number, shell in enumerate(shells) if shell.contains(inside)), None)
            if around is None:
                shells.append(shapely.Polygon(ring))
                holes[len(shells) - 1] = []
            else:
                holes[around].append(ring)
    whole = [shapely.Polygon(shell.exterior, holes[number]) for number, shell in enumerate(shells)]
    return whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole)
