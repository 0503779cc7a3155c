"""Squares of a grid are half-open, as cells are: a point's area and its cell never contradict each other."""

from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.reports.areas.domain.grid import grid_areas
from services.reports.areas.domain.trees import tree
from services.reports.ground import Ground
from services.reports.intake.domain import place
from shared.geo import geometry

# A system and a corner of a grid in it: a middle zone, one far from its middle, a southern one, one with the axes
# of the register the other way round.
PLACES = [("EPSG:26910", 484000, 5449000), ("EPSG:3006", 661000, 6572000), ("EPSG:2193", 1740000, 5900000),
          ("EPSG:2056", 2675000, 1240000), ("EPSG:3011", 145000, 6570000)]  # fmt: skip
# Whole metres on an edge, beside it and in a corner; a centimetre and more on either side.
ALONG = st.integers(-1, 5).flatmap(
    lambda k: st.sampled_from([0.0, -1.0, 1.0, -0.02, 0.02, 125.0]).map(lambda d: (k, d))
)


@given(
    st.sampled_from(PLACES),
    st.sampled_from([50, 250, 500, 1000, 5000, 100_000]),
    st.lists(st.tuples(ALONG, ALONG), min_size=1, max_size=12),
    st.sampled_from([7, 9, 15]),
)
def test_area_and_cell_agree(
    where: tuple[str, int, int], size_m: int, points: list[tuple[tuple[int, float], tuple[int, float]]], decimals: int
) -> None:
    """On edges and in corners, one by one and many at once, with degrees written to a centimetre or in full."""
    crs, west, south = where
    west, south = west // size_m * size_m, south // size_m * size_m
    drawn = grid_areas((west, south, west + 3 * size_m, south + 3 * size_m), size_m=size_m, crs=crs, code="R", name="R")
    index = geometry.AreaIndex(((a.code, a.geometry, a.level) for a in tree(drawn)), crs=crs)
    ground = Ground(zone=ZoneInfo("UTC"), crs=crs, areas=index)
    meant = np.array([(west + i * size_m + x, south + j * size_m + y) for (i, x), (j, y) in points], dtype=float)
    e, n = meant[:, 0], meant[:, 1]
    lon, lat = (np.round(each, decimals) for each in geometry.to_lonlat(e, n, crs=crs))
    inside = (west <= e) & (e < west + 3 * size_m) & (south <= n) & (n < south + 3 * size_m)
    squares = geometry.cells_of(e, n, size_m=size_m)
    expected = [square if is_in else None for square, is_in in zip(squares, inside, strict=True)]
    assert index.codes_at(lon, lat) == expected
    many = np.repeat(lon, 25 * len(index)), np.repeat(lat, 25 * len(index))
    assert index.codes_at(*many)[:: 25 * len(index)] == expected
    cells = geometry.cells_of(e, n)
    for x, y, code, cell in zip(lon.tolist(), lat.tolist(), expected, cells, strict=True):
        # Beyond a large square nothing is the municipality's neighbourhood.
        found = place(x, y, ground=ground) if size_m < 100_000 or code else None
        if found is not None and found.point is not None:
            assert (found.area_code, found.point.cell) == (code, cell)
