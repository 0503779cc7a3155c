"""Areas as they come in: a GeoJSON tree in any coordinate system, or a grid of squares where nobody drew any. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import shapely
from shapely import Polygon

from shared import geo
from shared.errors import FieldError, Invalid

# A grid that was meant in kilometres and given in metres would otherwise fill the memory.
MOST_SQUARES = 20_000

# NYKO, the deepest Swedish division in use, has five levels. The bound also finds circles among parents.
MOST_LEVELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShape:
    """One area of a tree, with its polygon in longitude and latitude, WGS 84. `level` is 1 for a root."""

    code: str
    name: str
    parent: str | None
    level: int
    polygon: geo.Shape


@dataclass(frozen=True, slots=True)
class _Feature:
    """A feature as it came, and where it stood, so that what is wrong with it can be said at its place."""

    index: int
    code: str | None
    name: str | None
    parent: str | None
    geometry: Any

    def error(self, where: str, code: str, detail: str) -> FieldError:
        return FieldError(f"/features/{self.index}/{where}", code, detail)


def read_areas(collection: Mapping[str, Any], *, crs: str, home_crs: str) -> list[AreaShape]:
    """A whole area tree from a GeoJSON FeatureCollection with the properties `code`, `name` and `parent`.

    A root has no parent. crs: what the coordinates are in, x before y, whatever order the register gives the axes.
    home_crs: the municipality's own, outside whose area of use no area can lie. Returned parents before children,
    else in the order of the file.
    Raises Invalid with everything that is wrong, one FieldError each, as JSON Pointers into the collection.
    """
    geo.coordinate_system(crs)
    members = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(members, list) or not members:
        raise Invalid("Areas come as a GeoJSON FeatureCollection with at least one feature.")
    features = [_feature(index, member) for index, member in enumerate(members)]
    errors = list(_property_errors(features))
    levels = _levels(features)
    errors += _tree_errors(features, levels)
    polygons: dict[int, geo.Shape] = {}
    for feature in features:
        outcome = _polygon(feature, crs=crs, home_crs=home_crs)
        if isinstance(outcome, FieldError):
            errors.append(outcome)
        else:
            polygons[feature.index] = outcome
    if errors:
        raise Invalid("The areas cannot be used as they are.", errors=tuple(errors))
    areas = (
        AreaShape(code=f.code, name=f.name, parent=f.parent, level=levels[f.index], polygon=polygons[f.index])
        for f in features
        if f.code and f.name  # what is missing was refused above
    )
    return sorted(areas, key=lambda area: area.level)


def _feature(index: int, member: Any) -> _Feature:
    member = member if isinstance(member, dict) else {}
    properties = member.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    code, name, parent = (_text(properties.get(key)) for key in ("code", "name", "parent"))
    return _Feature(index, code, name, parent, member.get("geometry"))


def _text(value: Any) -> str | None:
    """Codes are often numbers in such files; a leading zero that is already lost there cannot be found again."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return (value.strip() or None) if isinstance(value, str) else None


