"""POST /imports and /mappings/suggest with workbooks made to hurt: each a refusal in a sentence, and life goes on."""

import io
import time
import zipfile
from collections.abc import Iterator

import httpx
import psutil
import pytest

from services.reports.files.domain.workbooks import SHEET
from tests.integration.reports.files.hostile import (
    DEADLY,
    GOOD,
    HOSTILE,
    ODD,
    SAID,
    TEXT,
    patched,
    row,
    sheet,
    with_strings,
)
from tests.integration.reports.sheets import MAIN
from tests.support.make.imports import HEADER, MAPPING, bring_in, counts

KIND = {"Content-Type": SHEET}
# How the sentences begin where a child had to be ended, or ended itself.
UNREAD = ("Reading the file takes longer", "The file cannot be read")
BY_NAME = MAPPING | {"columns": {"category": "kind", "occurred_from": "at"}}


async def refused(reports: httpx.AsyncClient, content: bytes, *, path: str = "/imports?mapping=m") -> tuple[int, str]:
    """The status of handing a workbook in, and the sentence in which comes what is wrong with it."""
    answer = await reports.post(path, content=content, headers=KIND)
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.json()["detail"].endswith("."), answer.text
    return answer.status_code, answer.json()["detail"]


async def test_a_hostile_workbook_is_one_refusal(reports: httpx.AsyncClient) -> None:
    """Far corners, bombs, damage of every kind: 422, nothing left of it, and the next file is read.

    It is seen before a child takes too long of it, or dies.
    """
    assert (await reports.put("/mappings/m", json=BY_NAME)).status_code == 200
    found = {what: await refused(reports, content) for what, content in HOSTILE.items()}
    assert {what: told for what, told in found.items() if told[0] != 422} == {}
    assert {what for what, (_, told) in found.items() if told.startswith(UNREAD)} == DEADLY & HOSTILE.keys()
    for what in list(HOSTILE)[:3]:
        assert (await refused(reports, HOSTILE[what], path="/mappings/suggest"))[0] == 422, what
    assert (await reports.get("/imports")).json()["imports"] == []
    assert counts(await bring_in(reports, HEADER + "r1,order,2026-11-02,14.64,63.17,\n"))[:2] == (1, 1)


async def test_an_odd_workbook_is_read(reports: httpx.AsyncClient) -> None:
    """A wrong dimension, colours to the end of the grid, thousands of sheets: no reason to refuse."""
    assert (await reports.put("/mappings/m", json=BY_NAME)).status_code == 200
    for what, content in ODD.items():
        answer = await reports.post("/imports?mapping=m", content=content, headers=KIND)
        assert "no column" in answer.json()["detail"], (what, answer.text)


async def test_a_workbook_is_bounded_before_it_is_whole(reports: httpx.AsyncClient) -> None:
    """POST /imports: more than 50 MB are refused; a sender who goes on sends to nobody."""
    assert (await reports.put("/mappings/m", json=BY_NAME)).status_code == 200
    answer = await reports.post("/imports?mapping=m", content=GOOD + bytes(50_000_000), headers=KIND)
    assert (answer.status_code, answer.json()["detail"].startswith("A workbook is at most 50 MB")) == (413, True)


def bomb(megabytes: int) -> bytes:
    """A sheet of so many megabytes of nothing."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name in good.namelist():
            if "sheet1" not in name:
                made.writestr(name, good.read(name))
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for _ in range(megabytes):
                part.write(b" " * 1_000_000)
            part.write(b"</sheetData></worksheet>")
    return content.getvalue()


def large() -> Iterator[tuple[str, bytes]]:
    """Workbooks that take long to make."""
    nothing = bomb(500)
    yield "half a gigabyte of nothing", nothing
    yield "the same, said to be small", patched(nothing, entry=4, at=24, form="<I", value=2000)
    rows = "".join(f'<c r="{column}#"><v>1</v></c>' for column in "ABCDEFGHIJ")
    yield "three million cells", sheet("".join(f"<row>{rows.replace('#', str(n))}</row>" for n in range(1, 300_001)))
    yield "one place again and again", sheet(row(1, "A1") + f'<row r="2">{TEXT.format("A2") * 2_000_001}</row>')
    attributes = " ".join(f'a{n}="1"' for n in range(300_000))
    yield "very many attributes", sheet(f"<row><c {attributes}/></row>")
    yield "five million shared strings", with_strings("5000000", [""] * 5_000_000, "")
    text = f"<row>{SAID * 30}</row>" * 1200
    yield "a gigabyte of text out of one", with_strings("1", ["x" * 30_000], text)
    yield "an element ten million deep", sheet("<a>" * 10_000_000)


@pytest.mark.long
async def test_a_large_hostile_workbook_is_one_refusal(reports: httpx.AsyncClient, reports_url: str) -> None:
    """The same with what takes minutes and gigabytes elsewhere; the service's own memory stays what it was."""
    reports.timeout = httpx.Timeout(120)
    assert (await reports.put("/mappings/m", json=BY_NAME)).status_code == 200
    before = psutil.Process().memory_info().rss
    for what, content in large():
        began = time.perf_counter()
        answer = await reports.post("/imports?mapping=m", content=content, headers=KIND)
        took, grown = time.perf_counter() - began, (psutil.Process().memory_info().rss - before) / 1e6
        print(f"{what}: {answer.status_code} in {took:.1f} s; service +{grown:.0f} MB")
        assert answer.status_code == 422, (what, answer.text)
        assert (what in DEADLY) == answer.json()["detail"].startswith(UNREAD), (what, answer.text)
    assert (await reports.get("/imports")).json()["imports"] == []
