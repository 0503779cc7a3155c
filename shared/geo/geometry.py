"""Places on the ground: coordinate systems, grid cells, and which area a point lies in. Pure; shapely, no PostGIS."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from shared.errors import Invalid
from shared.geo import neighbourhood

# pyproj takes 10 MB of every process that has it, so it is imported where the first point is projected.
if TYPE_CHECKING:
    from pyproj import CRS, Transformer

Array = NDArray[np.float64]
Shape: TypeAlias = Polygon | MultiPolygon
CELL_SIZE_M = 250

# Areas of use are published as rough boxes; a municipality on the edge of one must still fit.
AREA_OF_USE_MARGIN_DEG = 1.0


@lru_cache(maxsize=64)
def coordinate_system(crs: str) -> "CRS":
    """The coordinate system that a code like `EPSG:3006` names. Raises Invalid for one that does not exist."""
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    match = re.fullmatch(r"EPSG:([0-9]{4,6})", crs, flags=re.IGNORECASE | re.ASCII)
    if match is None:
        raise Invalid("A coordinate system is written as its EPSG code, for example EPSG:3006.")
    try:
        system = CRS.from_epsg(int(match[1]))
    except CRSError:
        raise Invalid(f"EPSG:{match[1]} is not a coordinate system known here.") from None
    if not (system.is_projected or system.is_geographic) or len(system.axis_info) != 2:
        raise Invalid(f"EPSG:{match[1]} is not a coordinate system of the plane.")
    return system


@lru_cache(maxsize=64)
def _to_lonlat(crs: str) -> "Transformer":
    from pyproj import Transformer  # noqa: PLC0415

    return Transformer.from_crs(coordinate_system(crs), 4326, always_xy=True)


@lru_cache(maxsize=64)
def _to_metres(crs: str) -> "Transformer":
    from pyproj import Transformer  # noqa: PLC0415

    system = coordinate_system(crs)
    if not system.is_projected or any(axis.unit_conversion_factor != 1.0 for axis in system.axis_info):
        raise Invalid(f"{crs.upper()} is no projected system in metres; EPSG:3006, for example, is one.")
    return Transformer.from_crs(4326, system, always_xy=True)


def require_metres(crs: str) -> None:
    """Raise Invalid unless `crs` exists, is projected and counts metres: distances and grid cells need that."""
    _to_metres(crs)


@overload
def to_metres(lon: float, lat: float, *, crs: str) -> tuple[float, float]: ...
@overload
def to_metres(lon: Array, lat: Array, *, crs: str) -> tuple[Array, Array]: ...
def to_metres(lon: Any, lat: Any, *, crs: str) -> tuple[Any, Any]:
    """Easting and northing in the projected system `crs`, metres; the order is always x, y.

    lon, lat: degrees, WGS 84; numbers or arrays of one shape (n,). Points beyond the projection become inf or nan.
    Raises Invalid for an unknown code and for a system that does not count metres.
    """
    return _to_metres(crs).transform(lon, lat)


@overload
def to_lonlat(x: float, y: float, *, crs: str) -> tuple[float, float]: ...
@overload
def to_lonlat(x: Array, y: Array, *, crs: str) -> tuple[Array, Array]: ...
def to_lonlat(x: Any, y: Any, *, crs: str) -> tuple[Any, Any]:
    """Longitude and latitude, degrees, WGS 84, of points in any EPSG system.

    x: east or longitude, y: north or latitude, whatever order the register gives the axes; numbers or arrays of one
    shape (n,). Points beyond the projection become inf or nan. Raises Invalid for an unknown code.
    """
    return _to_lonlat(crs).transform(x, y)


def fits(lon: Array, lat: Array, *, crs: str) -> NDArray[np.bool_]:
    """Whether points lie where `crs` is meant to be used: false for swapped axes, another country, inf and nan.

    lon, lat: shape (n,), degrees. The box is the area of use of the EPSG register and one degree around it;
    a system without one fits everywhere on Earth.
    """
    use = coordinate_system(crs).area_of_use
    west, south, east, north = use.bounds if use is not None else (-180.0, -90.0, 180.0, 90.0)
    margin = AREA_OF_USE_MARGIN_DEG
    low, high = max(south - margin, -90.0), min(north + margin, 90.0)
    # A box over the antimeridian has its west edge east of its east edge (New Zealand).
    west, east = west - margin, east + margin
    across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    fitting: NDArray[np.bool_] = across & (np.abs(lon) <= 180.0) & (lat >= low) & (lat <= high)
    return fitting


def near(lon: Array, lat: Array, *, areas: "AreaIndex", crs: str) -> NDArray[np.bool_]:
    """Which points lie among the areas or in their neighbourhood; while there are none, where `crs` is used.

    lon, lat: shape (n,), degrees, WGS 84. False for inf and nan.
    """
    found: NDArray[np.bool_] = fits(lon, lat, crs=crs)
    return found if areas.bounds is None else found & neighbourhood.near(lon, lat, box=areas.bounds)


def cell_of(e: float, n: float, *, size_m: int = CELL_SIZE_M) -> str:
    """The code of the grid square around a point: its lower left corner, like `E481500N7005250`, in metres.

    A point on an edge belongs to the square to its north or east. Raises Invalid for inf and nan.
    """
    if not (math.isfinite(e) and math.isfinite(n)):
        raise Invalid("The point has no place in this coordinate system.")
    return f"E{math.floor(e // size_m) * size_m}N{math.floor(n // size_m) * size_m}"


def cells_of(e: Array, n: Array, *, size_m: int = CELL_SIZE_M) -> list[str]:
    """What `cell_of` gives, for arrays of shape (n,). Raises Invalid when any point is inf or nan."""
    if not (np.isfinite(e).all() and np.isfinite(n).all()):
        raise Invalid("A point has no place in this coordinate system.")
    # floor_divide, not floor(e / size_m): the quotient of a point just under an edge would round up to the next square.
    east = (np.floor_divide(e, size_m).astype(np.int64) * size_m).tolist()
    north = (np.floor_divide(n, size_m).astype(np.int64) * size_m).tolist()
    return [f"E{x}N{y}" for x, y in zip(east, north, strict=True)]


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
    """An area near a point: its bounding box is tested before its shape, which costs ten times more."""

    code: str
    shape: Shape
    west: float
    south: float
    east: float
    north: float


class AreaIndex:
    """Which area a point lies in. Never changes once built: when areas change, build another and put it in its place.

    The deepest area that covers the point wins (inside or on the edge), and among equals the lowest code, so that a
    point on a common border has one answer, everywhere and always.
    """

    __slots__ = (
        "_cells",
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

    def __init__(self, areas: Iterable[tuple[str, bytes | str | Mapping[str, Any] | Shape, int]]) -> None:
        """areas: (code, polygon in longitude and latitude, level), a greater level being deeper.

        Raises Invalid for what is no polygon.
        """
        read = sorted(((-level, code, shape_of(polygon)) for code, polygon, level in areas), key=lambda area: area[:2])
        shapes = [shape for _, _, shape in read]
        shapely.prepare(shapes)
        self._ranked = [_Candidate(code, shape, *shape.bounds) for _, code, shape in read]
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
        self._shapes = np.array([area.shape for area in self._ranked], dtype=object)
        self._tree = shapely.STRtree(self._shapes)

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
        return (self._west, self._south, self._east, self._north) if self._ranked else None

    @property
    def middle(self) -> tuple[float, float] | None:
        """The point in the middle of all areas, degrees; None where there are none."""
        return ((self._west + self._east) / 2, (self._south + self._north) / 2) if self._ranked else None

    def __len__(self) -> int:
        return len(self._ranked)

    def code_at(self, lon: float, lat: float) -> str | None:
        """The code of the deepest area around one point, or None outside all of them. Degrees, WGS 84."""
        if not (self._west <= lon <= self._east and self._south <= lat <= self._north):
            return None
        for area in self._cells.get(self._square(lon, lat), ()):
            inside_box = area.west <= lon <= area.east and area.south <= lat <= area.north
            if inside_box and shapely.intersects_xy(area.shape, lon, lat):
                return area.code
        return None

    def codes_at(self, lon: Array, lat: Array) -> list[str | None]:
        """What `code_at` gives, for arrays of shape (n,), in their order; many times faster than one by one."""
        lon, lat = np.asarray(lon, float), np.asarray(lat, float)
        # Measured: with 401 areas and 4,000 points the tree takes a third of the time, with 200,000 points thrice it;
        # with 1,834 squares and 4,000 points a ninth.
        find = self._ranks_by_tree if len(lon) < 25 * len(self) else self._ranks_by_area
        codes: list[str | None] = [*(area.code for area in self._ranked), None]
        return [codes[rank] for rank in find(lon, lat).tolist()]

    def _ranks_by_tree(self, lon: Array, lat: Array) -> NDArray[np.int64]:
        """The rank of the area around each point, point by point; -1 outside all."""
        point, rank = self._tree.query(shapely.points(lon, lat))
        inside = shapely.intersects_xy(self._shapes[rank], lon[point], lat[point])
        found = np.full(len(lon), len(self), dtype=np.int64)
        np.minimum.at(found, point[inside], rank[inside])
        return np.where(found < len(self), found, -1)

    def _ranks_by_area(self, lon: Array, lat: Array) -> NDArray[np.int64]:
        """The same, area by area."""
        order = np.argsort(lon, kind="stable")  # sorted by longitude, an area's box is one slice
        xs, ys = lon[order], lat[order]
        found = np.full(len(xs), -1, dtype=np.int64)
        for rank, area in enumerate(self._ranked):
            first = int(np.searchsorted(xs, area.west, side="left"))
            last = int(np.searchsorted(xs, area.east, side="right"))
            ys_near, open_near = ys[first:last], found[first:last] < 0
            near = first + np.flatnonzero(open_near & (ys_near >= area.south) & (ys_near <= area.north))
            found[near[shapely.intersects_xy(area.shape, xs[near], ys[near])]] = rank
        ranks = np.empty_like(found)
        ranks[order] = found
        return ranks
