"""What lies near the municipality: points there are kept, marked as outside all areas; farther away they are mistakes.

Pure, and without the libraries of geometry: a service that places no points asks it too.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

# West, south, east and north, degrees, WGS 84.
Box = tuple[float, float, float, float]

# Neighbours' ground, or a border that is drawn a little off; the next city in most directions is farther away.
NEIGHBOURHOOD_M = 30_000.0
FAR_AWAY = (
    "The point lies far outside the municipality. Is it in another coordinate system, or are longitude and latitude "
    "swapped?"
)
_DEGREE_M = 111_000.0


def see_areas(sent: str, *, codes: Collection[str], names: Iterable[tuple[str, str]] = ()) -> str:
    """What is said of a code that no area has: the one that was meant, which is not repeated, and where they stand.

    names: codes with their names. The copy of who says it may be a moment behind the areas.
    """
    # By their noughts alone, or by the name: to compare each code with each of a batch would take seconds.
    bare, called = _bare(sent), sent.lower()
    meant = [code for code in codes if _bare(code) == bare] or [code for code, name in names if name.lower() == called]
    did = f"Did you mean {meant[0]}? " if len(meant) == 1 else ""
    return f"No area has this code. {did}GET /areas lists them; one made just now is known here in some seconds."


def _bare(code: str) -> str:
    return code.lower().lstrip("0")


def near(lon: Any, lat: Any, *, box: Box) -> Any:
    """Whether points lie in a box, or at most NEIGHBOURHOOD_M outside of it; false for inf and nan.

    lon, lat: degrees, WGS 84; numbers, or arrays of one shape (n,), which give an array.
    """
    west, south, east, north = box
    up = NEIGHBOURHOOD_M / _DEGREE_M
    aside = up / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.01)
    return (lon >= west - aside) & (lon <= east + aside) & (lat >= south - up) & (lat <= north + up)


def box_of(geometry: Mapping[str, Any]) -> Box:
    """The box around a GeoJSON Polygon or MultiPolygon."""
    points = list(_points(geometry["coordinates"]))
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return min(lons), min(lats), max(lons), max(lats)


def _points(coordinates: Any) -> Iterator[Any]:
    if isinstance(coordinates[0], int | float):
        yield coordinates
    else:
        for each in coordinates:
            yield from _points(each)
