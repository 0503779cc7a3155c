"""Builders of areas. One area serves most tests: a square around Östersund, coded 01."""

import json
from typing import Any
from uuid import uuid4

from shared.messages.reports import AreaChanged

# A tree without any area of the one before: what a test begins with, and nobody does by mistake.
RETIRE: dict[str, Any] = {"retire": True}
_LETTERS = str.maketrans("0123456789", "ghjkmnpqrs")


def new_code() -> str:
    """A code that no other test has; in letters, for of eight digits one in four hundred is somebody's telephone."""
    return uuid4().hex[:8].translate(_LETTERS)


def square(west: float, south: float, side: float) -> dict[str, Any]:
    """A square as GeoJSON, degrees."""
    east, north = round(west + side, 6), round(south + side, 6)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


SQUARE: dict[str, Any] = square(14.6, 63.1, 0.1)


def area_row(*, owner: bool) -> tuple[str, str]:
    """The statement that puts the area into the table of its owner (reports) or into a copy, and its parameter."""
    version = "version" if owner else "sequence"
    return (
        f"INSERT INTO areas (code, name, level, path, geometry, active, {version})"
        " VALUES ('01', 'Torget', 1, '{2380,01}', $1, true, 1)",
        json.dumps(SQUARE),
    )


def make_area(code: str = "01", **changes: Any) -> AreaChanged:
    """An area as the reports service tells it: the same square under the municipality 2380."""
    told: dict[str, Any] = {
        "sequence": 1,
        "code": code,
        "name": f"Område {code}",
        "level": 1,
        "path": ["2380", code],
        "geometry": SQUARE,
        "active": True,
    }
    return AreaChanged(**(told | changes))
