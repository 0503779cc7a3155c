"""Laws of replacing a tree of areas."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.reports.areas.domain.grid import box_in_metres
from services.reports.areas.domain.trees import Area, difference

shapes = st.integers(0, 2).map(lambda n: {"type": "Polygon", "coordinates": [[[n, 0], [n, 1], [n + 1, 1], [n, 0]]]})
trees = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.sampled_from(["x", "y"]), shapes), max_size=6)


def areas(tree: dict[str, tuple[str, dict[str, object]]]) -> list[Area]:
    """A flat tree: what changes of a parent changes no rule."""
    return [
        Area(code=code, name=name, parent=None, level=0, path=(code,), geometry=json.dumps(geometry))
        for code, (name, geometry) in sorted(tree.items())
    ]


@given(st.lists(trees, min_size=1, max_size=6))
def test_after_each_import_the_tree_is_the_one_imported(
    imports: list[dict[str, tuple[str, dict[str, object]]]],
) -> None:
    """Active areas are those of the last file; sequences grow by one with each change and never otherwise."""
    stored: dict[str, Area] = {}
    for tree in map(areas, imports):
        change = difference(stored, tree)
        touched = [*change.added, *change.changed, *change.retired]
        assert len(touched) == len({area.code for area in touched})
        for area in touched:
            before = stored.get(area.code)
            assert area.sequence == (before.sequence + 1 if before else 1)
            assert before is None or replace(before, sequence=0) != replace(area, sequence=0)
            stored[area.code] = area
        active = [replace(area, sequence=1) for code, area in sorted(stored.items()) if area.active]
        assert active == tree
        assert change.unchanged == len(tree) - len(change.added) - len(change.changed)


@given(st.floats(11, 23), st.floats(56, 68), st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_box_in_degrees_lies_in_the_one_in_metres(lon: float, lat: float, width: float, height: float) -> None:
    """Its corners and its middle, which bends outwards, are inside."""
    west, south, east, north = box_in_metres((lon, lat, lon + width, lat + height), crs="EPSG:4326", home="EPSG:3006")
    assert box_in_metres((west, south, east, north), crs="epsg:3006", home="EPSG:3006") == (west, south, east, north)
    for share in (0.0, 0.5, 1.0):
        point = box_in_metres(
            (lon + share * width, lat, lon + share * width, lat + height), crs="EPSG:4326", home="EPSG:3006"
        )
        assert west <= point[0] <= point[2] <= east
        assert south <= point[1] + 1e-6
        assert point[3] <= north + 1e-6
