"""Laws of the pages' pure parts."""

from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from services.gateway.pages.drawing import NOTHING, scale_for
from services.gateway.pages.frame.visitors import own_path

ODD = st.text(alphabet="/\\?#@:.%&=abcåé \t\r\n\x00", max_size=30)


@given(st.one_of(ODD, ODD.map("/".__add__), st.text(max_size=50)))
@example("//evil.example")
@example("/\t/evil.example")
@example("/\\evil.example")
def test_after_sign_in_nobody_leaves_this_host(wanted: str) -> None:
    """Whatever is asked for, a browser that follows it stays where it is."""
    path = own_path(wanted)
    # Browsers read a backslash as a slash and drop tabs and line ends before they look.
    read = path.replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "")
    there = urlsplit(urljoin("https://samsyn.example/sign-in", read))
    assert (there.scheme, there.netloc) == ("https", "samsyn.example")
    assert path in {wanted, "/"}


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
