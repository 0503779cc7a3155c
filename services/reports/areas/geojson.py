"""Areas as they come in: a GeoJSON tree in any coordinate system, or a grid of squares where nobody drew any. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import shapely
from shapely import Polygon

from services.reports.areas.tiling import SLIVER_M, Laid, tiling_faults
from shared.errors import FieldError, Invalid
from shared.geo import geometry
from shared.texts import one_line, plain

# A grid that was meant in kilometres and given in metres would otherwise fill the memory.
MOST_SQUARES = 20_000
WIDEST_GRID_M = 500_000

# NYKO, the deepest Swedish division in use, has five levels. The bound also finds circles among parents.
MOST_LEVELS = 12

# EPSG:3006, urn:ogc:def:crs:EPSG::3006, and the axes of GeoJSON itself: longitude before latitude, WGS 84.
_NAMED = re.compile(r"(?:urn:ogc:def:crs:)?(?:EPSG:[0-9.]*:?([0-9]{4,6})|OGC:[0-9.]*:?CRS84)", re.IGNORECASE | re.ASCII)

# Characters of an area's texts; of a code as many as requests may name.
LONGEST = {"code": 100, "name": 200, "parent": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShape:
    """One area of a tree, with its polygon in longitude and latitude, WGS 84. `depth` is 1 for a root."""

    code: str
    name: str
    parent: str | None
    depth: int
    polygon: geometry.Shape


@dataclass(frozen=True, slots=True)
class _Feature:
    """A feature as it came, and where it stood, so that what is wrong with it can be said at its place."""

    index: int
    code: str | None
    name: str | None
    parent: str | None
    geometry: Any
    unusable: tuple[str, ...] = ()

    def error(self, where: str, code: str, detail: str) -> FieldError:
        return FieldError(f"/features/{self.index}/{where}", code, detail, self.code)


def read_areas(collection: Mapping[str, Any], *, crs: str, home_crs: str) -> list[AreaShape]:
    """A whole area tree from a GeoJSON FeatureCollection with the properties `code`, `name` and `parent`.

    A root has no parent. crs: what the coordinates are in, x before y, whatever order the register gives the axes.
    home_crs: the municipality's own, in metres, outside whose area of use no area can lie. Returned parents before
    children, else in the order of the file.
    Raises Invalid with everything that is wrong, one FieldError each, as JSON Pointers into the collection and with the
    area's code; how areas lie to each other (`tiling`) is asked of those with which nothing else is wrong. The codes:
    empty, missing, unusable-text, duplicate, unknown-parent, cycle, too-deep, not-a-polygon, self-crossing,
    invalid-polygon, out-of-range, overlap, outside-parent; of the file itself: other-system.
    """
    geometry.coordinate_system(crs)
    members = collection.get("features")
    if collection.get("type") != "FeatureCollection" or not isinstance(members, list) or not members:
        nothing = FieldError("/features", "empty", "At least one feature is needed.")
        raise Invalid("Areas come as a GeoJSON FeatureCollection with at least one feature.", errors=(nothing,))
    _check_named(collection.get("crs"), crs=crs)
    features = [_feature(index, member) for index, member in enumerate(members)]
    errors = list(_property_errors(features))
    depths = _depths(features)
    errors += _tree_errors(features, depths)
    polygons: dict[int, geometry.Shape] = {}
    drawn: dict[int, geometry.Shape] = {}
    for feature in features:
        outcome = _polygon(feature, crs=crs, home_crs=home_crs)
        if isinstance(outcome, FieldError):
            errors.append(outcome)
        else:
            polygons[feature.index], drawn[feature.index] = outcome
    errors += _tiling_errors(features, drawn, errors, crs=crs)
    if errors:
        raise Invalid("The areas cannot be used as they are.", errors=tuple(errors))
    areas = (
        AreaShape(code=f.code, name=f.name, parent=f.parent, depth=depths[f.index], polygon=polygons[f.index])
        for f in features
        if f.code and f.name  # what is missing was refused above
    )
    return sorted(areas, key=lambda area: area.depth)


def _check_named(member: Any, *, crs: str) -> None:
    """Raise Invalid where a file names a coordinate system (as GeoJSON of 2008 does) that is not `crs`, or none."""
    if member is None:
        return
    properties = member.get("properties") if isinstance(member, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    found = _NAMED.fullmatch(name) if isinstance(name, str) else None
    code = (found[1] or "4326") if found else None
    if code is None or crs.upper() != f"EPSG:{code}":
        detail = f"It names another system than {crs.upper()}, or none by its EPSG code. Ask with the file's own `crs`."
        wrong = FieldError("/crs", "other-system", detail)
        raise Invalid("The file's coordinate system is not the one asked for.", errors=(wrong,))


def _feature(index: int, member: Any) -> _Feature:
    member = member if isinstance(member, dict) else {}
    properties = member.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    said = {key: _text(properties.get(key)) for key in LONGEST}
    unusable = tuple(key for key, text in said.items() if text is not None and not _is_usable(text, key))
    code, name, parent = (None if key in unusable else said[key] for key in LONGEST)
    return _Feature(index, code, name, parent, member.get("geometry"), unusable)


def _text(value: Any) -> str | None:
    """Codes are often numbers in such files; a leading zero that is already lost there cannot be found again."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return (plain(value) or None) if isinstance(value, str) else None


