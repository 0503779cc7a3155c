"""A file of reports through the whole intake: read, placed, told, merged; and the lägesbild of what came of it."""

import random
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from shared.database import migrations
from tests.bench.meter import metered
from tests.bench.table import record
from tests.support.make.imports import CSV
from tests.support.servers.postgres import Database, DatabaseServer, connected, own_server
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import client, internal_token, make_principal, wait_until

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ME = make_principal()
ROWS = 100_000
MILLION = 1_000_000
# Of no meaning together; a text of eight of them does not come twice.
WORDS = """
kväll natt porten trappan gården cyklar bilar fönster dörren krossat klotter rökning skrik musik ungdomar boende
källaren tvättstugan hissen lampa trasig mörkt gången parken tunneln bänken containern nattetid helgen larm väktare
"""
HEADER = "nr;tid;typ;ost;nord;not\n"
LAST = datetime(2026, 11, 15, tzinfo=UTC)
# What a clock on the wall shows: no row says an hour that it goes over, which is a fault.
CLOCK = ZoneInfo("Europe/Stockholm")
# Per batch of 4,000: the file's place, whether any is known, COPY, COPY of messages, the place again; what begins and
# ends transactions and their parts aside.
STATEMENTS = round(5 / 4000, 4)
# Each answer takes the service as long as a hundred rows.
ASKED_EVERY_S = 0.25
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


def lines_of(rows: range, *, seed: int, own_words: bool = False) -> Iterator[str]:
    """Rows as a housing company would send them, over two years and 400 km². With `own_words` no text comes twice."""
    chance, known = random.Random(seed), WORDS.split()
    for number in rows:
        at = (LAST - timedelta(minutes=5 * chance.randrange(2 * 365 * 288))).astimezone(CLOCK)
        e, n = chance.uniform(475_000, 495_000), chance.uniform(6_995_000, 7_015_000)
        where = f"{e:.1f};{n:.1f}".replace(".", ",")
        kind = chance.choice(("Bråk", "Bråk", "Klotter", "Stöld", "Lampa"))
        words = "".join(f" {chance.choice(known)}" for _ in range(8)) if own_words else ""
        yield f"{number:07};{at:%Y-%m-%d %H:%M};{kind};{where};Sedd av nattpatrullen vid porten{words}.\n"


def file_of(rows: int, *, seed: int, first: int = 1, own_words: bool = False) -> bytes:
    """A whole file of them. Not from 0: a number of noughts alone is no reference."""
    return "".join([HEADER, *lines_of(range(first, first + rows), seed=seed, own_words=own_words)]).encode()


