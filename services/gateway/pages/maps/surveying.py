"""Areas' shapes on paper: projected to the municipality's own coordinate system, and drawn into a frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType, Polygon
from shapely.geometry.base import BaseGeometry

from services.gateway.pages.drawing import MapBox, MapFrame
from services.gateway.pages.maps.framing import Framing, Island, framed
from services.gateway.pages.maps.tree import Place
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import Language
from shared.geo.geometry import shape_of, to_metres

# Units of a map's width; a picture is drawn about two thirds as wide.
WIDTH, _MARGIN = 1000.0, 26.0
_BARS_M = (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What of a map does not depend on counts."""

    tiles: tuple[tuple[str, float, float, float], ...]
    frame: MapFrame


def projected(geometries: Sequence[Any], crs: str) -> list[BaseGeometry | None]:
    """GeoJSON geometries (degrees) in a projected system, metres; None stays None. All at once: 6,400 in 0.4 s."""

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_metres(points[:, 0], points[:, 1], crs=crs))

    shapes = np.array([None if each is None else shape_of(each) for each in geometries], dtype=object)
    return list(shapely.transform(shapes, project)) if len(shapes) else []


@lru_cache(maxsize=64)
def outlined(
    tiles: tuple[Place, ...], parents: tuple[Place, ...], ground: tuple[Place, ...], _spoken: Language
) -> Outline:
    """Most of a page's time (50 ms for 17 areas, measured) for what changes a few times a year, so it is kept.

    Once for each language: the boxes around islands say where they really lie. Of the ground only what lies on the
    paper: around one of 6,400 squares are 6,399 others.
    """
    paper = _paper(tiles)
    shown = paper.put(paper.within([place.shape for place in ground if place.shape is not None]), still=True)
    bar_m = next((bar for bar in _BARS_M if bar * paper.unit <= WIDTH / 5), _BARS_M[-1])
    frame = MapFrame(
        width=WIDTH,
        height=paper.height,
        ground=paths_of(shown),
        borders=[path for place in parents for path in paper.put_parts(place.shape)],
        boxes=[paper.box(island) for island in paper.framing.islands],
        bar_length=bar_m * paper.unit,
        bar_label=f"{bar_m // 1000} km" if bar_m >= 1000 else f"{bar_m} m",
    )
    return Outline(tiles=tuple(_tiles(paper.put([place.shape for place in tiles]))), frame=frame)


def squares_on(
    tiles: tuple[Place, ...], squares: Sequence[tuple[float, float, float]]
) -> list[tuple[str, float, float, float]]:
    """Squares (lower left corner and side, metres) on the map of these tiles: path, middle, and half of a side."""
    paper = _paper(tiles)
    shapes: list[BaseGeometry | None] = [shapely.box(e, n, e + side, n + side) for e, n, side in squares]
    placed = paper.put(shapes)
    middles = shapely.get_coordinates(shapely.centroid(placed)).tolist()
    return [
        (path, x, y, side * paper.unit / 2)
        for path, (x, y), (_, _, side) in zip(paths_of(placed), middles, squares, strict=True)
    ]


@lru_cache(maxsize=64)
def _paper(tiles: tuple[Place, ...]) -> "_Paper":
    return _Paper(framed([place.shape for place in tiles if place.shape is not None]))


def _tiles(shapes: Sequence[BaseGeometry]) -> list[tuple[str, float, float, float]]:
    """The path, and the middle and radius of the largest circle in each: labels stand freest there, in a crescent too.

    Shapes that are not empty. All at once: one by one, 6,400 take ten times as long.
    """
    radii = shapely.maximum_inscribed_circle(np.array(shapes, dtype=object))
    # From the middle to the edge.
    middles = shapely.get_coordinates(radii)[::2].tolist()
    lengths = shapely.length(radii).tolist()
    return [(path, x, y, room) for path, (x, y), room in zip(paths_of(shapes), middles, lengths, strict=True)]


class _Paper:
    """Where metres come to lie on the map."""

    def __init__(self, framing: Framing) -> None:
        west, south, east, north = framing.bounds
        self.framing = framing
        self.unit = (WIDTH - 2 * _MARGIN) / max(east - west, (north - south) / 1.1, 1.0)
        self.height = (north - south) * self.unit + 2 * _MARGIN
        self._west, self._north = west, north
        self._left = (WIDTH - (east - west) * self.unit) / 2

    def put(self, shapes: Sequence[BaseGeometry | None], *, still: bool = False) -> list[BaseGeometry]:
        """Shapes on paper; `still` leaves them where they lie even where their island is moved."""
        found = [Polygon() if shape is None else shape for shape in shapes]
        moves = [(0.0, 0.0)] * len(found) if still else self.framing.moves_of(found)
        placed: list[BaseGeometry] = found.copy()
        for dx, dy in sorted(set(moves)):
            here = [number for number, move in enumerate(moves) if move == (dx, dy)]
            for number, shape in zip(here, self._placed([found[each] for each in here], dx, dy), strict=True):
                placed[number] = shape
        return placed

    def _placed(self, shapes: list[BaseGeometry], dx: float, dy: float) -> list[BaseGeometry]:
        def place(points: NDArray[np.float64]) -> NDArray[np.float64]:
            x = (points[:, 0] + dx - self._west) * self.unit + self._left
            return np.column_stack((x, (self._north - points[:, 1] - dy) * self.unit + _MARGIN))

        # Half a unit is below what a screen shows; it halves the page. All at once: one by one, 6,400 take seconds.
        simple = shapely.simplify(np.array(shapes, dtype=object), 0.5 / self.unit)
        return list(shapely.transform(simple, place))

    def within(self, shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
        """Those of which anything lies on the paper."""
        half, tall = WIDTH / 2 / self.unit, self.height / self.unit
        west, _, east, _ = self.framing.bounds
        middle, north = (west + east) / 2, self._north + _MARGIN / self.unit
        sheet = shapely.box(middle - half, north - tall, middle + half, north)
        return [shape for shape in shapes if sheet.intersects(shape)]

    def put_parts(self, shape: BaseGeometry | None) -> list[str]:
        """The paths of a shape whose parts may lie on different islands."""
        return paths_of(self.put(list(shapely.get_parts(shape)))) if shape is not None else []

    def box(self, island: Island) -> MapBox:
        """The box around an island."""
        west, south, east, north = island.box
        return MapBox(
            x=(west - self._west) * self.unit + self._left,
            y=(self._north - north) * self.unit + _MARGIN,
            width=(east - west) * self.unit,
            height=(north - south) * self.unit,
            label=saying.away(island.away_m, island.bearing_deg),
        )


def paths_of(shapes: Sequence[BaseGeometry]) -> list[str]:
    """Polygons, or several in one, each as the `d` of an SVG path, with one decimal; of anything else an empty one.

    All at once: to ask 6,400 for their points one by one takes 0.3 s.
    """
    parts, of_shape = shapely.get_parts(np.array(shapes, dtype=object), return_index=True)
    areal = shapely.get_type_id(parts) == GeometryType.POLYGON
    rings, of_part = shapely.get_rings(parts[areal], return_index=True)
    points = [f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(rings).tolist()]
    ends = np.cumsum(shapely.get_num_coordinates(rings)).tolist()
    paths = [""] * len(shapes)
    for place, begin, end in zip(of_shape[areal][of_part].tolist(), [0, *ends], ends, strict=False):
        # A ring ends with the point that it begins with.
        paths[place] += f"M{'L'.join(points[begin : end - 1])}Z"
    return paths
