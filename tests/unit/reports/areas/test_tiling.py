"""How areas lie to each other: what is refused, and what is let pass as drawn by two hands."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely

from services.reports.areas.domain.tiling import MOST_FAULTS, Laid, tiling_faults
from shared.geo import geometry

CRS = "EPSG:3006"
E, N = 486000.0, 7002000.0


def laid(index: int, code: str, parent: str | None, *box: float) -> Laid:
    """An area from a box in metres east and north of (E, N)."""
    west, south, east, north = box
    return Laid(index, code, parent, shapely.box(E + west, N + south, E + east, N + north))


def found(*areas: Laid) -> list[tuple[str, str, str]]:
    """Area, code of the fault, and the other area."""
    return [(fault.area.code, fault.code, fault.other) for fault in tiling_faults(areas, crs=CRS)]


ROOT = laid(0, "r", None, 0, 0, 1000, 1000)


def test_a_map_without_faults() -> None:
    """Children that share borders and fill their parent, and grandchildren, are as they should be."""
    assert found(ROOT, laid(1, "a", "r", 0, 0, 500, 1000), laid(2, "b", "r", 500, 0, 1000, 1000),
                 laid(3, "a1", "a", 0, 0, 500, 400)) == []  # fmt: skip


@pytest.mark.parametrize(("metres", "refused"), [(1, False), (9, False), (11, True), (300, True)])
def test_slivers_are_no_overlap(metres: float, refused: bool) -> None:
    """A strip as wide as two hands differ may be in both, a thousand metres long or not; a wider one may not."""
    both = found(ROOT, laid(1, "a", "r", 0, 0, 500 + metres, 1000), laid(2, "b", "r", 500, 0, 1000, 1000))
    assert both == ([("b", "overlap", "a")] if refused else [])


@pytest.mark.parametrize(("metres", "refused"), [(1, False), (9, False), (11, True)])
def test_slivers_are_not_outside(metres: float, refused: bool) -> None:
    """A child may stick out of its parent by as much."""
    out = found(ROOT, laid(1, "a", "r", 0, 0, 1000 + metres, 1000))
    assert out == ([("a", "outside-parent", "r")] if refused else [])


def test_only_relatives_are_compared() -> None:
    """A child lies in its parent and may lie over a cousin only if it sticks out; two roots are siblings."""
    a, b = laid(1, "a", "r", 0, 0, 500, 1000), laid(2, "b", "r", 500, 0, 1000, 1000)
    assert found(ROOT, a, b, laid(3, "a1", "a", 400, 0, 600, 100)) == [("a1", "outside-parent", "a")]
    assert found(ROOT, laid(1, "s", None, 900, 0, 2000, 1000)) == [("s", "overlap", "r")]
    assert found(laid(0, "x", "gone", 0, 0, 9, 9)) == []


def test_the_same_map_twice_is_told_within_bounds() -> None:
    """A thousand areas in one place, half a million pairs: so many faults and no more."""
    assert len(found(*(laid(i, f"x{i}", None, 0, 0, 100, 100) for i in range(1000)))) == MOST_FAULTS


def test_the_surface_is_told() -> None:
    """Square metres on the ground, in whatever units the map was drawn."""
    drawn = [ROOT, laid(1, "a", "r", 0, 0, 1200, 1000)]
    (fault,) = tiling_faults(drawn, crs=CRS)
    assert fault.surface_m2 == 200_000
    for crs in ("EPSG:4326", "EPSG:6455"):  # degrees; feet of Illinois, which does not mind where it is here

        def redrawn(xy: Any, crs: str = crs) -> Any:
            return np.column_stack(geometry.to_lonlat(*xy.T, crs=CRS)) if crs == "EPSG:4326" else xy / 0.3048006096

        (fault,) = tiling_faults([replace(each, polygon=shapely.transform(each.polygon, redrawn)) for each in drawn],
                                 crs=crs)  # fmt: skip
        assert fault.surface_m2 == pytest.approx(200_000, rel=0.01)
