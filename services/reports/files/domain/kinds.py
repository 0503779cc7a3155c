"""What kind of file this is, by its bytes: a table that is read here, or another kind, refused by its name.

What a sender says of a file (its type, its ending) is often wrong; what it begins with is not.
"""

import re
import zipfile
from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from services.reports.files.domain.failures import FailureCode, Unreadable


class Kind(NamedTuple):
    """What a file is that is no table for us: by the code of its kind, and in a sentence that says what to do."""

    why: FailureCode
    said: str


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_LOOKED_AT = 65_536
_PART_BYTES = 1 << 20
_AS_TABLE = "Save the table in it as .xlsx or CSV, and send that."
_UNPACK = "Unpack it, and send the table in it as .xlsx or CSV."
_ASK = "No table can be read out of it: ask for the list as .xlsx or CSV."
_PICTURE = Kind("picture", f"This is a picture. {_ASK}")
# By how they begin. Sources: the formats' own specifications, and RFC 1952 (gzip), RFC 8478 (Zstandard).
_BEGINNINGS: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", Kind("document", f"This is a PDF document. {_ASK}")),
    (b"\x89PNG", _PICTURE), (b"\xff\xd8\xff", _PICTURE), (b"GIF8", _PICTURE),
    (b"II*\x00", _PICTURE), (b"MM\x00*", _PICTURE),
    (b"RIFF", Kind("picture", f"This is a picture, sound or film. {_ASK}")),
    (b"\x1f\x8b", Kind("packed", f"This is a packed file (gzip). {_UNPACK}")),
    (b"BZh", Kind("packed", f"This is a packed file (bzip2). {_UNPACK}")),
    (b"\xfd7zXZ", Kind("packed", f"This is a packed file (xz). {_UNPACK}")),
    (b"\x28\xb5\x2f\xfd", Kind("packed", f"This is a packed file (Zstandard). {_UNPACK}")),
    (b"7z\xbc\xaf", Kind("packed", f"This is an archive (.7z). {_UNPACK}")),
    (b"Rar!\x1a", Kind("packed", f"This is an archive (.rar). {_UNPACK}")),
    (b"PAR1\x15", Kind("data_file", "This is a Parquet file. Write the table as CSV, and send that.")),
    (b"ARROW1", Kind("data_file", "This is an Arrow file. Write the table as CSV, and send that.")),
    (b"SQLite format 3\x00",
     Kind("data_file", "This is a database (SQLite, GeoPackage). Write the table in it as CSV, and send that.")),
    (b"\x00\x00\x27\x0a",
     Kind("data_file", "This is a shapefile. Write its table as CSV with coordinates, and send that.")),
    (b"{\\rtf", Kind("document", f"This is a text document (RTF). {_AS_TABLE}")),
    (b"\x09\x08",
     Kind("old_workbook", "This is an old Excel workbook (.xls). Open it and save it as .xlsx, and send that.")),
    (b"\xff\xfe\x00\x00", Kind("wide_text", "This is a text in UTF-32. Save it as CSV in UTF-8.")),
    (b"\x00\x00\xfe\xff", Kind("wide_text", "This is a text in UTF-32. Save it as CSV in UTF-8.")),
)  # fmt: skip
_XLS = Kind(
    "old_workbook",
    "This is an old Excel workbook (.xls). Open it, save it as an Excel workbook (.xlsx) or as CSV, and send that.",
)
_LOCKED = Kind(
    "locked_workbook",
    "This workbook is protected by a password. Save it without one, or save the table as CSV.",
)
# Streams that the directory of an OLE file names, in UTF-16 (MS-CFB §2.6.1).
_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", _LOCKED),
    ("Workbook", _XLS),
    ("Book", _XLS),
    ("WordDocument", Kind("document", f"This is a Word document (.doc). {_AS_TABLE}")),
    ("PowerPoint Document", Kind("document", f"This is a presentation (.ppt). {_ASK}")),
    (
        "__substg1.0_",
        Kind("document", "This is a message of Outlook (.msg). Save the table that is attached to it, and send that."),
    ),
)
_OLD = Kind(
    "old_workbook",
    "This is an Office file of an old kind, or under a password. Save the table as .xlsx or CSV.",
)
# What lies in a ZIP file that is more than one.
_CONTENTS: tuple[tuple[str, Kind], ...] = (
    (
        "xl/workbook.bin",
        Kind(
            "binary_workbook",
            "This is a binary Excel workbook (.xlsb). Save it as an Excel workbook (.xlsx) or as CSV.",
        ),
    ),
    ("word/", Kind("document", f"This is a Word document (.docx). {_AS_TABLE}")),
    ("ppt/", Kind("document", f"This is a presentation (.pptx). {_ASK}")),
    (
        "index/document.iwa",
        Kind("document", "This is a Numbers or Pages document. Export the table as .xlsx or CSV, and send that."),
    ),
    ("doc.kml", Kind("data_file", "This is a map (.kmz). Write its table as CSV with coordinates, and send that.")),
)
_OPEN_DOCUMENTS: tuple[tuple[bytes, Kind], ...] = (
    (
        b"opendocument.spreadsheet",
        Kind("open_document", "This is an OpenDocument table (.ods). Save it as .xlsx or CSV."),
    ),
    (b"opendocument", Kind("document", f"This is an OpenDocument text or drawing. {_AS_TABLE}")),
    (b"epub", Kind("document", f"This is a book (.epub). {_ASK}")),
)
_ARCHIVE = Kind("packed", f"This is an archive (.zip). {_UNPACK}")
_TAG = re.compile(rb"<(?:\?xml|!doctype|!--|html|head|body|table|meta|div|script|style|kml|gpx|svg|rss|feed)\b")
_JSON = re.compile(rb"(?:\{\s*[\"}]|\[\s*[\[{\"\]])")
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\x0b\x0c\x1a")
_BINARY_SHARE = 0.02


