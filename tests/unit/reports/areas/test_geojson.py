"""Area trees as they come in: what is taken, and what each mistake is called."""

from typing import Any

import numpy as np
import pytest
import shapely

from services.reports.areas.domain.choosing import MOST_LEVELS
from services.reports.areas.domain.geojson import as_geojson
from services.reports.areas.domain.grid import grid_areas
from services.reports.areas.domain.reading import read_areas
from shared.errors import Invalid
from shared.geo import geometry


def feature(code: Any, parent: Any = None, *, name: Any = "Torvalla", ring: Any = None) -> dict[str, Any]:
    """A feature as a municipality's GIS exports it, SWEREF 99 TM."""
    ring = ring or [[486000, 7002000], [487000, 7002000], [487000, 7003000], [486000, 7003000], [486000, 7002000]]
    properties = {"code": code, "name": name, "parent": parent}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def read(*features: Any, crs: str = "EPSG:3006") -> list[tuple[str, int]]:
    """Codes and levels of the areas that were read."""
    areas = read_areas({"type": "FeatureCollection", "features": list(features)}, crs=crs, home_crs="EPSG:3006")
    return [(area.code, area.depth) for area in areas]


def errors_of(*features: Any, crs: str = "EPSG:3006") -> list[tuple[str, str]]:
    """Where and what was wrong."""
    with pytest.raises(Invalid) as refusal:
        read(*features, crs=crs)
    return [(error.field, error.code) for error in refusal.value.errors]


def test_a_tree_is_read_with_parents_first() -> None:
    """Levels follow from the parents, codes may be numbers, and polygons arrive in longitude and latitude."""
    assert read(feature("013", "01"), feature(2380), feature("01", 2380)) == [("2380", 1), ("01", 2), ("013", 3)]
    collection = {"type": "FeatureCollection", "features": [feature("1")]}
    (area,) = read_areas(collection, crs="EPSG:3006", home_crs="EPSG:3006")
    assert area.polygon.bounds == pytest.approx((14.722, 63.147, 14.742, 63.156), abs=0.001)


def test_written_and_read_again() -> None:
    """What as_geojson writes, read_areas takes, unchanged."""
    areas = grid_areas((481000, 7004000, 482000, 7005000), size_m=500, crs="EPSG:3006", code="R", name="Rutnät")
    again = read_areas(as_geojson(areas), crs="EPSG:4326", home_crs="EPSG:3006")
    assert [(a.code, a.name, a.parent, a.depth) for a in again] == [(a.code, a.name, a.parent, a.depth) for a in areas]
    assert all(shapely.equals_exact(a.polygon, b.polygon, 1e-12) for a, b in zip(areas, again, strict=True))


def test_everything_wrong_is_said_at_once() -> None:
    """Each mistake of the tree is named, at its place, in one answer."""
    found = errors_of(
        feature("1"),
        feature("1"),
        feature(None),
        feature("2", name=" "),
        feature("3", "unknown"),
        feature("4", "5"),
        feature("5", "4"),
        feature("6", "6"),
        "no feature",
    )
    assert found == [
        ("/features/1/properties/code", "duplicate"),
        ("/features/2/properties/code", "missing"),
        ("/features/3/properties/name", "missing"),
        ("/features/8/properties/code", "missing"),
        ("/features/8/properties/name", "missing"),
        ("/features/4/properties/parent", "unknown-parent"),
        ("/features/5/properties/parent", "cycle"),
        ("/features/6/properties/parent", "cycle"),
        ("/features/7/properties/parent", "cycle"),
        ("/features/8/geometry", "empty"),
    ]


def test_depth_has_a_bound() -> None:
    """A chain as deep as the bound is read; one more is refused."""
    chain = [feature("0"), *(feature(str(i), str(i - 1)) for i in range(1, MOST_LEVELS))]
    assert read(*chain)[-1] == (str(MOST_LEVELS - 1), MOST_LEVELS)
    assert errors_of(*chain, feature("x", str(MOST_LEVELS - 1))) == [
        (f"/features/{MOST_LEVELS}/properties/parent", "too-deep")
    ]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [486000, 7002000]},
        {"type": "Polygon", "coordinates": [[[486000, 7002000], [487000, 7002000], [487000, 7003000]]]},
        {"type": "Polygon", "coordinates": [[[486000, 7002000], [487000, float("nan")], [1, 1], [486000, 7002000]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]},
        {"type": "Polygon", "coordinates": [[[10**400, 2], [1, 2], [3, 4], [10**400, 2]]]},
        {"type": "Polygon", "coordinates": "x"},
    ],
)
def test_what_is_no_polygon(geometry: Any) -> None:
    """Open rings, empty ones, points and what is no number are refused, at the geometry."""
    assert errors_of(feature("1") | {"geometry": geometry}) == [("/features/0/geometry", "not-a-polygon")]


@pytest.mark.parametrize("geometry", [None, {"type": "Polygon", "coordinates": []}, {"coordinates": [[[], []]]}])
def test_what_is_empty(geometry: Any) -> None:
    """No geometry, and one without positions, have a name of their own."""
    assert errors_of(feature("1") | {"geometry": geometry}) == [("/features/0/geometry", "empty")]


