"""If-Match as callers write it."""

import pytest

from shared.errors import Malformed
from shared.http.preconditions import etag, matched


@pytest.mark.parametrize(
    ("if_match", "versions"),
    [
        ('"1"', {1}),
        (' \t"12" ', {12}),
        ('"1", "2","3"', {1, 2, 3}),
        (',, "1" ,', {1}),  # §5.6.1: empty elements are read over
        ("*", None),
        (" * ", None),
        ('W/"1", "2"', {2}),
        ('"a,b", "3"', {3}),
        ('"W/", "4"', {4}),
    ],
)
def test_what_an_if_match_names(if_match: str, versions: set[int] | None) -> None:
    """The versions of our own strong tags; None for any. Foreign and weak ones are read over."""
    found = matched(if_match)
    assert (None if found is None else set(found)) == versions


@pytest.mark.parametrize("if_match", ['W/"1"', '"abc"', '""', '"01"', '"-1"', '"²"', '"99999999999999999999999"', ""])
def test_what_names_no_version_of_ours(if_match: str) -> None:
    """Weak tags (what is only alike does not match), foreign ones and an empty list match nothing."""
    assert matched(if_match) == frozenset()


@pytest.mark.parametrize(
    "if_match",
    [
        "1", "'1'", '"1', '1"', '"1 "', '"1""2"', '"1" "2"', 'w/"1"', 'W/ "1"', '*, "1"', "**", '"*', '"\u2075"',
        '"1";q=1', "null", ", " * 100 + "x",
    ],
)  # fmt: skip
def test_what_is_no_if_match(if_match: str) -> None:
    """400, with the way to write it and nothing of what was written."""
    with pytest.raises(Malformed) as refused:
        matched(if_match)
    assert refused.value.detail.startswith("If-Match holds ETags in their quotes")


def test_what_we_write_can_be_sent_back() -> None:
    """The ETag of an answer is an If-Match."""
    assert matched(etag(7)) == frozenset({7})
