"""Maps of areas, coloured by their counts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

from markupsafe import Markup

from services.gateway.pages.drawing.colours import INK, LIGHT, LINE, NOTHING, PAPER, Scale
from services.gateway.pages.drawing.labels import Label, Spot, labels
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

    def with_borders(self, more: Sequence[str]) -> "MapFrame":
        """The same with further borders."""
        return replace(self, borders=[*self.borders, *more])


# The smallest letters of a map as wide as a page, and of one as wide as a phone or a column.
_LAYERS = (("map-labels for-wide", 15.0), ("map-labels for-narrow", 34.0))


def area_map(
    areas: Sequence[MapArea], frame: MapFrame, *, scale: Scale, name: str, rest: Sequence[tuple[int | None, str]] = ()
) -> Markup:
    """A map of areas coloured by their counts; each is a link that says its name and count.

    An area whose count is not published yet is hatched. Numbers and names stand where they cover no others, once for
    wide paper and once for narrow; the style sheet shows the ones that fit. rest: counts and paths of areas that are no
    links, for maps of more than anybody would step through.
    """
    sheet = tag("rect", {"class": "map-sheet", "width": frame.width, "height": frame.height, "fill": "#e6eef0"})
    land = {"class": "map-ground", "fill": "#f6f7f4", "stroke": "#c3d0d3"}
    border = {"class": "map-border", "fill": "none", "stroke": "#33505b", "stroke-width": 2, "stroke-linejoin": "round"}
    return svg(
        frame.width,
        frame.height,
        [
            tag("defs", {}, hatch("few")),
            sheet,
            *(tag("path", {**land, "d": d}) for d in frame.ground),
            *(_box(box) for box in frame.boxes),
            *_together(rest, scale),
            *(_area(area, scale) for area in areas),
            tag(
                "g",
                {"class": "map-borders", "pointer-events": "none"},
                *(tag("path", {**border, "d": d}) for d in frame.borders),
            ),
            *(_layer(areas, frame, scale, css=css, least=least) for css, least in _LAYERS),
            _scale_bar(frame),
        ],
        name=name,
        css="map",
    )


def _together(rest: Iterable[tuple[int | None, str]], scale: Scale) -> Iterator[str]:
    """Areas of one colour as one path: a thousand elements cost a browser more than a page may."""
    paths: dict[str, list[str]] = {}
    for count, path in rest:
        paths.setdefault("url(#few)" if count is None else scale.colour(count), []).append(path)
    for fill, ds in paths.items():
        yield tag("path", {"class": "map-rest", "d": "".join(ds), "fill": fill, "stroke": LINE, "stroke-width": 0.4})


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


def _layer(areas: Sequence[MapArea], frame: MapFrame, scale: Scale, *, css: str, least: float) -> str:
    """All words of the map in one size. Without a style sheet those for wide paper are seen."""
    spots = [
        Spot(number=area.label, name=area.name, x=area.x, y=area.y, room=area.room, weight=area.count or 0)
        for area in areas
    ]
    found = labels(spots, width=frame.width, height=frame.height, least=least)
    unseen = {} if css.endswith("wide") else {"display": "none"}
    words = {"class": css, "pointer-events": "none", "aria-hidden": "true", "text-anchor": "middle", **unseen}
    return tag("g", words, *(_words(label, areas[label.spot], scale) for label in found if label.words))


def _words(label: Label, area: MapArea, scale: Scale) -> str:
    colour = NOTHING if area.count is None else scale.colour(area.count)
    ink = INK if colour in LIGHT or label.free else PAPER
    at = {"class": "map-name" if label.is_name else "map-count", "x": label.x, "y": label.y, "font-size": label.size}
    if not label.is_name:
        at["font-weight"] = 600
    # Beside its own ground it stands on any colour.
    halo = {"stroke": PAPER, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke"}
    return tag("text", {**at, "fill": ink, **(halo if label.free else {})}, escape(label.words))


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
