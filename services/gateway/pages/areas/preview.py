"""A map of areas as they would be, before anything is stored: each in the colour of what becomes of it. Pure."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from services.gateway.pages.drawing.labels import Box, Taken, box_of
from services.gateway.pages.drawing.svg import svg, tag, text

COLOURS = {"added": "#a5cdd7", "changed": "#f2c48d", "unchanged": "#eef1f0", "retired": "#b3261e"}
_WIDTH, _HIGHEST, _MARGIN = 760.0, 420.0, 10.0
_LINE = "#33505b"
_MOST_NAMED = 60
# The size of letters on a map as wide as a page, and on one as wide as a phone: the style sheet shows one of the two.
_LAYERS = (("for-wide", 11.0), ("for-narrow", 24.0))

Ring = Sequence[Sequence[float]]
_Drawn = tuple[Mapping[str, Any], Sequence[Ring]]


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

    # What goes is a line above what comes in its place.
    drawn.sort(key=lambda each: (each[0]["change"] == "retired", each[0]["level"]))
    parts = [_area(each, "".join(f"M{'L'.join(map(at, ring))}Z" for ring in rings), said) for each, rings in drawn]
    size = (2 * _MARGIN + wide * scale, 2 * _MARGIN + tall * scale)
    parts += (_layer(drawn, at, Box(0, 0, *size), css=css, size=letters) for css, letters in _LAYERS)
    return svg(*size, parts, name=name, css="map")


def _area(area: Mapping[str, Any], path: str, said: Mapping[str, str]) -> str:
    look: dict[str, Any] = {
        "d": path, "fill": COLOURS[area["change"]], "stroke": _LINE, "stroke-width": 0.8 + (area["level"] == 0),
        "fill-rule": "evenodd",
    }  # fmt: skip
    if area["change"] == "retired":
        look |= {"fill": "none", "stroke": COLOURS["retired"], "stroke-width": 2, "stroke-dasharray": "6 4"}
    return tag("path", look, tag("title", {}, escape(said[area["code"]])))


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        yield from polygon


def _layer(drawn: Sequence[_Drawn], at: Callable[[Sequence[float]], str], paper: Box, *, css: str, size: float) -> str:
    """All names in one size. Without a style sheet those for wide paper are seen."""
    unseen = {} if css == "for-wide" else {"display": "none"}
    words = {"class": css, "pointer-events": "none", "aria-hidden": "true", **unseen}
    return tag("g", words, *_names(drawn, at, paper, size=size))


def _names(drawn: Sequence[_Drawn], at: Callable[[Sequence[float]], str], paper: Box, *, size: float) -> Iterator[str]:
    """Names of the areas that have none within them, where they are few enough to be read and have room for one.

    None covers another: what goes often lies on the ground of what comes in its place, which is named first.
    """
    around = {each["parent"] for each, _ in drawn}
    inner = [(each, rings) for each, rings in drawn if each["code"] not in around]
    taken = Taken(paper)
    for each, rings in inner if len(inner) <= _MOST_NAMED else ():
        points = [tuple(map(float, at(point).split())) for point in max(rings, key=len)]
        west, east = min(x for x, _ in points), max(x for x, _ in points)
        middle = (west + east) / 2, (min(y for _, y in points) + max(y for _, y in points)) / 2
        box = box_of(each["name"], *middle, size=size)
        if box.right - box.left <= east - west and taken.take(box):
            yield text(*middle, each["name"], size=size, anchor="middle")
