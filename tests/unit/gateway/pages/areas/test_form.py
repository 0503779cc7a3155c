"""The form of a file of areas says what its reading says, and back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.pages.areas.form import TICKS, fields_of, levels, reading_of

NAMES = st.text(min_size=1, max_size=20).filter(lambda text: ";" not in text and text.strip() == text)
CHOICE = st.one_of(st.none(), NAMES)


@st.composite
def readings(draw: st.DrawFn) -> dict[str, Any]:
    """Readings as the service gives them."""
    code, name, parent, only = draw(CHOICE), draw(NAMES), draw(CHOICE), draw(CHOICE)
    return {
        "layer": draw(CHOICE),
        "crs": draw(st.sampled_from(["auto", "EPSG:3006"])),
        "swapped": draw(st.sampled_from([None, True, False])),
        "code": code,
        "code_from": "property" if code else draw(st.sampled_from(["id", "row", "name"])),
        "name": name,
        "name_from": "property",
        "parent": parent,
        "parent_from": "property" if parent else draw(st.sampled_from(["place", "none"])),
        "only": only,
        "only_values": draw(st.lists(NAMES, max_size=3, unique=True)) if only else [],
        "merge": draw(st.booleans()),
        "level": draw(st.one_of(st.none(), st.integers(1, 11))),
        "clip": draw(st.booleans()),
        "tolerance_m": draw(st.sampled_from([0.1, 10, 500])),
        "simplify_m": draw(st.sampled_from([0, 2.5])),
        "root": draw(st.sampled_from(["union", "file"])),
        "root_code": "2380",
        "root_name": "Östersund",
        "retire": False,
        "confirmed_no_personal_data": False,
    }


@given(readings())
def test_what_is_shown_and_sent_back_is_the_same(reading: dict[str, Any]) -> None:
    """Whatever properties are called; a browser sends no box that is not ticked."""
    sent = {name: value for name, value in fields_of(reading).items() if value or name not in TICKS}
    assert reading_of(sent, suggested=reading) == reading


@pytest.mark.parametrize(("typed", "sent"), [("2,5", 2.5), ("", 10), (" 7 ", 7.0), ("tio", "tio"), ("nan", None)])
def test_metres(typed: str, sent: Any) -> None:
    """A decimal comma is one; nothing is the usual; what is no number the service is to refuse at its field."""
    suggested = {"root_code": None, "root_name": None, "layer": None}
    found = reading_of({"tolerance_m": typed}, suggested=suggested)["tolerance_m"]
    assert found == sent if sent is not None else found != found  # noqa: PLR0124 - NaN


def test_levels() -> None:
    """Those below the root, and one more; none where nothing is in use."""
    tree = [{"level": level, "active": level < 3} for level in (0, 1, 2, 3)]
    assert levels(tree) == [1, 2, 3]
    assert levels([]) == []
