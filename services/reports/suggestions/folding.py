"""Texts as they are compared: plain small letters, whatever their accents, spaces and signs. Pure."""

import re
import unicodedata
from collections.abc import Mapping

_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "œ": "oe"})
_WORD = re.compile(r"[a-z]+|\d+")
# createdAt, SR_NUMBER and Sweref99TM_N are several words each.
_JOINTS = re.compile(r"(?<=[a-zåäöøæ])(?=[A-ZÅÄÖØÆ])|_")


def fold(text: str) -> str:
    """A text in plain small letters and digits, without accents, spaces and signs."""
    return "".join(sign for sign in _plain(text) if sign.isalnum() and sign.isascii())


def place_of(text: str, places: Mapping[str, str]) -> str | None:
    """The code of the area that a text means, as it stands or folded; places: codes by what files call areas."""
    return places.get(as_it_stands(text)) or places.get(fold(text))


def as_it_stands(code: str) -> str:
    """A code among folded words: no word is folded to this."""
    return f"={code}"


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in plain small letters; digits are words of their own."""
    return tuple(_WORD.findall(_plain(text)))


def words_of_name(name: str) -> tuple[str, ...]:
    """The words of a column's name, also where they are written together as programs do."""
    return words_of(_JOINTS.sub(" ", name))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
