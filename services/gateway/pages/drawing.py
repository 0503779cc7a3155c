"""Maps and charts as SVG text. Pure: numbers and words in, markup out; the pages use it, and so can print.

Colours are presentation attributes, so that a picture needs neither a style sheet nor `style=`, which the pages'
security policy forbids; classes let the page's style sheet do better. Every picture that carries links or meaning has
a name, every number in it also stands in a table beside it, and no colour stands alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from markupsafe import Markup

# One hue from pale to deep, even in lightness: the order survives colour blindness, grey print and projectors.
# Source: checked against WCAG 2.1 contrast: INK on the first three, white on the last two, all above 4.5:1.
COLOURS = ("#d5e8ec", "#a5cdd7", "#6fb0c0", "#22728a", "#0b4a60")
NOTHING, INK, PAPER, LINE, ACCENT = "#fbfcfc", "#12262e", "#ffffff", "#5b7680", "#b4540a"
_LIGHT = frozenset((NOTHING, *COLOURS[:3]))
_NICE = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)


@dataclass(frozen=True, slots=True)
class Scale:
    """Classes of counts: `tops` are their highest numbers, rising; the class of 0 comes before the first."""

    tops: tuple[int, ...]

    def colour(self, n: float) -> str:
        """The colour of a number; numbers above the last top have its colour."""
        if n <= 0:
            return NOTHING
        place = next((place for place, top in enumerate(self.tops) if n <= top), len(self.tops) - 1)
        return _spread(len(self.tops))[place]

    def classes(self) -> list[tuple[int, int, str]]:
        """Lowest and highest number and colour of each class above 0."""
        return [
            (low + 1, top, colour)
            for (low, top), colour in zip(pairwise((0, *self.tops)), _spread(len(self.tops)), strict=True)
        ]


def _spread(n: int) -> tuple[str, ...]:
    """That many of the colours, the deepest always among them."""
    return {1: COLOURS[3:4], 2: COLOURS[1::2], 3: COLOURS[::2], 4: COLOURS[1:]}.get(n, COLOURS)


def scale_for(highest: int) -> Scale:
    """Up to five classes for counts up to `highest`, narrow at the low end: a few places have most of the reports."""
    tops: list[int] = []
    for part in (0.04, 0.16, 0.36, 0.64):
        top = _nice(highest * part)
        if top > (tops[-1] if tops else 0) and top < highest:
            tops.append(top)
    return Scale((*tops, max(highest, 1)))


def _nice(n: float) -> int:
    steps = [step * ten for ten in (1, 10, 100, 1000, 10_000, 100_000) for step in _NICE]
    return min(steps, key=lambda step: (abs(step - n), step))


@dataclass(frozen=True, slots=True, kw_only=True)
class MapArea:
    """An area on a map, in the map's units. `count` None: suppressed. `room`: radius of the largest circle in it."""

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
class MapFrame:
    """What lies around the areas: size, the ground beneath them, borders above them, the scale bar."""

    width: float
    height: float
    ground: Sequence[str]
    borders: Sequence[str]
    bar_length: float
    bar_label: str


def area_map(areas: Iterable[MapArea], frame: MapFrame, *, scale: Scale, name: str) -> Markup:
    """A map of areas coloured by their counts; each is a link that says its name and count.

    An area whose count is suppressed is hatched. Counts stand in the areas, names where there is room.
    """
    all_areas = list(areas)
    ground = [
        _tag("path", {"class": "map-ground", "d": d, "fill": "#eef2f1", "stroke": "#c9d4d4"}) for d in frame.ground
    ]
    border = {"class": "map-border", "fill": "none", "stroke": INK, "stroke-width": 2.2, "stroke-linejoin": "round"}
    borders = [_tag("path", {**border, "d": d}) for d in frame.borders]
    labels = [_label(area, scale) for area in all_areas]
    return _svg(
        frame.width,
        frame.height,
        [
            _tag("defs", {}, _hatch("few")),
            *ground,
            *(_area(area, scale) for area in all_areas),
            _tag("g", {"class": "map-borders", "pointer-events": "none"}, *borders),
            _tag("g", {"class": "map-labels", "pointer-events": "none", "aria-hidden": "true"}, *labels),
            _scale_bar(frame),
        ],
        name=name,
        css="map",
    )


