"""GET /imports/{id}/errors.csv"""

import csv

import httpx

from tests.support.make.imports import HEADER, MAPPING, bring_in
from tests.support.servers.services import client, make_principal


async def test_errors_as_csv(reports: httpx.AsyncClient, reports_url: str) -> None:
    """GET /imports/{id}/errors.csv: all of them, and the file's own names of columns calculate nothing."""
    named, kept = "=1+1|'x'!A0;@k", "'=1+1|'x'!A0;'@k"
    rows = "".join(f"r{n},robbery,2026-11-02,14.64,63.17,SECRET\n" for n in range(150))
    columns = MAPPING["columns"] | {"category": named}
    first = "ok,order,2026-11-02,14.64,63.17,\n"
    done = await bring_in(reports, HEADER.replace("kind", named) + first + rows, columns=columns)
    answer = await reports.get(f"/imports/{done['id']}/errors.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "SECRET" not in answer.text
    header, *lines = csv.reader(answer.text.splitlines())
    assert header == ["line", "column", "code", "detail", "reference", "failed"]
    assert [int(line[0]) for line in lines] == list(range(3, 153))
    assert {(line[1], line[2], line[5]) for line in lines} == {(kept, "unknown_category", "true")}
    async with client(reports_url, service="reports", principal=make_principal()) as other:
        assert (await other.get(f"/imports/{done['id']}/errors.csv")).status_code == 404
