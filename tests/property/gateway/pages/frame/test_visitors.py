"""Laws of where a visitor is sent."""

from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

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
