"""A file of reports through the whole intake: read, placed, told, merged; and the lägesbild of what came of it."""

import random
import time
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from shared import migrations
from tests.support.bench import record
from tests.support.imports import CSV
from tests.support.postgres import Database, connected, own_server
from tests.support.processes import ServiceProcess, service_process
from tests.support.services import client, internal_token, make_principal, wait_until

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

ME = make_principal()
ROWS = 100_000
LAST = date(2026, 11, 15)
# Per batch of 4,000: the file's place, COPY, changed, new, COPY of messages, the place again, BEGIN and COMMIT aside.
STATEMENTS = round(6 / 4000, 4)
MAPPING = {
    "delimiter": ";",
    "encoding": "utf-8",
    "decimal": ",",
    "columns": {
        "external_reference": "nr",
        "occurred_from": "tid",
        "category": "typ",
        "x": "ost",
        "y": "nord",
        "text": "not",
    },
    "values": {"category": {"Bråk": "order", "Klotter": "damage", "Stöld": "theft", "Lampa": "environment"}},
    "datetime_format": "%Y-%m-%d %H:%M",
    "crs": "EPSG:3006",
}


def file_of(rows: int, *, seed: int) -> bytes:
    """A weekly list as a housing company would send it, over two years and 400 km²."""
    chance = random.Random(seed)
    lines = ["nr;tid;typ;ost;nord;not"]
    for number in range(rows):
        at = datetime.combine(LAST, datetime.min.time()) - timedelta(minutes=5 * chance.randrange(2 * 365 * 288))
        e, n = chance.uniform(475_000, 495_000), chance.uniform(6_995_000, 7_015_000)
        where = f"{e:.1f};{n:.1f}".replace(".", ",")
        kind = chance.choice(("Bråk", "Bråk", "Klotter", "Stöld", "Lampa"))
        lines.append(f"{number:07};{at:%Y-%m-%d %H:%M};{kind};{where};Sedd av nattpatrullen vid porten.")
    return "\n".join(lines).encode()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[tuple[ServiceProcess, Database]]:
    """The service as a process on a durable server of its own, with 400 areas."""
    for each in (tmp_path, *tmp_path.parents[:3]):
        each.chmod(0o711)
    with own_server(tmp_path / "pg") as server:
        database = await server.fresh_database("reports")
        bus = await server.fresh_database("samsyn_bus")
        await migrations.upgrade("reports", database.owner_url)
        async with service_process("reports", database=database, bus_url=bus.owner_url, folder=tmp_path) as service:
            yield service, database


async def test_import(running: tuple[ServiceProcess, Database]) -> None:
    """20,000 rows a second, new or known; memory that does not grow with the file; a lägesbild in under a second."""
    service, database = running
    async with client(service.url, service="reports", principal=ME) as caller:
        caller.timeout = httpx.Timeout(120)
        grid = {"bbox": [475000, 6995000, 495000, 7015000], "size_m": 1000}
        assert (await caller.post("/areas/grid", json=grid)).status_code == 200
        assert (await caller.put("/mappings/weekly", json=MAPPING)).status_code == 200
        await measure(caller, service.usage, file_of(5000, seed=2), count=5000)  # warm
        body = file_of(ROWS, seed=1)
        small = service.usage.memory_info().rss
        done, cpu = await measure(caller, service.usage, body, count=ROWS)
        assert (done["new"], done["changed"], done["failed"]) == (ROWS - 5000, 5000, 0), done
        row("import.new", done, cpu, target=20_000)
        async with connected(database.admin_url) as admin:
            began = time.perf_counter()

            async def drained() -> bool:
                return not await admin.fetchval("SELECT EXISTS (SELECT FROM outbox)")

            await wait_until(drained, timeout_s=120, what="the outbox to be empty")
            record("import.drained_after", round(time.perf_counter() - began, 2), unit="s", target=None, count=ROWS)
        again, cpu = await measure(caller, service.usage, body, count=ROWS)
        assert again["unchanged"] == ROWS, again
        row("import.unchanged", again, cpu, target=20_000)
        grown = (service.usage.memory_info().rss - small) / 1e6
        record("import.memory_growth", round(grown), unit="MB", target=80, count=ROWS)
        began = time.perf_counter()
        assert (await caller.get("/lagesbild", params={"from": LAST.isoformat()})).status_code == 200
        took = round((time.perf_counter() - began) * 1000)
        record("import.lagesbild", took, unit="ms", target=1000, count=ROWS, statements_per_item=3)


async def measure(caller: httpx.AsyncClient, usage: psutil.Process, body: bytes, *, count: int) -> tuple[Any, float]:
    """Send a file and wait for its end; returns what became of it, and the service's processor time per row, µs."""
    began = usage.cpu_times()
    answer = await caller.post("/imports", params={"mapping": "weekly"}, content=body, headers=CSV)
    assert answer.status_code == 202, answer.text
    address = answer.headers["location"].removeprefix("/samsyn/v1")

    async def ended() -> Any:
        # The token lives for a minute, and so long a slow machine may take.
        caller.headers["Authorization"] = f"Bearer {internal_token(ME, service='reports')}"
        found = (await caller.get(address)).json()
        return found if found["state"] in ("done", "failed") else None

    done = await wait_until(ended, timeout_s=300, what="the import to end")
    now = usage.cpu_times()
    return done, round((now.user + now.system - began.user - began.system) / count * 1e6, 1)


def row(name: str, done: Any, cpu: float, *, target: float) -> None:
    """A row of the table."""
    record(
        name,
        round(done["rows_per_s"]),
        unit="rows/s",
        target=target,
        count=done["read"],
        cpu_us_per_item=cpu,
        statements_per_item=STATEMENTS,
    )