async def pieces(rows: int) -> AsyncIterator[bytes]:
    """The same, 10,000 rows at a time."""
    yield HEADER.encode()
    for begin in range(1, rows, 10_000):
        yield "".join(lines_of(range(begin, begin + 10_000), seed=begin)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The service as a process on a durable server of its own, with 400 areas, and a caller."""

    service: ServiceProcess
    database: Database
    server: DatabaseServer
    caller: httpx.AsyncClient


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """It, with a mapping, and warm."""
    with own_server() as server:
        database = await server.fresh_database("reports")
        bus = await server.fresh_database("samsyn_bus")
        await migrations.upgrade("reports", database.owner_url)
        async with (
            service_process("reports", database=database, bus_url=bus.owner_url, folder=tmp_path) as service,
            client(service.url, service="reports", principal=ME) as caller,
        ):
            caller.timeout = httpx.Timeout(120)
            grid = {"bbox": [475000, 6995000, 495000, 7015000], "size_m": 1000}
            assert (await caller.post("/areas/grid", json=grid)).status_code == 200
            assert (await caller.put("/mappings/weekly", json=MAPPING)).status_code == 200
            running = Running(service=service, database=database, server=server, caller=caller)
            await measure(running, file_of(5000, seed=2), count=5000)
            yield running


async def test_import(running: Running) -> None:
    """20,000 rows a second, new or known; a lägesbild in under a second."""
    body = file_of(ROWS, seed=1)
    new = await measure(running, body, count=ROWS)
    assert (new.counts["new"], new.counts["changed"], new.counts["failed"]) == (ROWS - 5000, 5000, 0), new
    show("import.new", new, target=20_000)
    began = time.perf_counter()
    await drained(running)
    record("import.drained_after", round(time.perf_counter() - began, 2), unit="s", target=None, count=ROWS)
    known = await measure(running, body, count=ROWS)
    assert known.counts["unchanged"] == ROWS, known
    show("import.unchanged", known, target=20_000)
    own_words = await measure(running, file_of(ROWS, seed=3, first=ROWS + 1, own_words=True), count=ROWS)
    assert own_words.counts["new"] == ROWS, own_words
    show("import.each_in_own_words", own_words, target=None)
    began = time.perf_counter()
    assert (await running.caller.get("/lagesbild", params={"from": LAST.date().isoformat()})).status_code == 200
    took = round((time.perf_counter() - began) * 1000)
    record("import.lagesbild", took, unit="ms", target=1000, count=ROWS, statements_per_item=3)


async def test_a_million_rows(running: Running) -> None:
    """The memory of the service does not grow with the file."""
    before = running.service.usage.memory_info().rss
    done = await measure(running, pieces(MILLION), count=MILLION)
    assert done.counts["read"] == MILLION, done
    assert done.counts["failed"] == 0, done
    show("import.million", done, target=None)
    record("import.million.peak_memory", round(done.peak / 1e6), unit="MB", target=400, count=MILLION)
    record("import.million.memory_growth", round((done.peak - before) / 1e6), unit="MB", target=120, count=MILLION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of a file, processor time of the service and of PostgreSQL per row, µs, and the most memory, bytes.

    Both do more meanwhile than the import: the relay takes the messages to the bus, which is PostgreSQL here.
    """

    counts: Any
    service_us: float
    postgres_us: float
    peak: int


async def measure(running: Running, body: bytes | AsyncIterator[bytes], *, count: int) -> Measured:
    """Send a file and wait for its end."""
    caller, usage = running.caller, running.service.usage
    began, peak, asked = usage.cpu_times(), 0, 0.0
    with metered(running.server) as cost:
        answer = await caller.post("/imports", params={"mapping": "weekly"}, content=body, headers=CSV)
        assert answer.status_code == 202, answer.text
        address = answer.headers["location"].removeprefix("/samsyn/v1")

        async def ended() -> Any:
            nonlocal peak, asked
            peak = max(peak, usage.memory_info().rss)
            if time.perf_counter() - asked < ASKED_EVERY_S:
                return None
            asked = time.perf_counter()
            # The token lives for a minute, and so long a slow machine may take.
            caller.headers["Authorization"] = f"Bearer {internal_token(ME, service='reports')}"
            found = (await caller.get(address)).json()
            return found if found["state"] in ("done", "failed") else None

        counts = await wait_until(ended, timeout_s=500, what="the import to end")
    now = usage.cpu_times()
    used = now.user + now.system - began.user - began.system
    service_us, postgres_us = used / count * 1e6, cost.postgres_s / count * 1e6
    return Measured(counts=counts, service_us=service_us, postgres_us=postgres_us, peak=peak)


async def drained(running: Running) -> None:
    """Wait until the bus has been told of everything."""
    async with connected(running.database.admin_url) as admin:

        async def empty() -> bool:
            return not await admin.fetchval("SELECT EXISTS (SELECT FROM outbox)")

        await wait_until(empty, timeout_s=300, what="the outbox to be empty")


def show(name: str, done: Measured, *, target: float | None) -> None:
    """Rows of the table: the rate with the service's processor time, and PostgreSQL's beside it."""
    rate, count, cpu = round(done.counts["rows_per_s"]), done.counts["read"], round(done.service_us, 1)
    record(name, rate, unit="rows/s", target=target, count=count, cpu_us_per_item=cpu, statements_per_item=STATEMENTS)
    record(f"{name}.postgres", round(done.postgres_us, 1), unit="CPU µs/row", target=None, count=count)
