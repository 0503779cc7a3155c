"""Maps of areas, coloured by their counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from services.gateway.pages.drawing.colours import INK, LIGHT, LINE, NOTHING, PAPER, Scale
from services.gateway.pages.drawing.svg import hatch, svg, tag


@dataclass(frozen=True, slots=True, kw_only=True)
class MapArea:
    """An area on a map, in the map's units. `count` None: not published yet. `room`: largest radius in it."""

    code: str
    name: str
    href: str
    said: str
    label: str
    count: int | None
    path: str
    x: float
    y: float
    room: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MapBox:
    """A box on a map around areas that lie elsewhere; the label says where."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFrame:
    """What lies around the areas: size, the ground beneath them, borders above them, the scale bar."""

    width: float
    height: float
    ground: Sequence[str]
    borders: Sequence[str]
    boxes: Sequence[MapBox]
    bar_length: float
    bar_label: str


def area_map(areas: Iterable[MapArea], frame: MapFrame, *, scale: Scale, name: str) -> Markup:
    """A map of areas coloured by their counts; each is a link that says its name and count.

    An area whose count is not published yet is hatched. Counts stand in the areas, names where there is room.
    """
    all_areas = list(areas)
    sheet = tag("rect", {"class": "map-sheet", "width": frame.width, "height": frame.height, "fill": "#e6eef0"})
    land = {"class": "map-ground", "fill": "#f6f7f4", "stroke": "#c3d0d3"}
    ground = [tag("path", {**land, "d": d}) for d in frame.ground]
    border = {"class": "map-border", "fill": "none", "stroke": "#33505b", "stroke-width": 2, "stroke-linejoin": "round"}
    borders = [tag("path", {**border, "d": d}) for d in frame.borders]
    labels = [_label(area, scale) for area in all_areas]
    return svg(
        frame.width,
        frame.height,
        [
            tag("defs", {}, hatch("few")),
            sheet,
            *ground,
            *(_box(box) for box in frame.boxes),
            *(_area(area, scale) for area in all_areas),
            tag("g", {"class": "map-borders", "pointer-events": "none"}, *borders),
            tag("g", {"class": "map-labels", "pointer-events": "none", "aria-hidden": "true"}, *labels),
            _scale_bar(frame),
        ],
        name=name,
        css="map",
    )


def _area(area: MapArea, scale: Scale) -> str:
    fill = "url(#few)" if area.count is None else scale.colour(area.count)
    look = {"class": "map-area", "d": area.path, "fill": fill, "stroke": LINE, "stroke-width": 0.9}
    path = tag("path", {**look, "data-area": area.code}, tag("title", {}, escape(area.said)))
    return tag("a", {"href": area.href, "aria-label": area.said}, path)


def _box(box: MapBox) -> str:
    size = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": 6}
    words = {"x": box.x + 10, "y": box.y + box.height - 10, "font-size": 14, "fill": "#3d5660"}
    sheet = tag("rect", {**size, "fill": "#f6f7f4", "stroke": "#8ba3ab", "stroke-dasharray": "5 4"})
    return tag("g", {"class": "map-box"}, sheet, tag("text", words, escape(box.label)))


def _label(area: MapArea, scale: Scale) -> str:
    colour = NOTHING if area.count is None else scale.colour(area.count)
    ink = INK if colour in LIGHT else PAPER
    size = 15 if area.room < 18 else min(19 + max(0, area.room - 40) / 12, 30)
    name_size = size * 0.76
    named = area.room >= 30 and len(area.name) * name_size * 0.5 <= area.room * 2.2
    at = {"x": area.x, "text-anchor": "middle", "fill": ink}
    tight = "" if area.room >= 34 else " map-tight"
    count = {**at, "y": area.y - 1 if named else area.y + size * 0.36, "font-size": size, "font-weight": 600}
    texts = [tag("text", {"class": f"map-count{tight}", **count}, escape(area.label))] if area.room >= 9 else []
    if named:
        name = {**at, "y": area.y + name_size * 1.1, "font-size": name_size}
        texts.append(tag("text", {"class": "map-name", **name}, escape(area.name)))
    return "".join(texts)


def _scale_bar(frame: MapFrame) -> str:
    x, y = 22.0, frame.height - 22
    line = f"M{x:.0f} {y - 6:.0f}v6h{frame.bar_length:.1f}v-6"
    bar = tag("path", {"d": line, "fill": "none", "stroke": LINE, "stroke-width": 1.6})
    text = {"x": x + frame.bar_length / 2, "y": y - 8, "font-size": 14, "text-anchor": "middle", "fill": "#3d5660"}
    return tag("g", {"class": "map-bar", "aria-hidden": "true"}, bar, tag("text", text, escape(frame.bar_label)))


def swatch(colour: str | None) -> Markup:
    """A small square of a colour for a legend; hatched for None."""
    box = {"x": 0.5, "y": 0.5, "width": 21, "height": 13, "stroke": LINE, "rx": 2, "fill": colour or "#f3f7f8"}
    lines = {"d": "M2 13L13 1M9 13L20 1", "stroke": "#7d9aa3", "stroke-width": 1.3}
    parts = [tag("rect", box)] if colour else [tag("rect", box), tag("path", lines)]
    return svg(22, 14, parts, name=None, css="swatch")
