"""Values of properties as texts: numbers as what they were, names as codes for addresses. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from services.reports.spoilt import spoilt
from shared.texts import LOST, kept, one_line, plain, typed

# Characters of an area's texts; of a code as many as requests may name.
LONGEST = {"code": 100, "name": 200, "parent": 100}
_LONGEST_HEADING = 200
# Beyond, a float is no longer the whole number that was written.
_WHOLE = 2.0**53
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "œ": "oe"})


def said(value: Any) -> str | None:
    """A value as text: 2 and 2.0 are both "2", 2.5 stays "2.5", "0114" stays "0114". None where nothing is said."""
    if isinstance(value, float) and abs(value) <= _WHOLE and value.is_integer():
        value = int(value)
    if isinstance(value, bool | int | float):
        value = str(value).lower()
    return (plain(typed(value)) or None) if isinstance(value, str) else None


def heading(name: str) -> str:
    """What a property or a layer is called, on one line; a mark (U+FFFD) where it is called nothing."""
    return plain(kept(" ".join(name.split())))[:_LONGEST_HEADING].rstrip() or LOST


def headed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by what they are called; of two that are called the same the second has a number."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        called, again = heading(name), 2
        while called in found:
            called, again = f"{heading(name)[: _LONGEST_HEADING - 8]} ({again})", again + 1
        found[called] = value
    return found


def is_usable(text: str, role: str) -> bool:
    """Whether a text can be an area's code, name or parent: none of its letters is lost, or was read wrongly before."""
    try:
        # A code stands in addresses: a slash, or dots alone, would make it a path.
        is_path = role != "name" and (bool({*"/\\"} & {*text}) or not text.strip("."))
        return 0 < len(one_line(text)) <= LONGEST[role] and spoilt(text) is None and not is_path
    except ValueError:
        return False


def slug(name: str) -> str:
    """A name in small ASCII letters, digits and hyphens: `tomtebo-norra` of Tomtebo, norra. Empty where none is."""
    small = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in small if not unicodedata.combining(c))).strip("-")[:100]


def folded(name: str) -> str:
    """The name of a property without case, accents and signs between its words: `lankod` of LÄN_KOD."""
    return slug(name).replace("-", "")