def test_a_ring_that_crosses_itself() -> None:
    """A bow tie has no inside; the answer names the fault and where it is."""
    bow_tie = [[486000, 7002000], [487000, 7003000], [487000, 7002000], [486000, 7003000], [486000, 7002000]]
    with pytest.raises(Invalid) as refusal:
        read(feature("1", ring=bow_tie))
    (error,) = refusal.value.errors
    said = "The polygon is not valid: its border crosses itself, at 486500, 7002500."
    assert (error.code, error.detail) == ("self-crossing", said)


@pytest.mark.parametrize("crs", ["EPSG:3006", "EPSG:4326", "EPSG:26971"])
def test_swapped_axes_and_wrong_systems(crs: str) -> None:
    """Northing first, metres called degrees, another country's metres: out of range, and the answer asks about it."""
    ring = [[7002000, 486000], [7003000, 486000], [7003000, 487000], [7002000, 487000], [7002000, 486000]]
    with pytest.raises(Invalid) as refusal:
        read(feature("1", ring=ring), crs=crs)
    (error,) = refusal.value.errors
    assert error.code == "out-of-range"
    assert error.detail == f"These coordinates do not fit {crs}; are the axes swapped, or is it another system?"


def test_swapped_degrees_are_far_from_home() -> None:
    """Latitude before longitude is a fine place on Earth, but not where the municipality's own system is used."""
    ring = [[63.1, 14.6], [63.2, 14.6], [63.2, 14.7], [63.1, 14.7], [63.1, 14.6]]
    with pytest.raises(Invalid) as refusal:
        read(feature("1", ring=ring), crs="EPSG:4326")
    assert "do not fit EPSG:3006" in refusal.value.errors[0].detail


@pytest.mark.parametrize(
    "collection", [{}, {"type": "FeatureCollection"}, {"type": "FeatureCollection", "features": []}]
)
def test_no_collection(collection: dict[str, Any]) -> None:
    """A file without features is refused as a whole."""
    with pytest.raises(Invalid):
        read_areas(collection, crs="EPSG:3006", home_crs="EPSG:3006")


def test_grid_covers_its_box_without_gaps() -> None:
    """Squares share their corners, fill the root exactly, and a point's area is the cell it lies in."""
    areas = grid_areas((-100, 2000100, 900, 2000900), size_m=500, crs="EPSG:5070", code="G", name="Grid")
    root, *squares = areas
    assert [square.code for square in squares[:3]] == ["E-500N2000000", "E0N2000000", "E500N2000000"]
    assert len(squares) == 6
    assert {(s.parent, s.depth) for s in squares} == {("G", 2)}
    assert shapely.coverage_is_valid([s.polygon for s in squares])
    assert shapely.equals(shapely.coverage_union_all([s.polygon for s in squares]), root.polygon)
    index = geometry.AreaIndex((a.code, a.polygon, a.depth) for a in areas)
    e, n = np.array([-99.0, 499.0, 501.0]), np.array([2000101.0, 2000499.0, 2000899.0])
    assert index.codes_at(*geometry.to_lonlat(e, n, crs="EPSG:5070")) == geometry.cells_of(e, n, size_m=500)


@pytest.mark.parametrize(
    ("bbox", "size_m", "crs"),
    [
        ((0, 0, 0, 10), 250, "EPSG:3006"),
        ((481000, 7004000, 482000, float("inf")), 250, "EPSG:3006"),
        ((-1e300, 0, 1e300, 1e300), 250, "EPSG:3006"),
        ((0, 6500000, 1_000_000, 7500000), 250, "EPSG:3006"),
        ((7004000, 481000, 7005000, 482000), 250, "EPSG:3006"),
        ((14, 63, 15, 64), 1, "EPSG:4326"),
        ((300_000, 6_500_000, 900_000, 6_600_000), 100_000, "EPSG:3006"),
        ((300_000, 6_200_000, 400_000, 7_500_000), 100_000, "EPSG:3006"),
    ],
)
def test_grids_that_cannot_be(bbox: tuple[float, float, float, float], size_m: int, crs: str) -> None:
    """An empty or endless box, a wide or high one, too many squares, swapped axes, and degrees are refused."""
    with pytest.raises(Invalid) as refused:
        grid_areas(bbox, size_m=size_m, crs=crs, code="G", name="Grid")
    assert crs == "EPSG:4326" or [each.field for each in refused.value.errors] == ["/bbox"]


def named(name: Any) -> dict[str, Any]:
    """A `crs` as GeoJSON had it until 2016."""
    return {"type": "name", "properties": {"name": name}}


READABLE = [None, named("EPSG:3006"), named("urn:ogc:def:crs:EPSG::3006"), named("urn:ogc:def:crs:EPSG:9.9:3006")]
UNREADABLE = [5, "EPSG:3006", {}, {"properties": 5}, named(5), named("x"), named("EPSG:3021"), {"type": "link"}]


@pytest.mark.parametrize("crs", [*READABLE, *UNREADABLE], ids=str)
def test_a_named_system_is_the_one_asked_for(crs: Any) -> None:
    """What a file says of its coordinates is not passed over."""
    collection = {"type": "FeatureCollection", "features": [feature("1")], "crs": crs}
    if crs in READABLE:
        assert len(read_areas(collection, crs="EPSG:3006", home_crs="EPSG:3006")) == 1
        return
    with pytest.raises(Invalid) as refusal:
        read_areas(collection, crs="EPSG:3006", home_crs="EPSG:3006")
    assert [(error.field, error.code) for error in refusal.value.errors] == [("/crs", "other-system")]
