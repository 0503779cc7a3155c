"""Cells and headers that nobody should send: a row's fault, a file's sentence, and no fault of ours."""

import csv
import io
from typing import Any

import httpx

from tests.support.make.hostile import TEXTS
from tests.support.make.imports import CSV, MAPPING, bring_in, counts

COLUMNS = {
    "external_reference": "ref", "category": "kind", "subcategory": "sub", "occurred_from": "at", "occurred_to": "end",
    "x": "lon", "y": "lat", "place_code": "place", "location_kind": "where", "severity": "grade", "text": "note",
}  # fmt: skip
GOOD = ("", "order", "noise", "2026-11-20", "2026-11-20", "14.64", "63.17", "01", "public", "1", "Buller")


def table(header: Any, rows: Any) -> bytes:
    """CSV of any texts; half characters as the bytes that they would be."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


async def test_no_cell_is_a_fault_of_ours(reports: httpx.AsyncClient) -> None:
    """POST /imports: each value in each column; good rows among them go in, and lists show what was kept."""
    values = [*TEXTS, "x" * 140_000, "=1+1", "1e999", "0" * 5000]
    rows = [(*GOOD[:at], value, *GOOD[at + 1 :]) for at in range(len(GOOD)) for value in values]
    done = await bring_in(reports, table(COLUMNS.values(), [GOOD, *rows, GOOD]), columns=COLUMNS)
    assert done["state"] == "done", done
    read, new, unchanged, changed, failed, _ = counts(done)
    assert (read, read) == (len(rows) + 2, new + unchanged + changed + failed)
    assert new >= 2
    listed = await reports.get("/reports", params={"limit": 1000})
    assert (listed.status_code, len(listed.json()["reports"])) == (200, new)
    assert (await reports.get("/reports.csv")).text.count("order") >= new


async def test_no_header_is_a_fault_of_ours(reports: httpx.AsyncClient) -> None:
    """POST /mappings/suggest and /imports: names of columns that nobody gives."""
    await reports.put("/mappings/m", json=MAPPING)
    for number, value in enumerate((*TEXTS[::4], "a\x00b", "x" * 140_000)):
        content = table([value, "Datum", "Typ"], [["1", "2026-11-20", "Klotter"]] * 3)
        suggested = await reports.post("/mappings/suggest", content=content, headers=CSV)
        assert suggested.status_code in (200, 422), value
        if suggested.status_code == 200:
            kept = await reports.put(f"/mappings/suggested-{number}", json=suggested.json()["mapping"])
            assert kept.status_code in (200, 422), value
        sent = await reports.post("/imports", params={"mapping": "m"}, content=content, headers=CSV)
        assert sent.status_code == 422, value
