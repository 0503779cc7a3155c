"""GeoJSON: a FeatureCollection, also as it was before 2016, or a single feature or shape; and areas written as it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json import JSONDecodeError
from math import isnan
from typing import Any

import orjson
import shapely

from services.reports.areas.domain.forms import other_form
from services.reports.areas.domain.layers import MOST_FEATURES, MOST_POSITIONS, Contents, Feature, Layer, check_count
from services.reports.areas.domain.systems import crs_member
from services.reports.areas.domain.values import headed, heading
from shared.errors import FieldError, Invalid, Malformed, TooLarge
from shared.geo import geometry
from shared.http.strict_json import read_json

# Of all objects in a file: fifty of each feature, its properties and geometry.
_MOST_MEMBERS = 50 * MOST_FEATURES
_SHAPES = ("Polygon", "MultiPolygon", "GeometryCollection", "Point", "LineString", "MultiPoint", "MultiLineString")
_QGIS = "Open it in QGIS and save the layer as GeoJSON."


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShape:
    """One area of a tree, with its polygon in longitude and latitude, WGS 84. `depth` is 1 for a root."""

    code: str
    name: str
    parent: str | None
    depth: int
    polygon: geometry.Shape


def read_geojson(body: bytes, *, layer: str | None) -> Contents:
    """The features of a GeoJSON file in UTF-8 without a mark. Raises Malformed, TooLarge, and Invalid by name."""
    # Each position is a list, and hardly anything else is.
    if body.count(b"[") > MOST_POSITIONS + 10 * MOST_FEATURES:
        raise TooLarge("The file has more than 1,000,000 positions. Simplify its borders.")
    collection, notes = _collection(body)
    return layer_of(collection, layer=layer, notes=notes)


def layer_of(
    collection: Mapping[str, Any], *, layer: str | None = None, notes: Sequence[tuple[str, str]] = ()
) -> Contents:
    """The features of a FeatureCollection. Raises TooLarge, Invalid."""
    members = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(members, list) or not members:
        nothing = FieldError("/features", "empty", "At least one feature is needed.")
        raise Invalid("Areas come as a GeoJSON FeatureCollection with at least one feature.", errors=(nothing,))
    check_count(len(members))
    name = collection.get("name")
    name = heading(name) if isinstance(name, str) and name else "features"
    if layer is not None and layer != name:
        unknown = FieldError("/layer", "unknown-layer", "The file has one layer, and it has another name.")
        raise Invalid("The file has no layer of this name.", errors=(unknown,))
    features = [_feature(index, member) for index, member in enumerate(members)]
    read = Layer(name=name, features=features, crs=crs_member(collection.get("crs")), notes=notes)
    return Contents(form="geojson", layers={name: len(features)}, layer=read)


def _collection(body: bytes) -> tuple[Mapping[str, Any], list[tuple[str, str]]]:
    found = _json(body)
    if not isinstance(found, dict):
        return {}, []
    kind = found.get("type")
    if kind == "Topology":
        raise other_form("topojson", "is a TopoJSON file", f"Save it as GeoJSON: {_QGIS[0].lower()}{_QGIS[1:]}")
    if isinstance(found.get("features"), list) and ("geometryType" in found or "spatialReference" in found):
        raise other_form("esri-json", "is Esri's JSON", "Ask the map service for GeoJSON (f=geojson).")
    if "elements" in found and "osm3s" in found:
        raise other_form("osm", "is OpenStreetMap's JSON", "Export it as GeoJSON.")
    if "error" in found and "features" not in found:
        raise other_form("service-message", "is an error message of a map service", "Ask it for the layer once more.")
    if kind == "Feature":
        return {"type": "FeatureCollection", "features": [found], "crs": found.get("crs")}, [
            ("single-feature", "The file is a single feature, and becomes one area.")
        ]
    if kind in _SHAPES:
        return {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": found}]}, [
            ("single-feature", "The file is a single shape without properties, and becomes one area.")
        ]
    return found, []


def _json(body: bytes) -> Any:
    try:
        return read_json(body, members=_MOST_MEMBERS, infinities=True)
    except JSONDecodeError as wrong:
        begin = re.match(rb'\s*\x1e?\s*\{\s*"type"\s*:\s*"Feature"', body[:200])
        if begin and (wrong.msg.startswith("Extra data") or body[:1] == b"\x1e"):
            raise other_form("geojson-lines", "is a list of features, one on each line (GeoJSONSeq)", _QGIS) from None
        raise Malformed(_whole(body)) from None
    except ValueError:
        raise Malformed("The body is no valid JSON.") from None


def _whole(body: bytes) -> str:
    if body.lstrip()[:1] in (b"{", b"[") and body.rstrip()[-1:] not in (b"}", b"]"):
        return "The body is no valid JSON: it breaks off. Was the file saved whole?"
    return "The body is no valid JSON, and no other form of file that is known here."


def _feature(index: int, member: Any) -> Feature:
    member = member if isinstance(member, dict) else {}
    properties = member.get("properties")
    said = {
        # Programs that write tables of numbers write what is missing as NaN.
        name: None if isinstance(value, float) and isnan(value) else value
        for name, value in (properties if isinstance(properties, dict) else {}).items()
    }
    return Feature(index, member.get("id"), headed(said), member.get("geometry"))


def as_geojson(areas: Sequence[AreaShape]) -> dict[str, Any]:
    """The areas as a GeoJSON FeatureCollection in longitude and latitude, as `read_areas` takes it with EPSG:4326."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": a.code, "name": a.name, "parent": a.parent, "level": a.depth - 1},
                "geometry": orjson.loads(shapely.to_geojson(a.polygon)),
            }
            for a in areas
        ],
    }
