"""The two ways of finding the areas of many points agree, whichever is the faster."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from shared.geo.geometry import AreaIndex

squares = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 5), st.integers(0, 2)), max_size=8)


@given(squares, st.integers(0, 2**32 - 1))
def test_point_by_point_and_area_by_area(boxes: list[tuple[int, int, int, int]], seed: int) -> None:
    """On edges and corners too: a few points go through the tree, many through the areas."""
    index = AreaIndex([(f"{k}", shapely.box(x, y, x + s, y + s), level) for k, (x, y, s, level) in enumerate(boxes)])
    rng = np.random.default_rng(seed)
    xs, ys = rng.integers(-2, 28, (2, 25 * len(boxes) + 10)) / 2.0
    many = index.codes_at(xs, ys)
    assert [code for x, y in zip(xs, ys, strict=True) for code in index.codes_at(np.array([x]), np.array([y]))] == many
    assert [index.code_at(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)] == many
