"""Areas of a file that lie far from all others: of another place, or with coordinates that were written wrong. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from services.reports.areas.domain.systems import Home
from shared.geo.geometry import Array

# A municipality's outermost islands lie nearer to the next land than this: Gotska Sandön 38 km.
FAR_M = 50_000
_DEGREE_M = 111_000.0
_MOST_TOLD = 5
Numbers: TypeAlias = NDArray[np.int64]


class Outlying(NamedTuple):
    """Areas that lie together, or have a part there, and about how far that is from the others, kilometres."""

    codes: Sequence[str]
    distance_km: int


def outlying(shapes: Mapping[str, Any], *, home: Home) -> list[Outlying]:
    """The groups of areas farther than `FAR_M` from those that are the most, the farthest first.

    shapes: in longitude and latitude. Of as many, those near home are the others, or the larger ones. Islands are no
    group while each lies near the next one: what is looked at is the gap between them.
    """
    codes, drawings = list(shapes), np.array(list(shapes.values()), dtype=object)
    parts, of = shapely.get_parts(drawings, return_index=True)
    if len(parts) < 2:
        return []
    boxes, middles = shapely.bounds(parts), shapely.get_coordinates(shapely.point_on_surface(parts))
    groups = sorted(_groups(boxes), key=lambda each: _weight(each, of=of, middles=middles, parts=parts, home=home))
    found = [
        Outlying([codes[number] for number in np.unique(of[each])], _about(_gap_km(boxes[each], boxes[groups[-1]])))
        for each in groups[:-1]
    ]
    return sorted(found, key=lambda each: -each.distance_km)[:_MOST_TOLD]


def _weight(group: Numbers, *, of: Numbers, middles: Array, parts: Any, home: Home) -> tuple[int, int, float]:
    near = home.near(*middles[group].T)
    return len(np.unique(of[group])), near, float(shapely.area(parts[group]).sum())


def _groups(boxes: Array) -> Iterator[Numbers]:
    """Boxes (west, south, east, north, degrees), by their numbers, parted wherever a strip between them is empty."""
    # By the latitude of most of them: one that is far off must not stretch the others.
    narrowing = np.cos(np.radians(np.median(boxes[:, [1, 3]])))
    metres = boxes * _DEGREE_M * np.array([narrowing, 1.0, narrowing, 1.0])
    waiting = [np.arange(len(boxes))]
    while waiting:
        group = waiting.pop()
        apart = next((each for axis in (0, 1) if len(each := _parted(metres[group], axis)) > 1), None)
        if apart is None:
            yield group
        else:
            waiting += [group[each] for each in apart]


def _parted(boxes: Array, axis: int) -> list[Numbers]:
    """Boxes in groups along an axis, with more than `FAR_M` from the end of one to the beginning of the next."""
    order = np.argsort(boxes[:, axis])
    reached = np.maximum.accumulate(boxes[order, axis + 2])
    return np.split(order, np.flatnonzero(boxes[order[1:], axis] - reached[:-1] > FAR_M) + 1)


def _gap_km(some: Array, others: Array) -> float:
    """The shortest way between two groups of boxes, kilometres, on a sphere whose meridians are straight."""
    return min(float(_gaps(box, others).min()) for box in some) / 1000


def _gaps(box: Array, others: Array) -> Array:
    aside, up = (
        np.maximum(np.maximum(others[:, axis] - box[axis + 2], box[axis] - others[:, axis + 2]), 0.0) for axis in (0, 1)
    )
    latitude = (others[:, [1, 3]].mean(axis=1) + box[[1, 3]].mean()) / 2
    distances: Array = np.hypot(aside * np.cos(np.radians(latitude)), up) * _DEGREE_M
    return distances


def _about(km: float) -> int:
    """Two figures of it: the rest is less than what boxes tell."""
    return int(float(f"{km:.1e}"))
