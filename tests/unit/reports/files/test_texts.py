"""Lists in text as programs and people make them: the headings that are read of each, and its rows."""

from collections.abc import Sequence

import pytest

from services.reports.files.domain.csvfile import CsvFile
from services.reports.files.domain.encodings import Evidence
from services.reports.files.domain.sniffing import sniff

HEAD = "Nr;Tid;Typ;Anteckning"
ROW = "1;2026-11-20 10:00;Störning;Målat på väggen"
CELLS = ROW.split(";")
Found = dict[int, list[str]]


def read(content: bytes, *, wanted: Sequence[str] = (), row: int | None = None) -> tuple[tuple[str, ...], Found]:
    """The names of the columns of a list, and its rows by their lines."""
    evidence = Evidence()
    evidence.add(content)
    found = sniff(content, encoding=evidence.settled("auto"), row=row, wanted=wanted)
    file = CsvFile([content], delimiter=found.delimiter, encoding=found.encoding, row=found.row, wanted=wanted)
    return file.header, {each.line: list(each.cells) for each in file}


SHORT = ["2", "2026-11-20 11:00", "Klotter", ""]
TEXTS: dict[str, tuple[str, Found]] = {
    "the delimiter in the first line": (f"sep=;\r\n{HEAD}\r\n{ROW}\r\n", {3: CELLS}),
    "the delimiter in quotation marks": (f'"sep=;"\n{HEAD}\n{ROW}\n', {3: CELLS}),
    "cells left out at a row's end": (f"{HEAD}\n2;2026-11-20 11:00;Klotter\n", {2: SHORT}),
    "delimiters at each row's end": (f"{HEAD};;\n{ROW};;\n", {2: [*CELLS, "", ""]}),
    "more delimiters than headings": (f"{HEAD}\n{ROW};;;\n", {2: CELLS}),
    "empty rows": (f"{HEAD}\n{ROW}\n;;;\n\n ; ;;\n{ROW}\n;;;;;;\n", {2: CELLS, 6: CELLS}),
    "titles above": (f"Klagomål november\nUtskrivet;2026-11-21\n\n{HEAD}\n{ROW}\n", {5: CELLS}),
    "a total below": (f"{HEAD}\n{ROW}\n{ROW}\nSumma;;;2\n", {2: CELLS, 3: CELLS}),
    "a number of rows below": (f"{HEAD}\n{ROW}\nAntal rader: 1\n", {2: CELLS}),
    "part of a total between": (f"{HEAD}\n{ROW}\nDelsumma;;;1\n{ROW}\nTotalt;;;2\n", {2: CELLS, 4: CELLS}),
    "headings said again": (f"{HEAD}\n{ROW}\n{HEAD}\n{ROW}\n", {2: CELLS, 4: CELLS}),
    "a category that is called sum": (f"{HEAD}\nSumma;2026-11-20;a;b\n", {2: ["Summa", "2026-11-20", "a", "b"]}),
    "line ends of the old Macintosh": (f"{HEAD}\r{ROW}\r{ROW}\r", {2: CELLS, 3: CELLS}),
    "no end of the last line": (f"{HEAD}\n{ROW}", {2: CELLS}),
    "the end of a file of DOS": (f"{HEAD}\r\n{ROW}\r\n\x1a", {2: CELLS}),
    "a last block filled up": (f"{HEAD}\r\n{ROW}\r\n" + "\x00" * 300, {2: CELLS}),
    "tabs": (f"{HEAD}\n{ROW}\n".replace(";", "\t"), {2: CELLS}),
    "pipes": (f"{HEAD}\n{ROW}\n".replace(";", "|"), {2: CELLS}),
    "quotation marks inside": (f'{HEAD}\n1;x;y;ett "stort" kalas\n', {2: ["1", "x", "y", 'ett "stort" kalas']}),
    "line breaks in a cell": (f'{HEAD}\n1;x;y;"a\nb"\n{ROW}\n', {2: ["1", "x", "y", "a\nb"], 4: CELLS}),
    "lines in quotation marks as a whole": (
        '"Nr;Tid;Typ;Anteckning"\n"1;2026-11-20;Buller;""hög; musik"""\n"2;2026-11-20;Buller;"\n',
        {2: ["1", "2026-11-20", "Buller", "hög; musik"], 3: ["2", "2026-11-20", "Buller", ""]},
    ),
    "decimal commas and commas in texts": (
        f"{HEAD}\n1;59,3;18,0;ja, kanske, nej\n2;59,3;18,0;ja, nej\n",
        {2: ["1", "59,3", "18,0", "ja, kanske, nej"], 3: ["2", "59,3", "18,0", "ja, nej"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("wanted", [(), ("Nr", "Tid")], ids=["for a suggestion", "for a mapping"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without a mark", "with a mark"])
@pytest.mark.parametrize("kind", TEXTS)
def test_a_list_is_read_as_it_comes(kind: str, mark: bytes, wanted: Sequence[str]) -> None:
    """Its rows, under the lines that an editor shows."""
    text, rows = TEXTS[kind]
    header, found = read(mark + text.encode(), wanted=wanted)
    assert header[:4] == tuple(HEAD.split(";"))
    assert found == rows


HEADINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "line breaks": ('"Ärende\nnr";Datum;Typ\n1;2;3\n', ("Ärende\nnr", "Datum", "Typ")),
    "line breaks of Windows": ('"Ärende\r\nnr";Datum;Typ\r\n1;2;3\r\n', ("Ärende\nnr", "Datum", "Typ")),
    "the same twice": ("Datum;Typ;Datum;Datum\n1;2;3;4\n", ("Datum", "Typ", "Datum (2)", "Datum (3)")),
    "the same, and one called so": ("A;A;A (2)\n1;2;3\n", ("A", "A (3)", "A (2)")),
    "none over data": ("Nr;Datum;;Typ\n1;2026-11-20;3;4\n", ("Nr", "Datum", "Column 3", "Typ")),
    "groups above": (
        "Händelse;;Plats;\nDatum;Typ;X;Y\n2026-11-20;a;1;2\n",
        ("Händelse / Datum", "Händelse / Typ", "Plats / X", "Plats / Y"),
    ),
    "accents as signs of their own": ("A\u0308rende;Datum\n1;2026-11-20\n", ("Ärende", "Datum")),
    "a guard's quotation": ('"Nr";"Datum"\n"1";"2026-11-20"\n', ("Nr", "Datum")),
}


@pytest.mark.parametrize("kind", HEADINGS)
def test_columns_are_called_what_the_file_calls_them(kind: str) -> None:
    """Each once; what has no name has a number."""
    text, names = HEADINGS[kind]
    assert read(text.encode())[0] == names


def test_a_list_without_headings_is_read_by_numbers() -> None:
    """Where the mapping says that there are none; and it is seen."""
    content = f"{ROW}\n{ROW}\n".encode()
    assert not sniff(content).certain
    assert sniff(f"{HEAD}\n{ROW}\n".encode()).certain
    assert read(content, row=0) == (("Column 1", "Column 2", "Column 3", "Column 4"), {1: CELLS, 2: CELLS})
