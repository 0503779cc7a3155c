"""In which encoding a list is written: read right, or refused and asked for; never one for another."""

import pytest

from services.reports.files.domain.encodings import Evidence
from services.reports.files.domain.failures import Unreadable
from services.reports.suggestions.beginning import beginning_of

TEXT = "Nr;Tid;Typ;Anteckning\r\n1;2026-11-20;Störning;Målat på väggen vid Åkesvägen\r\n2;2026-11-20;Öl;Ägg på café\r\n"
SAID = {
    "Swedish": TEXT,
    "Norwegian": "Nr;Type\r\n1;Hærverk på skole\r\n2;Støy fra bål, mørkt på Ås\r\n",
    "Danish": "Nr;Type\r\n1;Hærværk\r\n2;Støj på gården, dårlig belysning\r\n",
    "Finnish": "Nr;Tyyppi\r\n1;Häiriö yöllä\r\n2;Töhryjä seinässä, pimeää\r\n",
    "German": "Nr;Art\r\n1;Lärm in der Straße\r\n2;Müll vor der Tür, Öl\r\n",
    "capitals": "Nr;Typ\r\n1;SKADEGÖRELSE PÅ VÄGG\r\n2;STÖRNING\r\n",
}


def settled(content: bytes, named: str = "auto", *, size: int = 1 << 20) -> str:
    """The encoding of these bytes, taken in in pieces."""
    evidence = Evidence()
    for at in range(0, len(content), size):
        evidence.add(content[at : at + size])
    return evidence.settled(named)


@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac-roman", "cp850"])
@pytest.mark.parametrize("language", SAID)
def test_the_encoding_is_found_by_the_letters(language: str, encoding: str, size: int) -> None:
    """Whatever pieces they come in: what is read is what was written."""
    content = SAID[language].encode(encoding)
    assert content.decode(settled(content, size=size)) == SAID[language]
    assert settled(content, encoding, size=size) == encoding


# One word is too little to tell, and some encodings are none that we read.
FEW = [
    ("Högt ljud", "mac-roman"), ("Ölburkar i parken", "mac-roman"), ("Ärende till Lars", "mac-roman"),
    ("Högt ljud;Fönster krossat;Väg spärrad av bil;Möte;Kö vid torget", "mac-roman"),
    ("Ö-torget", "cp850"), ("Kö till ATM", "cp437"), ("Głośna muzyka", "cp1250"), ("Разбито окно", "cp1251"),
    ("Σπασμένο παράθυρο", "cp1253"), ("Kırık cam, gürültü", "cp1254"), ("ضوضاء", "cp1256"), ("šalia", "cp1257"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "encoding"), FEW)
def test_what_does_not_tell_is_not_guessed_by_a_suggestion(text: str, encoding: str) -> None:
    """It leaves the encoding open, with a doubt, and offers to mend nothing; so the file is refused, or read right."""
    plain = "Nr;Datum;Typ;Anteckning\r\n" + "".join(f"{n};2026-11-0{n};Klotter;Plain\r\n" for n in range(1, 5))
    content = f"{plain}9;2026-11-09;Klotter;{text}\r\n".encode(encoding)
    beginning = beginning_of(content, None, most_rows=100)
    assert beginning.place.get("encoding") == "auto"
    assert [each.code for each in beginning.doubts] == ["encoding_unsure"]
    assert "mend_letters" not in beginning.place
    with pytest.raises(Unreadable):
        settled(content)


@pytest.mark.parametrize("end", ["le", "be"])
def test_utf_16_needs_no_mark(end: str) -> None:
    """Every other byte is nothing; named or not."""
    content = TEXT.encode(f"utf-16-{end}")
    assert content.decode(settled(content)) == TEXT
    assert content.decode(settled(content, "utf-16")) == TEXT
    assert settled(TEXT.encode("utf-16")) == "utf-16"


@pytest.mark.parametrize("named", ["auto", "cp1252", "iso8859-1", "iso8859-15"])
@pytest.mark.parametrize("amount", ["100 €", "€100", "100€", "1 234,50 €;Škoda", "€"])
def test_the_euro_of_latin_9_is_no_other_sign(named: str, amount: str) -> None:
    """It stands in the place of a sign that nobody writes; also where a mapping names the encoding it looks like."""
    text = f"{TEXT}3;2026-11-20;Skadegörelse;Kostade {amount}\r\n"
    content = text.encode("iso8859-15")
    assert content.decode(settled(content, named)) == text


