"""What was written in UTF-8 and read in another encoding is taken back; a text as people write it never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.spoilt import is_sound, mended, spoilt
from shared.texts import LOST

# Words and signs as they are written in each language, also in capitals, with quotation marks and dashes.
WRITTEN = {
    "Swedish": "Nedskräpning på Östra Ängsgatan – ”stökigt” vid Åhléns… 5 °C, 30 § BLÅ HÅ… NÄ… ”NÄ” SÅ´N",
    "English": "Graffiti at the café – “again”… £20, 5’ × 3’, naïve ½ ™ ©",
    "Finnish": "Häiriö Sörnäisissä – ”kova ääni”… ÖISIN ÄÄNI… TÄÄ",
    "Northern Sami": "Čáhppesjávri Guovdageaidnu đŋšŧž ĐŊŠŦŽ ÁRRAN… “Á”",
    "Danish": "Hærværk på Østerbro – »larm« ØL… SØ” Ø Å…",
    "Icelandic": "Skemmdarverk við Aðalstræti „hávaði“ Íþróttahúsið ÞAÐ…",
    "Polish": "Żółć, gęślą jaźń – „hałas”… ŁÓDŹ ŚWIĘTOKRZYSKA…",
    "Turkish": "Gürültü, şikâyet – “çöp”… İSTANBUL IŞIK KÂĞIT",
    "Arabic": "ضوضاء في الشارع – «كتابة على الجدران»…",
    "Somali": "Buuq iyo qashin waddada",
    "French": "« Déjà à côté », l’été – “bruit”… À CÔTÉ DE L’ÂTRE\u00a0: ÇA…",
    "Portuguese": "“IRMÔ, «MAÇû – NÃO É… MANHÃ – AMANHû Lã, irmã… SÃO\u00a0JOÃO",
    "Vietnamese": "Tiếng ồn – “đã”… ĐÃ… XÃ – MÃ… “CÂU”… ĐÂU… ngã…",
    "Russian": "Шум на улице – «граффити»… Ёж Ñ",
    "German": "Lärm in der Straße – „laut“ ‚Ängste‘… ÜBER GRÖẞE",
}
ENCODINGS = ("cp1252", "latin-1", "mac-roman", "cp850", "cp437")
SIGNS = "åäöÅÄÖéèüÉÜæøÆØßñç°§½´–’”“…€™ abcdefghijklmnopqrstuvwxyz 0123456789"


def read_in(text: str, encoding: str) -> str:
    """Bytes of UTF-8, read in another encoding as programs do: what it has not is what the byte is."""
    return "".join(bytes([byte]).decode(encoding, errors="ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("language", WRITTEN)
def test_what_people_write_is_sound(language: str) -> None:
    """Also in capitals; word by word where no word ends in Ã, which with dots behind it is Å for who knows no more."""
    text = WRITTEN[language]
    words = [] if language in ("Portuguese", "Vietnamese") else [*text.split(" "), *text.upper().split(" ")]
    for each in (text, text.upper(), text.lower(), *words):
        assert spoilt(each) is None, each
        assert mended(each) == each


@given(st.lists(st.text(st.sampled_from(f"{SIGNS}ÃÂÄâð√├ÔÇ¤¶–…{LOST}"), max_size=8)))
def test_of_texts_that_are_sound_at_once_none_is_spoilt(texts: list[str]) -> None:
    """Each is looked at alone only where one can be."""
    assert not is_sound(texts) or not any(map(spoilt, texts))


@given(st.text(SIGNS, min_size=1, max_size=40), st.sampled_from(ENCODINGS))
def test_what_was_read_wrongly_is_taken_back(text: str, encoding: str) -> None:
    """Whatever encoding it was read in; a letter alone at the end of capitals may be something else."""
    seen = read_in(f"så {text}", encoding)
    assert not is_sound([seen])
    assert mended(seen) == f"så {text}"


@pytest.mark.parametrize("text", ["Åkersberga", "ÖREBRO", "SÖDERTÄLJE", "BLÅ", "på", "ÅÄÖ", "20 °C", "– nej"])
def test_names_and_words_alone_are_taken_back(text: str) -> None:
    """Also in capitals, whose second signs are dots and dashes."""
    seen = read_in(text, "cp1252")
    assert mended(seen) == text
    assert mended(read_in(seen, "cp1252")) == text, "twice"
    assert spoilt(seen) is not None


def test_a_text_of_two_sources_is_taken_back_in_part() -> None:
    """What was right stays so."""
    assert mended("Stökigt på Ã–stra Ã„ngsgatan") == "Stökigt på Östra Ängsgatan"


WAYS = [
    ("cp1252", "mac-roman"), ("mac-roman", "cp1252"), ("cp850", "cp1252"), ("cp1252", "cp850"), ("cp1252", "cp437"),
    ("cp850", "mac-roman"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "read"), WAYS)
def test_exchanged_letters_are_taken_back(written: str, read: str) -> None:
    """Of one byte a letter: the wrong signs stand where none does."""
    for text in ("Måla på väggen", "Störning i trädgården i går", "Rån på gatan, två förövare på väg mot ån"):
        seen = text.encode(written).decode(read)
        assert not is_sound([seen])
        assert spoilt(seen) is not None
        assert mended(seen) == text


@pytest.mark.parametrize(
    "text", ["5‰ fall", "se not†", "Karl †", "6÷2=3", "”nej”sa hon", "LeÉtienne", "iŠkoda", "σ-bi"]
)
def test_signs_as_people_write_them_are_sound(text: str) -> None:
    """One alone beside a word, or a capital within a name."""
    assert spoilt(text) is None


def test_a_lost_letter_is_told_and_stays() -> None:
    """Nobody knows which one it was."""
    wrong = spoilt(f"Nedskr{LOST}pning")
    assert wrong is not None
    assert wrong.before is None
    assert mended(f"Nedskr{LOST}pning") == f"Nedskr{LOST}pning"
