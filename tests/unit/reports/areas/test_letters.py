"""In which letters a shapefile's table is written: read rightly and said, or its names refused; never garbled."""

from itertools import product
from typing import Any

import pytest

from tests.support.make.area_files import offered, read, shapefile

NAME = "Söder vid Hägerån"
ENCODINGS = ("utf-8", "cp1252", "cp850", "mac-roman", "iso8859-1")
SAID: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 0), "UTF-8": (b"UTF-8", 0), "1252": (b"1252", 0), "ANSI 1252": (b"ANSI 1252", 0),
    "Latin 1": (b"ISO-8859-1", 0), "850": (b"850", 0), "the head, Windows": (b"", 0x57), "the head, DOS": (b"", 0x02),
    "a Macintosh": (b"macintosh", 0), "Cyrillic": (b"1251", 0), "Japanese": (b"932", 0), "nonsense": (b"rot13", 0),
}  # fmt: skip


def told(body: bytes) -> set[str]:
    """The doubts about its letters."""
    return {each["code"] for each in offered(body)["doubts"] if "letters" in each["code"]}


@pytest.mark.parametrize(("encoding", "said"), product(ENCODINGS, SAID))
def test_whatever_is_said_no_name_is_garbled(encoding: str, said: str) -> None:
    """It is read as it was written, or refused; and where something else is said, that is a doubt."""
    letters, head = SAID[said]
    body = shapefile(NAME, letters=letters, encoding=encoding, head=head)
    found, areas = read(body, code="KOD", name="NAMN", parent=None)
    faults = [fault[1] for fault in found["faults"]]
    if (areas, faults) not in (([["01", NAME, None]], []), ([], ["unusable-text"])):
        # Words all the same, if less likely ones: what is said is believed, and doubted.
        assert (encoding, told(body)) == ("mac-roman", {"letters-found"})
    agrees = {"UTF-8": ("utf-8",), "850": ("cp850",), "the head, DOS": ("cp850",), "a Macintosh": ("mac-roman",)}
    if encoding in agrees.get(said, ("utf-8", "cp1252", "iso8859-1") if said in ("nothing", "nonsense") else ()):
        assert (faults, told(body)) == ([], set())
    if said in ("UTF-8", "1252", "850") and NAME.encode(encoding) != NAME.encode({"UTF-8": "utf-8"}.get(said, said)):
        assert told(body)


ONE_LETTER: dict[str, tuple[dict[str, Any], str, set[str]]] = {
    "said to be UTF-8": ({"letters": b"UTF-8"}, "Söder", {"letters-found"}),
    "UTF-8 said to be Windows": ({"letters": b"1252", "encoding": "utf-8"}, "Söder", {"other-letters"}),
    "DOS, and nothing said": ({"encoding": "cp850"}, "Söder", {"letters-found"}),
    "a Macintosh, and nothing said": ({"encoding": "mac-roman"}, "", {"letters-lost"}),
    "Windows, and nothing said": ({}, "Söder", set()),
}


@pytest.mark.parametrize("what", ONE_LETTER)
def test_one_letter_is_enough_or_is_not_guessed_at(what: str) -> None:
    """ö of the Macintosh is š of Windows: neither is taken. Without a trial nothing is guessed at all."""
    written, name, doubts = ONE_LETTER[what]
    body = shapefile("Söder", **written)
    areas = read(body, code="KOD", name="NAMN", parent=None)[1]
    assert ([area[1] for area in areas], told(body)) == ([name] if name else [], doubts)
    strict, none = read(body, strict=True, code="KOD", name="NAMN", parent=None)
    if doubts & {"letters-found", "letters-lost"}:
        wrong = "unsure-letters" if name else "unusable-text"
        assert ([fault[1] for fault in strict["faults"]], none) == ([wrong], [])
    else:
        assert (strict["faults"], none) == ([], [["01", name, None]])


def test_letters_of_other_writings_are_read_as_it_is_said() -> None:
    """Cyrillic, Polish and Japanese, by the file beside the table or by its head."""
    for name, encoding, said in (("Заречье", "cp1251", b"1251"), ("Śródmieście", "cp1250", b"ANSI 1250"),
                                 ("北区", "cp932", b"932"), ("北区", "gb18030", b"GB18030")):  # fmt: skip
        body = shapefile(name, letters=said, encoding=encoding)
        assert (read(body, code="KOD", name="NAMN", parent=None)[1], told(body)) == ([["01", name, None]], set())
    assert read(shapefile("Заречье", encoding="cp1251", head=0xC9), code="KOD", name="NAMN")[1][0][1] == "Заречье"


def test_a_name_that_its_cell_cuts_within_a_letter_is_refused() -> None:
    """And its neighbours are read: the table is UTF-8 all the same."""
    body = shapefile("Östra kvarnbacken å" + "ö", letters=b"UTF-8", encoding="utf-8")
    found, areas = read(body, code="KOD", name="NAMN", parent=None)
    assert ([fault[1] for fault in found["faults"]], areas) == (["unusable-text"], [])
