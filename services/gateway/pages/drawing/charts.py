"""Charts that stand beside a table with the same numbers."""

from collections.abc import Mapping, Sequence
from html import escape

from markupsafe import Markup

from services.gateway.pages.drawing.colours import ACCENT, COLOURS, INK, LIGHT, NOTHING, PAPER, scale_for
from services.gateway.pages.drawing.svg import svg, tag, text


def comparison(now: float, *, before: float | None, usual: float | None, highest: float) -> Markup:
    """A bar for now, a line for the period before and a ring for the mean of earlier ones, on a scale to `highest`.

    For a row of a table that holds the same numbers.
    """
    width, height = 240.0, 20.0
    unit = (width - 10) / max(highest, 1e-9)
    parts = [
        tag("path", {"d": f"M0 {height}H{width}", "stroke": "#dde5e6", "stroke-width": 1}),
        tag("rect", {"class": "bar-now", "x": 0, "y": 4, "width": now * unit, "height": 12, "fill": COLOURS[3]}),
    ]
    if before is not None:
        line = f"M{before * unit + 1:.1f} 0V{height}"
        parts.append(tag("path", {"class": "bar-before", "d": line, "stroke": INK, "stroke-width": 2}))
    if usual is not None:
        ring = {
            "cx": usual * unit + 1,
            "cy": height / 2,
            "r": 4.4,
            "fill": PAPER,
            "stroke": ACCENT,
            "stroke-width": 2.2,
        }
        parts.append(tag("circle", {"class": "bar-usual", **ring}))
    return svg(width, height, parts, name=None, css="comparison")


def key_of_comparison(part: str) -> Markup:
    """One sign of `comparison` for its legend: now, before or usual."""
    shapes = {
        "now": tag("rect", {"x": 0, "y": 3, "width": 20, "height": 10, "fill": COLOURS[3]}),
        "before": tag("path", {"d": "M10 0V16", "stroke": INK, "stroke-width": 2}),
        "usual": tag("circle", {"cx": 10, "cy": 8, "r": 4.4, "fill": PAPER, "stroke": ACCENT, "stroke-width": 2.2}),
    }
    return svg(20, 16, [shapes[part]], name=None, css="swatch")


def week_matrix(
    values: Sequence[Sequence[float]], *, rows: Sequence[str], said: Mapping[tuple[int, int], str], name: str
) -> Markup:
    """Weekday × hour as squares, 7 × 24, Monday first; the number stands in each square that has half a report or more.

    `said` gives the words of a square (weekday, hour); sums stand at the right and below.
    """
    left, top, w, h = 44.0, 20.0, 24.0, 26.0
    scale = scale_for(round(max((n for row in values for n in row), default=0)))
    parts = [text(left + hour * w, 13, f"{hour:02d}", size=11, anchor="start") for hour in range(0, 24, 3)]
    for weekday, row in enumerate(values):
        y = top + weekday * h
        parts.append(text(left - 8, y + 17.5, rows[weekday], size=12.5, anchor="end"))
        for hour, n in enumerate(row):
            colour = scale.colour(round(n))
            box = {"x": left + hour * w, "y": y, "width": w - 1.5, "height": h - 1.5, "rx": 2.5, "fill": colour}
            edge = {"stroke": "#dde5e6"} if colour == NOTHING else {}
            parts.append(tag("rect", {**box, **edge}, tag("title", {}, escape(said[weekday, hour]))))
            if round(n):
                ink = INK if colour in LIGHT else PAPER
                parts.append(text(left + hour * w + (w - 1.5) / 2, y + 16.5, f"{round(n)}", size=11, ink=ink))
        parts.append(text(left + 24 * w + 34, y + 17.5, f"{round(sum(row))}", size=12.5, anchor="end", weight=600))
    parts.append(tag("g", {"class": "profile"}, *_profile(values, left=left, top=top + 7 * h + 6, w=w)))
    return svg(left + 24 * w + 38, top + 7 * h + 62, parts, name=name, css="matrix")


def _profile(values: Sequence[Sequence[float]], *, left: float, top: float, w: float) -> list[str]:
    """The whole week's reports by hour, as columns under the squares."""
    sums = [sum(row[hour] for row in values) for hour in range(24)]
    unit = 34 / max(max(sums, default=0), 1)
    columns = []
    for hour, n in enumerate(sums):
        x, tall = left + hour * w, n * unit
        columns.append(tag("rect", {"x": x, "y": top + 36 - tall, "width": w - 1.5, "height": tall, "fill": "#8fa9b2"}))
        columns.append(text(x + (w - 1.5) / 2, top + 49, f"{round(n)}" if round(n) else "", size=10.5))
    return columns


def columns(values: Sequence[float], *, name: str) -> Markup:
    """A run of periods as small columns, oldest first, the last one marked."""
    width, height, gap = 12.0, 44.0, 3.0
    unit = (height - 4) / max(max(values, default=0), 1)
    parts = [
        tag(
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
    return svg(len(values) * (width + gap), height, parts, name=name, css="columns")
