"""Laws of what is drawn."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.pages.drawing import NOTHING, scale_for


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**7), max_size=20))
def test_a_darker_colour_never_stands_for_fewer(highest: int, counts: list[int]) -> None:
    """Classes rise without gaps from 1 to the highest; 0 has a colour of its own; five classes at most."""
    scale = scale_for(highest)
    classes = scale.classes()
    assert 1 <= len(classes) <= 5
    assert classes[0][0] == 1
    assert classes[-1][1] == max(highest, 1)
    assert all(low == before + 1 for (_, before, _), (low, _, _) in pairwise(classes))
    order = [NOTHING, *(colour for _, _, colour in classes)]
    places = [order.index(scale.colour(n)) for n in sorted(counts)]
    assert places == sorted(places)
    assert all((scale.colour(n) == NOTHING) == (n == 0) for n in counts)