@pytest.mark.parametrize("text", ["kostade 100 €, ½ dag", "kostade 100 ¤, ½ dag", "kostade 100 ¤ – ”dyrt”", "½ dag"])
def test_what_windows_writes_stays_its_own(text: str) -> None:
    """Signs that ISO 8859-15 has not, or has other letters for."""
    content = f"{TEXT}3;2026-11-20;Buller;{text}\r\n".encode("cp1252")
    assert settled(content) == settled(content, "cp1252") == "cp1252"


SURE = {
    "UTF-8 as Windows": ("utf-8", "cp1252", "UTF-8"),
    "UTF-8 as DOS": ("utf-8", "cp850", "UTF-8"),
    "UTF-8 as UTF-16": ("utf-8", "utf-16", "UTF-8"),
    "UTF-16 as UTF-8": ("utf-16", "utf-8", "UTF-16"),
    "UTF-16 as Windows": ("utf-16-le", "cp1252", "UTF-16"),
    "Windows as UTF-8": ("cp1252", "utf-8", "Windows-1252"),
    "Macintosh as Windows": ("mac-roman", "cp1252", "Mac Roman"),
    "DOS as Windows": ("cp850", "cp1252", "DOS"),
    "Windows as DOS": ("cp1252", "cp850", "Windows-1252"),
    "Windows as Macintosh": ("cp1252", "mac-roman", "Windows-1252"),
}


@pytest.mark.parametrize("kind", SURE)
def test_a_name_that_the_bytes_contradict_is_refused(kind: str) -> None:
    """Before anything is stored; the sentence says what it is."""
    written, named, told = SURE[kind]
    with pytest.raises(Unreadable, match=f"written in {told}.*Nothing was stored"):
        settled(TEXT.encode(written), named)


@pytest.mark.parametrize("word", ["Кража", "Κλοπή", "窃盗", "kradzież łóżka"])
def test_what_none_of_them_spells_is_asked_for(word: str) -> None:
    """Other scripts and languages in encodings of their own."""
    encoding = {"К": "cp1251", "Κ": "cp1253", "窃": "shift_jis", "k": "cp1250"}[word[0]]
    with pytest.raises(Unreadable, match="Save the file as CSV in UTF-8, or name its encoding"):
        settled(f"Nr;Typ\n1;{word}\n2;{word} {word}\n".encode(encoding))


def test_one_letter_that_may_be_two_is_asked_for() -> None:
    """Š of Windows or ö of the Macintosh, with nothing else to tell."""
    with pytest.raises(Unreadable, match="can be read in several ways"):
        settled("Nr;Typ\n1;Stöd\n".encode("mac-roman"))


def test_one_bad_byte_is_no_other_encoding() -> None:
    """In four thousand lines of UTF-8, or of ASCII."""
    lines = [f"{number};2026-11-20;Störning\n".encode() for number in range(4000)]
    lines[2000] = b"2000;2026-11-20;St\xf6rning\n"
    assert settled(b"Nr;Tid;Typ\n" + b"".join(lines)) == "utf-8"
    plain = b"Nr;Tid;Typ\n" + b"1;2026-11-20;Buller\n" * 4000
    assert settled(plain + b"x;y;\xff\n", "utf-8") == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac-roman"])
def test_the_first_letter_may_come_late(encoding: str) -> None:
    """Behind the first part, and behind all that was looked at once."""
    content = b"Nr;Tid;Typ\n" + b"1;2026-11-20;Buller\n" * 100_000 + TEXT.encode(encoding)
    assert settled(content) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252", "mac-roman", "cp850", "cp437"])
def test_letters_of_all_encodings_alike_fit_every_name(encoding: str) -> None:
    """What depends on no encoding contradicts none, but for those of two bytes."""
    content = "Nr;Tid\n1;2026-11-20\n".encode(encoding)
    assert content.decode(settled(content, encoding)).lstrip("\ufeff") == "Nr;Tid\n1;2026-11-20\n"


def test_signs_of_windows_are_no_letters_of_others() -> None:
    """Dashes, quotation marks, units: in English texts there is nothing else."""
    for text in ("it’s – “loud”", "Café – 5 °C, 3 m², 1\xa0234 §", "don’t", "– ja", "5 € / 2 £"):
        assert settled(f"Nr;Note\n1;{text}\n".encode("cp1252")) == "cp1252", text
