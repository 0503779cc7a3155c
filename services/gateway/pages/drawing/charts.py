"""Charts that stand beside a table with the same numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from services.gateway.pages.drawing.colours import ACCENT, COLOURS, INK, LIGHT, PAPER, Scale, scale_for
from services.gateway.pages.drawing.svg import svg, tag, text


def comparison(now: float, *, before: float | None, usual: float | None, highest: float) -> Markup:
    """A bar for now, a line for the period before and a ring for the mean of earlier ones, on a scale to `highest`.

    For a row of a table that holds the same numbers.
    """
    width, height = 180.0, 20.0
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
    signs = {
        "now": tag("rect", {"x": 0, "y": 3, "width": 20, "height": 10, "fill": COLOURS[3]}),
        "before": tag("path", {"d": "M10 0V16", "stroke": INK, "stroke-width": 2}),
        "usual": tag("circle", {"cx": 10, "cy": 8, "r": 4.4, "fill": PAPER, "stroke": ACCENT, "stroke-width": 2.2}),
    }
    return svg(20, 16, [signs[part]], name=None, css="swatch")


def week_matrix(
    values: Sequence[Sequence[int | None]],
    *,
    rows: Sequence[str],
    said: Mapping[tuple[int, int], str],
    few: str,
    name: str,
    links: Mapping[tuple[int | None, int | None], str] | None = None,
    written: Callable[[int], str] = str,
) -> Markup:
    """Weekday × time of day as squares, Monday first: 7 rows of 24 hours or of 12 two-hour bands.

    The number stands in each square that has one; None is hatched and written as `few`. `said` gives the words of a
    square (weekday, slot), `links` what it leads to, and the sums of a weekday (weekday, None) and of a time (None,
    slot): for a mouse, the table beside it has the same links. Sums of days stand at the right and of times below,
    where nothing in them is hidden; `written` says how those of days are written.
    """
    slots = len(values[0])
    week = _Week(width=576 / slots)
    scale = scale_for(max((n or 0 for row in values for n in row), default=0))
    links = links or {}
    every, at = slots // 8 if slots >= 24 else slots // 6, week.top - 7
    ticks = [
        text(week.left + slot * week.width, at, f"{slot * 24 // slots:02d}", size=11, anchor="start", css="matrix-name")
        for slot in range(0, slots, every)
    ]
    lines = []
    for weekday, row in enumerate(values):
        y = week.top + weekday * week.height
        lines.append(text(week.left - 8, y + 17.5, rows[weekday], size=12.5, anchor="end", css="matrix-name"))
        for slot, n in enumerate(row):
            square = _square(week, weekday, slot, n, scale=scale, said=said[weekday, slot], few=few)
            lines.append(_led(square, links.get((weekday, slot))))
        end, of_day = week.left + 576 + 60, _sum(row, written)
        total = text(end, y + 17.5, of_day, size=12.5, anchor="end", weight=600, css="matrix-name")
        lines.append(_led(total, links.get((weekday, None))))
    profile = tag("g", {"class": "profile"}, *_profile(values, week, links))
    return svg(week.left + 640, week.top + 7 * week.height + 62, [*ticks, *lines, profile], name=name, css="matrix")


@dataclass(frozen=True, slots=True)
class _Week:
    """Where the squares lie."""

    width: float
    # On a phone its words are twice as large.
    left: float = 62.0
    top: float = 27.0
    height: float = 26.0


def _square(week: _Week, weekday: int, slot: int, n: int | None, *, scale: Scale, said: str, few: str) -> str:
    x, y = week.left + slot * week.width, week.top + weekday * week.height
    colour = "#f3f7f8" if n is None else scale.colour(n)
    edge = {"stroke": "#dde5e6"} if not n else {}
    box = {"x": x, "y": y, "width": week.width - 1.5, "height": week.height - 1.5, "rx": 2.5, "fill": colour}
    parts = [tag("rect", {**box, **edge}, tag("title", {}, escape(said)))]
    if n != 0:
        ink = INK if n is None or colour in LIGHT else PAPER
        parts.append(
            text(
                x + (week.width - 1.5) / 2,
                y + 16.5,
                few if n is None else f"{n}",
                size=11,
                ink=ink,
                css="matrix-number",
            )
        )
    return "".join(parts)


def _led(part: str, href: str | None) -> str:
    return tag("a", {"href": href, "tabindex": "-1"}, part) if href and part else part


def _sum(row: Sequence[int | None], written: Callable[[int], str]) -> str:
    return "" if None in row else written(sum(n or 0 for n in row))


def _profile(
    values: Sequence[Sequence[int | None]], week: _Week, links: Mapping[tuple[int | None, int | None], str]
) -> list[str]:
    """The whole week's reports by time of day, as columns under the squares."""
    slots = [[row[slot] for row in values] for slot in range(len(values[0]))]
    if any(None in column for column in slots):
        return []
    sums = [sum(n or 0 for n in column) for column in slots]
    unit, base = 34 / max(*sums, 1), week.top + 7 * week.height + 42
    columns = []
    for slot, n in enumerate(sums):
        x, tall = week.left + slot * week.width, n * unit
        bar = {"x": x, "y": base - tall, "width": week.width - 1.5, "height": tall, "fill": "#8fa9b2"}
        said = text(x + (week.width - 1.5) / 2, base + 13, f"{n}" if n else "", size=10.5, css="matrix-number")
        columns.append(_led(tag("rect", bar) + said, links.get((None, slot))))
    return columns
