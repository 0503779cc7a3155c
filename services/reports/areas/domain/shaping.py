"""Areas of a file, with their shapes: into the tree that is there, inside their parents, under a root. Pure.

Shapes are as they were drawn, x before y, in the file's own system, until `kept` makes degrees of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from services.reports.areas.domain.choosing import Chosen, Reading, tree_faults
from services.reports.areas.domain.polygons import polygons_of
from services.reports.areas.domain.tiling import DEGREE_M, Laid, in_metres, tiling_faults, united
from shared.errors import FieldError
from shared.geo import geometry

# Eight decimals of a degree are a millimetre. Without an end to the digits, the same map projected by another
# release of the library would count as changed.
DECIMALS = 8
_MOST_DECIMALS = 14
# Less of an area than this falls away at any border that two hands drew.
_CLIPPED_SHARE = 0.0001
_WORDS = {"overlap": "covers the same ground as", "outside-parent": "sticks out of"}


@dataclass(frozen=True, slots=True)
class There:
    """An area of the tree that is there already, and stays: depth 1 is a root; its shape in the file's own system."""

    code: str
    parent: str | None
    depth: int
    shape: Any


@dataclass(slots=True)
class Shaped:
    """Areas by their codes, parents before children; what is wrong with them; and what was done to them, in %."""

    areas: dict[str, Chosen]
    shapes: dict[str, Any]
    there: Mapping[str, There] = field(default_factory=dict)
    faults: list[FieldError] = field(default_factory=list)
    clipped_pct: dict[str, float] = field(default_factory=dict)
    root: str | None = None
    under_root: bool = False


def simplified(shapes: Mapping[str, Any], depths: Mapping[str, int], *, metres: float, crs: str) -> dict[str, Any]:
    """Shapes with fewer positions, none farther off than about so many metres; those of one depth keep their borders.

    One that would not be valid any more stays as it is.
    """
    system = geometry.coordinate_system(crs)
    tolerance = metres / (system.axis_info[0].unit_conversion_factor if system.is_projected else DEGREE_M)
    found = dict(shapes)
    for depth in set(depths.values()):
        codes = [code for code in shapes if depths[code] == depth]
        fewer = shapely.coverage_simplify([shapes[code] for code in codes], tolerance)
        found |= {
            code: shape
            for code, shape in zip(codes, fewer, strict=True)
            if shapely.is_valid(shape) and not shape.is_empty
        }
    return found


def by_place(shaped: Shaped) -> None:
    """Give each area the parent in which most of it lies, among those that are there; a fault where that is none."""
    codes = list(shaped.there)
    above = np.array([shaped.there[code].shape for code in codes], dtype=object)
    tree = shapely.STRtree(above)
    for code, area in shaped.areas.items():
        near = tree.query(shaped.shapes[code], predicate="intersects")
        common = shapely.area(shapely.intersection(shaped.shapes[code], above[near]))
        if not len(near) or not common.max() > 0:
            detail = "It lies in no area of the level above."
            shaped.faults.append(area.features[0].error("geometry", "outside-parent", detail, about=code))
            continue
        area.parent = codes[near[int(common.argmax())]]


def clip(shaped: Shaped) -> None:
    """Cut each area off at the border of its parent; a fault where nothing is left of it."""
    around = {code: each.shape for code, each in shaped.there.items()}
    for code, area in sorted(shaped.areas.items(), key=lambda each: each[1].depth):
        shape = shaped.shapes[code]
        within = shaped.shapes.get(area.parent or "", around.get(area.parent or ""))
        left = polygons_of(shapely.intersection(shape, within)) if within is not None else shape
        if left is None or not shapely.is_valid(left):
            detail = "Nothing of it lies in its parent."
            shaped.faults.append(area.features[0].error("geometry", "outside-parent", detail, about=code))
            continue
        lost = 1 - left.area / shape.area
        if lost > _CLIPPED_SHARE:
            shaped.clipped_pct[code] = round(100 * lost, 2)
        shaped.shapes[code] = left if lost > 0 else shape