def is_packed(head: bytes) -> bool:
    """Whether a file is a workbook, or what else comes packed in the same ways: what it is, `check_packed` says."""
    return head.startswith((*_ZIP, _OLE))


def check_text(head: bytes) -> None:
    """Raise Unreadable for a file that is no table in text, by its first bytes, saying what it is."""
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            raise _refused(kind)
    begin = head[:_LOOKED_AT]
    # Markup may be written in UTF-16 too: its letters are then the same with NULs between them.
    said = begin.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if _TAG.match(said):
        raise _refused(_markup(said))
    if _JSON.match(said):
        geo = b'"featurecollection"' in said or b'"feature"' in said
        what = "GeoJSON, and no table" if geo else "JSON, and no table"
        detail = f"This is {what}. Reports in JSON go to POST /reports/batch; write lists as .xlsx or CSV."
        raise Unreadable(detail, why="json")
    # Text without marks of its own has NULs in UTF-16 only, and there one a character.
    odd = sum(begin.count(sign) for sign in _CONTROL - {0})
    if begin and odd > _BINARY_SHARE * len(begin):
        detail = "This is no text, and no kind of table that is read here. Save the table as .xlsx or CSV."
        raise Unreadable(detail, why="no_text")


def _markup(said: bytes) -> Kind:
    if b"urn:schemas-microsoft-com:office:spreadsheet" in said:
        return Kind("old_workbook", "This is an Excel workbook in XML (2003). Open it and save it as .xlsx or CSV.")
    if said.startswith(b"<?xml") and b"<html" not in said:
        return Kind("markup", "This is XML, and no table. Write the list as .xlsx or CSV.")
    if b"office:excel" in said:
        sentence = "This is a web page (HTML) that calls itself an Excel file. Open it and save it as .xlsx or CSV."
        return Kind("web_page", sentence)
    if b"password" in said or b"<form" in said:
        return Kind(
            "web_page",
            "This is a web page (HTML), perhaps one to sign in at, and not the file. Sign in there, fetch the file"
            " again, and look into it before you send it.",
        )
    return Kind("web_page", "This is a web page (HTML), and no table. Open it and save the table as .xlsx or CSV.")


def _refused(kind: Kind) -> Unreadable:
    return Unreadable(kind.said, why=kind.why)


def check_packed(file: BinaryIO) -> None:
    """Raise Unreadable for a packed file that is no workbook (.xlsx), saying what it is.

    Raises BadZipFile and what else zipfile raises of a damaged file.
    """
    begin = file.read(8)
    if begin.startswith(_OLE):
        raise _refused(_old(file))
    if not begin.startswith(b"PK"):
        raise zipfile.BadZipFile
    with zipfile.ZipFile(file) as parts:
        names = [name.replace("\\", "/").casefold() for name in parts.namelist()]
        if "xl/workbook.xml" not in names and (kind := _archive(parts, names)):
            raise _refused(kind)
    file.seek(0)


def _archive(parts: zipfile.ZipFile, names: Sequence[str]) -> Kind | None:
    """What a ZIP file is, None for what may still be a workbook."""
    if "mimetype" in names:
        with parts.open(parts.infolist()[names.index("mimetype")]) as said:
            mimetype = said.read(200)
        if found := next((kind for mark, kind in _OPEN_DOCUMENTS if mark in mimetype), None):
            return found
    for begin, kind in _CONTENTS:
        if any(name.startswith(begin) for name in names):
            return kind
    return None if any(name.startswith("xl/") or name == "[content_types].xml" for name in names) else _ARCHIVE


def _old(file: BinaryIO) -> Kind:
    """What an OLE file is: its directory may lie anywhere in it."""
    found, rest = set[str](), b""
    while part := file.read(_PART_BYTES):
        text = rest + part
        found |= {name for name, _ in _STREAMS if name.encode("utf-16-le") in text}
        rest = part[-80:]
    return next((kind for name, kind in _STREAMS if name in found), _OLD)
