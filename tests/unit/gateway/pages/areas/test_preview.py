"""The map of areas as they would be."""

import re
from typing import Any

from services.gateway.pages.areas.preview import preview


def area(code: str, *, change: str = "added", level: int = 1, ring: Any = None, name: str = "A") -> dict[str, Any]:
    """An area as a trial has it."""
    geometry = {"type": "Polygon", "coordinates": [ring]} if ring else None
    return {"code": code, "name": name, "level": level, "change": change, "geometry": geometry}


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
    drawn = str(preview([area("1", ring=SQUARE)], name="Karta", said={"1": "<script>"}))
    assert "<script>" not in drawn
