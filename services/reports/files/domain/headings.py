"""Where a table begins in a file, what its columns are called, and which rows above it are none: titles.

The same for a text and for a workbook. Rows are known by their numbers: lines of the text, rows as Excel shows them.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.texts import plain

# So many rows with something in them are looked at for the headings.
LOOKED_AT = 60
_BREAK = re.compile("\r\n?|[\u2028\u2029]")
_DATA = re.compile(r"[+-]?\d[\d\s.,:/%TZ+-]*")
DATED = re.compile(r"\d{4}-\d\d|\d\d?[./]\d\d?[./]\d\d|20\d{6}|\d\d?:\d\d")
# A heading that has columns of its own below it, joined with what they are called.
_WITHIN = " / "
BLANK = " \t\r\n\x00\x1a\u00a0\u2028\ufeff"
_HALF, _FIRST_BONUS = 0.5, 0.2

Columns = tuple[int, int]


class Numbered(NamedTuple):
    """A row with its number."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The headings of a table: in which row they stand, 0 for none; the columns' names, each once.

    certain: they are those that were asked for, or look like headings.
    """

    row: int
    names: tuple[str, ...]
    certain: bool = True


def heading_of(
    rows: Sequence[Numbered],
    *,
    row: int | None,
    wanted: Collection[str] = (),
    merged: Mapping[int, Sequence[Columns]] | None = None,
) -> Heading | None:
    """The headings among the first rows of a file; None where they are not to be found.

    row: their number, None to look for them: the row that has all `wanted` names, else the one that looks like headings
    most. wanted: names of columns. merged: by a row's number which of its columns, counted from 0, are one cell.
    """
    rows = [each for each in rows if not is_blank(each.cells)][:LOOKED_AT]
    if row == 0:
        width = max((len(each.cells) for each in rows), default=0)
        return Heading(row=0, names=names_of([""] * width)) if width else None
    for at, each in enumerate(rows):
        if row in (None, each.number):
            for names in _readings(rows, at, merged or {}):
                if wanted and set(wanted) <= set(names):
                    return Heading(row=each.number, names=names)
    found = _likeliest(rows) if row is None else next((k for k, each in enumerate(rows) if each.number == row), None)
    if found is None:
        return None
    at = found
    if row is None and _is_over(rows, at, merged or {}):
        at += 1
    certain = row is not None or not _has_data(rows[at].cells)
    if wanted and not certain:
        at = 0  # what is asked for is not there: the first row is what one would look at
    return Heading(row=rows[at].number, names=next(_readings(rows, at, merged or {})), certain=certain)


def names_of(cells: Sequence[str]) -> tuple[str, ...]:
    """The names of columns as their file has them, each once: a second "Date" is "Date (2)", one without "Column 7"."""
    given = [_named(cell) or f"Column {number}" for number, cell in enumerate(cells, 1)]
    taken, last, names = set(given), Counter[str](), list[str]()
    for name in given:
        again = name
        while last[name] and again in taken:
            last[name] += 1
            again = f"{name} ({last[name]})"
        last[name] = last[name] or 1
        taken.add(again)
        names.append(again)
    return tuple(names)


def is_blank(cells: Sequence[str]) -> bool:
    """Whether a row holds nothing: no cell, empty ones, spaces, what programs of before put at a file's end."""
    return not any(cell.strip(BLANK) for cell in cells)


def filled(cells: Sequence[str]) -> int:
    """How many cells hold something."""
    return sum(1 for cell in cells if cell.strip(BLANK))


def _named(cell: str) -> str:
    return plain(_BREAK.sub("\n", cell))


def _readings(rows: Sequence[Numbered], at: int, merged: Mapping[int, Sequence[Columns]]) -> Iterator[tuple[str, ...]]:
    """What the columns may be called: with the headings above that they stand under, and without."""
    cells = rows[at].cells
    if spans := _spans(rows, at, merged):
        width = max(len(cells), len(spans))
        pairs = zip([*spans, *[""] * (width - len(spans))], [*cells, *[""] * (width - len(cells))], strict=True)
        yield names_of([_joined(_named(above), _named(below)) for above, below in pairs])
    yield names_of(cells)


def _joined(above: str, below: str) -> str:
    return f"{above}{_WITHIN}{below}" if above and below and above != below else below or above


def _spans(rows: Sequence[Numbered], at: int, merged: Mapping[int, Sequence[Columns]]) -> list[str]:
    """What stands over each column in a row of headings that has headings of groups above it; nothing where none are.

    Those are merged over several columns, or leave cells between them empty that have something below.
    """
    if not at or rows[at - 1].number != rows[at].number - 1:
        return []
    above, below = list(rows[at - 1].cells), rows[at].cells
    over = [each for each in merged.get(rows[at - 1].number, ()) if each[1] > each[0]]
    told = [column for column, cell in enumerate(above) if cell.strip(BLANK)]
    if len(told) < 2 or _is_data(above) or any(_DATA.fullmatch(above[column].strip()) for column in told):
        return []
    gaps = [
        column
        for column in range(told[0], told[-1])
        if not above[column].strip(BLANK) and column < len(below) and below[column].strip(BLANK)
    ]
    if not gaps and not over:
        return []
    above += [""] * (len(below) - len(above))
    # By its first column the last of what is merged there: a file may say the same of a row a million times.
    ends, end = dict(sorted(over)), -1
    for column in range(1, len(above)):
        end = max(end, ends.get(column - 1, -1))
        inside = column <= end if over else column > told[0]
        if not above[column].strip(BLANK) and inside:
            above[column] = above[column - 1]
    return above


def _is_over(rows: Sequence[Numbered], at: int, merged: Mapping[int, Sequence[Columns]]) -> bool:
    """Whether a row holds headings of groups, whose columns are named in the next one: not the first row of data."""
    if at + 1 >= len(rows) or not _spans(rows, at + 1, merged) or _data(rows[at + 1].cells):
        return False
    above, below = rows[at].cells, rows[at + 1].cells
    alone = any(cell.strip(BLANK) and not under.strip(BLANK) for cell, under in zip(above, below, strict=False))
    return alone or rows[at].number in merged or 2 * filled(above) <= filled(below)


def _likeliest(rows: Sequence[Numbered]) -> int | None:
    """The row that looks most like headings: nearly all of its columns filled, with words rather than data."""
    widest = max((filled(each.cells) for each in rows), default=0)
    best, score = None, 0.0
    seen = False
    for at, each in enumerate(rows):
        many = filled(each.cells)
        if many < _HALF * widest or (many < 2 <= widest):
            continue
        here = many / widest - 2 * _data(each.cells) / many + (0 if seen else _FIRST_BONUS)
        seen = True
        if best is None or here > score:
            best, score = at, here
    return best


def _has_data(cells: Sequence[str]) -> bool:
    return any(DATED.search(cell) and _DATA.fullmatch(cell.strip(BLANK)) for cell in cells)


def _is_data(cells: Sequence[str]) -> bool:
    return 2 * _data(cells) > filled(cells)


def _data(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if _DATA.fullmatch(cell.strip(BLANK)))
