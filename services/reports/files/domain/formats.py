"""Number formats of a workbook: which columns of dates are shown with a clock. For a child process."""

import re
import zipfile
from collections.abc import Collection
from typing import BinaryIO
from xml.etree import ElementTree

# Built into Excel, with a clock beside the day, and with a day alone (ECMA-376 part 1 §18.8.30).
_WITH_CLOCK, _DAYS = frozenset({"22"}), frozenset({"14", "15", "16", "17"})
_MOST_BYTES = 1 << 22
# What stands in quotation marks, in brackets or behind a backslash is no sign of a format.
_SAID = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|hh)[^\]]*\]')
# As all programs write it: where a cell stands, perhaps its type, its style; not of an empty one. In whatever it costs
# its length.
_CELL = re.compile(
    rb"""\sr=["']([A-Za-z]{1,3})[0-9]{1,7}["'](?:\st=["'][A-Za-z]{1,10}["'])?\ss=["']([0-9]{1,6})["'](?!\s?/>)"""
)
# So much of a sheet is looked at.
_PIECE_BYTES, _MOST_PIECES = 1 << 20, 64


def shown_in(file: BinaryIO, sheet: str, columns: Collection[str]) -> tuple[set[str], set[str]]:
    """Which of these columns, by their letters, have cells that show hours, and which have some that show days alone.

    Where a column has both, nobody can tell midnight from a day alone. sheet: the name of its part. Raises what zipfile
    and ElementTree raise of a damaged file.
    """
    clocked, days = set[str](), set[str]()
    with zipfile.ZipFile(file) as parts:
        with_clock, of_days = _styles(parts)
        if not with_clock:
            return clocked, days
        rest, pieces = b"", 0
        with parts.open(sheet) as content:
            while (piece := content.read(_PIECE_BYTES)) and pieces < _MOST_PIECES:
                text, pieces = rest + piece, pieces + 1
                cut = text.rfind(b"<")
                told = set(_CELL.findall(text[: cut if cut > 0 else len(text)]))
                clocked |= {letters.decode() for letters, style in told if style in with_clock}
                days |= {letters.decode() for letters, style in told if style in of_days}
                rest = text[cut:] if cut > 0 and len(text) - cut < _PIECE_BYTES else b""
    return clocked & set(columns), days & set(columns)


def _styles(parts: zipfile.ZipFile) -> tuple[set[bytes], set[bytes]]:
    """The numbers of the styles that show a clock, and of those that show days without one."""
    name = next((each for each in parts.namelist() if each.casefold().endswith("xl/styles.xml")), None)
    if name is None:
        return set(), set()
    with parts.open(name) as content:
        root = ElementTree.fromstring(content.read(_MOST_BYTES))  # noqa: S314 - in a child with bounds
    own = {
        each.get("numFmtId", ""): _SAID.sub("", each.get("formatCode", "")).casefold()
        for each in root.iter()
        if each.tag.rpartition("}")[2] == "numFmt"
    }
    styles = next((each for each in root.iter() if each.tag.rpartition("}")[2] == "cellXfs"), None)
    formats = [each.get("numFmtId", "") for each in styles] if styles is not None else []
    hours = {form for form, code in own.items() if "h" in code} | (_WITH_CLOCK - own.keys())
    days = {form for form, code in own.items() if "d" in code and "h" not in code} | (_DAYS - own.keys())
    numbered = [(str(number).encode(), form) for number, form in enumerate(formats)]
    return {number for number, form in numbered if form in hours}, {number for number, form in numbered if form in days}
