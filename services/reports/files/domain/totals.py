"""Rows that add up the others: passed over where they hold numbers alone, refused where they look like reports."""

import re
from collections.abc import Iterator, Mapping, Sequence

from services.reports.files.domain.headings import BLANK, DATED
from services.reports.mappings.domain import mapping as mappings
from services.reports.mappings.domain.words import Wrong, folded

_NUMBER = re.compile(r"[+-]?\d[\d\s.,%]*")
# What a row of totals begins with, in the languages that files come in; a number may stand behind it.
_WORDS = (
    r"(?:total(?:t|summa|er|en|e|s)?|grand total|sub-?total|del-?summa|summa(?: totalt)?|sum|summe|gesamt(?:summe)?"
    r"|i alt|sammanlagt|yhteensä|antal(?: rader| ärenden| händelser| poster)?|row count|count|number of rows)"
)
_COUNTED = r"st|ärenden?|händelser?|rader?|poster?|rapporter?|anmälningar|cases?|reports?|rows?"
_COUNT = rf"\d+(?:\s?\d{{3}})*(?:\s?(?:{_COUNTED}))?\.?"
_TOTAL = re.compile(rf"{_WORDS}[\s:=]*(?:{_COUNT})?")
# A reference may be SUM12, and the total of a group ends in the word: Klotter Summa.
_ALONE = re.compile(rf"{_WORDS}(?:[\s:=]+(?:{_COUNT})?)?")
_OF_A_GROUP = re.compile(rf"{_ALONE.pattern}|.*\s(?:total(?:t|summa)?|del-?summa|summa|sub-?total|yhteensä):?")
_BEGINS = frozenset(("tot", "gra", "sub", "del", "sum", "ges", "i a", "sam", "yht", "ant", "row", "cou", "num"))
_ENDS = frozenset(("tal", "alt", "mma", "ma:", "al:", "lt:", "nsä", "sä:"))
_ADDS_UP = "It says that it adds up other rows. If it is one of its own, give that word a code in the mapping."
_FIELDS = ("external_reference", "category", "subcategory")


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row adds up the others: it says so in its first filled cell, and has nothing but numbers behind it."""
    first = _first(cells)
    if first[:3].casefold() not in _BEGINS:
        return False
    told = [text for cell in cells if (text := cell.strip(BLANK))]
    numbers = all(_NUMBER.fullmatch(text) and not DATED.search(text) for text in told[1:])
    return numbers and _TOTAL.fullmatch(told[0].casefold()) is not None


def totals_in(
    rows: Sequence[Sequence[str]], texts: Mapping[str, Sequence[str]], *, mapping: mappings.Mapping
) -> Iterator[tuple[int, Wrong]]:
    """The rows that say they add up others and hold a day or a category as a report does, by their number.

    A word that the mapping has a code for is what its sender means by it.
    """
    fields = [name for name in _FIELDS if name in texts]
    # Each different text once, at first: hardly a file has such rows.
    alone = any(_says_so(text, _ALONE) for text in set(map(_first, rows)))
    if not alone and not any(_says_so(text, _OF_A_GROUP) for name in fields for text in set(texts[name])):
        return
    for row, cells in enumerate(rows):
        if _says_so(_first(cells), _ALONE) and not _is_known(_first(cells), "category", mapping):
            yield row, Wrong("", "adds_up", _ADDS_UP)
            continue
        told = next((name for name in fields if _says_so(texts[name][row], _OF_A_GROUP)), None)
        if told is not None and not _is_known(texts[told][row], told, mapping):
            yield row, Wrong(told, "adds_up", _ADDS_UP)


def _first(cells: Sequence[str]) -> str:
    return cells[0] if cells and cells[0] else next((cell for cell in cells if cell), "")


def _says_so(text: str, pattern: re.Pattern[str]) -> bool:
    if text[:1].isdigit() and text[-1:].isdigit():
        return False  # as nearly all references are
    small = text.strip(BLANK).casefold()
    return (small[:3] in _BEGINS or small[-3:] in _ENDS) and pattern.fullmatch(small) is not None


def _is_known(text: str, field: str, mapping: mappings.Mapping) -> bool:
    words = mapping.values.get(field, {})
    return text in words or folded(text) in words
