"""Areas of a file that lie far from all others: named, with how far; islands and skerries are none"""

from typing import Any

import pytest
import shapely

from services.reports.areas.domain.outlying import FAR_M, outlying
from services.reports.areas.domain.systems import Home
from tests.support.make.area_files import DEGREES, collection, feature, moved, read

SWEDEN = Home("EPSG:3006")
KM_NORTH = 1 / 111.0


def square(lon: float, lat: float, side_km: float = 5.0) -> Any:
    """A square with its lower left corner there."""
    return shapely.box(lon, lat, lon + 2 * side_km * KM_NORTH, lat + side_km * KM_NORTH)


def town(lon: float, lat: float) -> dict[str, Any]:
    """Nine squares beside one another."""
    return {f"{x}{y}": square(lon + 0.09 * x, lat + 0.045 * y) for x in range(3) for y in range(3)}


def told(shapes: dict[str, Any], home: Home = SWEDEN) -> list[tuple[list[str], int]]:
    """Groups and how far they lie."""
    return [(sorted(each.codes), each.distance_km) for each in outlying(shapes, home=home)]


@pytest.mark.parametrize(
    ("lon", "lat", "km"),
    [
        (18.0, 60.3, 98),  # one figure of the latitude is wrong
        (12.5, 55.7, 480),  # another country
        (59.3, 18.0, 5600),  # longitude and latitude swapped
        (0.0, 0.0, 6700),  # nothing was filled in
        (18.0, -59.3, 13000),
    ],
)
def test_one_that_lies_far_off_is_named(lon: float, lat: float, km: int) -> None:
    """However far it is, and in whichever direction; the others are said nothing of."""
    ((codes, distance),) = told(town(18.0, 59.3) | {"far": square(lon, lat)})
    assert codes == ["far"]
    assert distance == pytest.approx(km, rel=0.1)


def test_a_part_of_an_area_counts_as_the_area() -> None:
    """One polygon of several in another country: the area is named, though its other parts are where they should be."""
    areas = town(18.0, 59.3)
    areas["11"] = shapely.MultiPolygon([areas["11"], square(12.5, 55.7)])
    areas["root"] = shapely.union_all([areas[code] for code in areas])
    ((codes, distance),) = told(areas)
    assert codes == ["11", "root"]
    assert distance == pytest.approx(480, rel=0.1)


def test_islands_are_near_while_each_is_near_the_next() -> None:
    """Skerries twenty kilometres apart out to 200 km, and an island as far out as the farthest that there is."""
    skerries = {f"s{n}": square(18.5 + n * 20 * KM_NORTH / 0.51, 59.3, 1.0) for n in range(10)}
    gotska_sandon = {"sandon": square(19.2, 57.95 + 38 * KM_NORTH)}
    assert told(town(18.0, 59.3) | skerries) == []
    assert told({"gotland": shapely.box(18.1, 56.9, 19.3, 57.95)} | gotska_sandon) == []


def test_several_that_are_far_off_are_groups() -> None:
    """Those that lie together are told once, the farthest group first."""
    far = {"a": square(12.5, 55.7), "b": square(12.59, 55.7), "c": square(18.0, 65.0)}
    assert [codes for codes, _ in told(town(18.0, 59.3) | far)] == [["c"], ["a", "b"]]


def test_of_two_the_one_near_home_is_right() -> None:
    """Where neither is more than the other, the areas in use say which one is asked about."""
    two = {"near": square(18.0, 59.3, 1.0), "far": square(12.5, 55.7)}
    assert [codes for codes, _ in told(two, Home("EPSG:3006", (17.9, 59.2, 18.2, 59.4)))] == [["far"]]
    assert [codes for codes, _ in told(two, Home("EPSG:3006", (12.4, 55.6, 12.7, 55.8)))] == [["near"]]


def test_just_beyond_is_beyond() -> None:
    """The limit is one of the gap, not of the middles."""
    south = shapely.box(18.0, 58.0, 18.1, 59.0)
    for km, groups in ((FAR_M / 1000 - 1, 0), (FAR_M / 1000 + 1, 1)):
        assert len(told({"south": south, "north": square(18.0, 59.0 + km * KM_NORTH)})) == groups


def test_a_trial_asks_about_it() -> None:
    """A file with a polygon in another country is told so, with its code and how far, and can be read all the same."""
    south = {"type": "Polygon", "coordinates": [[[x, round(y - 5, 6)] for x, y in DEGREES]]}
    body = collection(
        feature(code="01", name="Ett"),
        feature(moved(0.1), code="02", name="Två"),
        feature(south, code="03", name="Tre"),
    )
    head, areas = read(body)
    (note,) = [each for each in head["notes"] if each["code"] == "far-apart"]
    assert (note["areas"], len(areas), head["faults"]) == (["03"], 3, [])
    assert note["distance_km"] == pytest.approx(550, rel=0.05)
    assert "km from all others" in note["detail"]
