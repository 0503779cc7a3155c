"""How a CSV file is written, from its first bytes: delimiter, decimal sign, in which line its headings stand."""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from services.reports.figures import figures
from services.reports.files.domain.csvfile import CsvFile, separator_of
from services.reports.files.domain.encodings import encoding_of
from services.reports.files.domain.headings import filled
from services.reports.mappings.domain.mapping import DELIMITERS

# A number may have spaces between its thousands, and be degrees, with minutes and a letter.
_COMMA, _POINT = (
    re.compile(rf"(?:[NSEWÖOV]\s*)?[+-]?\d[\d °º'′]*{sign}\d+\s*[°º'′\"″]*\s*[NSEWÖOV]?") for sign in (",", r"\.")
)
# What stands in dates, numbers, names and addresses; the marks of quotations; what is read as a delimiter.
_IN_CELLS = frozenset("\"'.,:-/+_()@") | frozenset(DELIMITERS)
LINES = 50
SNIFFED_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written. row: of its headings, 0 for none, None where not looked for; certain: they are."""

    encoding: str
    delimiter: str
    decimal: str
    row: int | None = None
    certain: bool = True


def sniff(
    head: bytes,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    row: int | None = None,
    wanted: Collection[str] = (),
) -> Dialect:
    """The dialect of a file, from its first bytes; what is given is believed, but a delimiter the file names itself.

    row, wanted: as of `CsvFile`. Raises Unreadable where it finds no headings.
    """
    encoding = encoding or encoding_of(head)
    text = head[:SNIFFED_BYTES].decode(encoding, errors="ignore").lstrip("\ufeff")
    named = separator_of(text)
    rows = text.partition("\n")[2] if named and "\n" in text else text
    lines = _unwrapped(_lines(rows))
    # Some programs name one that they do not write.
    if named in DELIMITERS and (_steadiness(lines, named) or not any(_steadiness(lines, each) for each in DELIMITERS)):
        delimiter = named
    if delimiter is None:
        delimiter = max(DELIMITERS, key=lambda each: (_steadiness(lines, each), -DELIMITERS.index(each)))
    file = CsvFile([head], delimiter=delimiter, encoding=encoding, row=row, wanted=wanted)
    return Dialect(encoding, delimiter, decimal_of(lines, delimiter), file.heading.row, file.heading.certain)


def other_sign(head: bytes, encoding: str) -> str | None:
    """The sign that stands equally often in nearly all lines, of those that part no columns here; None for none."""
    lines = _lines(head[:SNIFFED_BYTES].decode(encoding, errors="ignore"))[:LINES]
    usual = {sign: Counter(line.count(sign) for line in lines).most_common(1)[0] for sign in set("".join(lines[:1]))}
    steady = [sign for sign, (count, often) in usual.items() if count and often * 10 >= len(lines) * 9]
    odd = [sign for sign in steady if not (sign.isalnum() or sign.isspace() or sign in _IN_CELLS)]
    return max(odd, key=lambda sign: usual[sign][0], default=None) if len(lines) > 1 else None


def _lines(text: str) -> list[str]:
    """The first lines with something in them, as the reader of CSV cuts them; those in quotation marks whole."""
    found = [line for line in io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")) if line.strip()]
    return found[: LINES + 1]


def _unwrapped(lines: Sequence[str]) -> Sequence[str]:
    """The lines of a file whose lines stand in quotation marks as a whole; else these lines."""
    cells = [line.strip() for line in lines]
    whole = cells and all(len(line) > 1 and line[0] == line[-1] == '"' for line in cells)
    inner = [line[1:-1].replace('""', "\x00") for line in cells] if whole else []
    return [line.replace("\x00", '"') for line in inner] if inner and not any('"' in line for line in inner) else lines


def _steadiness(lines: Sequence[str], delimiter: str) -> float:
    """How well a delimiter cuts lines into equally many cells: more cells are better, uneven lines are worse.

    What is above a table and below it has fewer cells, and rows that break off too.
    """
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0
    counts = Counter(len(row) for row in rows if len(row) > 1)
    if not counts:
        return 0
    usual = max(counts, key=lambda count: (counts[count] * (1 + min(count, 20) / 20), count))
    # A delimiter of decimals cuts the headings into fewer cells than the rows.
    first = next(row for row in rows if len(row) > 1)
    steady = 1.0 if len(first) >= usual or filled(first) < usual / 2 else 0.8
    return steady * counts[usual] / len(rows) * (1 + min(usual, 20) / 20)


def decimal_of(lines: Sequence[str], delimiter: str) -> str:
    """The decimal sign that most of the cells with one have."""
    try:
        cells = [figures(cell.strip()) for row in csv.reader(lines, delimiter=delimiter) for cell in row]
    except csv.Error:
        cells = []
    commas = sum(_COMMA.fullmatch(cell) is not None for cell in cells)
    points = sum(_POINT.fullmatch(cell) is not None for cell in cells)
    return "," if commas > points else "."