def _area(area: MapArea, scale: Scale) -> str:
    fill = "url(#few)" if area.count is None else scale.colour(area.count)
    shape = {"class": "map-area", "d": area.path, "fill": fill, "stroke": LINE, "stroke-width": 0.9}
    path = _tag("path", {**shape, "data-area": area.code}, _tag("title", {}, escape(area.said)))
    return _tag("a", {"href": area.href, "aria-label": area.said}, path)


def _label(area: MapArea, scale: Scale) -> str:
    colour = NOTHING if area.count is None else scale.colour(area.count)
    ink = INK if colour in _LIGHT else PAPER
    size = 19 if area.room >= 18 else 15
    named = area.room >= 34 and len(area.name) * 7.4 <= area.room * 2.3
    at = {"x": area.x, "text-anchor": "middle", "fill": ink}
    tight = "" if area.room >= 34 else " map-tight"
    count = {**at, "y": area.y + (size * 0.36 if not named else -1), "font-size": size, "font-weight": 600}
    texts = [_tag("text", {"class": f"map-count{tight}", **count}, escape(area.label))] if area.room >= 9 else []
    if named:
        texts.append(_tag("text", {"class": "map-name", **at, "y": area.y + 16, "font-size": 14.5}, escape(area.name)))
    return "".join(texts)


def _hatch(name: str) -> str:
    lines = _tag("path", {"d": "M0 8L8 0M-2 2L2 -2M6 10L10 6", "stroke": "#7d9aa3", "stroke-width": 1.3})
    back = _tag("rect", {"width": 8, "height": 8, "fill": "#f3f7f8"})
    return _tag("pattern", {"id": name, "width": 8, "height": 8, "patternUnits": "userSpaceOnUse"}, back, lines)


def _scale_bar(frame: MapFrame) -> str:
    x, y = 22.0, frame.height - 22
    line = f"M{x:.0f} {y - 6:.0f}v6h{frame.bar_length:.1f}v-6"
    bar = _tag("path", {"d": line, "fill": "none", "stroke": LINE, "stroke-width": 1.6})
    text = {"x": x + frame.bar_length / 2, "y": y - 8, "font-size": 14, "text-anchor": "middle", "fill": "#3d5660"}
    return _tag("g", {"class": "map-bar", "aria-hidden": "true"}, bar, _tag("text", text, escape(frame.bar_label)))


def swatch(colour: str | None) -> Markup:
    """A small square of a colour for a legend; hatched for None."""
    fill = "url(#few-swatch)" if colour is None else colour
    box = _tag("rect", {"x": 0.5, "y": 0.5, "width": 21, "height": 13, "fill": fill, "stroke": LINE, "rx": 2})
    hatch = _tag("defs", {}, _hatch("few-swatch")) if colour is None else ""
    return _svg(22, 14, [hatch, box], name=None, css="swatch")


def comparison(now: float, *, before: float | None, usual: float | None, highest: float) -> Markup:
    """A bar for now, a line for the period before and a ring for the mean of earlier ones, on a scale to `highest`.

    For a row of a table that holds the same numbers.
    """
    width, height = 240.0, 20.0
    unit = (width - 10) / max(highest, 1e-9)
    parts = [
        _tag("path", {"d": f"M0 {height}H{width}", "stroke": "#dde5e6", "stroke-width": 1}),
        _tag("rect", {"class": "bar-now", "x": 0, "y": 4, "width": now * unit, "height": 12, "fill": COLOURS[3]}),
    ]
    if before is not None:
        line = f"M{before * unit + 1:.1f} 0V{height}"
        parts.append(_tag("path", {"class": "bar-before", "d": line, "stroke": INK, "stroke-width": 2}))
    if usual is not None:
        ring = {
            "cx": usual * unit + 1,
            "cy": height / 2,
            "r": 4.4,
            "fill": PAPER,
            "stroke": ACCENT,
            "stroke-width": 2.2,
        }
        parts.append(_tag("circle", {"class": "bar-usual", **ring}))
    return _svg(width, height, parts, name=None, css="comparison")


def key_of_comparison(part: str) -> Markup:
    """One sign of `comparison` for its legend: now, before or usual."""
    shapes = {
        "now": _tag("rect", {"x": 0, "y": 3, "width": 20, "height": 10, "fill": COLOURS[3]}),
        "before": _tag("path", {"d": "M10 0V16", "stroke": INK, "stroke-width": 2}),
        "usual": _tag("circle", {"cx": 10, "cy": 8, "r": 4.4, "fill": PAPER, "stroke": ACCENT, "stroke-width": 2.2}),
    }
    return _svg(20, 16, [shapes[part]], name=None, css="swatch")


