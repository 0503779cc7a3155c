"""Tables on a narrow screen: each scrolls in a frame of its own, so that no page is wider than its screen."""

from html.parser import HTMLParser
from pathlib import Path

from services.gateway import pages

TEMPLATES = sorted(Path(pages.__file__).parent.rglob("*.html"))
FRAMES = {"areas-scroll", "wide"}
# Its bars go away where there is no room for them.
NARROW_BY_ITSELF = {"categories"}


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self._around: list[set[str]] = []
        self.unframed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        classes = set(told.get("class", "").split())
        if tag == "table" and not classes & NARROW_BY_ITSELF and not any(each & FRAMES for each in self._around):
            self.unframed.append(f"line {self.getpos()[0]}")
        if tag == "div":
            self._around.append(classes if told.get("tabindex") == "0" else set())

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._around.pop()


def test_each_table_scrolls_in_a_frame() -> None:
    """Also by the keyboard: the frame can have the focus."""
    found = {}
    for path in TEMPLATES:
        tables = _Tables()
        tables.feed(path.read_text())
        if tables.unframed:
            found[path.name] = tables.unframed
    assert TEMPLATES
    assert found == {}


def test_what_is_unseen_in_a_frame_widens_no_page() -> None:
    """Headings for the ear alone are positioned: without a frame that is, they lie where no screen reaches."""
    css = (Path(pages.__file__).parent / "frame" / "static" / "samsyn.css").read_text()
    assert ".areas-scroll, .wide { position: relative; }" in css
