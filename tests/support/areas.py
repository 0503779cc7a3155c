"""One area for tests: a square around Östersund, coded 01."""

import json
from typing import Any

SQUARE: dict[str, Any] = {
    "type": "Polygon",
    "coordinates": [[[14.6, 63.1], [14.7, 63.1], [14.7, 63.2], [14.6, 63.2], [14.6, 63.1]]],
}


def area_row(*, owner: bool) -> tuple[str, str]:
    """The statement that puts the area into the table of its owner (reports) or into a copy, and its parameter."""
    version = "version" if owner else "sequence"
    return (
        f"INSERT INTO areas (code, name, level, path, geometry, active, {version})"
        " VALUES ('01', 'Torget', 1, '{2380,01}', $1, true, 1)",
        json.dumps(SQUARE),
    )
