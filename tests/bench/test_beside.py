"""What a large file of one organisation costs the others: their reports, and their small files."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from itertools import count
from pathlib import Path
from uuid import uuid4

import httpx
import numpy as np
import pytest

from shared.access import Principal
from shared.database import migrations
from tests.bench.table import record
from tests.bench.test_import import MAPPING, file_of, lines_of
from tests.support.make.imports import CSV
from tests.support.make.reports import make_report
from tests.support.servers.postgres import own_server
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import client, internal_token, make_principal, wait_until

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

LARGE, SMALL = make_principal(), make_principal(organisation_id=uuid4(), client_id="small")
MEASURED_S, PAUSE_S = 12, 0.05
SMALL_ROWS = 200
numbers = count(10_000_000, 1000)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[ServiceProcess]:
    """Reports as a process on a durable server of its own, with 400 areas and a mapping of each organisation."""
    with own_server() as server:
        database, bus = await server.fresh_database("reports"), await server.fresh_database("samsyn_bus")
        await migrations.upgrade("reports", database.owner_url)
        async with service_process("reports", database=database, bus_url=bus.owner_url, folder=tmp_path) as service:
            for principal in (LARGE, SMALL):
                async with client(service.url, service="reports", principal=principal) as caller:
                    grid = {"bbox": [475000, 6995000, 495000, 7015000], "size_m": 1000}
                    assert (await caller.post("/areas/grid", json=grid)).status_code == 200
                    assert (await caller.put("/mappings/weekly", json=MAPPING)).status_code == 200
            yield service


async def test_beside_a_large_file(service: ServiceProcess) -> None:
    """Latency of single reports, and how long a small file waits: alone, and while 50 MB of another's are read."""
    async with (
        client(service.url, service="reports", principal=LARGE) as large,
        client(service.url, service="reports", principal=SMALL) as small,
    ):
        large.timeout = httpx.Timeout(300)
        show("alone", await latencies(small), await small_file(small))
        answer = await large.post("/imports", params={"mapping": "weekly"}, content=pieces(600_000), headers=CSV)
        assert answer.status_code == 202, answer.text
        assert answer.json()["size_bytes"] > 50_000_000
        address = answer.headers["location"].removeprefix("/samsyn/v1")
        await wait_until(lambda: begun(large, address), what="the large file to begin")
        waited = await small_file(small)
        show("beside", await latencies(small), waited)
        found = (await large.get(address)).json()
        record("beside.large_file", found["rows_per_s"], unit="rows/s", target=None, count=found["read"])
        assert found["state"] == "running", found
        peak = round(service.usage.memory_info().rss / 1e6)
        record("beside.memory", peak, unit="MB", target=None, count=1)


def show(what: str, taken_ms: Sequence[float], waited_s: float) -> None:
    """Rows of the table."""
    for share in (50, 99):
        value = round(float(np.percentile(taken_ms, share)), 1)
        record(f"beside.report.{what}.p{share}", value, unit="ms", target=None, count=len(taken_ms))
    record(f"beside.small_file.{what}", round(waited_s, 2), unit="s", target=None, count=SMALL_ROWS)


async def latencies(caller: httpx.AsyncClient) -> list[float]:
    """Milliseconds of single reports, one after the other with pauses."""
    taken, end = [], time.perf_counter() + MEASURED_S
    while time.perf_counter() < end:
        began = time.perf_counter()
        answer = await caller.post("/reports", json=make_report(), headers={"Idempotency-Key": str(uuid4())})
        assert answer.status_code == 201, answer.text
        taken.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(PAUSE_S)
    return taken


async def small_file(caller: httpx.AsyncClient) -> float:
    """Seconds until a small file is worked off."""
    first, began = next(numbers), time.perf_counter()
    body = file_of(SMALL_ROWS, seed=first, first=first)
    answer = await caller.post("/imports", params={"mapping": "weekly"}, content=body, headers=CSV)
    assert answer.status_code == 202, answer.text
    address = answer.headers["location"].removeprefix("/samsyn/v1")

    async def ended() -> bool:
        return (await caller.get(address)).json()["state"] in ("done", "failed") or time.perf_counter() - began > 30

    await wait_until(ended, timeout_s=60, what="the small file to end")
    return time.perf_counter() - began


async def begun(caller: httpx.AsyncClient, address: str) -> bool:
    """Whether rows of a file were read."""
    return bool((await caller.get(address)).json()["read"])


async def pieces(rows: int) -> AsyncIterator[bytes]:
    """A large file, 10,000 rows at a time."""
    yield file_of(0, seed=0)
    for begin in range(0, rows, 10_000):
        yield "".join(lines_of(range(begin, begin + 10_000), seed=begin)).encode()


def renew(caller: httpx.AsyncClient, principal: Principal) -> None:
    """Another token: one lives for a minute."""
    caller.headers["Authorization"] = f"Bearer {internal_token(principal, service='reports')}"
