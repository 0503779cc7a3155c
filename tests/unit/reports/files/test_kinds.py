"""Files that are no tables are told by what they are, whatever their sender calls them."""

import io
import zipfile

import pytest

from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.kinds import check_packed, check_text, is_packed
from tests.support.make.workbooks import one

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1000)


def archive(**parts: str) -> bytes:
    """A ZIP file; two underscores stand for a slash, a single one for a dot."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in parts.items():
            made.writestr(name.replace("__", "/").replace("_", "."), text)
    return content.getvalue()


OTHERS: dict[str, tuple[bytes, str]] = {
    "an OpenDocument table": (
        archive(mimetype="application/vnd.oasis.opendocument.spreadsheet", content_xml=""),
        "OpenDocument table (.ods). Save it as .xlsx or CSV",
    ),
    "an OpenDocument text": (archive(mimetype="application/vnd.oasis.opendocument.text"), "OpenDocument text"),
    "a binary workbook": (archive(xl__workbook_bin="x"), "(.xlsb)"),
    "a Word document": (archive(word__document_xml="x"), "Word document (.docx)"),
    "a presentation": (archive(ppt__presentation_xml="x"), "(.pptx)"),
    "an archive": (archive(list_csv="a;b"), "archive (.zip). Unpack it"),
    "an empty archive": (archive(), "archive (.zip)"),
    "an old workbook": (OLE + "Workbook".encode("utf-16-le") + bytes(99), "old Excel workbook (.xls)"),
    "an older workbook": (OLE + "Book".encode("utf-16-le") + bytes(99), "old Excel workbook (.xls)"),
    "a workbook without a shell": (b"\x09\x08\x10\x00" + bytes(50), "old Excel workbook (.xls)"),
    "a workbook under a password": (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "a name that lies late": (OLE + bytes(2_000_000) + "Workbook".encode("utf-16-le"), "(.xls)"),
    "a name between two parts": (OLE + bytes((1 << 20) - len(OLE)) + "Workbook".encode("utf-16-le"), "(.xls)"),
    "an old document": (OLE + "WordDocument".encode("utf-16-le"), "(.doc)"),
    "a message": (OLE + "__substg1.0_".encode("utf-16-le"), "(.msg)"),
    "gzip": (b"\x1f\x8b\x08\x00" + bytes(20), "gzip"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(20), "(.7z)"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\n", "PDF"),
    "PNG": (b"\x89PNG\r\n\x1a\n" + bytes(20), "picture"),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(20), "picture"),
    "Parquet": (b"PAR1\x15\x04" + bytes(20), "Parquet"),
    "GeoPackage": (b"SQLite format 3\x00" + bytes(20), "GeoPackage"),
    "a shapefile": (b"\x00\x00\x27\x0a" + bytes(96), "shapefile"),
    "a page to sign in at": (b"<!DOCTYPE html><html><form><input type=password></form></html>", "sign in"),
    "a page": (b"\r\n <html><body><table><tr><td>Nr</td></tr></table>", "web page (HTML), and no table"),
    "a page that Excel saved": (
        b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>', "calls itself an Excel file",
    ),
    "a page in UTF-16": ("\ufeff<html><table>".encode("utf-16-le"), "web page"),
    "a workbook of 2003 in XML": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "in XML (2003)",
    ),
    "XML": (b'\xef\xbb\xbf<?xml version="1.0"?><rows/>', "This is XML"),
    "JSON": (b'[{"Nr": 1}]', "JSON, and no table"),
    "an object": (b'{ "Nr": 1}', "JSON, and no table"),
    "GeoJSON": (b'{"type": "FeatureCollection", "features": []}', "GeoJSON"),
    "RTF": (b"{\\rtf1\\ansi", "RTF"),
    "UTF-32": ("Nr;Typ".encode("utf-32"), "UTF-32"),
    "noise": (bytes(range(1, 256)) * 9, "no text"),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_another_kind_is_told_by_its_name(kind: str) -> None:
    """In a sentence that says what to do."""
    content, sentence = OTHERS[kind]
    with pytest.raises(Unreadable) as refused:
        check_packed(io.BytesIO(content)) if is_packed(content) else check_text(content)
    assert sentence in refused.value.detail
    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "Nr;Typ\n1;<html>\n",
        "[Nr];[Typ]\n1;2\n",
        "{Nr};Typ\n",
        '"Nr";"Typ"\n',
        "BM;GIF\n1;2\n",
        "<Nr>;Typ\n1;2\n",
        "\x1a",
    ],
)
def test_a_list_may_begin_like_another_kind(text: str) -> None:
    """Brackets in names of columns are no markup."""
    check_text(text.encode())


def test_a_workbook_is_one() -> None:
    """Whatever else is packed as it is."""
    content = one(["Nr", "Typ"], ["1", "Klotter"])
    assert is_packed(content)
    check_packed(io.BytesIO(content))
