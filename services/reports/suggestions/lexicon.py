"""What the words of partners mean in our codes: categories, severities, kinds of place.

Nothing is guessed: a text that might mean two things, or holds a word that could turn its meaning, means nothing here
and is left to a person.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from services.reports.mappings.domain.words import LOCATION_KINDS
from services.reports.suggestions.compounds import Piece, Vocabulary
from services.reports.suggestions.folding import fold, words_of
from services.reports.taxonomy import CATEGORIES

# What is longer is no word of a list.
LONGEST_WORD = 100
_MOST_WORDS = 10
_LEVELS = re.compile(r"\s*[:;,>|]\s*|\s+[-–—]\s+")
_OR = re.compile(r"\s*[/&+]\s*|\s+(?:och|eller|samt|and|or|og|eller|und|oder|ja|tai)\s+", re.IGNORECASE)
_SHORTEST_OPEN, _SHORTEST_BEFORE = 4, 2


class Sense(NamedTuple):
    """A main category and, where the words say so much, one of its sub-categories."""

    category: str
    subcategory: str | None = None


class _Word(NamedTuple):
    """What a word of the list does in a text. open: it means this in whatever company."""

    about: Literal["sense", "any", "behind", "turning", "staff"]
    sense: Sense | None = None
    open: bool = False


Unsure = Literal["unsure"]
UNSURE: Unsure = "unsure"


@lru_cache(maxsize=20_000)
def sense_of(text: str) -> Sense | None:
    """What a text says that happened; None where that is not beyond doubt."""
    if len(text) > LONGEST_WORD:
        return None
    if (label := _labels().get(fold(text))) is not None:
        return label
    words = words_of(text)
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    whole = _vocabulary().read(words)
    if len(whole) == 1 and (only := whole[0].means) and only.about == "sense" and " " in whole[0].known:
        return only.sense
    found = _joined([_of_part(part) for part in _LEVELS.split(text) if words_of(part)])
    return found if isinstance(found, Sense) else None


def subcategory_of(text: str, categories: Iterable[str]) -> str | None:
    """What a text says of what happened, where it stands beside these main categories; None where it fits not all."""
    beside = set(categories)
    if len(beside) == 1 and (category := CATEGORIES.get(next(iter(beside)))) is not None:
        names = {fold(name): code for code, labels in category.subcategories.items() for name in (code, *labels)}
        if (code := names.get(fold(text))) is not None:
            return code
    sense = sense_of(text)
    return sense.subcategory if sense is not None and beside <= {sense.category} else None


@lru_cache(maxsize=4096)
def severity_of(text: str) -> int | None:
    """1, 2 or 3 by the words of a text, whatever numbers stand beside them; None for numbers alone."""
    return _exactly("severity").get(tuple(word for word in words_of(text) if not word.isdigit()))


@lru_cache(maxsize=4096)
def kind_of(text: str) -> str | None:
    """The kind of place that a text says."""
    return _exactly("location_kind").get(words_of(text))


def _joined(parts: list[Sense | Unsure | None]) -> Sense | Unsure | None:
    """One sense of the parts of a text, the finer one; what is other than another's main category is unsure."""
    senses = [part for part in parts if isinstance(part, Sense)]
    if UNSURE in parts or not senses:
        return UNSURE if UNSURE in parts else None
    named = [sense for sense in senses if sense.category != "other"] or senses
    finer = {sense.subcategory for sense in named if sense.subcategory}
    if len({sense.category for sense in named}) > 1:
        return UNSURE
    return Sense(named[0].category, finer.pop() if len(finer) == 1 else None)


def _of_part(part: str) -> Sense | Unsure | None:
    """What a part of a text says. Of two things beside each other it is what both are."""
    whole = _vocabulary().read(words_of(part))
    if len(whole) == 1:
        return _of_pieces(whole)
    found = [_of_pieces(_vocabulary().read(words_of(each))) for each in _OR.split(part) if words_of(each)]
    if len(found) == 1:
        return found[0]
    senses = [each for each in found if isinstance(each, Sense)]
    if len(senses) < len(found):
        return UNSURE if senses or UNSURE in found else None
    if len({sense.category for sense in senses}) > 1:
        return UNSURE
    finer = {sense.subcategory for sense in senses}
    return Sense(senses[0].category, finer.pop() if len(finer) == 1 else None)