def _property_errors(features: Sequence[_Feature]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for feature in features:
        if feature.code is None:
            yield feature.error("properties/code", "missing", "Every area needs a code.")
        elif feature.code in seen:
            yield feature.error("properties/code", "duplicate", "An earlier feature has the same code.")
        else:
            seen.add(feature.code)
        if feature.name is None:
            yield feature.error("properties/name", "missing", "Every area needs a name.")


def _levels(features: Sequence[_Feature]) -> dict[int, int]:
    """How deep each feature lies, by its index; those that lead to no root are left out."""
    parents = {feature.code: feature.parent for feature in features}
    levels: dict[int, int] = {}
    for feature in features:
        level, code = 1, feature.parent
        while code is not None and level < MOST_LEVELS:
            level, code = level + 1, parents.get(code)
        if code is None:
            levels[feature.index] = level
    return levels


def _tree_errors(features: Sequence[_Feature], levels: Mapping[int, int]) -> Iterator[FieldError]:
    codes = {feature.code for feature in features}
    for feature in features:
        if feature.parent is not None and feature.parent not in codes:
            yield feature.error("properties/parent", "unknown-parent", "No feature of the file has this code.")
        elif feature.index not in levels:
            yield feature.error("properties/parent", "no-root", f"No root within {MOST_LEVELS} levels; a circle?")


def _polygon(feature: _Feature, *, crs: str, home_crs: str) -> geo.Shape | FieldError:
    try:
        drawn = geo.shape_of(feature.geometry if isinstance(feature.geometry, dict) else {})
    except (Invalid, orjson.JSONEncodeError):
        detail = "A Polygon or MultiPolygon is needed: closed rings of at least four positions, all finite numbers."
        return feature.error("geometry", "not-a-polygon", detail)
    polygon = shapely.transform(shapely.force_2d(drawn), lambda xy: np.column_stack(geo.to_lonlat(*xy.T, crs=crs)))
    lon, lat = shapely.get_coordinates(polygon).T
    for system in (crs, home_crs):
        if not geo.fits(lon, lat, crs=system).all():
            detail = f"These coordinates do not fit {system.upper()}; are the axes swapped, or is it another system?"
            return feature.error("geometry", "out-of-range", detail)
    if not shapely.is_valid(polygon):
        # GEOS names the kind of fault and, in brackets, where.
        fault = re.sub(r"\[.*", "", shapely.is_valid_reason(polygon)).strip()
        return feature.error("geometry", "invalid-polygon", f"The polygon is not valid: {fault}.")
    return polygon


def grid_areas(
    bbox: tuple[float, float, float, float], *, size_m: int, crs: str, code: str, name: str
) -> list[AreaShape]:
    """Squares of `size_m` over a box, under one root area: a tree for a municipality that has no polygons yet.

    bbox: west, south, east, north in metres of the projected system `crs`; it grows to whole squares. A square's code
    and name are its lower left corner (`geo.cell_of`). The root comes first, then west to east, south to north.
    Raises Invalid for an empty box, more than MOST_SQUARES, a system that does not count metres, or a box outside it.
    """
    geo.require_metres(crs)
    west, south, east, north = bbox
    if not (np.isfinite(bbox).all() and west < east and south < north and size_m > 0):
        raise Invalid("A box is west, south, east, north in metres, and its squares have a size.")
    left, right = west // size_m, -(-east // size_m)
    low, high = south // size_m, -(-north // size_m)
    if (right - left) * (high - low) > MOST_SQUARES:
        raise Invalid(f"A grid has at most {MOST_SQUARES} squares; make them larger or the box smaller.")
    columns, rows = np.arange(left, right + 1) * size_m, np.arange(low, high + 1) * size_m
    # Each corner is projected once, so that neighbours share theirs to the last bit and leave no gap between them.
    eastings, northings = np.meshgrid(columns, rows)
    lon, lat = geo.to_lonlat(eastings.ravel(), northings.ravel(), crs=crs)
    if not geo.fits(lon, lat, crs=crs).all():
        raise Invalid(f"These coordinates do not fit {crs.upper()}; are the axes swapped?")
    corners = np.stack([lon, lat], axis=-1).reshape(*eastings.shape, 2)
    outline = np.concatenate([corners[0], corners[1:, -1], corners[-1, -2::-1], corners[-2::-1, 0]])
    root = AreaShape(code=code, name=name, parent=None, level=1, polygon=Polygon(outline))
    lower, upper = corners[:-1], corners[1:]
    rings = np.stack([lower[:, :-1], lower[:, 1:], upper[:, 1:], upper[:, :-1], lower[:, :-1]], axis=2)
    squares = shapely.polygons(rings.reshape(-1, 5, 2))
    codes = geo.cells_of(eastings[:-1, :-1].ravel(), northings[:-1, :-1].ravel(), size_m=size_m)
    square = replace(root, parent=code, level=2)
    return [root, *(replace(square, code=c, name=c, polygon=p) for c, p in zip(codes, squares, strict=True))]


def as_geojson(areas: Sequence[AreaShape]) -> dict[str, Any]:
    """The areas as a GeoJSON FeatureCollection in longitude and latitude, as `read_areas` takes it with EPSG:4326."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": a.code, "name": a.name, "parent": a.parent, "level": a.level},
                "geometry": orjson.loads(shapely.to_geojson(a.polygon)),
            }
            for a in areas
        ],
    }
