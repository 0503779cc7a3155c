"""The map of areas as they would be."""

import re
from itertools import combinations
from typing import Any

from services.gateway.pages.areas.page import leaves_none
from services.gateway.pages.areas.preview import preview
from services.gateway.pages.drawing.labels import box_of


def area(code: str, *, change: str = "added", level: int = 1, ring: Any = None, name: str = "A") -> dict[str, Any]:
    """An area as a trial has it."""
    geometry = {"type": "Polygon", "coordinates": [ring]} if ring else None
    parent = "1" if level and code != "1" else None
    return {"code": code, "name": name, "level": level, "change": change, "geometry": geometry, "parent": parent}


SQUARE = [[14.0, 63.0], [14.1, 63.0], [14.1, 63.05], [14.0, 63.05], [14.0, 63.0]]


def test_all_that_is_drawn_lies_within() -> None:
    """On both axes, wherever in the world it lies; smaller areas above those around them."""
    around = [[13.9, 62.9], [14.3, 62.9], [14.3, 63.2], [13.9, 63.2], [13.9, 62.9]]
    areas = [area("2", ring=SQUARE), area("1", level=0, ring=around), area("3", change="retired")]
    drawn = str(preview(areas, name="Karta", said={"1": "en", "2": "två"}))
    width, height = (float(each) for each in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn)[0])
    for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", drawn):
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height
    assert drawn.index("<title>en") < drawn.index("<title>två")


def test_nothing_to_draw_is_no_map() -> None:
    """Also where areas would go out of use."""
    assert preview([area("1", change="retired")], name="Karta", said={}) is None


def test_names_are_text() -> None:
    """Whatever a file calls its areas."""
    drawn = str(preview([area("1", ring=SQUARE, name="<b>")], name="Karta", said={"1": "<script>"}))
    assert "<script>" not in drawn
    assert "&lt;b&gt;</text>" in drawn


def test_what_goes_is_drawn_above_what_comes() -> None:
    """As a line, so that both are seen; an area around others has no name of its own on the map."""
    whole = area("1", level=0, ring=SQUARE, name="Allt")
    areas = [area("2", change="retired", ring=SQUARE, name="Borta"), whole, area("3", ring=SQUARE, name="Ny")]
    drawn = str(preview(areas, name="Karta", said={"1": "allt", "2": "borta", "3": "ny"}))
    assert drawn.index("<title>ny") < drawn.index("<title>borta")
    assert drawn.count('fill="none"') == drawn.count("stroke-dasharray") == 1
    assert "Ny</text>" in drawn
    assert "Allt</text>" not in drawn


def test_no_name_covers_another() -> None:
    """What goes beneath what comes, and rows of areas whose middles are close: at each size, each name once."""

    def square(east: float) -> list[list[float]]:
        return [[14 + east + x, 63 + y] for x, y in ((0, 0), (0.05, 0), (0.05, 0.05), (0, 0.05), (0, 0))]

    columns = [area(f"{n}", ring=square(n * 0.01), name=f"Kv {n}") for n in range(2, 30)]
    gone = area("31", change="retired", ring=square(0.02), name="Kv b")
    drawn = str(preview([*columns, gone], name="Karta", said={each["code"]: "" for each in [*columns, gone]}))
    layers = re.findall(r'<g class="(for-\w+)".*?</g>', drawn)
    assert layers == ["for-wide", "for-narrow"]
    for layer, size in zip(re.findall(r"<g class=.*?</g>", drawn), (11.0, 24.0), strict=True):
        said = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<', layer)
        boxes = [box_of(words, float(x), float(y), size=size) for x, y, words in said]
        assert boxes
        assert not [(a, b) for a, b in combinations(boxes, 2) if a.meets(b)]
        assert "Kv b" not in layer


def test_a_name_without_room_is_left_out() -> None:
    """The table has it."""
    assert "</text>" not in str(preview([area("1", ring=SQUARE, name="W" * 200)], name="Karta", said={"1": "en"}))


def test_without_the_first_import_of_all_no_area_is_left() -> None:
    """One that came in the place of others leaves those."""
    assert leaves_none({"added": 25, "retired": 0}, in_use=25)
    assert not leaves_none({"added": 25, "retired": 3}, in_use=25)
    assert not leaves_none({"added": 2, "retired": 0}, in_use=25)
