"""Zipped shapefiles: shapes (.shp), their table (.dbf), its letters (.cpg) and coordinate system (.prj). Pure.

Sources: ESRI Shapefile Technical Description, an ESRI White Paper, July 1998; dBASE III+ file structure.
"""

import re
import struct
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import numpy as np
import shapely

from services.reports.areas.domain.forms import other_form
from services.reports.areas.domain.geopackage import chosen_layer
from services.reports.areas.domain.layers import MOST_LAYERS, Contents, Feature, Layer, Named, check_count
from services.reports.areas.domain.systems import named
from services.reports.areas.domain.values import headed

_HEAD_BYTES, _RECORD_HEAD_BYTES = 100, 8
_POLYGONS = {5, 15, 25}
_OTHERS = {1: "Point", 11: "Point", 21: "Point", 3: "LineString", 13: "LineString", 23: "LineString",
           8: "MultiPoint", 18: "MultiPoint", 28: "MultiPoint", 31: "MultiPatch"}  # fmt: skip
# What the byte for it in a table's head says of its letters.
_LETTERS = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x08: "cp865", 0x13: "cp932", 0x64: "cp852",
            0x65: "cp866", 0xC8: "cp1250", 0xC9: "cp1251"}  # fmt: skip
_DAMAGED = (struct.error, IndexError, ValueError, KeyError, BadZipFile, ZlibError, EOFError, RuntimeError,
            NotImplementedError, shapely.errors.ShapelyError)  # fmt: skip


def read_shapefile(body: bytes, *, layer: str | None) -> Contents:
    """The shapefiles in a zip, and one of them with its features. Raises Invalid, TooLarge."""
    try:
        with ZipFile(BytesIO(body)) as zipped:
            members = {each.lower(): each for each in zipped.namelist() if not each.startswith("__MACOSX")}
            stems = {name[:-4]: members[name] for name in sorted(members) if name.endswith(".shp")}
            names = headed({member[:-4].rsplit("/", 1)[-1]: stem for stem, member in list(stems.items())[:MOST_LAYERS]})

            def part(stem: str, ending: str) -> bytes:
                member = members.get(f"{stem}.{ending}")
                return zipped.read(member) if member else b""

            counts = {name: sum(1 for _ in _records(part(stem, "shp"))) for name, stem in names.items()}
            chosen = chosen_layer(counts, layer)
            check_count(counts[chosen])
            shp, dbf, prj, cpg = (part(names[chosen], ending) for ending in ("shp", "dbf", "prj", "cpg"))
            rows = list(_rows(dbf, cpg.decode("ascii", errors="ignore").strip()))
            features = [
                Feature(index, None, rows[index] if index < len(rows) else {}, _shape(record))
                for index, record in enumerate(_records(shp))
            ]
    except _DAMAGED:
        raise other_form("is a zipped shapefile that is damaged", "Save it anew, and zip all of its files.") from None
    system = named(prj.decode("utf-8", errors="replace")) if prj else Named()
    return Contents(form="shapefile", layers=counts, layer=Layer(name=chosen, features=features, crs=system))


def _records(shp: bytes) -> Iterator[bytes]:
    at = _HEAD_BYTES
    while at + _RECORD_HEAD_BYTES <= len(shp):
        (words,) = struct.unpack_from(">i", shp, at + 4)
        if words < 2:
            raise ValueError("a record without a type")
        yield shp[at + _RECORD_HEAD_BYTES : at + _RECORD_HEAD_BYTES + 2 * words]
        at += _RECORD_HEAD_BYTES + 2 * words


def _shape(record: bytes) -> Any:
    (kind,) = struct.unpack_from("<i", record)
    if kind not in _POLYGONS:
        return {"type": _OTHERS[kind]} if kind else None
    parts, points = struct.unpack_from("<2i", record, 36)
    first = np.frombuffer(record, dtype="<i4", count=parts, offset=44)
    positions = np.frombuffer(record, dtype="<f8", count=2 * points, offset=44 + 4 * parts).reshape(-1, 2)
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


def _rows(dbf: bytes, letters: str) -> Iterator[Mapping[str, Any]]:
    if len(dbf) < 33:
        return
    count, head_bytes, row_bytes = struct.unpack_from("<IHH", dbf, 4)
    columns, at, begin = [], 32, 1
    while at + 32 <= head_bytes and dbf[at] != 0x0D:
        name, kind, length = dbf[at : at + 11].split(b"\0")[0], chr(dbf[at + 11]), dbf[at + 16]
        columns.append((name, kind, begin, begin + length))
        begin, at = begin + length, at + 32
    encoding = _encoding(dbf, letters)
    for number in range(min(count, (len(dbf) - head_bytes) // max(row_bytes, 1))):
        row = dbf[head_bytes + number * row_bytes :][:row_bytes]
        yield headed(
            {
                name.decode(encoding, errors="replace"): _value(row[first:end].decode(encoding, errors="replace"), kind)
                for name, kind, first, end in columns
            }
        )


def _encoding(dbf: bytes, letters: str) -> str:
    """What the sister file says, else the table's own head; else UTF-8 where the table is that, else cp1252."""
    told = re.sub(r"(?i)^(ansi|windows|cp)[ _-]*", "cp", letters)
    told = re.sub(r"^(\d{3,4})$", r"cp\1", told).replace("8859_", "8859-")
    for each in (told, _LETTERS.get(dbf[29], "")):
        try:
            if each:
                b"A".decode(each)
                return each
        except (LookupError, ValueError):
            continue
    try:
        dbf[int.from_bytes(dbf[8:10], "little") :].decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _value(text: str, kind: str) -> Any:
    text = text.replace("\0", " ").strip()
    if kind in "NFI" and text:
        try:
            return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
        except ValueError:
            return None
    if kind == "L":
        return {"T": True, "Y": True, "F": False, "N": False}.get(text.upper())
    return text or None
