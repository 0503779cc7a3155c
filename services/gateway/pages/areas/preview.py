"""A map of areas as they would be, before anything is stored: each in the colour of what becomes of it. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from services.gateway.pages.drawing.svg import svg, tag

COLOURS = {"added": "#a5cdd7", "changed": "#f2c48d", "unchanged": "#eef1f0", "retired": "#d9c3c9"}
_WIDTH, _HIGHEST, _MARGIN = 760.0, 420.0, 10.0
_LINE = "#33505b"
_MOST_NAMED = 60

Ring = Sequence[Sequence[float]]


def preview(areas: Sequence[Mapping[str, Any]], *, name: str, said: Mapping[str, str]) -> Markup | None:
    """The areas that have a geometry (GeoJSON, degrees), those around others beneath them; None where there are none.

    said: what is said of each area, by its code.
    """
    drawn = [(each, list(_rings(each["geometry"]))) for each in areas if each["geometry"]]
    points = [point for _, rings in drawn for ring in rings for point in ring]
    if not points:
        return None
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # A degree of longitude is shorter than one of latitude by this.
    narrow = max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide, tall = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min((_WIDTH - 2 * _MARGIN) / wide, (_HIGHEST - 2 * _MARGIN) / tall)

    def at(point: Sequence[float]) -> str:
        x, y = _MARGIN + (point[0] - west) * narrow * scale, _MARGIN + (north - point[1]) * scale
        return f"{x:.1f} {y:.1f}"

    drawn.sort(key=lambda each: each[0]["level"])
    parts = [_area(each, "".join(f"M{'L'.join(map(at, ring))}Z" for ring in rings), said) for each, rings in drawn]
    size = (2 * _MARGIN + wide * scale, 2 * _MARGIN + tall * scale)
    return svg(*size, parts, name=name, css="map")


def _area(area: Mapping[str, Any], path: str, said: Mapping[str, str]) -> str:
    look = {
        "d": path, "fill": COLOURS[area["change"]], "stroke": _LINE, "stroke-width": 0.8 + (area["level"] == 0),
        "fill-rule": "evenodd",
    }  # fmt: skip
    return tag("path", look, tag("title", {}, escape(said[area["code"]])))


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon
