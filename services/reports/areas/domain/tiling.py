"""How the areas of a tree lie to each other: siblings apart, children inside parents, as far as maps are exact."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import cos, pi, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from shared.geo import geometry

# Two people who draw the same border at a scale of 1:10,000 differ by some metres, and no report's point is better. So
# a strip that a circle of this diameter fits nowhere into is nobody's mistake.
SLIVER_M = 10.0
DEGREE_M = 111_195.0
# Who sends the same map twice under other codes need not read all of it.
MOST_FAULTS = 500
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Laid:
    """An area as it was drawn: its place in the file, its code and its parent's, its polygon in the file's system."""

    index: int
    code: str
    parent: str | None
    polygon: geometry.Shape


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with how an area lies: `overlap` with another one, or `outside-parent`; and how much of it, m²."""

    area: Laid
    code: str
    other: str
    surface_m2: int


def tiling_faults(areas: Sequence[Laid], *, crs: str, tolerance_m: float = SLIVER_M) -> list[Fault]:
    """Where siblings overlap or children stick out, beyond slivers; at most MOST_FAULTS, in the order of the areas.

    tolerance_m: how wide a strip may be. crs: the file's. Looked at as it was drawn, for a long straight border is not
    straight in another system. The roots are siblings too. Polygons must be valid. A parent that is not among the areas
    is not looked at.
    """
    if not areas:
        return []
    shapes = in_metres(np.array([area.polygon for area in areas], dtype=object), crs=crs)
    overlaps, outside = (find(areas, shapes, tolerance_m) for find in (_overlaps, _outside))
    faults = [*islice(overlaps, MOST_FAULTS), *islice(outside, MOST_FAULTS)]
    return sorted(faults, key=lambda fault: (fault.area.index, fault.code))[:MOST_FAULTS]


def in_metres(shapes: NDArray[Any], *, crs: str) -> NDArray[Any]:
    """Polygons of a system, in metres: exact where it is projected, else as on a sphere."""
    system = geometry.coordinate_system(crs)
    if system.is_projected:
        metres: NDArray[Any] = shapely.transform(shapes, lambda xy: xy * system.axis_info[0].unit_conversion_factor)
        return metres
    # Degrees on a sphere, stretched as they are in the middle of the map: what is straight stays so.
    _, south, _, north = shapely.total_bounds(shapes)
    stretch = DEGREE_M * cos(radians((south + north) / 2)), DEGREE_M
    stretched: NDArray[Any] = shapely.transform(shapes, lambda xy: xy * stretch)
    return stretched


def united(shapes: NDArray[Any]) -> Any:
    """Polygons as one; quicker by much where they share their borders to the last position."""
    return shapely.coverage_union_all(shapes) if shapely.coverage_is_valid(shapes) else shapely.union_all(shapes)


def _overlaps(areas: Sequence[Laid], shapes: NDArray[Any], tolerance_m: float) -> Iterator[Fault]:
    family = _families(areas)
    # Of siblings that share their borders to the last position none overlap: no two of them need be compared.
    whole = [number for number in range(family.max() + 1) if shapely.coverage_is_valid(shapes[family == number])]
    drawn_apart = np.flatnonzero(~np.isin(family, whole))
    tree = shapely.STRtree(shapes[drawn_apart])
    for begin in range(0, len(drawn_apart), _AT_ONCE):
        some = drawn_apart[begin : begin + _AT_ONCE]
        near, other = tree.query(shapes[some], predicate="intersects")
        near, other = some[near], drawn_apart[other]
        siblings = (other < near) & (family[near] == family[other])
        near, other = near[siblings], other[siblings]
        common = shapely.intersection(shapes[near], shapes[other])
        for pair in np.flatnonzero(_wide(common, tolerance_m)):
            surface = round(float(shapely.area(common[pair])))
            yield Fault(areas[near[pair]], "overlap", areas[other[pair]].code, surface)


def _families(areas: Sequence[Laid]) -> NDArray[np.int64]:
    numbers: dict[str | None, int] = {}
    return np.array([numbers.setdefault(area.parent, len(numbers)) for area in areas], dtype=np.int64)


def _outside(areas: Sequence[Laid], shapes: NDArray[Any], tolerance_m: float) -> Iterator[Fault]:
    at: Mapping[str | None, int] = {area.code: place for place, area in enumerate(areas)}
    children = np.array([place for place, area in enumerate(areas) if area.parent in at], dtype=np.int64)
    if not len(children):
        return
    parents = np.array([at[areas[place].parent] for place in children], dtype=np.int64)
    beyond = shapely.difference(shapes[children], shapes[parents])
    for place in np.flatnonzero(_wide(beyond, tolerance_m)):
        child = areas[children[place]]
        yield Fault(child, "outside-parent", child.parent or "", round(float(shapely.area(beyond[place]))))


def _wide(shapes: NDArray[Any], tolerance_m: float) -> NDArray[np.bool_]:
    """Whether a circle of this diameter fits in anywhere."""
    surface = shapely.area(shapes)
    wide: NDArray[np.bool_] = (surface > 0) & (surface >= pi / 4 * tolerance_m**2)
    wide[wide] = ~shapely.is_empty(shapely.buffer(shapes[wide], -tolerance_m / 2))
    return wide
