"""Laws of If-Match."""

from hypothesis import example, given
from hypothesis import strategies as st

from shared.errors import Malformed
from shared.http.preconditions import etag, matched

versions = st.integers(0, 999_999_999)
# What uvicorn makes of a header's bytes.
headers = st.text(st.characters(codec="latin-1"), max_size=200)
blanks = st.text(" \t", max_size=3)


@given(st.lists(versions, min_size=1), blanks, blanks)
def test_a_list_of_our_tags_names_their_versions(wanted: list[int], before: str, after: str) -> None:
    """In whatever order, with whatever blanks around the commas."""
    value = f"{before},{after}".join(etag(version) for version in wanted)
    assert matched(before + value + after) == frozenset(wanted)


@given(st.lists(st.tuples(st.booleans(), versions)))
def test_weak_tags_name_nothing(tags: list[tuple[bool, int]]) -> None:
    """Whatever stands beside them."""
    value = ", ".join(("W/" if weak else "") + etag(version) for weak, version in tags)
    assert matched(value) == frozenset(version for weak, version in tags if not weak)


@given(headers)
@example('"²"')
@example('"' * 200)
@example(", " * 100 + "x")
def test_anything_is_read_or_refused(value: str) -> None:
    """No header is a fault of ours: it names versions, or it is told to be none."""
    try:
        found = matched(value)
    except Malformed:
        return
    assert found is None or all(etag(version) in value for version in found)
