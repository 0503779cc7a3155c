"""Personal data in the rows of a file: struck out before anything else is done with them, and counted.

A file is not refused for it: its sender could not mend 10,000 rows by hand, and the reports are needed. What is struck
out is gone; only which rows had some, and how many of which kind, is known afterwards.
"""

from collections import Counter
from functools import lru_cache

from services.reports.intake.domain import LONGEST_REFERENCE, LONGEST_TEXT
from shared.privacy import NOT_IN_CODES, mask, screen


@lru_cache(maxsize=20_000)
def struck(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without what the screen finds, strong or weak, and the kinds of that. Many rows say the same."""
    hits = screen(text)
    return (mask(text, hits), tuple(hit.kind for hit in hits)) if hits else (text, ())


def known_by(reference: str) -> tuple[str, tuple[str, ...]]:
    """A reference, or none where it looks like anything of a person's: the row is then known by what it says."""
    kinds = tuple(hit.kind for hit in screen(reference) if hit.kind not in NOT_IN_CODES)
    return ("" if kinds else reference), kinds


_SCREENED = (("text", LONGEST_TEXT, struck), ("external_reference", LONGEST_REFERENCE, known_by))


def strike_out(texts: dict[str, list[str]]) -> tuple[list[tuple[int, str]], Counter[str]]:
    """Strike personal data out of these rows' texts, by field, in place.

    Returns which fields of which rows, from 0, had some, and how much of what.

    Other fields are looked up in lists of ours, and never kept as they stand.
    """
    cells, kinds = list[tuple[int, str]](), Counter[str]()
    for name, longest, clean in _SCREENED:
        for row, text in enumerate(texts.get(name, ())):
            # What is longer is refused for that, and nothing of it is kept.
            if text and len(text) <= longest and (found := clean(text))[1]:
                texts[name][row] = found[0]
                kinds.update(found[1])
                cells.append((row, name))
    return cells, kinds
