"""Words that are made of words: "bilinbrott" is a break-in, "händelsedatum" the date of an event. Pure.

Swedish, Norwegian, Danish, German and Finnish write together what English writes apart, so a list of all words would
never end. A vocabulary holds the parts.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

Meaning = TypeVar("Meaning")
# What a word may end in without becoming another one, the longest first; and what may stand between two parts.
_ENDINGS = (
    "arna", "erna", "orna", "ade", "ens", "ets", "ene", "ing",
    "ad", "an", "ar", "at", "ed", "en", "er", "es", "et", "in", "na", "ne", "or", "te",
    "a", "d", "e", "n", "r", "s", "t",
)  # fmt: skip
_LINKS = ("", "s", "e", "a", "o", "u", "n", "en", "es")
# Shorter ones would be found in any word: "ran" in "grannar", "id" in "tid".
_LONG_ENOUGH_TO_BEND = 4
_LONG_ENOUGH_TO_JOIN = 3
_MOST_LETTERS = 40


class Piece(NamedTuple, Generic[Meaning]):
    """A part of a text, as it was read, and what it means: None where nobody knows."""

    known: str
    means: Meaning | None


class Vocabulary(Generic[Meaning]):
    """What words mean, in plain small letters; of several words, a phrase, they stand one behind the other."""

    def __init__(self, meanings: Mapping[tuple[str, ...], Meaning]) -> None:
        self._meanings = meanings
        self._longest = max(map(len, meanings), default=1)
        self._split = lru_cache(maxsize=20_000)(self._found)

    def read(self, words: tuple[str, ...]) -> list[Piece[Meaning]]:
        """The pieces of a text, the longest phrases first; a compound gives a piece for each of its parts."""
        pieces: list[Piece[Meaning]] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                if (known := self._same(words[at : at + length])) is not None:
                    pieces.append(Piece(" ".join(known), self._meanings[known]))
                    at += length
                    break
            else:
                pieces += self._parts(words[at])
                at += 1
        return pieces

    def _same(self, words: tuple[str, ...]) -> tuple[str, ...] | None:
        """The phrase that these words are, whatever they end in; None for none."""
        if words in self._meanings:
            return words
        *before, last = words
        return next((each for form in _bent(last) if (each := (*before, form)) in self._meanings), None)

    def _parts(self, word: str) -> list[Piece[Meaning]]:
        parts = self._split(word) if len(word) <= _MOST_LETTERS else None
        if parts is None:
            return [Piece(word, None)]
        return [Piece(part, self._meanings[(part,)]) for part in parts]

    def _found(self, word: str) -> tuple[str, ...] | None:
        """The fewest known parts that make this word; None where there are none."""
        if (known := self._same((word,))) is not None:
            return known
        best: tuple[str, ...] | None = None
        for end in range(len(word) - 2, _LONG_ENOUGH_TO_JOIN - 1, -1):
            if (word[:end],) not in self._meanings:
                continue
            for link in _LINKS:
                rest = word[end + len(link) :]
                if not word.startswith(link, end) or len(rest) < 2:
                    continue
                behind = self._split(rest)
                if behind and (best is None or len(behind) + 1 < len(best)):
                    best = (word[:end], *behind)
        return best


def _bent(word: str) -> list[str]:
    """What a word may be a form of."""
    return [
        word[: -len(ending)]
        for ending in _ENDINGS
        if word.endswith(ending) and len(word) - len(ending) >= _LONG_ENOUGH_TO_BEND
    ]