def add_root(shaped: Shaped, reading: Reading, *, crs: str) -> None:
    """Put a root made of all areas without a parent over them, where there are several."""
    tops = [area for area in shaped.areas.values() if area.parent is None]
    code, name = reading.root_code or "", reading.root_name or ""
    if len(tops) < 2 and not shaped.under_root:
        return
    if code in shaped.areas:
        detail = "An area of the file has the code of the root. Give the root another one with `root_code`."
        shaped.faults.append(FieldError("/root_code", "duplicate", detail, code))
        return
    drawings = np.array([shaped.shapes[area.code or ""] for area in tops], dtype=object)
    whole = _without_gaps(polygons_of(united(drawings)), crs=crs, metres=reading.tolerance_m)
    for area in tops:
        area.parent = code
    for area in shaped.areas.values():
        area.depth += 1
    shaped.areas = {code: Chosen([], code, name, None, depth=1), **shaped.areas}
    shaped.shapes[code], shaped.root = whole, code


def _without_gaps(shape: Any, *, crs: str, metres: float) -> Any:
    """A shape without the holes into which no circle of so many metres fits: slivers between areas that were joined."""
    filled = []
    for part in shapely.get_parts(shape):
        holes = shapely.get_rings(part)[1:]
        wide = shapely.buffer(in_metres(shapely.polygons(holes), crs=crs), -metres / 2) if len(holes) else []
        filled.append(shapely.Polygon(part.exterior, [h for h, w in zip(holes, wide, strict=True) if not w.is_empty]))
    return filled[0] if len(filled) == 1 else shapely.MultiPolygon(filled)


def check_tiling(shaped: Shaped, *, crs: str, tolerance_m: float) -> None:
    """Find siblings that overlap and children that stick out, among what came and what is there."""
    wrong = {fault.about for fault in shaped.faults}
    coming = [
        Laid(area.index if area.features else -1, code, area.parent, shaped.shapes[code])
        for code, area in shaped.areas.items()
        if code not in wrong and code != shaped.root
    ]
    staying = [Laid(-1, each.code, each.parent, each.shape) for each in shaped.there.values()]
    for fault in tiling_faults([*coming, *staying], crs=crs, tolerance_m=tolerance_m):
        if fault.area in staying and fault.other in shaped.there:
            continue  # as they were before
        where = f"/features/{fault.area.index}/geometry" if fault.area.index >= 0 else "/level"
        wide = f"{fault.surface_m2} m², more than {tolerance_m:.0f} m wide"
        detail = f"It {_WORDS[fault.code]} {fault.other} by {wide}."
        shaped.faults.append(FieldError(where, fault.code, detail, fault.area.code))


def hang(shaped: Shaped, chosen: Sequence[Chosen]) -> None:
    """Find out how deep each area lies and what is wrong with parents, of all that came; parents then stand first."""
    known = {code: each.depth for code, each in shaped.there.items()}
    shaped.faults += tree_faults(chosen, known)
    shaped.areas = dict(sorted(shaped.areas.items(), key=lambda each: each[1].depth))


def in_lonlat(shapes: Sequence[Any], *, crs: str) -> NDArray[Any]:
    """Shapes in longitude and latitude; inf where they cannot be."""
    drawn = np.array(shapes, dtype=object)
    degrees: NDArray[Any] = shapely.transform(drawn, lambda xy: np.column_stack(geometry.to_lonlat(*xy.T, crs=crs)))
    return degrees


def as_drawn(shapes: Sequence[Any], *, crs: str) -> NDArray[Any]:
    """Shapes in longitude and latitude, in another system."""
    degrees = np.array(shapes, dtype=object)
    drawn: NDArray[Any] = shapely.transform(degrees, lambda xy: np.column_stack(geometry.from_lonlat(*xy.T, crs=crs)))
    return drawn


def kept(shapes: NDArray[Any]) -> NDArray[Any]:
    """Shapes in degrees as they are kept: rounded, and as valid as they were.

    All of a file to the same number of decimals, the first with which all of them stay valid: so a position that two
    neighbours share is one afterwards too. What is valid needs at most as many as it has.
    """
    sound = shapely.is_valid(shapes)
    doubtful = shapes[sound]
    for decimals in range(DECIMALS, _MOST_DECIMALS + 1):
        # Those that were not valid with fewer are asked first, and all of them only then.
        if shapely.is_valid(_rounded(doubtful, decimals)).all():
            rounded = _rounded(shapes, decimals)
            broken = sound & ~shapely.is_valid(rounded)
            if not broken.any():
                return rounded
            doubtful = shapes[broken]
    return shapes


def _rounded(shapes: NDArray[Any], decimals: int) -> NDArray[Any]:
    rounded: NDArray[Any] = shapely.transform(shapes, lambda xy: np.round(xy, decimals))
    return rounded
