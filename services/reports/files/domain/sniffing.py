"""What kind of file this is, from its first bytes: encoding, delimiter, decimal sign."""

import codecs
import csv
import re
from dataclasses import dataclass

from services.reports.mappings.domain.mapping import DELIMITERS

_COMMA = re.compile(r"-?\d+,\d+")
_POINT = re.compile(r"-?\d+\.\d+")
LINES = 50
# How å, ä, ö and é of UTF-8 look in an encoding of one byte a character: no word has them.
_MISREAD = re.compile("Ã[\x80-\xbf\u0152-\u017e\u0192\u02c6\u02dc\u2013-\u2122]")
# A byte that is no part of a character.
_MISFIT = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written."""

    encoding: str
    delimiter: str
    decimal: str


def sniff(head: bytes) -> Dialect:
    """The dialect of a file, from its first bytes (some 50 lines are enough). Never fails: the likeliest is given."""
    encoding = encoding_of(head)
    text = head.decode(encoding, errors="ignore").lstrip("\ufeff")
    lines = text.splitlines()[:LINES]
    delimiter = max(DELIMITERS, key=lambda each: (_steadiness(lines, each), -DELIMITERS.index(each)))
    return Dialect(encoding, delimiter, decimal_of(lines, delimiter))


def encoding_of(head: bytes) -> str:
    """UTF-16 by its mark, UTF-8 where most bytes beyond ASCII are, else Windows-1252, which Swedish Excel writes.

    A byte that does not fit is then a fault of its row: were the file read as Windows-1252 for it, every other row
    would be damaged, and nobody told.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # A character may be cut in two where the bytes end: three bytes at most.
    text = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode(head)
    misfits = len(_MISFIT.findall(text))
    fitting = sum(not sign.isascii() for sign in text) - misfits
    return "cp1252" if misfits > fitting else "utf-8"


def is_misread(text: str, *, encoding: str) -> bool:
    """Whether this was written in UTF-8 and read in another encoding; kept so, it is damaged for good."""
    return not text.isascii() and not encoding.startswith("utf") and bool(_MISREAD.search(text))


def _steadiness(lines: list[str], delimiter: str) -> float:
    """How well a delimiter cuts lines into equally many cells: more cells are better, uneven lines are worse."""
    try:
        counts = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0
    if not counts or counts[0] < 2:
        return 0
    same = sum(count == counts[0] for count in counts) / len(counts)
    return same * (1 + min(counts[0], 20) / 20)


def decimal_of(lines: list[str], delimiter: str) -> str:
    """The decimal sign that most of the cells with one have."""
    try:
        cells = [cell.strip() for row in csv.reader(lines, delimiter=delimiter) for cell in row]
    except csv.Error:
        cells = []
    commas = sum(_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum(_POINT.fullmatch(cell) is not None for cell in cells)
    return "," if commas > points else "."
