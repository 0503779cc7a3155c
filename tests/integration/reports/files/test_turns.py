"""POST /imports, many at once: in turn by organisation, small before large, a mapping's in order; and their parts"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from services.reports.files import batching, queries, work
from services.reports.files.domain.imports import CHUNK_BYTES, PART_REST_S
from services.reports.tables import imports
from tests.support.make.imports import CSV, HEADER, MAPPING, address_of, bring_in, counts, ended, hand_in
from tests.support.servers.services import client, make_principal, wait_until

ROW = "r{},order,2026-11-02 21:30,14.64,63.17,Buller vid torget\n"


@pytest.fixture
async def other(reports: httpx.AsyncClient, reports_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of another organisation."""
    async with client(reports_url, service="reports", principal=make_principal(organisation_id=uuid4())) as caller:
        yield caller


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of 20 rows, so that a file of 800 has forty of them."""
    monkeypatch.setattr(work, "ROWS_AT_ONCE", 20)
    monkeypatch.setattr(work, "ROWS_IN_COMPANY", 20)
    monkeypatch.setattr(batching, "ROWS_AT_ONCE", 20)
    monkeypatch.setattr(batching, "FIRST_ROWS", 20)
    monkeypatch.setattr(work, "BATCHES_IN_TURN", 1)


async def handed_in(caller: httpx.AsyncClient, rows: int, *, mapping: str, dry_run: bool = False) -> str:
    """The address of a file that was sent and waits."""
    assert (await caller.put(f"/mappings/{mapping}", json=MAPPING)).status_code == 200
    body = HEADER + "".join(ROW.format(n) for n in range(rows))
    return await hand_in(caller, body, mapping=mapping, dry_run=dry_run)


async def begun(caller: httpx.AsyncClient, address: str) -> None:
    """Wait until rows of a file are in."""

    async def look() -> bool:
        return bool((await caller.get(address)).json()["read"])

    await wait_until(look, what="the file to begin")


async def test_a_small_file_waits_for_no_large_one(
    reports: httpx.AsyncClient, other: httpx.AsyncClient, slow: None
) -> None:
    """Neither for another organisation's nor for one of its own, and the large one goes on where it was."""
    large = await handed_in(reports, 800, mapping="all")
    await begun(reports, large)
    theirs, ours = await handed_in(other, 30, mapping="m"), await handed_in(reports, 30, mapping="few")
    for caller, address in ((other, theirs), (reports, ours)):
        assert counts(await ended(caller, address))[0] == 30
    meanwhile = (await reports.get(large)).json()
    assert (meanwhile["state"], meanwhile["read"] < 800) == ("running", True)
    done = await ended(reports, large)
    assert (done["state"], done["read"], done["failed"]) == ("done", 800, 0)


async def test_a_mapping_keeps_its_order(reports: httpx.AsyncClient, slow: None) -> None:
    """A small file that corrects the large one before it is read after it, so the newer word stands."""
    large = await handed_in(reports, 300, mapping="m")
    later = await bring_in(reports, HEADER + ROW.format(299).replace("order", "damage"))
    assert (await reports.get(large)).json()["state"] == "done"
    assert counts(later)[:4] == (1, 0, 0, 1)


async def test_dry_runs_in_turn_know_nothing_of_each_other(
    reports: httpx.AsyncClient, other: httpx.AsyncClient, slow: None
) -> None:
    """Two files with the same references, looked at in slices: all new, for each."""
    addresses = await asyncio.gather(
        handed_in(reports, 100, mapping="m", dry_run=True), handed_in(other, 100, mapping="m", dry_run=True)
    )
    for caller, address in zip((reports, other), addresses, strict=True):
        assert counts(await ended(caller, address)) == (100, 100, 0, 0, 0, 0)


async def test_very_many_files_of_one_hide_none_of_another(reports: httpx.AsyncClient, reports_app: FastAPI) -> None:
    """Of each organisation one file is looked at, the smallest of what its mappings have first."""
    one, two = uuid4(), uuid4()
    waiting = [(one, "a", 900, n) for n in range(300)] + [(one, "b", 50, 400), (one, "b", 1, 401), (two, "a", 7, 500)]
    rows = [
        {
            "id": uuid4(), "organisation_id": owner, "client_id": "c", "mapping": mapping, "document": {},
            "state": "received", "size_bytes": size, "received_at": datetime.fromtimestamp(at, UTC),
        }
        for owner, mapping, size, at in waiting
    ]  # fmt: skip
    async with reports_app.state.database.sessions() as session:
        await session.execute(sa.insert(imports), rows)  # and never committed: the worker leaves them alone
        found = await queries.list_first(session)
        await session.rollback()
    assert sorted((each.organisation_id, each.size_bytes) for each in found) == sorted([(one, 50), (two, 7)])


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (HEADER + 'a,order,2026-11-02,,,"' + '\n","' * 400_000, "a row of more than 1 MB"),
        ("a" + ";" * 1000 + "\n1\n", "more than 1,000 columns; so many are read at most"),
    ],
    ids=["a row without an end", "columns without an end"],
)
async def test_what_would_fill_the_memory_is_refused(reports: httpx.AsyncClient, body: str, sentence: str) -> None:
    """A row that quotation marks spread over the whole file, and a thousand columns: a sentence."""
    assert (await reports.put("/mappings/m", json=MAPPING | {"delimiter": "auto"})).status_code == 200
    answer = await reports.post("/imports?mapping=m", content=body, headers=CSV)
    if answer.status_code == 202:
        failed = await ended(reports, address_of(answer))
        assert sentence in failed["failure"]
    else:
        assert (answer.status_code, sentence in answer.json()["detail"]) == (422, True), answer.text


async def test_parts_of_files_come_slowly_while_somebody_else_asks(
    reports: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    """Two files of two parts at once: the parts come one after the other, with a rest after each."""
    assert (await reports.put("/mappings/m", json=MAPPING)).status_code == 200
    body = HEADER + ROW.format(1).replace("torget", "torget " + "x" * 900) * 1400
    assert 1 < len(body) / CHUNK_BYTES < 2

    async def handed_in_twice() -> float:
        began = time.monotonic()
        await asyncio.gather(*(hand_in(reports, body, mapping="m") for _ in range(2)))
        return time.monotonic() - began

    async def ask_on() -> None:
        while True:
            assert (await other.get("/reports?limit=1")).status_code == 200
            await asyncio.sleep(0.1)

    asking = asyncio.create_task(ask_on())
    await asyncio.sleep(0.2)
    try:
        assert await handed_in_twice() >= 4 * PART_REST_S
    finally:
        asking.cancel()
