"""Coordinates that contradict the system that is stated: which one is meant is said, and is right"""

from typing import Any

import numpy as np
import pytest
from pyproj import Transformer

from services.reports.areas.domain.systems import Home, meant
from tests.support.make.area_files import DEGREES, HOME, RING, collection, feature, offered, read


def in_system(crs: str, ring: Any = DEGREES) -> dict[str, Any]:
    """The square in another system, x before y."""
    east, north = Transformer.from_crs(4326, crs, always_xy=True).transform(*np.array(ring).T)
    return {"type": "Polygon", "coordinates": [np.column_stack([east, north]).tolist()]}


def suggested(notes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Which system is said to be meant."""
    return [(each["code"], each["crs"]) for each in notes if each["code"].startswith("better")]


# Zones beside one another put the same metres 40 km apart: only one of them into the municipality.
@pytest.mark.parametrize("true", ["EPSG:3006", "EPSG:3012", "EPSG:3021", "EPSG:3857", "EPSG:4326"])
@pytest.mark.parametrize("stated", ["EPSG:3006", "EPSG:3010", "EPSG:3018", "EPSG:3857", "EPSG:4326"])
def test_the_system_that_is_meant_is_said(true: str, stated: str) -> None:
    """Whatever is asked for, the true one is suggested; nothing is where it is the true one."""
    shape = in_system(true) if true != "EPSG:4326" else {"type": "Polygon", "coordinates": [DEGREES]}
    head, _ = read(collection(feature(shape, code="1", name="A")), crs=stated)
    assert suggested(head["notes"]) == ([] if true == stated else [("better-system", true)])


def test_a_file_that_names_a_wrong_zone_is_doubted_when_it_is_looked_at() -> None:
    """The zone that it names is not so far away that its coordinates could not be in it."""
    crs = {"type": "name", "properties": {"name": "EPSG:3010"}}
    body = collection(feature(in_system("EPSG:3012"), code="1", name="A"), crs=crs)
    doubts = offered(body)["doubts"]
    assert "far-away" in [each["code"] for each in doubts]
    assert suggested(doubts) == [("better-system", "EPSG:3012")]


def test_axes_that_stand_the_other_way_are_said() -> None:
    """With the right system, and strictly read as a hint."""
    swapped = {"type": "Polygon", "coordinates": [[[y, x] for x, y in RING]]}
    body = collection(feature(swapped, code="1", name="A"))
    head, _ = read(body, crs="EPSG:4326")
    assert suggested(head["notes"]) == [("better-turned", "EPSG:3006")]
    assert "EPSG:3006 with north or latitude first" in read(body, strict=True)[0]["hint"]


def test_nothing_is_suggested_where_no_system_helps() -> None:
    """Coordinates of another country in any system, and a stated system that is right."""
    paris = {"type": "Polygon", "coordinates": [[[2.3, 48.8], [2.4, 48.8], [2.4, 48.9], [2.3, 48.8]]]}
    assert suggested(read(collection(feature(paris, code="1", name="A")), crs="EPSG:3006")[0]["notes"]) == []
    assert suggested(read(collection(feature(code="1", name="A")), crs="EPSG:4326")[0]["notes"]) == []


def test_systems_that_fit_alike_are_rivals() -> None:
    """Before there are areas, the zones of the country all fit: none of them is said alone."""
    x, y = np.array([150_000.0, 152_000.0]), np.array([7_004_000.0, 7_009_000.0])
    found = meant(x, y, but="EPSG:4326", home=Home("EPSG:3006"))
    assert found is not None
    assert len(found.rivals) == 2
    assert " or " in str(found)
    in_box = meant(x, y, but="EPSG:4326", home=Home("EPSG:3006", (14.2, 62.9, 14.4, 63.5)))
    assert in_box is not None
    assert (in_box.crs, in_box.rivals) == ("EPSG:3012", [])
    assert HOME["crs"] == "EPSG:3006"
