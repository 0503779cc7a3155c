"""Laws of words on a map."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.pages.drawing.labels import Box, Spot, labels, width_of

WIDTH, HEIGHT = 1000.0, 900.0
spot = st.builds(
    Spot,
    number=st.integers(0, 99_999).map(str) | st.just(".."),
    name=st.text("abcåäöMW -", min_size=1, max_size=100),
    x=st.floats(0, WIDTH),
    y=st.floats(0, HEIGHT),
    room=st.floats(0.5, 200),
    weight=st.integers(0, 500),
)
least = st.sampled_from([15.0, 34.0])


@given(st.lists(spot, max_size=60), least)
def test_no_words_cover_others(spots: list[Spot], least: float) -> None:
    """However the areas lie, and at both sizes; all words are on the paper, and none is smaller than may be."""
    found = labels(spots, width=WIDTH, height=HEIGHT, least=least)
    assert not [(a, b) for a, b in combinations(found, 2) if a.box.meets(b.box)]
    paper = Box(0, 0, WIDTH, HEIGHT)
    for label in found:
        assert label.box.inside(paper)
        assert label.size >= least * (0.8 if label.is_name else 1)
        assert label.box.right - label.box.left >= width_of(label.words, label.size)


@given(st.lists(spot, min_size=1, max_size=60), least)
def test_the_busiest_area_has_its_name(spots: list[Spot], least: float) -> None:
    """Whatever room it has, wherever it lies; and it comes first."""
    found = labels(spots, width=WIDTH, height=HEIGHT, least=least)
    most = max(each.weight for each in spots)
    if most == 0:
        return
    names = [label for label in found if label.is_name]
    assert names
    assert spots[names[0].spot].weight == most
    whole = spots[names[0].spot].name
    assert names[0].words == whole or whole.startswith(names[0].words.removesuffix("…"))


def test_a_grid_of_210_squares_has_its_numbers() -> None:
    """Each square's number of two digits has its place on wide paper, and on a phone's."""
    squares = [
        Spot(number="12", name=f"Ruta {n}", x=30 + n % 15 * 66, y=30 + n // 15 * 60, room=30, weight=n % 7)
        for n in range(210)
    ]
    for least in (15.0, 34.0):
        found = labels(squares, width=WIDTH, height=HEIGHT, least=least)
        assert sum(not label.is_name for label in found) >= 205
