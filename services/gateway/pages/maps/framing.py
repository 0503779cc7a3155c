"""How a map's paper is used: one frame around what lies close together, and what lies far off moved into a corner.

A small place a long way out would otherwise make everything else small. Pure geometry in metres; north is up.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]
# Closer than this share of the whole map's diagonal, areas belong together.
_NEAR = 0.03
# The distances at which areas are joined, as parts of the one at which they belong together: what touches comes first,
# so that few pairs are left to be measured. All pairs of 6,400 squares at once took 0.5 s.
_JOINED_AT = (0.0, 1 / 64, 1 / 8, 1.0)
# Moving things is worth it only where the rest grows by at least this much.
_WORTH = 1.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Island:
    """Something far off: where it lies, how far it is moved on paper, and from the middle of the rest (metres)."""

    ground: BaseGeometry
    move: tuple[float, float]
    box: Bounds
    away_m: float
    bearing_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """What a map shows (west, south, east, north), and what of it was moved there."""

    bounds: Bounds
    islands: tuple[Island, ...] = ()

    def moves_of(self, shapes: Sequence[BaseGeometry]) -> list[tuple[float, float]]:
        """How far each shape moves on paper: (0, 0) for most."""
        moves = [(0.0, 0.0)] * len(shapes)
        if not self.islands:
            return moves
        inside = shapely.point_on_surface(np.array(shapes, dtype=object))
        for island in reversed(self.islands):
            shapely.prepare(island.ground)
            for number in np.flatnonzero(shapely.intersects(island.ground, inside)):
                moves[number] = island.move
        return moves


def framed(shapes: Sequence[BaseGeometry]) -> Framing:
    """The frame for these shapes, metres. At most two islands are moved; others leave everything where it lies."""
    west, south, east, north = bounds = _bounds(shapes)
    reach = math.hypot(east - west, north - south) * _NEAR / 2
    groups = together(shapes, reach=reach)
    if not 2 <= len(groups) <= 3 or len(groups[0]) * 2 < len(shapes):
        return Framing(bounds=bounds)
    main = groups[0]
    frame, taken = _bounds(main), shapely.buffer(shapely.union_all(main), reach / 2)
    islands: list[Island] = []
    for group in groups[1:]:
        inner = _bounds(group)
        frame, box = _corner(frame, inner, taken=taken, margin=reach / 2)
        taken = shapely.union_all([taken, shapely.box(*box)])
        ground = shapely.buffer(shapely.union_all(group), reach, quad_segs=2)
        islands.append(_island(ground, inner, box=box, margin=reach / 2, main=_bounds(main)))
    grown = max(east - west, north - south) / max(frame[2] - frame[0], frame[3] - frame[1])
    return Framing(bounds=frame, islands=tuple(islands)) if grown >= _WORTH else Framing(bounds=bounds)


def _bounds(shapes: Sequence[BaseGeometry]) -> Bounds:
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    return west, south, east, north


def together(shapes: Sequence[BaseGeometry], *, reach: float) -> list[list[BaseGeometry]]:
    """Shapes in groups, the largest first: whoever is within twice the reach of one is in its group."""
    groups = [[shape] for shape in shapes]
    for part in _JOINED_AT:
        groups = _joined(groups, distance=2 * reach * part)
    return sorted(groups, key=lambda group: -len(group))


def _joined(groups: list[list[BaseGeometry]], *, distance: float) -> list[list[BaseGeometry]]:
    """Groups that lie within a distance of each other as one."""
    if len(groups) == 1:
        return groups
    # Side by side, not as one outline: to unite them takes longer than to measure from each.
    grounds = [group[0] if len(group) == 1 else shapely.multipolygons(shapely.get_parts(group)) for group in groups]
    first, second = shapely.STRtree(grounds).query(grounds, predicate="dwithin", distance=distance)
    links = coo_array((np.ones(len(first)), (first, second)), shape=(len(groups), len(groups)))
    number, of_group = connected_components(links, directed=False)
    joined: list[list[BaseGeometry]] = [[] for _ in range(number)]
    for group, place in zip(groups, of_group, strict=True):
        joined[place] += group
    return joined


def _corner(frame: Bounds, inner: Bounds, *, taken: BaseGeometry, margin: float) -> tuple[Bounds, Bounds]:
    """A corner of the frame where a box of this size covers nothing, the frame grown sideways as little as it takes."""
    west, south, east, north = frame
    # One margin more below, where the box says where it really lies.
    wide, tall = inner[2] - inner[0] + 2 * margin, inner[3] - inner[1] + 3 * margin
    for step in range(21):
        more = (east - west) * step / 20
        w, e = west - more, east + more
        for grown, x, y in (
            ((west, south, e, north), e - wide, south),
            ((w, south, east, north), w, south),
            ((west, south, e, north), e - wide, north - tall),
            ((w, south, east, north), w, north - tall),
        ):
            box = (x, y, x + wide, y + tall)
            if not shapely.box(*box).intersects(taken):
                return (grown[0], min(grown[1], y), grown[2], max(grown[3], y + tall)), box
    return (west, south, east + wide, north), (east, south, east + wide, south + tall)


def _island(ground: BaseGeometry, inner: Bounds, *, box: Bounds, margin: float, main: Bounds) -> Island:
    dx = (inner[0] + inner[2] - main[0] - main[2]) / 2
    dy = (inner[1] + inner[3] - main[1] - main[3]) / 2
    return Island(
        ground=ground,
        move=(box[0] + margin - inner[0], box[1] + 2 * margin - inner[1]),
        box=box,
        away_m=math.hypot(dx, dy),
        bearing_deg=math.degrees(math.atan2(dx, dy)) % 360,
    )
