"""What a spreadsheet makes of references that look like numbers or days: rounded ones are none any more. Pure."""

import re
from collections.abc import Iterator, Sequence

from services.reports.intake.domain import is_of_a_row
from services.reports.mappings.domain.names import MONTHS, word
from services.reports.mappings.domain.words import Wrong

# What stands alone or beside other columns of the reference: 4,05640E+13, 1e+05, 4.0564e13. Never 5E12 or 12E-4, which
# registers number by.
_ROUNDED = re.compile(r"(?<!\S)[+-]?(?:\d{1,3}[.,]\d+E\+?|\d{1,3}E\+)\d{1,3}(?!\S)", re.ASCII | re.IGNORECASE)
_NAMED = re.compile(r"\d{1,2}-([^\W\d_]{3,5})\.?|([^\W\d_]{3,5})\.?-\d\d")
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?: 00:00)?", re.ASCII)
HOW_TO_MEND = "Format the column as text before the numbers are put into it, and write the file again from its source."


def is_rounded(text: str) -> bool:
    """Whether a reference is a number without its last digits, as spreadsheets show it: others look the same."""
    return _ROUNDED.search(text) is not None


def is_dated(text: str) -> bool:
    """Whether a reference is a day, as a spreadsheet makes of 3-12: 03-dec, dec-03, 2026-12-03. DEC-03 may be one."""
    if _DAY.fullmatch(text):
        return True
    found = _NAMED.fullmatch(text)
    name = (found[1] or found[2]) if found else ""
    return bool(name) and not name.isupper() and word(name) in MONTHS


def unfit(references: Sequence[str]) -> Iterator[tuple[int, Wrong]]:
    """Of which rows, from 0, the reference can be none, and why."""
    # All at once first: it is one in thousands of files.
    rounded = is_rounded("\n".join(references))
    for row, reference in enumerate(references):
        if reference.startswith("row:") and is_of_a_row(reference):
            yield row, _RESERVED
        elif rounded and is_rounded(reference):
            yield row, _ROUND


def unsure(references: Sequence[str]) -> Iterator[tuple[int, Wrong]]:
    """Of which rows the reference may not be the one that was meant, and why."""
    return ((row, _DATED) for row, reference in enumerate(references) if "-" in reference and is_dated(reference))


_RESERVED = Wrong("external_reference", "reserved", "References of this form are given to rows without one.")
_ROUND = Wrong(
    "external_reference",
    "reference_rounded",
    f"A spreadsheet rounded this number, so other rows may have the same one. {HOW_TO_MEND}",
)
_DATED = Wrong(
    "external_reference",
    "reference_dated",
    f"The reference is a day: a spreadsheet may have made it of another text. {HOW_TO_MEND}",
)
