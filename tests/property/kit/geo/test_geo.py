"""Laws of projections, cells and the area index, over many random places."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from shared.geo import geometry

metres = st.floats(-1e7, 1e7, allow_nan=False)
near_edges = st.builds(lambda k, ulps: float(k * 250 + ulps * 1e-9), st.integers(-40_000, 40_000), st.integers(-2, 2))


@given(st.floats(11.0, 24.0), st.floats(55.0, 69.0))
def test_there_and_back(lon: float, lat: float) -> None:
    """Projecting and coming back moves no point of Sweden by more than a millimetre."""
    assert geometry.to_lonlat(*geometry.to_metres(lon, lat, crs="EPSG:3006"), crs="EPSG:3006") == pytest.approx(
        (lon, lat), abs=1e-8
    )


@given(metres | near_edges, metres | near_edges, st.sampled_from([100, 250, 1000]))
def test_a_point_lies_in_its_cell(e: float, n: float, size_m: int) -> None:
    """Half-open squares: every point lies in exactly the one that its code names, one by one or as an array."""
    code = geometry.cell_of(e, n, size_m=size_m)
    x, y = (int(each) for each in code.removeprefix("E").split("N"))
    assert x <= e < x + size_m
    assert y <= n < y + size_m
    assert geometry.cells_of(np.array([e, e]), np.array([n, n]), size_m=size_m) == [code, code]


@given(st.integers(0, 2**32 - 1))
def test_index_agrees_with_asking_every_area(seed: int) -> None:
    """One by one and in bulk, the index gives what trying all areas gives: deepest, then lowest code, edges in."""
    rng = np.random.default_rng(seed)
    corners, sizes = rng.integers(0, 8, (12, 2)), rng.integers(1, 5, (12, 2))
    shapes = [shapely.box(*low, *(low + size)) for low, size in zip(corners, sizes, strict=True)]
    shapes[0] = shapely.union(shapes[0], shapely.box(20, 20, 21, 21))
    shapes[1] = shapely.Point(4, 4).buffer(3).difference(shapely.Point(4, 4).buffer(1))
    levels, codes = rng.integers(1, 4, 12).tolist(), [f"a{k:02}" for k in rng.permutation(12)]
    areas = list(zip(codes, shapes, levels, strict=True))
    index = geometry.AreaIndex(areas)
    # Whole and half coordinates fall on edges and corners on purpose.
    xs, ys = rng.integers(-2, 44, 60) / 2, rng.integers(-2, 44, 60) / 2
    expected = []
    for x, y in zip(xs, ys, strict=True):
        around = sorted((-level, code) for code, shape, level in areas if shape.covers(shapely.Point(x, y)))
        expected.append(around[0][1] if around else None)
    assert index.codes_at(xs, ys) == expected
    assert [index.code_at(float(x), float(y)) for x, y in zip(xs, ys, strict=True)] == expected
