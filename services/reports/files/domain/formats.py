"""Number formats of a workbook: how dates are shown, and numbers with noughts before them. For a child process."""

import re
import zipfile
from collections import Counter
from collections.abc import Collection
from typing import BinaryIO, NamedTuple
from xml.etree import ElementTree

# Built into Excel, with a clock beside the day, with a day alone, as mmm-yy (ECMA-376 part 1 §18.8.30).
_WITH_CLOCK, _DAYS = frozenset({"22"}), frozenset({"14", "15", "16"})
_MONTH = "17"
_OF_MONTHS = re.compile("m+[^a-z]*y+|y+[^a-z]*m+|y+|m+")
_MOST_BYTES = 1 << 22
# Excel takes no longer one; what does not end costs the square of its length.
_LONGEST_FORMAT = 255
# 00000, as postal codes and case numbers are shown, and "GR-"00000.
_NOUGHTS = re.compile(r'(?:"([^"]*)"|((?:\\.|-)+))?(0{1,20})')
# What stands in quotation marks, in brackets or behind a backslash is no sign of a format.
_SAID = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|hh)[^\]]*\]')
# As all programs write it: where a cell stands, perhaps its type, its style; not of an empty one. In whatever it costs
# its length.
_CELL = re.compile(
    rb"""\sr=["']([A-Za-z]{1,3})([0-9]{1,7})["'](?:\st=["'][A-Za-z]{1,10}["'])?\ss=["']([0-9]{1,6})["'](?!\s?/>)"""
)
# The same of a number that is there.
_NUMBER = re.compile(
    rb"""\sr=["']([A-Za-z]{1,3})[0-9]{1,7}["'](?:\st=["']n["'])?\ss=["']([0-9]{1,6})["'](?:\st=["']n["'])?\s?>"""
)
# So much of a sheet is looked at.
_PIECE_BYTES, _MOST_PIECES = 1 << 20, 64


class Filled(NamedTuple):
    """How a whole number is shown: what stands before it, and to how many digits it is filled up with noughts."""

    before: str
    digits: int


class Shown(NamedTuple):
    """How dates and numbers of a sheet are shown, by the letters of their columns.

    clocked: columns with cells that show hours. days: with some that show none. months: column -> the rows whose
    cells show a month or a year and no day. numbers: column -> how numbers in it are filled up, in all ways that there
    are, and how many are.
    """

    clocked: set[str]
    days: set[str]
    months: dict[str, set[int]]
    numbers: dict[str, Counter[Filled]]


class _Styles(NamedTuple):
    """The numbers of the styles that show a clock, those that show none, and of these those without a day.

    numbers: of the styles that fill numbers up, how.
    """

    clocked: set[bytes]
    days: set[bytes]
    months: set[bytes]
    numbers: dict[bytes, Filled]


def shown_in(file: BinaryIO, sheet: str, columns: Collection[str]) -> Shown:
    """How the cells of these columns, by their letters, show dates and numbers.

    Where a column has both clocks and days, nobody can tell midnight from a day alone. sheet: the name of its part.
    Raises what zipfile and ElementTree raise of a damaged file.
    """
    shown = Shown(set(), set(), {}, {})
    with zipfile.ZipFile(file) as parts:
        styles = _styles(parts)
        if not (styles.clocked or styles.months or styles.numbers):
            return shown
        rest, pieces = b"", 0
        with parts.open(sheet) as content:
            while (piece := content.read(_PIECE_BYTES)) and pieces < _MOST_PIECES:
                text, pieces = rest + piece, pieces + 1
                cut = text.rfind(b"<")
                _look_at(text[: cut if cut > 0 else len(text)], styles, set(columns), shown)
                rest = text[cut:] if cut > 0 and len(text) - cut < _PIECE_BYTES else b""
    return shown


def _look_at(text: bytes, styles: _Styles, columns: Collection[str], shown: Shown) -> None:
    found = _CELL.findall(text)
    told = {(letters.decode(), style) for letters, _, style in found}
    shown.clocked.update(letters for letters, style in told if letters in columns and style in styles.clocked)
    shown.days.update(letters for letters, style in told if letters in columns and style in styles.days)
    for (letters, style), often in Counter(_NUMBER.findall(text) if styles.numbers else ()).items():
        if (name := letters.decode()) in columns and (filled := styles.numbers.get(style)) is not None:
            shown.numbers.setdefault(name, Counter())[filled] += often
    monthly = {letters for letters, style in told if letters in columns and style in styles.months}
    for letters, row, style in found if monthly else ():
        if style in styles.months and (name := letters.decode()) in monthly:
            shown.months.setdefault(name, set()).add(int(row))


def _styles(parts: zipfile.ZipFile) -> _Styles:
    name = next((each for each in parts.namelist() if each.casefold().endswith("xl/styles.xml")), None)
    if name is None:
        return _Styles(set(), set(), set(), {})
    with parts.open(name) as content:
        root = ElementTree.fromstring(content.read(_MOST_BYTES))  # noqa: S314 - in a child with bounds
    said = {
        each.get("numFmtId", ""): each.get("formatCode", "")[:_LONGEST_FORMAT]
        for each in root.iter()
        if each.tag.rpartition("}")[2] == "numFmt"
    }
    own = {form: _SAID.sub("", code).casefold() for form, code in said.items()}
    styles = next((each for each in root.iter() if each.tag.rpartition("}")[2] == "cellXfs"), None)
    formats = [each.get("numFmtId", "") for each in styles] if styles is not None else []
    hours = {form for form, code in own.items() if "h" in code} | (_WITH_CLOCK - own.keys())
    days = {form for form, code in own.items() if "d" in code and "h" not in code} | (_DAYS - own.keys())
    months = {form for form, code in own.items() if _OF_MONTHS.fullmatch(code.partition(";")[0].strip(" .,/-"))}
    months |= {_MONTH} - own.keys()
    days |= months
    numbered = [(str(number).encode(), form) for number, form in enumerate(formats)]
    clocked, alone, monthly = ({number for number, form in numbered if form in each} for each in (hours, days, months))
    numbers = {number: filled for number, form in numbered if (filled := _filled(said.get(form, "")))}
    return _Styles(clocked, alone, monthly, numbers)


def _filled(code: str) -> Filled | None:
    """How a format fills numbers up; None for one that does not."""
    if (found := _NOUGHTS.fullmatch(code)) is None or code == "0":
        return None
    return Filled(found[1] or (found[2] or "").replace("\\", ""), len(found[3]))
