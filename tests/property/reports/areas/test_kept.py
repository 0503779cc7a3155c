"""What is valid stays valid as it is kept, and neighbours keep the border they share."""

import numpy as np
import orjson
import shapely
from hypothesis import given
from hypothesis import strategies as st

from services.reports.areas.domain.shaping import kept

# Positions a few billionths of a degree apart: where rounding to eight decimals makes two of them one.
near = st.integers(-40, 40).map(lambda k: k * 2.5e-9)
points = st.lists(st.tuples(near, near), min_size=3, max_size=12, unique=True)


@given(points, st.sampled_from([(14.5, 63.1), (-123.1, 49.2), (174.8, -41.3)]))
def test_a_coverage_stays_one(corners: list[tuple[float, float]], middle: tuple[float, float]) -> None:
    """Triangles between any points, some of them slivers: as text read again each is valid, and none overlaps."""
    at = shapely.MultiPoint(np.array(corners) + middle)
    triangles = np.array([t for t in shapely.get_parts(shapely.delaunay_triangles(at)) if t.is_valid], dtype=object)
    if not len(triangles):
        return
    stored = shapely.from_geojson([orjson.loads(orjson.dumps(text)) for text in shapely.to_geojson(kept(triangles))])
    assert shapely.is_valid(stored).all()
    for one, other, before, after in zip(triangles, np.roll(triangles, 1), stored, np.roll(stored, 1), strict=True):
        shared = {*map(tuple, shapely.get_coordinates(one))} & {*map(tuple, shapely.get_coordinates(other))}
        still = {*map(tuple, shapely.get_coordinates(before))} & {*map(tuple, shapely.get_coordinates(after))}
        assert len(still) >= len(shared)


def test_a_notch_that_nearly_touches() -> None:
    """Three billionths of a degree over its base: one decimal more, for all areas of the file."""
    notched = shapely.Polygon(
        [(14.5, 63.1), (14.8, 63.1), (14.8, 63.3), (14.65, 63.100000003), (14.5, 63.3), (14.5, 63.1)]
    )
    beside = shapely.box(14.8, 63.1, 14.9123456789, 63.3)
    first, second = kept(np.array([notched, beside], dtype=object))
    assert (first.is_valid, shapely.equals(first, notched)) == (True, True)
    assert second.bounds[2] == 14.912345679
    (alone,) = kept(np.array([beside], dtype=object))
    assert alone.bounds[2] == 14.91234568
