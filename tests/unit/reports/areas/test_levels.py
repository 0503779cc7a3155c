"""A file with several levels, whose municipality is named above them and is no feature of it."""

from io import BytesIO
from typing import Any

import orjson

from services.reports.areas.domain.answers import areas_in, file_in

HOME = {"crs": "EPSG:3006", "box": [14.4, 63.0, 14.9, 63.3]}


def square(code: str, above: Any, west: int, side: int) -> dict[str, Any]:
    """A square in SWEREF 99 TM, with the code of what it lies in."""
    x, y = 480_000 + west, 7_003_000
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"NYKO": code, "NAMN": f"Del {code}", "I": above}, "geometry": geometry}


FILE = orjson.dumps(
    {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "EPSG:3006"}},
        "features": [
            square("1", "2380", 0, 2000), square("2", 2380, 2000, 2000),
            square("11", 1.0, 0, 1000), square("12", "1", 1000, 1000), square("21", 2, 2000, 1000),
        ],
    }
)  # fmt: skip


def offered() -> dict[str, Any]:
    """What the file offers."""
    found: dict[str, Any] = orjson.loads(
        b"".join(file_in(BytesIO(FILE), layer=None, home=HOME, municipality="2380", known=[]))
    )
    return found


def test_the_parent_is_found_by_what_stands_in_it() -> None:
    """Codes of the file and of the municipality, as texts and as numbers: not a part of a larger file."""
    found = offered()
    assert found["reading"]["parent"] == "I"
    assert found["reading"]["only"] is None
    assert found["doubts"] == []


def test_who_lies_in_the_municipality_lies_in_the_root_that_is_made() -> None:
    """With the reading as it is suggested: five areas under a root, on two levels."""
    reading = offered()["reading"] | {"root_code": "2380", "root_name": "Östersund"}
    parts = list(areas_in(BytesIO(FILE), reading=reading, home=HOME))
    text = b"".join(parts).decode()
    assert "unknown-parent" not in text
    areas = {area[0]: area[2] for part in parts for area in [orjson.loads(part)] if isinstance(area, list)}
    assert areas == {"2380": None, "1": "2380", "2": "2380", "11": "1", "12": "1", "21": "2"}
