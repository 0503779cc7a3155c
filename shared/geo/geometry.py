"""Places on the ground: coordinate systems, grid cells, and which area a point lies in. Pure; shapely, no PostGIS."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from shared.errors import Invalid
from shared.geo import neighbourhood
from shared.geo.projections import (
    coordinate_system,
    fits,
    from_lonlat,
    require_metres,
    to_ground,
    to_lonlat,
    to_metres,
)
from shared.geo.squares import CELL_SIZE_M, boxes_of, cell_of, cells_of

__all__ = [
    "CELL_SIZE_M", "AreaIndex", "Array", "Shape", "cell_of", "cells_of", "coordinate_system", "fits", "from_lonlat",
    "near", "require_metres", "shape_of", "to_ground", "to_lonlat", "to_metres",
]  # fmt: skip

Array = NDArray[np.float64]
Shape: TypeAlias = Polygon | MultiPolygon
# How far the side of a box bends in degrees, as a share of it: 500 km at 70° N.
_BEND = 0.05
_POLYGON = 3


def near(lon: Array, lat: Array, *, areas: "AreaIndex", crs: str) -> NDArray[np.bool_]:
    """Which points lie among the areas or in their neighbourhood; while there are none, where `crs` is used.

    lon, lat: shape (n,), degrees, WGS 84. False for inf and nan.
    """
    if areas.bounds is None:
        return fits(lon, lat, crs=crs)
    found: NDArray[np.bool_] = neighbourhood.near(lon, lat, box=areas.bounds)
    return found


def shape_of(polygon: bytes | str | Mapping[str, Any] | Shape) -> Shape:
    """A polygon from WKB, GeoJSON text or a GeoJSON geometry. Raises Invalid for anything else."""
    if isinstance(polygon, Polygon | MultiPolygon):
        return polygon
    if isinstance(polygon, bytes):
        shape = shapely.from_wkb(polygon, on_invalid="ignore")
    else:
        text = polygon if isinstance(polygon, str) else orjson.dumps(polygon).decode()
        shape = shapely.from_geojson(text, on_invalid="ignore")
    if not isinstance(shape, Polygon | MultiPolygon) or shape.is_empty:
        raise Invalid("An area is a Polygon or a MultiPolygon.")
    return shape


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An area near a point: the box around it is tested before its shape, which costs ten times more.

    square: west, south, east and north in metres, of one that is a box in the index's own system.
    """

    code: str
    shape: Shape
    west: float
    south: float
    east: float
    north: float
    square: tuple[float, float, float, float] | None = None

    def holds(self, lon: Any, lat: Any, e: Any, n: Any) -> Any:
        """Whether points, or arrays of them, lie inside: a box without its east and north edge, others with all."""
        if self.square is None:
            return shapely.intersects_xy(self.shape, lon, lat)
        west, south, east, north = self.square
        return (west <= e) & (e < east) & (south <= n) & (n < north)


