"""Number formats of a workbook: which columns of dates are shown with a clock. For a child process."""

import re
import zipfile
from collections.abc import Collection
from typing import BinaryIO
from xml.etree import ElementTree

# Built into Excel, with a clock beside the day (ECMA-376 part 1 §18.8.30).
_WITH_CLOCK = frozenset({"22"})
_MOST_BYTES = 1 << 22
# What stands in quotation marks, in brackets or behind a backslash is no sign of a format.
_SAID = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|hh)[^\]]*\]')
# As all programs write it: where a cell stands, perhaps its type, its style. In whatever it costs its length.
_CELL = re.compile(rb"""\sr=["']([A-Za-z]{1,3})[0-9]{1,7}["'](?:\st=["'][A-Za-z]{1,10}["'])?\ss=["']([0-9]{1,6})["']""")
_PIECE_BYTES = 1 << 20


def clocked_columns(file: BinaryIO, sheet: str, columns: Collection[str]) -> set[str]:
    """Which of these columns, by their letters, have cells in a format that shows hours. sheet: the name of its part.

    Raises what zipfile and ElementTree raise of a damaged file.
    """
    found = set[str]()
    with zipfile.ZipFile(file) as parts:
        styles = _clocked_styles(parts)
        if not styles:
            return found
        rest = b""
        with parts.open(sheet) as content:
            while (piece := content.read(_PIECE_BYTES)) and found < set(columns):
                text = rest + piece
                cut = text.rfind(b"<")
                told = set(_CELL.findall(text[: cut if cut > 0 else len(text)]))
                found |= {name for letters, style in told if style in styles and (name := letters.decode()) in columns}
                rest = text[cut:] if cut > 0 and len(text) - cut < _PIECE_BYTES else b""
    return found


def _clocked_styles(parts: zipfile.ZipFile) -> set[bytes]:
    """The numbers of the styles that show a clock."""
    name = next((each for each in parts.namelist() if each.casefold().endswith("xl/styles.xml")), None)
    if name is None:
        return set()
    with parts.open(name) as content:
        root = ElementTree.fromstring(content.read(_MOST_BYTES))  # noqa: S314 - in a child with bounds
    shown = {
        each.get("numFmtId", ""): _has_hours(each.get("formatCode", ""))
        for each in root.iter()
        if each.tag.rpartition("}")[2] == "numFmt"
    }
    styles = next((each for each in root.iter() if each.tag.rpartition("}")[2] == "cellXfs"), None)
    formats = [each.get("numFmtId", "") for each in styles] if styles is not None else []
    return {str(number).encode() for number, form in enumerate(formats) if shown.get(form, form in _WITH_CLOCK)}


def _has_hours(form: str) -> bool:
    return "h" in _SAID.sub("", form).casefold()
