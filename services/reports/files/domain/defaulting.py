"""Words of a file that its mapping does not know: which rows have them, and which they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple

from services.reports.files.domain.masking import struck
from services.reports.files.domain.readable import Rows
from services.reports.mappings.domain.words import Wrong

Words = Mapping[str, Mapping[str, int]]
# Of one field, and as long: what has more is no list.
MOST_WORDS, _LONGEST_WORD = 100, 100
_DETAIL = "The mapping does not know this text, and the row has what it says for such: see defaults."
_EMPTY = "The cell is empty, and the row has what the mapping says for such: see defaults."


class Unknown(NamedTuple):
    """How many rows have such words, and the words: how often each is there, by field."""

    rows: int = 0
    words: Words = MappingProxyType({})


def taken_by_default(rows: Rows) -> Unknown:
    """Those of rows that are kept, for the mapping has a default. Each of these rows gets a note, an empty one too."""
    told = list[tuple[int, str]]()
    for row, name in rows.by_default:
        if row in rows.bad:
            continue
        if name != "place_code" and not rows.texts_of(name)[row]:
            rows.note(row, Wrong(name, "missing", _EMPTY))
        else:
            rows.note(row, Wrong(name, "by_default", _DETAIL))
            told.append((row, name))
    return _counted(rows, told)


def refused_for_words(rows: Rows) -> Unknown:
    """Those of rows that are refused for them."""
    return _counted(rows, rows.unknown)


def _counted(rows: Rows, told: Sequence[tuple[int, str]]) -> Unknown:
    """Without what may be about a person. told: by row and field."""
    counted: dict[str, Counter[str]] = {}
    for row, name in told:
        counted.setdefault(name, Counter())[rows.texts_of(name)[row]] += 1
    return Unknown(len({row for row, _ in told}), {name: _named(words) for name, words in counted.items()})


def together(before: Words, more: Words) -> dict[str, dict[str, int]]:
    """Both, with how often each word was there: of each field the most frequent ones."""
    fields = dict.fromkeys([*before, *more])
    return {name: _most(Counter(before.get(name, {})) + Counter(more.get(name, {}))) for name in fields}


def _named(words: Counter[str]) -> dict[str, int]:
    short = ((text, count) for text, count in words.most_common() if len(text) <= _LONGEST_WORD)
    clean = Counter[str]()
    for text, count in islice(short, MOST_WORDS):
        clean[struck(text)[0]] += count
    return dict(clean)


def _most(words: Counter[str]) -> dict[str, int]:
    return dict(words.most_common(MOST_WORDS))