def _of_pieces(pieces: list[Piece[_Word]]) -> Sense | Unsure | None:
    """What words say that stand together: the first ones what, those behind "på", "av", "mot" only what more of it."""
    words = [piece.means or _ending(piece.known) for piece in pieces]
    if any(word is not None and word.about == "turning" for word in words):
        return UNSURE
    cut = next((at for at, word in enumerate(words) if word is not None and word.about == "behind"), len(words))
    head, tail = words[:cut], [word for word in words[cut:] if word is not None]
    told = [word for word in head if word is not None]
    senses = [word for word in told if word.sense is not None]
    if not senses:
        return UNSURE if any(word.sense for word in tail) or (len(told) < len(head) and told) else None
    if len(told) < len(head) and not any(word.open for word in senses):
        return UNSURE
    if any(word.about == "staff" for word in told):
        return UNSURE
    found = _joined([word.sense for word in senses])
    return found if not isinstance(found, Sense) else _refined(found, tail)


def _refined(sense: Sense, tail: list[_Word]) -> Sense | Unsure:
    if any(word.about == "staff" for word in tail):
        if sense.category == "violence":
            return Sense("staff", "threat" if sense.subcategory == "threat" else None)
        return Sense("staff", "harassment") if sense == ("order", "harassment") else UNSURE
    if sense.subcategory is None:
        finer = {word.sense.subcategory for word in tail if word.sense and word.sense.category == sense.category}
        return Sense(sense.category, finer.pop() if len(finer) == 1 else None)
    return sense


@lru_cache(maxsize=20_000)
def _ending(word: str) -> _Word | None:
    """The word of the list that this one ends in, whatever stands before; None for none, or for one that bends it."""
    for length in range(len(word) - _SHORTEST_BEFORE, _SHORTEST_OPEN - 1, -1):
        found = _vocabulary().read((word[-length:],))
        if len(found) == 1 and found[0].means is not None and found[0].means.open:
            return found[0].means
    return None


@cache
def _listed() -> Mapping[str, Mapping[str, str]]:
    listed: Mapping[str, Mapping[str, str]] = tomllib.loads((files(__package__) / "words.toml").read_text("utf-8"))
    return listed


@cache
def _vocabulary() -> Vocabulary[_Word]:
    words: dict[tuple[str, ...], _Word] = {}
    for about, listed in _listed()["about"].items():
        for each in listed.split():
            words[words_of(each)] = _Word(about, open=each.startswith("*"))  # type: ignore[arg-type]
    for code, listed in _listed()["category"].items():
        category, _, subcategory = code.partition("/")
        for each in listed.split():
            words[words_of(each)] = _Word("sense", Sense(category, subcategory or None), each.startswith("*"))
    return Vocabulary(words)


@cache
def _exactly(field: str) -> Mapping[tuple[str, ...], Any]:
    known: dict[tuple[str, ...], Any] = {words_of(each): each for each in LOCATION_KINDS if field == "location_kind"}
    for code, listed in _listed()[field].items():
        known |= {words_of(each): int(code) if field == "severity" else code for each in listed.split()}
    return known


@cache
def _labels() -> Mapping[str, Sense]:
    """Our own codes and labels. A sub-category's that two main categories have means nothing alone."""
    known: dict[str, set[Sense]] = {}
    for each in CATEGORIES.values():
        for code, labels in each.subcategories.items():
            for name in (code, *labels):
                known.setdefault(fold(name), set()).add(Sense(each.code, code))
    for each in CATEGORIES.values():
        for name in (each.code, each.sv, each.en):
            known[fold(name)] = {Sense(each.code)}
    return {name: next(iter(senses)) for name, senses in known.items() if len(senses) == 1}
