"""Laws of paths that everybody reads alike."""

from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from services.gateway.proxy.clients import address
from shared.errors import NotFound
from shared.http.paths import filled, is_plain
from tests.support.make.odd_targets import ODD, WHOLE, odd_targets

BEHIND = URL("http://127.0.0.1:8001/inner")
PIECES = st.lists(st.one_of(st.sampled_from([*ODD, "/", "/a", "samsyn", "%41"]), st.text(max_size=5)), max_size=6)
TARGETS = st.one_of(st.sampled_from(WHOLE), PIECES.map("".join), PIECES.map("".join).map("/".__add__))


@given(TARGETS)
@example("/a")
@example("/a/%C3%A5;v=1/b.c")
def test_a_plain_path_has_one_reading(target: str) -> None:
    """Decoded or not, joined to a host or not, it stays a path below that host, with as many segments."""
    raw = target.encode(errors="replace")
    if not is_plain(raw):
        return
    whole = urlsplit(urljoin("https://samsyn.example/a/b", target))
    assert (whole.scheme, whole.netloc, whole.path) == ("https", "samsyn.example", target)
    decoded = unquote(target, errors="strict")
    assert decoded.count("/") == target.count("/")
    assert not {".", "..", ""} & set(decoded.split("/")[1:-1])
    assert decoded.isprintable() or not decoded.isascii()


def test_what_is_refused_and_what_is_not() -> None:
    """The list of oddities is no list of harmless ones, and ordinary paths pass."""
    bad = [target for target in odd_targets(["/samsyn/v1/reports"]) if not is_plain(target.encode())]
    assert len(bad) > 100
    for good in ("/", "/reports", "/reports/", "/areas/%C3%B6-1", "/a%20b", "/a~b_c.d-e", "/static/x.css", "/%252f"):
        assert is_plain(good.encode()), good


@given(st.text(max_size=20), TARGETS.map(lambda text: text.encode().decode("latin-1")))
def test_a_parameter_is_data(parameter: str, query: str) -> None:
    """Whatever a caller writes in the place of an id: the service's own host and port, the operation's own path."""
    try:
        found = address(BEHIND, filled("/reports/{id}/review", {"id": parameter}), query)
    except NotFound:
        return
    assert (found.scheme, found.raw_authority) == ("http", "127.0.0.1:8001")
    assert found.raw_path == f"/inner/reports/{quote(parameter, safe='')}/review"
    assert found.raw_fragment == ""
    assert str(found).isascii()
    assert not set(" \r\n\t") & set(str(found))


@pytest.mark.parametrize("path", ["//evil.example", "@evil.example", ":1/", "evil", "", "/..", "/a%2f..%2fb", "/a\\b"])
def test_an_address_is_made_of_parts(path: str) -> None:
    """What is no plain path is no address, whoever asks for it."""
    with pytest.raises(NotFound):
        address(BEHIND, path)
