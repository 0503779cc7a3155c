"""Builders of areas."""

from typing import Any

from shared.messages.reports import AreaChanged


def square(west: float, south: float, side: float) -> dict[str, Any]:
    """A square as GeoJSON, degrees."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def make_area(code: str = "01", **changes: Any) -> AreaChanged:
    """An area as the reports service tells it: a square around Östersund under the municipality 2380."""
    told: dict[str, Any] = {
        "sequence": 1,
        "code": code,
        "name": f"Område {code}",
        "level": 1,
        "path": ["2380", code],
        "geometry": square(14.6, 63.1, 0.1),
        "active": True,
    }
    return AreaChanged(**(told | changes))
