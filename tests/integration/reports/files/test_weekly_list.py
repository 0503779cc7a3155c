"""A weekly list as a housing company's Excel saves it: imported, corrected, sent again, a row of it withdrawn"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.reports.sheets import workbook
from tests.support.make.imports import counts, send

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ["Ärendenr", "Datum", "Kl", "Ärendetyp", "Öst (X)", "Nord (Y)", "Angelägenhet", "Anteckning"]
KINDS = ("Klotter", "Buller", "Nedskräpning")
Row = list[str | float]


def week() -> list[Row]:
    """Twelve rows of a week; the last has no point."""
    rows: list[Row] = [
        [f"GR-{n:03}", f"2026-11-{9 + n % 7:02}", f"{18 + n % 6}:30", KINDS[n % 3], 481_800 + 7.5 * n,
         7_005_300 - 2.5 * n, "Hög" if n % 4 == 0 else "Låg", f"Sågs från gården, hörn {n + 1}"]
        for n in range(12)
    ]  # fmt: skip
    rows[11][4:6] = ["", ""]
    return rows


def as_csv(rows: Sequence[Row]) -> bytes:
    """What "Save as" CSV gives in a Swedish Excel: Windows-1252, semicolons, decimal commas, CRLF."""
    cells = [[cell if isinstance(cell, str) else f"{cell:.2f}".replace(".", ",") for cell in row] for row in rows]
    return "".join(";".join(line) + "\r\n" for line in [HEADER, *cells]).encode("cp1252")


def as_sheet(rows: Sequence[Row]) -> bytes:
    """The same as a workbook."""
    return workbook([HEADER, *rows])


@pytest.mark.parametrize(("written", "kind"), [(as_csv, "text/csv"), (as_sheet, SHEET)], ids=["csv", "xlsx"])
async def test_the_numbers_add_up_at_every_step(
    reports: httpx.AsyncClient, written: Callable[[Sequence[Row]], bytes], kind: str
) -> None:
    """POST /mappings/suggest to POST /reports/{id}/withdraw: read, new, unchanged, changed, failed, unplaced."""
    rows = week()

    async def sent(*, dry_run: bool = False) -> tuple[int, ...]:
        return counts(await send(reports, written(rows), mapping="veckolista", kind=kind, dry_run=dry_run))

    suggested = await reports.post("/mappings/suggest", content=written(rows), headers={"Content-Type": kind})
    put = await reports.put("/mappings/veckolista", json=suggested.json()["mapping"])
    assert put.status_code == 200, put.text
    assert await sent(dry_run=True) == (12, 12, 0, 0, 0, 1)
    assert await counted(reports) == (0, 0)
    assert await sent() == (12, 12, 0, 0, 0, 1)
    assert await counted(reports) == (12, 12)

    rows[2][3], rows[5][4] = "Klotter", 481_999.5
    assert await sent(dry_run=True) == (12, 0, 10, 2, 0, 1)
    assert await sent() == (12, 0, 10, 2, 0, 1)
    known = {each["external_reference"]: each for each in await listed(reports)}
    assert known["GR-002"]["category"] == "damage"
    assert [known[f"GR-{n:03}"]["version"] for n in (2, 3, 5)] == [2, 1, 2]
    changes = [each["change"] for each in await history(reports, known["GR-005"]["id"])]
    assert changes == ["received", "corrected"]
    assert await sent() == (12, 0, 12, 0, 0, 1)
    assert await counted(reports) == (12, 12)

    address, key = f"/reports/{known['GR-007']['id']}/withdraw", {"Idempotency-Key": uuid4().hex}
    withdrawn = await reports.post(address, json={"reason": "Samma som ärende 6."}, headers=key)
    assert withdrawn.status_code == 200, withdrawn.text
    assert await counted(reports) == (11, 11)
    assert await sent() == (12, 0, 12, 0, 0, 1)  # it is known, and stays withdrawn
    rows[7][3], rows[8][3] = "Klotter", "Buller"
    done = await send(reports, written(rows), mapping="veckolista", kind=kind)
    assert (counts(done), done["not_corrected"]) == ((12, 0, 11, 1, 0, 1), 1)
    errors = (await reports.get(f"/imports/{done['id']}/errors")).json()["errors"]
    assert [(each["line"], each["code"], each["failed"]) for each in errors] == [(9, "was_withdrawn", False)]
    assert await counted(reports) == (11, 11)


async def listed(caller: httpx.AsyncClient) -> list[dict[str, Any]]:
    """All reports in use."""
    found: list[dict[str, Any]] = (await caller.get("/reports", params={"limit": 100})).json()["reports"]
    return found


async def history(caller: httpx.AsyncClient, report_id: str) -> list[dict[str, Any]]:
    """What became of a report."""
    found: list[dict[str, Any]] = (await caller.get(f"/reports/{report_id}/history")).json()["events"]
    return found


async def counted(caller: httpx.AsyncClient) -> tuple[int, int]:
    """How many reports the list has, and the lägesbild of that cycle."""
    picture = (await caller.get("/lagesbild", params={"from": "2026-11-09"})).json()
    return len(await listed(caller)), picture["total"]["total"]["count"]
