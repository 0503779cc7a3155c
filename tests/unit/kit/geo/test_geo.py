"""Projections against published vectors, grid cells, and which area a point lies in."""

import numpy as np
import pytest
import shapely

from shared.errors import Invalid
from shared.geo import geometry

SQUARE = shapely.box(14.0, 63.0, 15.0, 64.0)
INNER = shapely.box(14.2, 63.2, 14.8, 63.8)


@pytest.mark.parametrize(
    ("lon", "lat", "e", "n"),
    [(18.0586, 59.3300, 673999.649, 6580794.728), (13.0007, 55.6090, 374061.314, 6164377.236)],
)
def test_sweref_vectors(lon: float, lat: float, e: float, n: float) -> None:
    """Longitude and latitude become the published easting and northing, to the millimetre, and come back."""
    assert geometry.to_metres(lon, lat, crs="EPSG:3006") == pytest.approx((e, n), abs=0.001)
    assert geometry.to_lonlat(e, n, crs="epsg:3006") == pytest.approx((lon, lat), abs=1e-7)


def test_arrays_and_numbers_agree() -> None:
    """An array gives point by point what the single point gives."""
    lon, lat = np.array([18.0586, 13.0007]), np.array([59.33, 55.609])
    e, n = geometry.to_metres(lon, lat, crs="EPSG:3006")
    for i in range(2):
        assert (e[i], n[i]) == pytest.approx(
            geometry.to_metres(float(lon[i]), float(lat[i]), crs="EPSG:3006"), abs=1e-6
        )


def test_feet_are_read_but_never_counted_in() -> None:
    """Coordinates in US feet can be imported; a municipality cannot measure in them."""
    lon, lat = geometry.to_lonlat(1176000.0, 1900000.0, crs="EPSG:3435")
    assert (lon, lat) == pytest.approx((-87.63, 41.88), abs=0.02)
    with pytest.raises(Invalid, match="no projected system in metres"):
        geometry.require_metres("EPSG:3435")


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4258"])
def test_degrees_are_no_metres(crs: str) -> None:
    """A system in degrees is refused where metres are needed, and read where any system will do."""
    with pytest.raises(Invalid, match="no projected system in metres"):
        geometry.to_metres(14.6, 63.2, crs=crs)
    assert geometry.to_lonlat(14.6, 63.2, crs=crs) == pytest.approx((14.6, 63.2), abs=1e-5)


@pytest.mark.parametrize("crs", ["EPSG:999999", "EPSG:5613", "3006", "SWEREF 99 TM", "EPSG:3006; drop", ""])
def test_unknown_systems_are_refused(crs: str) -> None:
    """A code that names nothing, or a system of heights, is refused in words that do not repeat what was sent."""
    with pytest.raises(Invalid) as refusal:
        geometry.require_metres(crs)
    assert "drop" not in refusal.value.detail


def test_fits_tells_swapped_axes() -> None:
    """Östersund lies within SWEREF 99 TM; with its axes swapped it does not, nor do inf and nan."""
    e, n = np.array([481875.0, 7005304.0]), np.array([7005304.0, 481875.0])
    lon, lat = geometry.to_lonlat(e, n, crs="EPSG:3006")
    assert geometry.fits(lon, lat, crs="EPSG:3006").tolist() == [True, False]
    wrong = np.array([np.inf, np.nan, 14.6])
    assert geometry.fits(wrong, np.array([63.0, 63.0, np.nan]), crs="EPSG:3006").tolist() == [False, False, False]


def test_fits_across_the_antimeridian() -> None:
    """New Zealand's system covers the Chatham Islands at both ends of the longitudes, and not Sweden."""
    lon, lat = np.array([174.8, -176.5, 14.6]), np.array([-41.3, -44.0, 63.2])
    assert geometry.fits(lon, lat, crs="EPSG:4167").tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("e", "n", "code"),
    [
        (481875.0, 7005304.0, "E481750N7005250"),
        (481750.0, 7005250.0, "E481750N7005250"),
        (np.nextafter(481750.0, 0), 7005250.0, "E481500N7005250"),
        (-0.5, -250.0, "E-250N-250"),
        (0.0, -250.1, "E0N-500"),
    ],
)
def test_cell_of(e: float, n: float, code: str) -> None:
    """A cell is named by its lower left corner; an edge belongs to the cell north or east of it."""
    assert geometry.cell_of(float(e), n) == code
    assert geometry.cells_of(np.array([e]), np.array([n])) == [code]


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_no_cell_for_a_point_nowhere(value: float) -> None:
    """A point beyond the projection has no cell, alone or among others."""
    with pytest.raises(Invalid):
        geometry.cell_of(value, 0.0)
    with pytest.raises(Invalid):
        geometry.cells_of(np.array([1.0, 2.0]), np.array([1.0, value]))


def test_the_deepest_area_wins() -> None:
    """A point gets the deepest area around it, then the one above, then none."""
    index = geometry.AreaIndex([("a", SQUARE.wkb, 1), ("z", shapely.to_geojson(INNER), 2)])
    assert len(index) == 2
    assert index.code_at(14.5, 63.5) == "z"
    assert index.code_at(14.1, 63.1) == "a"
    assert index.code_at(15.1, 63.1) is None
    assert index.codes_at(np.array([15.1, 14.5, 14.1]), np.array([63.1, 63.5, 63.1])) == [None, "z", "a"]


def test_a_common_border_has_one_answer() -> None:
    """On an edge or corner the lowest code of the deepest level is right, whatever the order of the areas."""
    left, right = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    for areas in ([("b", left, 1), ("a", right, 1)], [("a", right, 1), ("b", left, 1)]):
        index = geometry.AreaIndex(areas)
        assert index.code_at(1.0, 0.5) == "a"
        assert index.codes_at(np.array([1.0, 0.0, 2.0]), np.array([0.5, 0.0, 1.0])) == ["a", "b", "a"]


def test_no_areas_and_no_place() -> None:
    """Without areas, or at nan or inf, the answer is none and not an error."""
    empty, index = geometry.AreaIndex([]), geometry.AreaIndex([("a", SQUARE, 1)])
    nowhere = np.array([np.nan, np.inf])
    assert empty.code_at(14.5, 63.5) is None
    assert empty.codes_at(np.array([14.5]), np.array([63.5])) == [None]
    assert index.code_at(float("nan"), float("inf")) is None
    assert index.codes_at(nowhere, nowhere) == [None, None]
    assert index.codes_at(np.array([]), np.array([])) == []


@pytest.mark.parametrize(
    "polygon", [b"", b"\x00no", "{}", {"type": "Point", "coordinates": [1, 2]}, shapely.Polygon().wkb]
)
def test_what_is_no_polygon_is_refused(polygon: bytes | str | dict[str, object]) -> None:
    """Broken WKB or GeoJSON, a point, and an empty polygon make no area."""
    with pytest.raises(Invalid):
        geometry.AreaIndex([("a", polygon, 1)])
