"""What the words of columns mean in our codes: what is known of them, and what is left for a person."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.reports.files.domain.masking import struck
from services.reports.suggestions.contents import Column
from services.reports.suggestions.doubts import Doubt, severity_direction, words_unknown
from services.reports.suggestions.folding import fold, place_of, words_of
from services.reports.suggestions.lexicon import LONGEST_WORD, kind_of, sense_of, severity_of, subcategory_of
from shared.texts import is_typed, plain

# More is no list; nobody looks through them.
_MOST_WORDS = 500
# Of a column: each can be made to cost 20 us of the screen for personal data.
_MOST_SIGNS = 12_000
_LEVEL = re.compile(r"[A-Za-z]{0,4}\s?(\d{1,2})")
_MOST_LEVEL = 10
# One row of so many, beyond a gap, is a slip or a sign for "unknown", and no step of the scale.
_RARE = 20
# Of these 1 comes first, so it is the gravest; of others it is the first step of a stair.
_OF_TURNS = ("prio", "angelagenhet", "urgen", "bradska", "dringlich", "kiireellisyy", "viktig")
# As the lists of our own pages call it.
_SECOND_OF_OURS = (("allvarlig",), ("allvarligt",), ("serious",))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a column that is told in codes. count: rows that say so. code: ours, None where nobody knows."""

    field: str
    column: str
    text: str
    count: int
    code: str | int | None


class Values(NamedTuple):
    """The part of a mapping that says what words mean, the words themselves, the most frequent first, and doubts."""

    values: dict[str, dict[str, Any]]
    defaults: dict[str, Any]
    words: list[Word]
    doubts: list[Doubt]


def values_of(columns: Mapping[str, Column], *, places: Mapping[str, str]) -> Values:
    """What the words of these fields' columns mean. places: the codes of areas by their folded names and codes."""
    found = Values({}, {}, [], [])
    readers: dict[str, Callable[[str], str | int | None]] = {
        "category": lambda word: (sense := sense_of(word)) and sense.category,
        "location_kind": kind_of,
        "place_code": lambda word: place_of(word, places),
    }
    for field, reader in readers.items():
        if field in columns:
            _add(found, field, columns[field], reader)
    if "severity" in columns:
        _add_severity(found, columns["severity"])
    if "subcategory" in columns and "category" in columns:
        _add_subcategory(found, columns["subcategory"], columns["category"])
    return found


def _add(found: Values, field: str, column: Column, reader: Callable[[str], str | int | None]) -> None:
    """Word by word. Codes of ours that stand there as they are need no words."""
    told = [Word(field, column.name, word, count, reader(word)) for word, count in _offered(column)]
    found.words.extend(told)
    unknown = [(word.text, word.count) for word in told if word.code is None]
    if unknown or any(str(word.code) != word.text for word in told):
        found.values[field] = {word.text: word.code for word in told if word.code is not None}
    if unknown:
        found.defaults[field] = "other" if field == "category" else None
        becomes = "'other'" if field == "category" else "nothing"
        found.doubts.append(words_unknown(field, column.name, unknown, of=len(told), becomes=becomes))


def _add_severity(found: Values, column: Column) -> None:
    told = {word: (int(level[1]), count) for word, count in _offered(column) if (level := _LEVEL.fullmatch(word))}
    levels = _without_strays(told.values())
    numbers = {word: level for word, (level, _) in told.items() if level in levels}
    most = max(numbers.values(), default=0)
    if not numbers or most > _MOST_LEVEL or any(severity_of(word) is not None for word in numbers):
        _add(found, "severity", column, _level_in(column))
        return
    falling = any(part in fold(column.name) for part in _OF_TURNS)
    least = min(1, *numbers.values())
    scale = max(most, least + 2)

    def level_of(word: str) -> int | None:
        if word not in numbers:
            return severity_of(word)
        rising = max(1, math.ceil(3 * (numbers[word] - least + 1) / (scale - least + 1)))
        return 4 - rising if falling else rising

    _add(found, "severity", column, level_of)
    # Also the levels that none of these rows has.
    steps = {str(level): level for level in range(least, scale + 1)} if all(map(str.isdigit, numbers)) else {}
    numbers |= steps
    found.values["severity"] = {word: level_of(word) for word in steps} | found.values.get("severity", {})
    found.doubts.append(severity_direction(column.name, falling=falling))


def _without_strays(told: Iterable[tuple[int, int]]) -> set[int]:
    """The levels of a scale, of levels and how many rows say each: without rare ones far above all others."""
    rows: Counter[int] = Counter()
    for level, count in told:
        rows[level] += count
    levels = sorted(rows)
    while len(levels) > 1 and levels[-1] - levels[-2] > 1 and rows[levels[-1]] * _RARE < rows.total():
        levels.pop()
    return set(levels)


def _level_in(column: Column) -> Callable[[str], int | None]:
    """What words of this column mean. "Serious" is the second of our own three, and the third where another is it."""
    grave = [said for word in column.words if severity_of(word) == 3 and len(said := _letters(word)) > 1]
    middle = any(severity_of(word) == 2 for word in column.words)

    def level_of(word: str) -> int | None:
        level, said = severity_of(word), _letters(word)
        is_ours = said in _SECOND_OF_OURS or any(words[1:] == said for words in grave)
        return 2 if level == 3 and is_ours and not middle else level

    return level_of


def _letters(word: str) -> tuple[str, ...]:
    return tuple(each for each in words_of(word) if not each.isdigit())


def _add_subcategory(found: Values, column: Column, category: Column) -> None:
    """One column may hold both levels; what is no sub-category in it, or not of each row's category, is left out."""
    beside: dict[str, set[str]] = {}
    for text, main in zip(column.cells, category.cells, strict=True):
        sense = sense_of(main)
        beside.setdefault(text, set()).add(sense.category if sense else "other")
    if column is category:
        told = {word: sense.subcategory for word, _ in _offered(column) if (sense := sense_of(word))}
        found.values["subcategory"] = {word: code for word, code in told.items() if code}
        found.defaults["subcategory"] = None
        return
    _add(found, "subcategory", column, lambda word: subcategory_of(word, beside.get(word, ())))


def _offered(column: Column) -> Sequence[tuple[str, int]]:
    """The words of a column with how often each is there, without what a file may hold of a person."""
    words: list[tuple[str, int]] = []
    signs = 0
    for text, count in column.words.most_common(_MOST_WORDS):
        if len(text) > LONGEST_WORD or not is_typed(text) or plain(text) != text:
            continue
        signs += len(text)
        if signs > _MOST_SIGNS:
            break
        words.append((struck(text)[0], count))
    return [(text, count) for text, count in words if 0 < len(text) <= LONGEST_WORD]
