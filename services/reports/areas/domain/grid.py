"""A grid of squares, for a municipality where nobody has drawn any areas yet. Pure."""

from dataclasses import replace

import numpy as np
import shapely
from shapely import Polygon

from services.reports.areas.domain.geojson import AreaShape
from services.reports.areas.domain.shaping import DECIMALS
from shared.errors import FieldError, Invalid
from shared.geo import geometry
from shared.geo.geometry import to_lonlat, to_metres

# A grid that was meant in kilometres and given in metres would otherwise fill the memory.
MOST_SQUARES = 20_000
WIDEST_GRID_M = 500_000


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
        raise _odd("A box is west, south, east, north in metres, and its squares have a size.")
    left, right = west // size_m, -(-east // size_m)
    low, high = south // size_m, -(-north // size_m)
    if max(right - left, high - low) * size_m > WIDEST_GRID_M:
        raise _odd("A grid is at most 500 km wide and high; no municipality is larger.")
    if (right - left) * (high - low) > MOST_SQUARES:
        raise _odd(f"A grid has at most {MOST_SQUARES:,} squares; make them larger or the box smaller.")
    columns, rows = np.arange(left, right + 1) * size_m, np.arange(low, high + 1) * size_m
    # Each corner is projected once, so that neighbours share theirs to the last bit and leave no gap between them.
    eastings, northings = np.meshgrid(columns, rows)
    lon, lat = geometry.to_lonlat(eastings.ravel(), northings.ravel(), crs=crs)
    if not geometry.fits(lon, lat, crs=crs).all():
        raise _odd(f"These coordinates do not fit {crs.upper()}; are the axes swapped?")
    corners = np.round(np.stack([lon, lat], axis=-1), DECIMALS).reshape(*eastings.shape, 2)
    outline = np.concatenate([corners[0], corners[1:, -1], corners[-1, -2::-1], corners[-2::-1, 0]])
    root = AreaShape(code=code, name=name, parent=None, depth=1, polygon=Polygon(outline))
    lower, upper = corners[:-1], corners[1:]
    rings = np.stack([lower[:, :-1], lower[:, 1:], upper[:, 1:], upper[:, :-1], lower[:, :-1]], axis=2)
    squares = shapely.polygons(rings.reshape(-1, 5, 2))
    codes = geometry.cells_of(eastings[:-1, :-1].ravel(), northings[:-1, :-1].ravel(), size_m=size_m)
    square = replace(root, parent=code, depth=2)
    return [root, *(replace(square, code=c, name=c, polygon=p) for c, p in zip(codes, squares, strict=True))]


def _odd(detail: str) -> Invalid:
    return Invalid(detail, errors=(FieldError("/bbox", "not_a_box", detail),))


def box_in_metres(box: tuple[float, float, float, float], *, crs: str, home: str) -> tuple[float, float, float, float]:
    """The box in the system `home` that holds a box given in `crs`: its edges bend, so points along them count too.

    box: west, south, east, north, in the units of `crs`. Returns the same in metres. Raises Invalid for unknown codes,
    a box outside `crs`, and one that lies where `home` is not used.
    """
    if crs.upper() == home.upper():
        return box
    west, south, east, north = box
    along = np.linspace(0.0, 1.0, 21)
    xs, ys = west + along * (east - west), south + along * (north - south)
    x = np.concatenate([xs, xs, np.full(21, west), np.full(21, east)])
    y = np.concatenate([np.full(21, south), np.full(21, north), ys, ys])
    lon, lat = to_lonlat(x, y, crs=crs)
    if not geometry.fits(lon, lat, crs=crs).all():
        raise _odd(f"These coordinates do not fit {crs.upper()}; are the axes swapped?")
    if not geometry.fits(lon, lat, crs=home).all():
        raise _odd(f"In {crs.upper()} this box lies far from where the municipality's own system {home} is used.")
    e, n = to_metres(lon, lat, crs=home)
    return float(e.min()), float(n.min()), float(e.max()), float(n.max())