def _is_usable(text: str, key: str) -> bool:
    try:
        # A code stands in addresses: a slash, or dots alone, would make it a path.
        is_path = key != "name" and (bool({*"/\\"} & {*text}) or not text.strip("."))
        return 0 < len(one_line(text)) <= LONGEST[key] and not is_path
    except ValueError:
        return False


def _property_errors(features: Sequence[_Feature]) -> Iterator[FieldError]:
    seen: set[str] = set()
    for feature in features:
        for key in feature.unusable:
            detail = f"At most {LONGEST[key]} characters on one line, none of them a control character."
            detail += "" if key == "name" else " A code has no slash, and not dots alone."
            yield feature.error(f"properties/{key}", "unusable-text", detail)
        if "code" in feature.unusable:
            continue
        if feature.code is None:
            yield feature.error("properties/code", "missing", "Every area needs a code.")
        elif feature.code in seen:
            yield feature.error("properties/code", "duplicate", "An earlier feature has the same code.")
        else:
            seen.add(feature.code)
        if feature.name is None and "name" not in feature.unusable:
            yield feature.error("properties/name", "missing", "Every area needs a name.")


def _depths(features: Sequence[_Feature]) -> dict[int, int]:
    """How deep each feature lies, by its index; those that lead to no root are left out."""
    parents = {feature.code: feature.parent for feature in features}
    depths: dict[int, int] = {}
    for feature in features:
        depth, code = 1, feature.parent
        while code is not None and depth < MOST_LEVELS:
            depth, code = depth + 1, parents.get(code)
        if code is None:
            depths[feature.index] = depth
    return depths


def _tree_errors(features: Sequence[_Feature], depths: Mapping[int, int]) -> Iterator[FieldError]:
    parents = {feature.code: feature.parent for feature in features}
    for feature in features:
        if feature.parent is not None and feature.parent not in parents:
            yield feature.error("properties/parent", "unknown-parent", "No feature of the file has this code.")
        elif feature.index not in depths and _in_circle(feature, parents):
            yield feature.error("properties/parent", "cycle", "From parent to parent it comes back to where it was.")
        elif feature.index not in depths:
            yield feature.error("properties/parent", "too-deep", f"There is no root within {MOST_LEVELS} levels.")


def _in_circle(feature: _Feature, parents: Mapping[str | None, str | None]) -> bool:
    """Whether the way up from a feature leads into a circle, of as many areas as anybody draws by mistake."""
    seen, code = {feature.code}, feature.parent
    while code is not None and code not in seen and len(seen) < 100:
        seen.add(code)
        code = parents.get(code)
    return code in seen


def _tiling_errors(
    features: Sequence[_Feature], polygons: Mapping[int, geometry.Shape], errors: Sequence[FieldError], *, crs: str
) -> list[FieldError]:
    wrong = {error.field.split("/")[2] for error in errors}
    laid = [
        Laid(feature.index, feature.code, feature.parent, polygons[feature.index])
        for feature in features
        if feature.code and str(feature.index) not in wrong
    ]
    found = tiling_faults(laid, crs=crs)
    words = {"overlap": "covers the same ground as", "outside-parent": "sticks out of"}
    return [
        FieldError(
            f"/features/{fault.area.index}/geometry",
            fault.code,
            f"It {words[fault.code]} {fault.other} by {fault.surface_m2} m², more than {SLIVER_M:.0f} m wide.",
            fault.area.code,
        )
        for fault in found
    ]


