"""A sheet with damaged cells, made readable: the library gives up the whole sheet for one. For a child process.

Looked for by the letters of the XML, and only in a sheet that could not be read as it is.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, BinaryIO

from services.reports.files.domain.damage import BROKEN
from services.reports.files.domain.measuring import is_beside

_PART_BYTES = 1 << 20
# A cell has 32,767 characters at most, each of ten bytes where it is escaped.
_LONGEST_CELL_BYTES = 1 << 19
_CELL = re.compile(rb"<((?:\w+:)?)c(\s[^<>]*)?(?<!/)>((?:(?!</?(?:\w+:)?c[\s>]).)*+)</\1c>", re.DOTALL)
_TYPE, _PLACE = re.compile(rb"""\st\s*=\s*["']([^"']*)["']"""), re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_PLACES = re.compile(rb"[A-Z]{1,3}[1-9][0-9]{0,6}")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<>]*)<")
_NUMBER = re.compile(rb"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?|")
_WORDS = {
    b"n": _NUMBER,
    b"b": re.compile(rb"[01]|true|false|TRUE|FALSE"),
    b"e": re.compile(rb"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|GETTING_DATA)"),
}
_TEXTS = frozenset((b"str", b"inlineStr", b"d"))
# XML 1.0 §4.1 and §2.2: what an ampersand begins, and which characters there are.
_REFERENCE = re.compile(rb"&(?:(?:amp|lt|gt|quot|apos)|#(x[0-9A-Fa-f]{1,6}|[0-9]{1,7}));|&")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")


def mended(file: BinaryIO, sheet: str) -> BinaryIO:
    """The workbook with BROKEN in the place of each cell of a sheet that cannot be read. Raises as zipfile does.

    sheet: the name of its part.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(file) as parts, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as whole:
        strings = sum(_count_strings(parts, name) for name in parts.namelist() if name.endswith("sharedStrings.xml"))
        for part in parts.infolist():
            if part.filename != sheet and not is_beside(part.filename):
                continue  # what is not read need not be unpacked
            with parts.open(part) as content, whole.open(part.filename, "w") as copy:
                for piece in _mended(content, strings) if part.filename == sheet else _pieces(content):
                    copy.write(piece)
    made.seek(0)
    return made


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(content.read, _PART_BYTES), b"")


def _mended(content: IO[bytes], strings: int) -> Iterator[bytes]:
    whole: Callable[[re.Match[bytes]], bytes] = partial(_cell, strings=strings)
    rest = b""
    for piece in _pieces(content):
        text = rest + piece
        end = max(text.rfind(b"</c>"), text.rfind(b":c>")) + 4
        cut = end if end > 3 else max(0, len(text) - _LONGEST_CELL_BYTES)
        yield _CELL.sub(whole, text[:cut])
        rest = text[cut:]
    yield _CELL.sub(whole, rest)


def _cell(found: re.Match[bytes], *, strings: int) -> bytes:
    prefix, told, content = found[1], found[2] or b"", found[3]
    place = _PLACE.search(told)
    placed = place is None or _PLACES.fullmatch(place[1])
    if placed and _is_read(told, content, strings):
        return found[0]
    at = place[0] if place and placed else b""
    return b'<%bc%b t="str"><%bv>%b</%bv></%bc>' % (prefix, at, prefix, BROKEN.encode(), prefix, prefix)


def _is_read(told: bytes, content: bytes, strings: int) -> bool:
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError:
            return False
    if b"&" in content and not all(map(_is_reference, _REFERENCE.finditer(content))):
        return False
    kind = kinds[1] if (kinds := _TYPE.search(told)) else b"n"
    if kind in _TEXTS:
        return True
    value = values[1] if (values := _VALUE.search(content)) else b""
    if kind == b"s":
        return not value or (value.isdigit() and len(value) < 10 and int(value) < strings)
    return kind in _WORDS and (not value or _WORDS[kind].fullmatch(value) is not None)


def _is_reference(found: re.Match[bytes]) -> bool:
    if found[1] is None:
        return found[0] != b"&"
    code = int(found[1][1:], 16) if found[1].startswith(b"x") else int(found[1])
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000


def _count_strings(parts: zipfile.ZipFile, name: str) -> int:
    count, rest = 0, b""
    with parts.open(name) as content:
        for piece in _pieces(content):
            text = rest + piece
            count += len(_STRING.findall(text))
            rest = text[text.rfind(b"<") :][:20] if b"<" in text[-20:] else b""
    return count
