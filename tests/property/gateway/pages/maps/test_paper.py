"""Shapes on paper, however many and wherever they lie."""

import re

import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from services.gateway.pages.drawing import scale_for
from services.gateway.pages.maps.framing import together
from services.gateway.pages.maps.places import MOST_LINKS, Caption, map_of
from services.gateway.pages.maps.surveying import paths_of
from services.gateway.pages.maps.tree import Place

places = st.integers(0, 3000)
boxes = st.builds(lambda x, y, w, h: box(x, y, x + w, y + h), places, places, st.integers(1, 400), st.integers(1, 400))
holed = st.builds(lambda each: Polygon(each.exterior, [each.buffer(-0.2).exterior]) if each.area > 9 else each, boxes)
shapes = holed | st.lists(boxes, min_size=1, max_size=3).map(shapely.union_all) | st.just(Polygon())


def drawn(path: str) -> BaseGeometry:
    """What a path draws, by the rule that SVG fills by."""
    rings = [
        Polygon([tuple(map(float, point.split())) for point in ring.split("L")])
        for ring in re.findall("M([^MZ]*)Z", path)
    ]
    found: BaseGeometry = MultiPolygon()
    for ring in rings:
        found = found.symmetric_difference(ring)
    return found


@given(st.lists(shapes, max_size=12))
def test_a_path_draws_its_own_shape(given: list[BaseGeometry]) -> None:
    """One path a shape, in their order, holes and parts too; of an empty shape an empty one."""
    paths = paths_of(given)
    assert len(paths) == len(given)
    for shape, path in zip(given, paths, strict=True):
        assert bool(path) is not shape.is_empty
        assert drawn(path).symmetric_difference(shape).area <= 0.1 * shape.length


@given(st.lists(boxes, min_size=1, max_size=30), st.floats(1, 800))
def test_who_is_near_one_is_in_its_group(given: list[BaseGeometry], reach: float) -> None:
    """Groups lie further apart than twice the reach, and nobody in one does from all others in it."""
    groups = together(given, reach=reach)
    assert sorted(map(id, given)) == sorted(id(shape) for group in groups for shape in group)
    assert [len(group) for group in groups] == sorted(map(len, groups), reverse=True)
    for group in groups:
        rest = [shape for other in groups if other is not group for shape in other]
        assert all(shapely.distance(shape, rest).min() > 2 * reach for shape in group if rest)
        near = {0}
        while more := {
            b for a in near for b in set(range(len(group))) - near if shapely.dwithin(group[a], group[b], 2 * reach)
        }:
            near |= more
        assert len(near) == len(group)


def grid(side: int) -> dict[str, Place]:
    """So many squares of 250 m in each direction, under one root."""
    ground = box(0, 0, side * 250, side * 250)
    squares = {
        f"E{x}N{y}": box(x * 250, y * 250, x * 250 + 250, y * 250 + 250) for x in range(side) for y in range(side)
    }
    root = Place(code="0", name="Kommunen", level=0, path=("0",), shape=ground)
    return {"0": root} | {
        code: Place(code=code, name=code, level=1, path=("0", code), shape=shape) for code, shape in squares.items()
    }


def caption(tile: Place) -> Caption:
    """Nothing but a way to the area."""
    return Caption(href=f"/?area={tile.code}", said=tile.name, label="1", count=1)


def test_around_one_square_of_many_is_drawn_what_lies_on_the_paper() -> None:
    """Of the 6,399 others those that touch its margin: the page of one square is not the size of the grid."""
    places = grid(80)
    svg = map_of(places, [places["E40N40"]], {"E40N40": 3}, caption, scale=scale_for(3), name="")
    assert len(re.findall('class="map-ground"', svg)) == 1 + 8
    assert len(svg) < 20_000


def test_a_map_of_many_squares_has_links_for_the_busiest_alone() -> None:
    """6,400 squares, 500 of them with reports: all are drawn, and nobody steps through more than MOST_LINKS."""
    places = grid(80)
    tiles = [place for place in places.values() if place.level]
    counts = {tile.code: number % 7 + 1 for number, tile in enumerate(tiles[:500])}
    svg = map_of(places, tiles, counts, caption, scale=scale_for(7), name="")
    assert len(re.findall("<a href", svg)) == MOST_LINKS
    assert sum(len(re.findall("M", path)) for path in re.findall(r'class="map-rest" d="([^"]*)"', svg)) == 6000
