"""Squares of a grid, half-open: a point on an edge lies in the square to its north or east. Pure, in metres.

Cells of 250 m, areas that are squares and the box around them all follow one rule, so that none of them contradicts
another about a point on an edge.
"""

import math
from typing import Any, overload

import numpy as np
import shapely
from numpy.typing import NDArray

from shared.errors import Invalid

Array = NDArray[np.float64]
CELL_SIZE_M = 250

# Edges lie on whole metres, and degrees are kept to a centimetre: what is so near an edge was on it.
EDGE_M = 0.01


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


@overload
def on_edges(along: float) -> float: ...
@overload
def on_edges(along: Array) -> Array: ...
def on_edges(along: Any) -> Any:
    """Eastings or northings that were projected, those less than EDGE_M from a whole metre put on it."""
    if isinstance(along, float):
        return float(round(along)) if math.isfinite(along) and abs(along - round(along)) < EDGE_M else along
    whole = np.rint(along)
    return np.where(np.abs(along - whole) < EDGE_M, whole, along)


def boxes_of(shapes: NDArray[Any], e: Array, n: Array, *, of: NDArray[np.int64]) -> Array:
    """West, south, east, north of each shape that is a box along the axes, on whole metres; nan for all others.

    shapes: polygons, shape (k,). e, n: all positions of some of them, metres; of: whose each is, ascending.
    Returns shape (k, 4).
    """
    found = np.full((len(shapes), 4), np.nan)
    if not len(of):
        return found
    numbers, first, counts = np.unique(of, return_index=True, return_counts=True)
    least, most = (np.column_stack([reduce.reduceat(axis, first) for axis in (e, n)]) for reduce in _ENDS)
    box = np.column_stack([least, most])
    whole = np.rint(box)
    west, south, east, north = (np.repeat(side, counts) for side in whole.T)
    off = np.minimum.reduce([np.abs(e - west), np.abs(e - east), np.abs(n - south), np.abs(n - north)])
    width, height = (whole[:, 2:] - whole[:, :2]).T
    drawn = shapely.area(shapely.transform(shapes[numbers], lambda _: np.column_stack([e, n])))
    # All its positions lie on the sides of its box, and it is as large: no corner is cut off.
    fine = (np.abs(box - whole) < EDGE_M).all(axis=1) & (np.maximum.reduceat(off, first) < EDGE_M)
    fine &= np.abs(drawn - width * height) <= EDGE_M * (width + height)
    found[numbers[fine]] = whole[fine]
    return found


_ENDS = (np.minimum, np.maximum)
