"""Files of areas whose layers, properties and values are called anything: what is offered can be kept and asked for."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared.texts import one_line
from tests.support.make.area_files import collection, feature, geopackage, moved, offered, read, shapefile

ODD = ["kod\nrad 2", "kod\u202ex", "kod\x00x", "\ud800", "", " ", "\t", "kod" + 300 * "x", "<b>kod</b>", "=1+1"]


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_what_is_offered_can_be_kept_and_asked_for(odd: str) -> None:
    """Each is named on one line, and read by the name that it was offered by."""
    body = collection(
        feature(**{odd: "A1", f"{odd} 2": odd, "namn": f"Ett {odd}"}),
        feature(moved(0.1), **{odd: "A2", "namn": "Två"}),
        name=odd,
    )
    found = offered(body)
    texts = list(_texts(found))
    assert len(texts) > 20
    for text in texts:
        assert not text or one_line(text) == text, ascii(text)
    name = found["properties"][0]["name"]
    assert 0 < len(name) <= 200
    assert len(found["layer"]) <= 200
    head, areas = read(body, code=name, name=name, parent=None, layer=found["layer"])
    assert (head["faults"], [area[0] for area in areas]) == ([], ["A1", "A2"])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def test_properties_that_come_to_the_same_name_stay_two() -> None:
    """The second has a number."""
    body = collection(feature(**{"a b": "1", "a\nb": "2", "a\tb": "3"}))
    assert [(each["name"], each["examples"]) for each in offered(body)["properties"]] == [
        ("a b", ["1"]), ("a b (2)", ["2"]), ("a b (3)", ["3"]),
    ]  # fmt: skip


def test_a_name_that_a_map_breaks_is_one() -> None:
    """Its lines are joined by spaces; a code with a break in it is refused."""
    body = collection(feature(code="1", name="Norra\nstaden"), feature(moved(0.1), code="2\n", name="A\r\n  B"))
    assert read(body, parent=None)[1] == [["1", "Norra staden", None], ["2", "A B", None]]
    head, _ = read(collection(feature(code="1\n2", name="A")), parent=None)
    assert [fault[:2] for fault in head["faults"]] == [["/features/0/properties/code", "unusable-text"]]


def test_a_value_that_turns_what_follows_names_no_area() -> None:
    """As in a request; what is drawn as nothing is no part of a name."""
    body = collection(feature(code="1", name="Nor\u202era"), feature(moved(0.1), code="2\u200b2", name="Sö\u00addra"))
    head, areas = read(body, parent=None)
    assert [fault[:2] for fault in head["faults"]] == [["/features/0/properties/name", "unusable-text"]]
    assert ["22", "Södra", None] in areas


def test_names_of_a_geopackage_are_bound_alike() -> None:
    """A table and a column called anything; a text that is no UTF-8 has lost a letter, and names no area."""
    body = geopackage(b"\xd6stra", layer="<b>\u202eom\nråde", code="kod\nx")
    found = offered(body)
    assert (found["layer"], [each["name"] for each in found["properties"]]) == ("<b>om råde", ["kod x", "namn"])
    head, _ = read(body, code="kod x", name="namn", parent=None, layer="<b>om råde")
    assert [fault[:2] for fault in head["faults"]] == [["/features/0/properties/namn", "unusable-text"]]


@pytest.mark.parametrize("letters", [b"rot13", b"zlib_codec", b"undefined", b"idna\0", b"9" * 400, b"\xff"])
def test_a_table_whose_letters_are_said_to_be_none_is_read_by_its_own(letters: bytes) -> None:
    """The file beside it can say anything; what is no encoding of texts is passed over."""
    found = offered(shapefile("Östra", letters=letters))
    assert [each["examples"] for each in found["properties"]] == [["01"], ["Östra"]]


SPOILT = ["Ã–stra", "Sankt PÃ¥l", "V\u00e4stra â€“ norr", "Ã…", "N\ufffdrra"]


@pytest.mark.parametrize("name", SPOILT)
def test_letters_that_were_spoilt_before_are_told_and_refused(name: str) -> None:
    """In GeoJSON and in a GeoPackage: the property is named, and the area."""
    found = offered(collection(feature(kod="1", namn=name), feature(moved(0.1), kod="2", namn="Åre – “norr”")))
    doubts = {each["code"]: each["detail"] for each in found["doubts"]}
    assert "'namn' (1)" in doubts["spoilt-letters"]
    for body in (collection(feature(code="1", name=name)), geopackage(name, code="code")):
        head, areas = read(body, parent=None, name="name" if body.startswith(b"{") else "namn")
        code = "unusable-text" if "\ufffd" in name else "spoilt-letters"
        assert [(fault[1], areas) for fault in head["faults"]] == [(code, [])]