def week_matrix(
    values: Sequence[Sequence[float]], *, rows: Sequence[str], said: Mapping[tuple[int, int], str], name: str
) -> Markup:
    """Weekday × hour as squares, 7 × 24, Monday first; the number stands in each square that has half a report or more.

    `said` gives the words of a square (weekday, hour); sums stand at the right and below.
    """
    left, top, w, h = 44.0, 20.0, 24.0, 26.0
    scale = scale_for(round(max((n for row in values for n in row), default=0)))
    parts = [_text(left + hour * w, 13, f"{hour:02d}", size=11, anchor="start") for hour in range(0, 24, 3)]
    for weekday, row in enumerate(values):
        y = top + weekday * h
        parts.append(_text(left - 8, y + 17.5, rows[weekday], size=12.5, anchor="end"))
        for hour, n in enumerate(row):
            colour = scale.colour(round(n))
            box = {"x": left + hour * w, "y": y, "width": w - 1.5, "height": h - 1.5, "rx": 2.5, "fill": colour}
            edge = {"stroke": "#dde5e6"} if colour == NOTHING else {}
            parts.append(_tag("rect", {**box, **edge}, _tag("title", {}, escape(said[weekday, hour]))))
            if round(n):
                ink = INK if colour in _LIGHT else PAPER
                parts.append(_text(left + hour * w + (w - 1.5) / 2, y + 16.5, f"{round(n)}", size=11, ink=ink))
        parts.append(_text(left + 24 * w + 34, y + 17.5, f"{round(sum(row))}", size=12.5, anchor="end", weight=600))
    parts.append(_tag("g", {"class": "profile"}, *_profile(values, left=left, top=top + 7 * h + 6, w=w)))
    return _svg(left + 24 * w + 38, top + 7 * h + 62, parts, name=name, css="matrix")


def _profile(values: Sequence[Sequence[float]], *, left: float, top: float, w: float) -> list[str]:
    """The whole week's reports by hour, as columns under the squares."""
    sums = [sum(row[hour] for row in values) for hour in range(24)]
    unit = 34 / max(max(sums, default=0), 1)
    columns = []
    for hour, n in enumerate(sums):
        x, tall = left + hour * w, n * unit
        columns.append(
            _tag("rect", {"x": x, "y": top + 36 - tall, "width": w - 1.5, "height": tall, "fill": "#8fa9b2"})
        )
        columns.append(_text(x + (w - 1.5) / 2, top + 49, f"{round(n)}" if round(n) else "", size=10.5))
    return columns


def columns(values: Sequence[float], *, name: str) -> Markup:
    """A run of periods as small columns, oldest first, the last one marked."""
    width, height, gap = 12.0, 44.0, 3.0
    unit = (height - 4) / max(max(values, default=0), 1)
    parts = [
        _tag(
            "rect",
            {
                "x": place * (width + gap),
                "y": height - n * unit,
                "width": width,
                "height": max(n * unit, 0.8),
                "fill": COLOURS[3] if place == len(values) - 1 else COLOURS[1],
            },
        )
        for place, n in enumerate(values)
    ]
    return _svg(len(values) * (width + gap), height, parts, name=name, css="columns")


def _text(
    x: float, y: float, words: str, *, size: float, anchor: str = "middle", ink: str = INK, weight: int = 400
) -> str:
    if not words:
        return ""
    at = {"x": x, "y": y, "font-size": size, "text-anchor": anchor, "fill": ink}
    return _tag("text", at | ({"font-weight": weight} if weight != 400 else {}), escape(words))


def _svg(width: float, height: float, parts: Iterable[str], *, name: str | None, css: str) -> Markup:
    """A picture. Without a name it is decoration beside a table and hidden from screen readers."""
    said = {"role": "group", "aria-label": name} if name is not None else {"aria-hidden": "true", "focusable": "false"}
    size = {"class": css, "viewBox": f"0 0 {width:.4g} {height:.4g}", "xmlns": "http://www.w3.org/2000/svg"}
    bounds = {"width": f"{width:.0f}", "height": f"{height:.0f}"}
    return Markup(_tag("svg", {**size, **bounds, **said}, *parts))  # noqa: S704 - every word in it went through escape


def _tag(name: str, attributes: Mapping[str, Any], *inner: str) -> str:
    """An element; attributes are escaped here, `inner` is markup."""
    written = "".join(f' {key}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inner)}</{name}>" if inner else f"<{name}{written}/>"


def _value(value: Any) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".rstrip("0").rstrip(".")