class AreaIndex:
    """Which area a point lies in. Never changes once built: when areas change, build another and put it in its place.

    The deepest area that covers the point wins (inside or on the edge), and among equals the lowest code, so that a
    point on a common border has one answer, everywhere and always. Areas that are squares of a grid are half-open, as
    cells are: a side of theirs is no straight line in degrees, so points are compared in metres there.
    """

    __slots__ = (
        "_bounds",
        "_boxes",
        "_cells",
        "_crs",
        "_east",
        "_lat_step",
        "_lon_step",
        "_north",
        "_ranked",
        "_shapes",
        "_south",
        "_tree",
        "_west",
    )

    # Squares per side: enough that few areas share one, and few enough to build in milliseconds.
    _SIDE = 64

    def __init__(
        self,
        areas: Iterable[tuple[str, bytes | str | Mapping[str, Any] | Shape, int]],
        *,
        crs: str | None = None,
    ) -> None:
        """areas: (code, polygon in longitude and latitude, level), a greater level being deeper.

        crs: the system in whose metres areas that are boxes are half-open; without one, none is looked for. Raises
        Invalid for what is no polygon.
        """
        read = sorted(((-level, code, shape_of(polygon)) for code, polygon, level in areas), key=lambda area: area[:2])
        shapes = np.array([shape for _, _, shape in read], dtype=object)
        shapely.prepare(shapes)
        self._bounds = tuple(shapely.total_bounds(shapes).tolist()) if read else None
        self._shapes, self._boxes = shapes, _boxes(shapes, crs=crs)
        squares = [None if np.isnan(box[0]) else tuple(box.tolist()) for box in self._boxes]
        # Nobody pays for metres where no area is a box.
        self._crs = crs if any(squares) else None
        self._ranked = [
            _Candidate(code, shape, *_around(shape, bent=square is not None), square)
            for (_, code, shape), square in zip(read, squares, strict=True)
        ]
        for area in self._ranked:
            # GEOS builds a prepared polygon's inner index at the first question, unguarded. Asked here, it is only read
            # afterwards, so that an import's thread and the event loop may ask at the same time.
            shapely.intersects_xy(area.shape, (area.west + area.east) / 2, (area.south + area.north) / 2)
        self._west = min((a.west for a in self._ranked), default=0.0)
        self._south = min((a.south for a in self._ranked), default=0.0)
        self._east = max((a.east for a in self._ranked), default=-1.0)
        self._north = max((a.north for a in self._ranked), default=-1.0)
        self._lon_step = (self._east - self._west) / self._SIDE or 1.0
        self._lat_step = (self._north - self._south) / self._SIDE or 1.0
        self._cells = self._sorted_into_squares()
        self._tree = shapely.STRtree([shapely.box(a.west, a.south, a.east, a.north) for a in self._ranked])

    def _square(self, lon: float, lat: float) -> tuple[int, int]:
        return int((lon - self._west) / self._lon_step), int((lat - self._south) / self._lat_step)

    def _sorted_into_squares(self) -> dict[tuple[int, int], list[_Candidate]]:
        squares: dict[tuple[int, int], list[_Candidate]] = {}
        for area in self._ranked:
            left, low = self._square(area.west, area.south)
            right, high = self._square(area.east, area.north)
            for column in range(left, right + 1):
                for row in range(low, high + 1):
                    squares.setdefault((column, row), []).append(area)
        return squares

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north of all areas, degrees; None where there are none."""
        return self._bounds

    @property
    def middle(self) -> tuple[float, float] | None:
        """The point in the middle of all areas, degrees; None where there are none."""
        if self._bounds is None:
            return None
        west, south, east, north = self._bounds
        return (west + east) / 2, (south + north) / 2

    def __len__(self) -> int:
        return len(self._ranked)

    def code_at(self, lon: float, lat: float) -> str | None:
        """The code of the deepest area around one point, or None outside all of them. Degrees, WGS 84."""
        if not (self._west <= lon <= self._east and self._south <= lat <= self._north):
            return None
        e, n = self._metres(lon, lat)
        for area in self._cells.get(self._square(lon, lat), ()):
            inside_box = area.west <= lon <= area.east and area.south <= lat <= area.north
            if inside_box and area.holds(lon, lat, e, n):
                return area.code
        return None

    def codes_at(self, lon: Array, lat: Array) -> list[str | None]:
        """What `code_at` gives, for arrays of shape (n,), in their order; many times faster than one by one."""
        lon, lat = np.asarray(lon, float), np.asarray(lat, float)
        # Measured: with 401 areas and 4,000 points the tree takes a third of the time, with 200,000 points thrice it;
        # with 1,834 squares and 4,000 points a ninth.
        find = self._ranks_by_tree if len(lon) < 25 * len(self) else self._ranks_by_area
        codes: list[str | None] = [*(area.code for area in self._ranked), None]
        return [codes[rank] for rank in find(lon, lat, *self._metres(lon, lat)).tolist()]

    def _metres(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        return (lon, lat) if self._crs is None else to_ground(lon, lat, crs=self._crs)

    def _ranks_by_tree(self, lon: Array, lat: Array, e: Array, n: Array) -> NDArray[np.int64]:
        """The rank of the area around each point, point by point; -1 outside all."""
        point, rank = self._tree.query(shapely.points(lon, lat))
        inside = self._hold(rank, lon[point], lat[point], e[point], n[point])
        found = np.full(len(lon), len(self), dtype=np.int64)
        np.minimum.at(found, point[inside], rank[inside])
        return np.where(found < len(self), found, -1)

    def _hold(self, rank: NDArray[np.int64], lon: Array, lat: Array, e: Array, n: Array) -> NDArray[np.bool_]:
        """Whether areas, by their ranks, hold points; all of shape (k,)."""
        west, south, east, north = self._boxes[rank].T
        inside: NDArray[np.bool_] = (west <= e) & (e < east) & (south <= n) & (n < north)
        drawn = np.isnan(west)
        inside[drawn] = shapely.intersects_xy(self._shapes[rank[drawn]], lon[drawn], lat[drawn])
        return inside

    def _ranks_by_area(self, lon: Array, lat: Array, e: Array, n: Array) -> NDArray[np.int64]:
        """The same, area by area."""
        order = np.argsort(lon, kind="stable")  # sorted by longitude, an area's box is one slice
        xs, ys, e, n = lon[order], lat[order], e[order], n[order]
        found = np.full(len(xs), -1, dtype=np.int64)
        for rank, area in enumerate(self._ranked):
            first = int(np.searchsorted(xs, area.west, side="left"))
            last = int(np.searchsorted(xs, area.east, side="right"))
            ys_near, open_near = ys[first:last], found[first:last] < 0
            near = first + np.flatnonzero(open_near & (ys_near >= area.south) & (ys_near <= area.north))
            found[near[area.holds(xs[near], ys[near], e[near], n[near])]] = rank
        ranks = np.empty_like(found)
        ranks[order] = found
        return ranks


def _boxes(shapes: NDArray[Any], *, crs: str | None) -> Array:
    """`boxes_of` areas in longitude and latitude. Only those are projected whole whose first side is straight."""
    boxes = np.full((len(shapes), 4), np.nan)
    if crs is None or not len(shapes):
        return boxes
    rings = np.flatnonzero((shapely.get_type_id(shapes) == _POLYGON) & (shapely.get_num_interior_rings(shapes) == 0))
    outer = shapely.get_exterior_ring(shapes[rings])
    sides = np.concatenate([shapely.get_coordinates(shapely.get_point(outer, end)) for end in (0, 1)])
    e, n = (along.reshape(2, -1) for along in to_ground(*sides.T, crs=crs))
    straight = rings[((e[0] == e[1]) | (n[0] == n[1])) & np.isfinite(e).all(axis=0)]
    positions, of = shapely.get_coordinates(shapes[straight], return_index=True)
    if len(straight):
        boxes[straight] = boxes_of(shapes[straight], *to_ground(*positions.T, crs=crs), of=of)
    return boxes


def _around(shape: Shape, *, bent: bool) -> tuple[float, float, float, float]:
    """West, south, east and north of an area, degrees; a little more where its sides bend outwards."""
    west, south, east, north = shape.bounds
    aside, up = ((east - west) * _BEND, (north - south) * _BEND) if bent else (0.0, 0.0)
    return west - aside, south - up, east + aside, north + up
