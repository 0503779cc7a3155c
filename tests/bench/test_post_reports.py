"""The reports service under load at its own door: POST, and a list of 100. Four connections on the same machine."""

import asyncio
import itertools
import json
import os
import random
import sys
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import httpx
import psutil
import pytest

from deploy.ports import free_port
from services.reports.app import build
from services.reports.settings import Settings
from tests.bench import bare_app
from tests.bench.load import Load, drive, request
from tests.bench.table import record
from tests.support.look.statements import statements_of
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, DatabaseServer, connected
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import (
    INTERNAL_PUBLIC,
    client,
    internal_token,
    make_principal,
    running,
    wait_until,
)

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ME = make_principal()
GRID = {"bbox": [475000, 6995000, 495000, 7015000], "size_m": 1000}


@pytest.fixture(scope="module")
async def service(
    server: DatabaseServer, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServiceProcess]:
    """The service as a process, with 400 areas."""
    bus = await server.fresh_database("samsyn_bus")
    folder = tmp_path_factory.mktemp("service")
    async with service_process("reports", database=database, bus_url=bus.owner_url, folder=folder) as service:
        async with client(service.url, service="reports", principal=ME) as caller:
            assert (await caller.post("/areas/grid", json=GRID, timeout=60)).status_code == 200
        yield service


def posts() -> Iterator[bytes]:
    """New reports for ever."""
    headers = {"Authorization": f"Bearer {internal_token(ME, service='reports')}", "Content-Type": "application/json"}
    chance = random.Random(1)
    for number in itertools.count():
        point = {"lon": round(chance.uniform(14.5, 14.9), 5), "lat": round(chance.uniform(63.1, 63.2), 5)}
        body = json.dumps(make_report(point=point, external_reference=f"{uuid4().hex}-{number}")).encode()
        yield request("POST", "/reports", headers=headers | {"Idempotency-Key": uuid4().hex}, body=body)


async def test_the_yardstick(server: DatabaseServer) -> None:
    """A bare app with three statements and a commit: 770/s where the targets were set, so other rates go by it."""
    database = await server.fresh_database("bare")
    async with connected(database.owner_url) as owner:
        await owner.execute(bare_app.TABLES)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.bench.bare_app:app", "--port", str(port), "--no-access-log"]
    process = await asyncio.create_subprocess_exec(
        *command, "--log-level", "warning", env={**os.environ, "BARE_DATABASE_URL": database.owner_url}
    )
    try:
        await wait_until(lambda: answers(port), timeout_s=60, what="the bare app")
        usage = psutil.Process(process.pid)
        await drive(port, bare_posts(), service=usage, seconds=2)  # warm
        load = await drive(port, bare_posts(), service=usage, seconds=6)
    finally:
        process.terminate()
        await process.wait()
    assert set(load.statuses) == {201}, load.statuses
    show(load, "post_reports.yardstick", round(load.rate), unit="1/s", target=770, statements=3)


async def answers(port: int) -> bool:
    """Whether somebody listens there."""
    async with httpx.AsyncClient() as caller:
        try:
            return (await caller.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
        except httpx.TransportError:
            return False


def bare_posts() -> Iterator[bytes]:
    """New reports for ever, of the bare app's kind."""
    body = json.dumps({"category": "order", "lon": 14.6, "lat": 63.1, "text": make_report()["text"] or ""}).encode()
    while True:
        headers = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        yield request("POST", "/reports", headers=headers, body=body)


async def test_post_and_list(service: ServiceProcess, database: Database) -> None:
    """POST: 800/s, at most three statements and a commit; list of 100: 100/s, two statements."""
    per_post, per_list = await statements(database)
    await drive(service.port, posts(), service=service.usage, seconds=2)  # warm
    load = await drive(service.port, posts(), service=service.usage, seconds=8)
    assert set(load.statuses) == {201}, load.statuses
    show(load, "post_reports.rate", round(load.rate), unit="1/s", target=800, statements=per_post)
    show(load, "post_reports.p50", load.percentile_ms(50), unit="ms", target=None, statements=per_post)
    show(load, "post_reports.p99", load.percentile_ms(99), unit="ms", target=50, statements=per_post)
    token = {"Authorization": f"Bearer {internal_token(ME, service='reports')}"}
    pages = itertools.repeat(request("GET", "/reports?limit=100", headers=token))
    listed = await drive(service.port, pages, service=service.usage, seconds=4)
    assert set(listed.statuses) == {200}, listed.statuses
    show(listed, "post_reports.list_of_100", round(listed.rate), unit="1/s", target=100, statements=per_list)
    memory = service.usage.memory_info().rss / 1e6
    record("post_reports.memory", round(memory), unit="MB", target=200, count=1)


def show(load: Load, name: str, value: float, *, unit: str, target: float | None, statements: int) -> None:
    """A row of the table, with what it costs."""
    record(
        name,
        value,
        unit=unit,
        target=target,
        count=len(load.seconds),
        cpu_us_per_item=load.cpu_us_per_item,
        statements_per_item=statements,
    )


async def statements(database: Database) -> tuple[int, int]:
    """How many statements a POST and a list take."""
    settings = Settings(database_url=database.url, bus_url=database.url, internal_public_key=INTERNAL_PUBLIC)
    app = build(settings)
    async with running(app) as url, client(url, service="reports", principal=ME) as caller:
        with statements_of(app) as said:
            answer = await caller.post("/reports", json=make_report(), headers={"Idempotency-Key": uuid4().hex})
            assert answer.status_code == httpx.codes.CREATED
        per_post = len(said)
        with statements_of(app) as said:
            await caller.get("/reports", params={"limit": 100})
        return per_post, len(said)
