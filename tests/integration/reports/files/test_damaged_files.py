"""POST /imports: what is damaged in a file costs its own row, is named, and damages nothing else."""

from typing import Any

import httpx
import pytest

from services.reports.files.domain.workbooks import SHEET
from tests.integration.reports.files.hostile import TEXT, sheet
from tests.support.make.imports import HEADER, MAPPING, bring_in, counts, send

ROW = "{},order,2026-11-02,14.64,63.17,{}\n"


async def errors(reports: httpx.AsyncClient, ended: Any) -> list[tuple[int, str | None, str]]:
    """What is wrong with which rows: line, column, code."""
    found = (await reports.get(f"/imports/{ended['id']}/errors", params={"limit": 100})).json()["errors"]
    return [(each["line"], each["column"], each["code"]) for each in found]


async def texts(reports: httpx.AsyncClient) -> list[str]:
    """What is kept of the rows' texts."""
    return sorted(each["text"] for each in (await reports.get("/reports")).json()["reports"])


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80", b"\xc3", "å".encode("cp1252")])
async def test_one_bad_byte_costs_one_row(reports: httpx.AsyncClient, bad: bytes) -> None:
    """Looked for: the file is read as the UTF-8 that the rest of it is."""
    body = (HEADER + ROW.format("e1", "väg på ån")).encode() + ROW.format("e2", "a?").encode().replace(b"?", bad)
    ended = await bring_in(reports, body, encoding="auto")
    assert counts(ended) == (2, 1, 0, 0, 1, 0)
    assert await errors(reports, ended) == [(3, None, "encoding")]
    assert await texts(reports) == ["väg på ån"]


@pytest.mark.parametrize("encoding", ["windows-1252", "iso-8859-1", "auto"])
async def test_no_row_is_kept_misread(reports: httpx.AsyncClient, encoding: str) -> None:
    """One row of UTF-8 in a file of another encoding, looked for or said by the mapping: a fault of that row."""
    others = "".join(ROW.format(number, "väg på ån") for number in range(3)).encode("cp1252")
    body = HEADER.encode() + others + ROW.format("u", "väg på ån").encode()
    ended = await bring_in(reports, body, encoding=encoding)
    assert counts(ended) == (4, 3, 0, 0, 1, 0)
    assert await errors(reports, ended) == [(5, None, "encoding")]
    assert await texts(reports) == ["väg på ån"] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_a_line_without_an_end_costs_one_row(reports: httpx.AsyncClient, encoding: str, end: str) -> None:
    """Longer than a row may be, in one cell or in many: the rows before and behind it are in, under their lines."""
    long = [ROW.format("long", "x" * 1_100_000), ROW.format("wide", "x," * 560_000)]
    wrong = ROW.format("wrong", "").replace("order", "none")
    body = HEADER + ROW.format("a", "") + long[0] + ROW.format("b", "") + long[1] + wrong + ROW.format("c", "")
    ended = await bring_in(reports, body.replace("\n", end).encode(encoding), encoding=encoding)
    assert (ended["state"], counts(ended)) == ("done", (6, 3, 0, 0, 3, 0))
    assert await errors(reports, ended) == [
        (3, None, "too_long"),
        (5, None, "too_long"),
        (6, "kind", "unknown_category"),
    ]


COORDINATES = {
    "nan,63.17": ("lon", "not_a_coordinate"),
    "14.64,Infinity": ("lat", "not_a_coordinate"),
    "TRUE,63.17": ("lon", "not_a_coordinate"),
    "1e308,63.17": ("lon", "not_a_coordinate"),
    "1_4,63.17": ("lon", "not_a_coordinate"),
    "１４x,63.17": ("lon", "not_a_coordinate"),
    "14.64°N,63.17": ("lon", "not_a_coordinate"),
    "okänd,": ("lon", "not_a_coordinate"),
    '"14,64",63.17': ("lon", "not_a_coordinate"),
}


@pytest.mark.parametrize("dry_run", [False, True])
async def test_coordinates_that_nobody_can_read_are_named(reports: httpx.AsyncClient, dry_run: bool) -> None:
    """By row and column, in a trial too; far away, or half of it, is kept without a place."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    good = ["14.64,63.17", ",", "0,0", "18.07,59.33", "14.64,", ",63.17"]
    rows = [f"{number},order,2026-11-02,{place},\n" for number, place in enumerate([*COORDINATES, *good])]
    ended = await send(reports, HEADER + "".join(rows), dry_run=dry_run)
    assert counts(ended) == (len(rows), 6, 0, 0, len(COORDINATES), 5)
    wanted = [(line, *wrong) for line, wrong in enumerate(COORDINATES.values(), start=2)]
    of_points = [("lon", "point_outside"), ("lat", "half_a_point"), ("lon", "half_a_point")]
    wanted += [(line, *told) for line, told in enumerate(of_points, start=len(rows) - 1)]
    assert await errors(reports, ended) == wanted


# What one cell of a workbook can be besides a value.
BROKEN_CELLS = [
    '<c t="n"><v>abc</v></c>', '<c t="n"><v>1,5</v></c>', '<c t="s"><v>7</v></c>', '<c t="s"><v>-1</v></c>',
    '<c t="s"><v>x</v></c>', '<c t="b"><v>maybe</v></c>', '<c t="e"><v>#WHAT!</v></c>', '<c t="zzz"><v>1</v></c>',
    '<c r="6F"><v>1</v></c>', '<c r=""><v>1</v></c>', '<c t="str"><v>a&nope;b</v></c>', '<c t="str"><v>a & b</v></c>',
    '<c t="inlineStr"><is><t>&#0;</t></is></c>', '<c t="str"><v>&#xD800;</v></c>', '<c s="1"><v>1e300</v></c>',
]  # fmt: skip
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="46"/></cellXfs></styleSheet>'
)


async def test_a_broken_cell_of_a_workbook_costs_its_row(reports: httpx.AsyncClient) -> None:
    """Whatever is wrong with its type, value, place or letters: the rows round it are in, and each is named."""

    def cells(*values: str) -> str:
        return "".join(TEXT.replace(' r="{}"', "").replace(">x<", f">{value}<") for value in values)

    lines = [cells(*HEADER.strip().split(","))]
    for number, broken in enumerate(BROKEN_CELLS):
        lines += [
            cells(f"g{number}", "order", "2026-11-02", "14.64", "63.17", "a &amp; b"),
            cells(f"b{number}", "order", "2026-11-02", "14.64", "63.17") + broken,
        ]
    book = sheet("".join(f"<row>{line}</row>" for line in lines), styles=STYLES)
    assert (await reports.put("/mappings/m", json=MAPPING | {"delimiter": "auto"})).is_success
    ended = await send(reports, book, kind=SHEET)
    many = len(BROKEN_CELLS)
    assert counts(ended) == (2 * many, many, 0, 0, many, 0)
    assert await errors(reports, ended) == [(2 * number + 3, None, "broken_cell") for number in range(many)]
    assert await texts(reports) == ["a & b"] * many
