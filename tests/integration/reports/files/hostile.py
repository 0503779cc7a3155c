"""Workbooks made to hurt whoever reads them, by what is wrong with each. Small; what they unpack to is not."""

import io
import random
import struct
import zipfile

from tests.integration.reports.sheets import MAIN, OFFICE, PACKAGE, workbook

GOOD = workbook([["ref", "kind"], ["a1", "order"]])
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
SAID = '<c t="s"><v>0</v></c>'
UNNAMED = "<c><v>1</v></c>"
END = b"PK\x05\x06"
TEXT = '<c r="{}" t="inlineStr"><is><t>x</t></is></c>'


def sheet(data: str, *, before: str = "", **others: str | bytes) -> bytes:
    """A workbook whose one sheet has this inside `sheetData`; `others` are further parts, or in place of its own."""
    body = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData></worksheet>'
    return changed({SHEET: body, **{f"xl/{name}.xml": part for name, part in others.items()}})


def changed(parts: dict[str, str | bytes | None], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """GOOD with some of its parts others, or none."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(content, "w", method) as made:
        whole: dict[str, str | bytes | None] = {name: good.read(name) for name in good.namelist()}
        for name, part in (whole | parts).items():
            if part is not None:
                made.writestr(name, part)
    return content.getvalue()


def patched(content: bytes, *, entry: int, at: int, form: str, value: int, mark: bytes = b"PK\x01\x02") -> bytes:
    """A ZIP file with one number of its directory another: of the entry of that number, `at` bytes behind its begin."""
    begin = -1
    for _ in range(entry + 1):
        begin = content.index(mark, begin + 1)
    made = bytearray(content)
    struct.pack_into(form, made, begin + at, value)
    return bytes(made)


def row(number: int, *cells: str) -> str:
    """A row with something in each of these cells."""
    return f'<row r="{number}">{"".join(TEXT.format(cell) for cell in cells)}</row>'


def nested(depth: int) -> str:
    """An element in an element."""
    return "<a>" * depth + "</a>" * depth


def laughs(root: str) -> str:
    """A document that is ten to the ninth times as long as it looks."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{entities}]>' + root.format("&l9;")


def strings(count: str, *texts: str) -> str:
    """A part of shared strings that says to have so many."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return f'<sst xmlns="{MAIN}" uniqueCount="{count}" count="{count}">{items}</sst>'


def related(target: str, *, more: str = "") -> str:
    """The relations of a workbook whose sheet lies there; `more` is another part that belongs to it."""
    line = '<Relationship Id="{}" Type="{}/{}" Target="{}"/>'
    second = line.format("rId2", OFFICE, more, f"{more}.xml") if more else ""
    return (
        f'<Relationships xmlns="{PACKAGE}">{line.format("rId1", OFFICE, "worksheet", target)}{second}</Relationships>'
    )


RELATIONS = "xl/_rels/workbook.xml.rels"
SHARED = {RELATIONS: related("worksheets/sheet1.xml", more="sharedStrings")}


def with_strings(count: str, texts: list[str], data: str) -> bytes:
    """A workbook with shared strings."""
    body = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    return changed({SHEET: body, "xl/sharedStrings.xml": strings(count, *texts), **SHARED})


def spreadsheet(repeated: int) -> bytes:
    """An OpenDocument table, with a cell that says to be repeated."""
    content = io.BytesIO()
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("META-INF/manifest.xml", "<manifest/>")
        cell = f'<table:table-cell table:number-columns-repeated="{repeated}" office:value-type="string">'
        rows = f'<table:table-row table:number-rows-repeated="{repeated}">{cell}<text:p>x</text:p></table:table-cell>'
        body = f'<table:table table:name="a">{rows}</table:table-row></table:table>'
        made.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>",
        )
    return content.getvalue()


def noise(size: int) -> bytes:
    """Bytes without any meaning, the same each time."""
    return random.Random(1).randbytes(size)


# A tag in which a cell says where it stands, over and over.
SAYING = 'r="A1" ' * 60_000
CORNERS = row(1, "A1") + row(1_048_576, "XFD1048576")
# What must be refused in a sentence, and one that names what is wrong; the child dies of these alone.
DEADLY = {"shared strings of a number beyond all memory", "a gigabyte of text out of one"}
HOSTILE: dict[str, bytes] = {
    "two cells in the corners of the grid": sheet(CORNERS),
    "corners that a glance does not see": sheet(CORNERS.replace("<c ", '<c x=">" ')),
    "corners that are nowhere named": sheet(f'<row r="1">{UNNAMED * 16_000}</row><row r="1048576">{UNNAMED}</row>'),
    "a cell that never ends": changed({SHEET: f'<worksheet xmlns="{MAIN}"><sheetData><row><c {SAYING * 7}'}),
    "cells that end where the next begins": sheet(f"<row><c {SAYING}</row>" * 30),
    "corners in small letters": sheet(CORNERS.replace("A1", "a1").replace("XFD", "xfd")),
    "rows without an end": sheet(UNNAMED + "<row/>" * 2_100_000),
    "megabytes between two cells": sheet(row(1, "A1", "B1") + " " * 3_000_000 + row(2, "A2", "B2")),
    "more texts than cells": with_strings("1", [""] * 2_000_001, row(1, "A1")),
    "a declaration of a code there is not": changed({BOOK: '<?xml version="1.0" encoding="none"?><workbook/>'}),
    "packed as no workbook is": changed({}, method=zipfile.ZIP_BZIP2),
    "a part that begins beyond the file": patched(GOOD, entry=4, at=42, form="<I", value=3_000_000_000),
    "a directory that begins before the file": patched(GOOD, mark=END, entry=0, at=12, form="<I", value=3_000_000_000),
    "cells outside the grid": sheet(row(1, "A1", "XFE1") + row(16_777_217, "A16777217")),
    "a row beyond all numbers": sheet(row(1, "A1") + row(4_294_967_295, "ZZZZZ4294967295")),
    "shared strings of a number beyond all memory": with_strings("4294967295", ["x"], row(1, "A1")),
    "a line of one text a thousand times": with_strings("1", ["x" * 30_000], f'<row r="1">{SAID * 100}</row>'),
    "a directory that tells of gigabytes": patched(GOOD, entry=4, at=24, form="<I", value=3_000_000_000),
    "a part longer than its directory says": patched(GOOD, entry=4, at=24, form="<I", value=20),
    "a part that begins elsewhere": patched(GOOD, entry=4, at=42, form="<I", value=7),
    "a part under a password": patched(GOOD, entry=4, at=8, form="<H", value=1),
    "a part packed in a way nobody knows": patched(GOOD, entry=4, at=10, form="<H", value=99),
    "protected by a password": bytes.fromhex("d0cf11e0a1b11ae1") + noise(4000),
    "broken off in the middle": GOOD[: len(GOOD) // 2],
    "without its last byte": GOOD[:-1],
    "noise": noise(3000),
    "a ZIP with noise in it": changed({SHEET: noise(3000)}),
    "nothing of a workbook in it": changed({BOOK: None, RELATIONS: None, SHEET: None}),
    "without the sheet it names": changed({SHEET: None}),
    "without any sheet": changed({BOOK: f'<workbook xmlns="{MAIN}"><sheets/></workbook>'}),
    "a sheet that is the workbook itself": changed({RELATIONS: related("workbook.xml")}),
    "a workbook of entities": changed({BOOK: laughs('<workbook><sheets><sheet name="{}"/></sheets></workbook>')}),
    "a workbook a hundred thousand deep": changed({BOOK: nested(100_000)}),
    "bytes that are no text": changed({SHEET: b"<worksheet><sheetData><row><c><v>\xff\xfe\x00</v></c></row>"}),
    "an OpenDocument table of one cell a million times": spreadsheet(1_000_000),
    "columns without an end": sheet(row(1, "A1", "ZZZ1") + row(200, "B200")),
    "numbers that are no numbers": sheet('<row r="1"><c r="A1"><v>1-e9</v></c></row>'),
    "strings that are not there": with_strings("1", ["x"], row(1, "A1") + SAID.replace(">0<", ">4294967295<")),
}
# What looks odd and is read.
ODD: dict[str, bytes] = {
    "a dimension that is not true": sheet(
        row(1, "A1", "B1") + row(2, "A2", "B2"), before='<dimension ref="A1:XFD1048576"/>'
    ),
    "coloured cells to the end of the grid": sheet(
        row(1, "A1", "B1").replace("</row>", '<c r="XFD1" s="0"/></row>') + row(2, "A2", "B2")
    ),
    "twenty thousand sheets": changed(
        {
            BOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            + "".join(f'<sheet name="s{n}" sheetId="{n + 1}" r:id="rId1"/>' for n in range(20_000))
            + "</sheets></workbook>"
        }
    ),
    "a sheet a hundred thousand deep": sheet(row(1, "A1") + row(2, "A2"), before=nested(100_000)),
}
