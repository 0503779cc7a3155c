"""Tables of shapefiles (.dbf), and in which letters they are written, whatever is said beside them. Pure.

Source: dBASE III+ file structure.
"""

import codecs
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.reports.areas.domain.values import headed
from services.reports.letters import NAMES, Letters

# What the byte for it in a table's head says of its letters.
_SAID = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252", 0x08: "cp865", 0x13: "cp932", 0x64: "cp852",
         0x65: "cp866", 0xC8: "cp1250", 0xC9: "cp1251"}  # fmt: skip
_ROW_BYTES = 32
_MIXED = re.compile(r"[a-z][\u2e80-\uffff]|[\u2e80-\uffff][a-z]")
_HIGH = bytes(range(0x80, 0x100))
# The begin of a letter of UTF-8 whose rest had no place in its cell.
_CUT = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")
_MEND = "Save the table anew in UTF-8, with a .cpg beside it that says UTF-8."
# Of letters that are likely, and that nothing says or something else is said of.
GUESSED = "letters-found"
Note = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Column:
    name: bytes
    kind: str
    begin: int
    end: int


def table_of(dbf: bytes, *, said: bytes) -> tuple[Sequence[Mapping[str, Any]], list[Note]]:
    """The rows of a table by its columns' names, and what is to be said of its letters, by code and sentence.

    said: what the file beside it (.cpg) says of them. Raises ValueError, struct.error, IndexError of a damaged table.
    """
    if len(dbf) <= _ROW_BYTES:
        return [], []
    count, head_bytes, row_bytes = struct.unpack_from("<IHH", dbf, 4)
    columns = list(_columns(dbf, head_bytes))
    if count and (row_bytes < max((each.end for each in columns), default=1) or head_bytes < _ROW_BYTES):
        raise ValueError("rows that have no place for their columns")
    if head_bytes + count * row_bytes > len(dbf):
        raise ValueError("more rows than the table holds")
    begins = range(head_bytes, head_bytes + count * row_bytes, row_bytes or 1)
    rows = [dbf[begin : begin + row_bytes] for begin in begins]
    texts = [each for each in columns if each.kind not in "NFIL"]
    cells = [row[each.begin : each.end] for each in texts for row in rows]
    encoding, notes = letters_of([*(each.name for each in columns), *cells], named=_named(dbf, said))
    names = [_CUT.sub(b"", each.name).decode(encoding, errors="replace") if encoding == "utf-8"
             else each.name.decode(encoding, errors="replace") for each in columns]  # fmt: skip
    found = [
        headed(
            {
                name: _value(row[each.begin : each.end].decode(encoding, errors="replace"), each.kind)
                for name, each in zip(names, columns, strict=True)
            }
        )
        for row in rows
    ]
    return found, notes


def _columns(dbf: bytes, head_bytes: int) -> Iterator[_Column]:
    at, begin = _ROW_BYTES, 1
    while at + _ROW_BYTES <= head_bytes and dbf[at] != 0x0D:
        length = dbf[at + 16]
        yield _Column(dbf[at : at + 11].split(b"\0")[0], chr(dbf[at + 11]), begin, begin + length)
        begin, at = begin + length, at + _ROW_BYTES


def letters_of(cells: Sequence[bytes], *, named: str | None) -> tuple[str, list[Note]]:
    """The encoding of a table's cells, and what is to be said of it: what is valid UTF-8 is that, else what is named.

    Where the letters contradict the name, or none is named, it is the likeliest; where none is, letters beyond a to z
    are lost, and names with them are refused.
    """
    odd = [text for cell in cells if not cell.isascii() and (text := cell.replace(b"\0", b" ").rstrip())]
    if not odd:
        return "ascii", []
    whole = [_CUT.sub(b"", cell) for cell in odd]
    if not all(map(bytes.isascii, whole)) and all(_fits(cell, "utf-8") for cell in whole):
        other = named not in (None, "utf-8")
        told = f"It says that its table is in {_called(named)}, and it is in UTF-8, in which it is read."
        return "utf-8", [("other-letters", told)] if other else []
    seen = Letters()
    seen.add(b"\n".join(odd))
    found = seen.likeliest()
    if named is not None and not _contradicted(seen, odd, named=named, found=found):
        return named, [*_lost(odd, named), *_doubt(seen, named=named, found=found)]
    if found is None or found.startswith("utf-"):
        told_by = "utf-8" if found == "utf-8" else "ascii"
        return told_by, _lost(odd, told_by)
    begin = "It says that its table is in UTF-8, and it is not" if named == "utf-8" else "Nothing says"
    if named not in (None, "utf-8"):
        begin = f"It says that its table is in {_called(named)}, which gives no words"
    told = f"{begin}; by its letters it is in {_called(found)}, in which it is read. Look at the names. {_MEND}"
    # What has no .cpg is Windows' own as a rule.
    return found, [] if named is None and found == "cp1252" else [(GUESSED, told)]


def _contradicted(seen: Letters, odd: Sequence[bytes], *, named: str, found: str | None) -> bool:
    if found is None:
        return False
    if named == "utf-8":
        return not seen.fitting
    if len(_HIGH.decode(named, errors="replace")) < len(_HIGH):
        # Two bytes a letter: what is likely there nobody knows here, but that no word is of two scripts.
        return not all(_fits(cell, named) and not _MIXED.search(cell.decode(named)) for cell in odd)
    return seen.contradict(named, found)


def _doubt(seen: Letters, *, named: str, found: str | None) -> list[Note]:
    if found is None or not seen.is_less_likely(named, found):
        return []
    told = f"Its table is read in {_called(named)}, as it says; by its letters it is rather in {_called(found)}."
    return [(GUESSED, f"{told} Look at the names. {_MEND}")]


def _lost(odd: Sequence[bytes], encoding: str) -> list[Note]:
    lost = sum(not _fits(cell, encoding) for cell in odd)
    told = f"In which letters its table is written cannot be told: {lost} of its texts have lost some. {_MEND}"
    if encoding != "ascii":
        told = f"{lost} of the texts in its table hold bytes that are no letters in {_called(encoding)}. {_MEND}"
    return [("letters-lost", told)] if lost else []


def _fits(cell: bytes, encoding: str) -> bool:
    try:
        cell.decode(encoding)
    except ValueError:
        return False
    return True


def _called(encoding: str | None) -> str:
    return NAMES.get(encoding or "", encoding or "")


def _named(dbf: bytes, said: bytes) -> str | None:
    """The encoding that the sister file names, else the table's own head; None where they name none of texts."""
    letters = said.decode("ascii", errors="ignore").strip()
    told = re.sub(r"(?i)^(ansi|windows|cp)[ _-]*", "cp", letters)
    told = re.sub(r"^(\d{3,4})$", r"cp\1", told).replace("8859_", "8859-")
    for each in (told, _SAID.get(dbf[29], "")):
        try:
            if each and b"A".decode(each) == "A" and _HIGH.decode(each, errors="replace"):
                return codecs.lookup(each).name.removesuffix("-sig")
        except (LookupError, ValueError):
            continue
    return None


def _value(text: str, kind: str) -> Any:
    text = text.replace("\0", " ").strip()
    if kind in "NFI" and text:
        try:
            return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(text)
        except ValueError:
            return None
    if kind == "L":
        return {"T": True, "Y": True, "F": False, "N": False}.get(text.upper())
    return text or None