def _polygon(feature: _Feature, *, crs: str, home_crs: str) -> tuple[geometry.Shape, geometry.Shape] | FieldError:
    """A feature's polygon in longitude and latitude, and as it was drawn; or what is wrong with it."""
    if _holds_nothing(feature.geometry):
        return feature.error("geometry", "empty", "There is no geometry, or one without any positions.")
    try:
        drawn = shapely.force_2d(geometry.shape_of(feature.geometry if isinstance(feature.geometry, dict) else {}))
    except (Invalid, orjson.JSONEncodeError):
        detail = "A Polygon or MultiPolygon is needed: closed rings of at least four positions, all finite numbers."
        return feature.error("geometry", "not-a-polygon", detail)
    polygon = shapely.transform(drawn, lambda xy: np.column_stack(geometry.to_lonlat(*xy.T, crs=crs)))
    lon, lat = shapely.get_coordinates(polygon).T
    for system in (crs, home_crs):
        if not geometry.fits(lon, lat, crs=system).all():
            detail = f"These coordinates do not fit {system.upper()}; are the axes swapped, or is it another system?"
            return feature.error("geometry", "out-of-range", detail)
    if broken := next((shape for shape in (drawn, polygon) if not shapely.is_valid(shape)), None):
        # GEOS names the kind of fault and, in brackets, where.
        fault = re.sub(r"\[.*", "", shapely.is_valid_reason(broken)).strip()
        code = "self-crossing" if "Self-intersection" in fault else "invalid-polygon"
        return feature.error("geometry", code, f"The polygon is not valid: {fault}.")
    return polygon, drawn


def _holds_nothing(geometry: Any, deep: int = 6) -> bool:
    """Whether it is null, or lists in lists without anything in them, as deep as a MultiPolygon goes."""
    if isinstance(geometry, dict):
        return "coordinates" in geometry and _holds_nothing(geometry["coordinates"], deep - 1)
    hollow = isinstance(geometry, list) and deep > 0 and all(_holds_nothing(each, deep - 1) for each in geometry)
    return geometry is None or hollow


def grid_areas(
    bbox: tuple[float, float, float, float], *, size_m: int, crs: str, code: str, name: str
) -> list[AreaShape]:
    """Squares of `size_m` over a box, under one root area: a tree for a municipality that has no polygons yet.

    bbox: west, south, east, north in metres of the projected system `crs`; it grows to whole squares. A square's code
    and name are its lower left corner (`geometry.cell_of`). The root comes first, then west to east, south to north.
    Raises Invalid for an empty box, more than MOST_SQUARES, more than WIDEST_GRID_M, a system that does not count
    metres, or a box outside it.
    """
    geometry.require_metres(crs)
    west, south, east, north = bbox
    if not (np.isfinite(bbox).all() and west < east and south < north and size_m > 0):
        raise Invalid("A box is west, south, east, north in metres, and its squares have a size.")
    left, right = west // size_m, -(-east // size_m)
    low, high = south // size_m, -(-north // size_m)
    if max(right - left, high - low) * size_m > WIDEST_GRID_M:
        raise Invalid("A grid is at most 500 km wide and high; no municipality is larger.")
    if (right - left) * (high - low) > MOST_SQUARES:
        raise Invalid(f"A grid has at most {MOST_SQUARES} squares; make them larger or the box smaller.")
    columns, rows = np.arange(left, right + 1) * size_m, np.arange(low, high + 1) * size_m
    # Each corner is projected once, so that neighbours share theirs to the last bit and leave no gap between them.
    eastings, northings = np.meshgrid(columns, rows)
    lon, lat = geometry.to_lonlat(eastings.ravel(), northings.ravel(), crs=crs)
    if not geometry.fits(lon, lat, crs=crs).all():
        raise Invalid(f"These coordinates do not fit {crs.upper()}; are the axes swapped?")
    corners = np.stack([lon, lat], axis=-1).reshape(*eastings.shape, 2)
    outline = np.concatenate([corners[0], corners[1:, -1], corners[-1, -2::-1], corners[-2::-1, 0]])
    root = AreaShape(code=code, name=name, parent=None, depth=1, polygon=Polygon(outline))
    lower, upper = corners[:-1], corners[1:]
    rings = np.stack([lower[:, :-1], lower[:, 1:], upper[:, 1:], upper[:, :-1], lower[:, :-1]], axis=2)
    squares = shapely.polygons(rings.reshape(-1, 5, 2))
    codes = geometry.cells_of(eastings[:-1, :-1].ravel(), northings[:-1, :-1].ravel(), size_m=size_m)
    square = replace(root, parent=code, depth=2)
    return [root, *(replace(square, code=c, name=c, polygon=p) for c, p in zip(codes, squares, strict=True))]


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
