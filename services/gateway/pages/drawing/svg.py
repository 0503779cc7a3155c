"""SVG as text: elements, and what all pictures share. Whatever is not markup is escaped here."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from markupsafe import Markup

from services.gateway.pages.drawing.colours import INK


def text(
    x: float,
    y: float,
    words: str,
    *,
    size: float,
    anchor: str = "middle",
    ink: str = INK,
    weight: int = 400,
    css: str | None = None,
) -> str:
    """Words at a point; none give nothing."""
    if not words:
        return ""
    at: dict[str, Any] = {"x": x, "y": y, "font-size": size, "text-anchor": anchor, "fill": ink}
    at |= ({"font-weight": weight} if weight != 400 else {}) | ({"class": css} if css else {})
    return tag("text", at, escape(words))


def svg(width: float, height: float, parts: Iterable[str], *, name: str | None, css: str) -> Markup:
    """A picture. Without a name it is decoration beside a table and hidden from screen readers."""
    said = {"role": "group", "aria-label": name} if name is not None else {"aria-hidden": "true", "focusable": "false"}
    size = {"class": css, "viewBox": f"0 0 {width:.4g} {height:.4g}", "xmlns": "http://www.w3.org/2000/svg"}
    bounds = {"width": f"{width:.0f}", "height": f"{height:.0f}"}
    return Markup(tag("svg", {**size, **bounds, **said}, *parts))  # noqa: S704 - every word in it went through escape


def tag(name: str, attributes: Mapping[str, Any], *inner: str) -> str:
    """An element; attributes are escaped here, `inner` is markup."""
    written = "".join(f' {key}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inner)}</{name}>" if inner else f"<{name}{written}/>"


def _value(value: Any) -> str:
    return escape(value) if isinstance(value, str) else f"{value:.1f}".rstrip("0").rstrip(".")


def hatch(name: str) -> str:
    """The pattern that stands for a count that is not told; fill it in with `url(#name)`."""
    lines = tag("path", {"d": "M0 8L8 0M-2 2L2 -2M6 10L10 6", "stroke": "#7d9aa3", "stroke-width": 1.3})
    back = tag("rect", {"width": 8, "height": 8, "fill": "#f3f7f8"})
    return tag("pattern", {"id": name, "width": 8, "height": 8, "patternUnits": "userSpaceOnUse"}, back, lines)
