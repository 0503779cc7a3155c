"""POST /imports: what a spreadsheet made of references takes the place of no report."""

from typing import Any

import httpx

from tests.integration.reports.sheets import workbook
from tests.support.make.imports import MAPPING, bring_in, counts, send

HEADER = ["ref", "kind", "at", "lon", "lat", "note"]


def file_of(references: list[str], note: str) -> str:
    """A file of these references, each an incident of its own."""
    rows = [f'"{ref}",order,2026-11-0{n} 21:30,14.64,63.17,{note} {n}' for n, ref in enumerate(references, 1)]
    return "\n".join([",".join(HEADER), *rows])


async def notes_of(reports: httpx.AsyncClient, ended: Any) -> list[tuple[int, str, bool]]:
    """Of each row with a fault or a note its line, the code, and whether it failed."""
    told = (await reports.get(f"/imports/{ended['id']}/errors")).json()["errors"]
    return [(each["line"], each["code"], each["failed"]) for each in told]


async def test_a_rounded_reference_overwrites_no_report(reports: httpx.AsyncClient) -> None:
    """Week after week the same rounded numbers, with other incidents behind them: errors, and the others go in."""
    for week, references in enumerate((["r1", "4,05640E+13", "4.0664e13"], ["r2", "4,05640E+13", "4.0664e13"])):
        done = await bring_in(reports, file_of(references, f"Vecka {week}"))
        assert counts(done)[:5] == (3, 1, 0, 0, 2)
        assert await notes_of(reports, done) == [(3, "reference_rounded", True), (4, "reference_rounded", True)]
    listed = (await reports.get("/reports")).json()["reports"]
    assert {each["text"] for each in listed} == {"Vecka 0 1", "Vecka 1 1"}
    none = await bring_in(reports, file_of(["4,05640E+13"] * 3, "Alla"))
    assert (none["state"], none["failure_code"]) == ("failed", "no_row_usable")
    assert "Format the column as text" in none["failure"]


async def test_a_number_of_a_workbook_is_a_reference_while_it_is_whole(reports: httpx.AsyncClient) -> None:
    """Fifteen digits are kept as they were written; of more a workbook keeps no more than these, but as text all."""
    rows: list[list[Any]] = [
        [ref, "order", f"2026-11-0{n} 21:30", 14.64, 63.17, "x"]
        for n, ref in enumerate((405640123456789, 4056401234567890, 2**53 + 2, "40564012345678901234"), 1)
    ]
    await reports.put("/mappings/m", json=MAPPING)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    done = await send(reports, workbook([HEADER, *rows]), kind=kind)
    assert counts(done)[:5] == (4, 2, 0, 0, 2), done
    assert await notes_of(reports, done) == [(3, "reference_rounded", True), (4, "reference_rounded", True)]
    listed = (await reports.get("/reports")).json()["reports"]
    assert {each["external_reference"] for each in listed} == {"405640123456789", "40564012345678901234"}


async def test_what_else_became_of_references_is_told(reports: httpx.AsyncClient) -> None:
    """Days are noted by their lines; what a spreadsheet shows where there is no room, or no result, is none."""
    done = await bring_in(reports, file_of(["03-dec", "dec-03", "2026-12-03", "########", "#N/A", "K-12"], "x"))
    assert counts(done)[:5] == (6, 6, 0, 0, 0)
    assert await notes_of(reports, done) == [(line, "reference_dated", False) for line in (2, 3, 4)]
    assert done["fillers"] == 2
