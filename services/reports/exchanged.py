"""Texts whose letters were exchanged: written in one encoding of one byte a letter, read in another. Pure.

`vŠggen` is valid text. It is known by signs that stand where none does, within a word (`v‰ggen`), or by capitals behind
small letters, twice; and by this, that all its signs become Swedish letters once they are taken back.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

_ENCODINGS = ("cp1252", "mac-roman", "cp850", "cp437")
# What may stand behind the signs of a text that is taken back.
_LETTERS = "åäöÅÄÖéÉüÜ"
_SMALL = "åäö"
# In good texts too they stand without a space beside them.
_PROSE = "”“’‘–—…´`"


class _Way(NamedTuple):
    """How letters look that were written in one encoding and read in another."""

    back: dict[int, str]
    odd: re.Pattern[str]
    capitals: re.Pattern[str]


@cache
def _ways() -> tuple[_Way, ...]:
    return tuple(way for written in _ENCODINGS for read in _ENCODINGS if (way := _way(written, read)) is not None)


def _way(written: str, read: str) -> _Way | None:
    seen = dict(_seen(written, read))
    small = {sign for sign, letter in seen.items() if letter in _SMALL}
    if small == set(_SMALL):
        return None
    odd = [sign for sign in small if sign not in _PROSE and not _is_latin(sign)]
    capitals = [sign for sign in small if _is_latin(sign) and sign.isupper()]
    return _Way({ord(sign): letter for sign, letter in seen.items()}, _within(odd), _behind(capitals))


def _seen(written: str, read: str) -> Iterator[tuple[str, str]]:
    for letter in _LETTERS:
        sign = letter.encode(written).decode(read, errors="ignore")
        if sign:
            yield sign, letter


def _is_latin(sign: str) -> bool:
    return sign.isalpha() and sign < "\u0250"


def _within(signs: list[str]) -> re.Pattern[str]:
    return re.compile(f"(?<=[A-Za-z])[{''.join(signs)}](?=[a-z])" if signs else "(?!)")


def _behind(signs: list[str]) -> re.Pattern[str]:
    held = "".join(signs)
    return re.compile(f"(?<=[a-z])[{held}]|(?<=[A-Z])[{held}](?=[a-z])" if signs else "(?!)")


@cache
def _any() -> re.Pattern[str]:
    """What each of the ways asks for, in one go."""
    return re.compile("|".join({each.pattern for way in _ways() for each in (way.odd, way.capitals)}))


def may_be_exchanged(said: str) -> bool:
    """Whether a text has a sign that stands where few do; most have none."""
    return _any().search(said) is not None


def before_exchange(text: str) -> set[str]:
    """How the text may have been written; none where its letters were not exchanged."""
    if not may_be_exchanged(text):
        return set()
    return {
        text.translate(way.back)
        for way in _ways()
        if (way.odd.search(text) or len(way.capitals.findall(text)) > 1)
        and all(ord(sign) in way.back for sign in text if not sign.isascii())
    }
