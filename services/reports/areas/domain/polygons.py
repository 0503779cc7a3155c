"""A feature's geometry as a polygon, as it was drawn: what is harmless is mended and said, the rest is told. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import shapely
from shapely import GeometryCollection, MultiPolygon, Polygon

from services.reports.areas.domain.crossings import Patience
from services.reports.areas.domain.layers import Feature
from shared.errors import FieldError
from shared.geo import geometry

# A self-crossing ring that is a bow tie by mistake loses a part of its surface; one with a spike loses nothing.
MENDED_SHARE = 0.001
_DEEPEST = 6
_A_POLYGON = "A Polygon or MultiPolygon is needed: closed rings of at least four positions, all finite numbers."
_KINDS = {
    "Point": "a point", "MultiPoint": "points", "LineString": "a line", "MultiLineString": "lines",
    "LinearRing": "a line", "MultiPatch": "a body in space", "CurvePolygon": "a shape with curves",
    "MultiSurface": "a shape with curves", "CompoundCurve": "a line", "CircularString": "a line",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A polygon as it was drawn, valid; and by their codes what was done to have it so."""

    shape: geometry.Shape
    notes: tuple[str, ...] = ()


class _No(Exception):
    """A geometry is no polygon: the code and the sentence for it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def drawn(feature: Feature, *, about: str | None, patience: Patience) -> Drawn | FieldError:
    """A feature's polygon, or what is wrong with its geometry. about: its code. patience: the file's, with mending."""
    try:
        shape, notes = _read(feature.geometry)
        if shapely.has_z(shape) or shapely.has_m(shape):
            shape, notes = shapely.force_2d(shape), [*notes, "dimensions"]
        sound, mended = _sound(shape, patience)
        return Drawn(shape=sound, notes=tuple(dict.fromkeys([*notes, *mended])))
    except _No as no:
        return feature.error("geometry", no.code, no.detail, about=about)


def polygons_of(shape: Any) -> geometry.Shape | None:
    """The polygons of a shape that came of others, without the lines and points where they only touched."""
    parts = [part for part in _parts(shape) if isinstance(part, Polygon) and not part.is_empty]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _parts(shape: Any) -> Iterator[Any]:
    if hasattr(shape, "geoms"):
        for each in shape.geoms:
            yield from _parts(each)
    else:
        yield shape


def _sound(shape: geometry.Shape, patience: Patience) -> tuple[geometry.Shape, list[str]]:
    """The shape where it is valid; else mended, where that is soon done and its surface stays what it is."""
    if shapely.is_valid(shape):
        return shape, []
    if not math.isfinite(shape.area):
        raise _No("not-a-polygon", _A_POLYGON)
    if not patience.lasts_for(shape):
        raise _fault(shape)
    mended = polygons_of(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    if mended is None or abs(mended.area - shape.area) > MENDED_SHARE * mended.area or not mended.is_valid:
        raise _fault(shape)
    return mended, ["mended"]


def _fault(shape: geometry.Shape) -> _No:
    """What makes a shape no valid polygon, the first of it, and where: as GEOS tells it, the place in brackets."""
    fault, _, place = shapely.is_valid_reason(shape).partition("[")
    x, _, y = place.rstrip("]").partition(" ")
    if "Self-intersection" in fault:
        return _No("self-crossing", f"The polygon is not valid: its border crosses itself, at {x}, {y}.")
    return _No("invalid-polygon", f"The polygon is not valid: {fault.strip()}" + (f", at {x}, {y}." if y else "."))


def _read(geometry: Any) -> tuple[geometry.Shape, list[str]]:
    if _holds_nothing(geometry):
        raise _No("empty", "There is no geometry, or one without any positions.")
    if isinstance(geometry, Mapping):
        return _of_geojson(geometry)
    if isinstance(geometry, bytes):
        try:
            geometry = shapely.from_wkb(geometry)
        except shapely.errors.ShapelyError:
            raise _No("not-a-polygon", "Its shape cannot be read: it is damaged, or has curves.") from None
    if not isinstance(geometry, shapely.Geometry):
        raise _No("not-a-polygon", _A_POLYGON)
    return _polygonal(geometry)


def _of_geojson(said: Mapping[str, Any]) -> tuple[geometry.Shape, list[str]]:
    kind = said.get("type")
    if isinstance(kind, str) and kind in _KINDS:
        raise _No("not-a-polygon", _is_other(_KINDS[kind]))
    try:
        shape = shapely.from_geojson(orjson.dumps(said).decode(), on_invalid="ignore")
    except (orjson.JSONEncodeError, UnicodeDecodeError):
        shape = None
    if shape is not None:
        return _polygonal(shape)
    # Seldom, and slow: what GEOS does not take is looked at position by position.
    plain, notes = _plain(said, _DEEPEST)
    shape = shapely.from_geojson(orjson.dumps(plain).decode(), on_invalid="ignore")
    if shape is None:
        raise _No("not-a-polygon", _A_POLYGON)
    found, more = _polygonal(shape)
    return found, [*notes, *more]


def _polygonal(shape: Any) -> tuple[geometry.Shape, list[str]]:
    if shape is None or shape.is_empty:
        raise _No("empty", "There is no geometry, or one without any positions.")
    if isinstance(shape, Polygon | MultiPolygon):
        return shape, []
    if not isinstance(shape, GeometryCollection):
        raise _No("not-a-polygon", _is_other(_KINDS.get(shape.geom_type, "something else")))
    parts = list(_parts(shape))
    if not all(isinstance(part, Polygon) for part in parts):
        raise _No("not-a-polygon", "Its collection of shapes holds lines or points beside polygons. Leave them out.")
    if not all(part.is_valid for part in parts):
        raise _No("invalid-polygon", "Its collection of shapes has a polygon that crosses itself.")
    joined = polygons_of(shapely.union_all(parts))
    if joined is None:
        raise _No("empty", "There is no geometry, or one without any positions.")
    return joined, ["joined"]


def _is_other(what: str) -> str:
    return f"It is {what}, and an area is a Polygon or MultiPolygon. Leave it out, or take another layer of the file."


def _plain(said: Mapping[str, Any], deep: int) -> tuple[dict[str, Any], list[str]]:
    """A GeoJSON geometry with two numbers to a position and closed rings. Raises _No where it cannot be made so."""
    kind, notes = said.get("type"), list[str]()
    if kind == "GeometryCollection" and isinstance(said.get("geometries"), list) and deep:
        members = [_plain(each, deep - 1) for each in said["geometries"] if isinstance(each, Mapping)]
        told = [note for _, some in members for note in some]
        return {"type": kind, "geometries": [each for each, _ in members]}, told
    polygons = said.get("coordinates") if kind == "MultiPolygon" else [said.get("coordinates")]
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(polygons, list):
        raise _No("not-a-polygon", _A_POLYGON)
    closed = [[_ring(ring, notes) for ring in _list(rings)] for rings in polygons]
    return {"type": "MultiPolygon", "coordinates": closed}, notes


def _ring(ring: Any, notes: list[str]) -> list[list[float]]:
    positions = [_position(each, notes) for each in _list(ring)]
    if len(positions) < 4:
        raise _No("not-a-polygon", _A_POLYGON)
    if positions[0] != positions[-1]:
        positions.append(positions[0])
        notes.append("closed")
    return positions


def _position(position: Any, notes: list[str]) -> list[float]:
    numbers = _list(position)
    if len(numbers) < 2 or any(isinstance(each, bool) or not isinstance(each, int | float) for each in numbers[:2]):
        raise _No("not-a-polygon", _A_POLYGON)
    try:
        x, y = float(numbers[0]), float(numbers[1])
    except OverflowError:
        x = y = math.inf
    if not (math.isfinite(x) and math.isfinite(y)):
        raise _No("not-a-polygon", f"A coordinate is NaN or infinite. {_A_POLYGON}")
    if len(numbers) > 2:
        notes.append("dimensions")
    return [x, y]


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list):
        raise _No("not-a-polygon", _A_POLYGON)
    return value


def _holds_nothing(said: Any, deep: int = _DEEPEST) -> bool:
    """Whether it is null, or lists in lists without anything in them, as deep as a MultiPolygon goes."""
    if isinstance(said, Mapping):
        inner = next((said[name] for name in ("coordinates", "geometries") if name in said), said)
        return inner is not said and _holds_nothing(inner, deep - 1)
    hollow = isinstance(said, list) and deep > 0 and all(_holds_nothing(each, deep - 1) for each in said)
    return said is None or hollow
