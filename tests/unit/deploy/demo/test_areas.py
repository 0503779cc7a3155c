"""The demo's area tree: committed as drawn, whole, and readable by the import."""

import json
from datetime import date

import numpy as np
import pytest
import shapely

from deploy.demo import areas
from deploy.demo.incidents import CYCLE, FIRST_CYCLE, HOME_CRS, ZONE
from deploy.demo.places import MUNICIPALITY, PLACES
from services.reports.areas.domain.geojson import AreaShape
from services.reports.areas.domain.reading import read_areas
from shared.geo.geometry import AreaIndex, to_lonlat


@pytest.fixture(scope="module")
def tree() -> list[AreaShape]:
    """The committed file, read as any municipality's file is."""
    collection = json.loads(areas.FILE.read_text(encoding="utf-8"))
    return read_areas(collection, crs="EPSG:4326", home_crs=HOME_CRS)


def test_the_file_is_what_the_script_draws(tree: list[AreaShape]) -> None:
    """Codes, names, parents and levels are the same; shapes too, but for what another GEOS may round."""
    drawn = areas.tree()
    assert [(a.code, a.name, a.parent, a.depth) for a in tree] == [(a.code, a.name, a.parent, a.depth) for a in drawn]
    for ours, theirs in zip(tree, drawn, strict=True):
        assert shapely.area(shapely.symmetric_difference(ours.polygon, theirs.polygon)) < 1e-4 * ours.polygon.area


def test_children_fill_their_parent(tree: list[AreaShape]) -> None:
    """Neighbours meet without gap or overlap, and below the municipality a parent is the sum of its children."""
    parents = {area.parent for area in tree}
    assert shapely.coverage_is_valid([area.polygon for area in tree if area.code not in parents])
    for area in tree:
        children = [child.polygon for child in tree if child.parent == area.code]
        if children and area.depth > 1:
            assert shapely.equals(shapely.union_all(children), area.polygon)
        assert all(area.polygon.covers(child) for child in children)


def test_each_place_lies_in_its_own_area(tree: list[AreaShape]) -> None:
    """The point of a place is found in the area of its code, and a point between two islands in the municipality."""
    index = AreaIndex((a.code, a.polygon, a.depth) for a in tree)
    e, n = (np.array(c, dtype=float) for c in zip(*((p.e, p.n) for p in PLACES), strict=True))
    assert index.codes_at(*to_lonlat(e, n, crs=HOME_CRS)) == [place.code for place in PLACES]
    assert index.code_at(*to_lonlat(482500.0, 7008500.0, crs=HOME_CRS)) == MUNICIPALITY[0]


def test_the_demo_knows_its_municipality() -> None:
    """What the generator takes for granted is what municipality.env says."""
    lines = areas.FILE.with_name("municipality.env").read_text(encoding="utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert settings["MUNICIPALITY_CODE"] == MUNICIPALITY[0]
    assert settings["MUNICIPALITY_TIME_ZONE"] == ZONE.key
    assert settings["MUNICIPALITY_CRS"] == HOME_CRS
    assert int(settings["MUNICIPALITY_CYCLE_DAYS"]) == CYCLE.days
    assert date.fromisoformat(settings["MUNICIPALITY_CYCLE_START"]) == FIRST_CYCLE
    assert FIRST_CYCLE.weekday() == 0
