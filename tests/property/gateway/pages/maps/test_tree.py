"""Codes of areas as addresses have them."""

import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.pages.maps.tree import Place, code_of

codes = st.text(st.characters(categories=["L", "N"], include_characters="-_ åäöÅÄÖé%&+/"), min_size=1, max_size=20)
kept = codes.map(lambda code: unicodedata.normalize("NFC", code).strip()).filter(bool)


def known(*codes: str) -> dict[str, Place]:
    """Areas of these codes."""
    return {code: Place(code=code, name=code, level=0, path=(code,), shape=None) for code in codes}


@given(kept, st.integers(0, 3), st.sampled_from(["NFC", "NFD"]), st.booleans())
def test_a_code_is_known_however_it_was_written(code: str, times: int, form: str, spaces: bool) -> None:
    """Escaped up to three times, with accents apart, with spaces around it: it is the area's own code."""
    written = unicodedata.normalize(form, code)  # type: ignore[arg-type]
    for _ in range(times):
        written = quote(written, safe="")
    assert code_of(known(code, "elsewhere"), f" {written} " if spaces else written) == code


@given(st.text(max_size=50))
def test_what_is_no_code_is_none(written: str) -> None:
    """No address raises, or goes on for ever."""
    assert code_of({}, written) is None


@pytest.mark.parametrize("code", ["%41", "A%2541", "100%"])
def test_a_code_that_looks_escaped_is_itself(code: str) -> None:
    """What there is goes before what it may have meant."""
    assert code_of(known(code, "A"), code) == code
