"""Each greedy partner beside a modest one, whose p99 should at most double. Prints the table for docs/figures.md.

Gateway, reports and notify are processes of their own, with 100,000 reports; so is the greedy one. Each greedy partner
is a new one with the usual quota, and asks again at once when it is refused.
"""

import asyncio
import json
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

import asyncpg
import httpx
import pytest

from services.gateway.access import partners, people
from shared.database import migrations
from shared.service import open_database
from tests.bench.greedy import KINDS, MAPPING
from tests.bench.load import Load, request
from tests.bench.million import fill
from tests.bench.table import record
from tests.bench.test_gateway import GRID, PEPPER, settings_of
from tests.support import ROOT
from tests.support.make.people import PASSWORD, visiting
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, DatabaseServer, own_server
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import INTERNAL_KEY

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1200)]

REPORTS, SECONDS = 100_000, 10
ALL = ("exports unread", "lists unread", "many connections", *KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The services, their databases, and the modest partner's token."""

    gateway: ServiceProcess
    databases: Mapping[str, Database]
    modest: str


# Of those behind the gateway: the ones that a partner asks here.
ASKED = ("reports", "notify")


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    """A server as durable as in production."""
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
async def house(server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Gateway, reports and notify with 400 areas and 100,000 reports."""
    bus, folder = await server.fresh_database("samsyn_bus"), tmp_path_factory.mktemp("greedy")
    found = {name: await server.fresh_database(name) for name in ("gateway", *ASKED)}
    for name, database in found.items():
        await migrations.upgrade(name, database.owner_url)
    key = json.dumps(INTERNAL_KEY.as_dict(private=True))
    async with AsyncExitStack() as stack:

        async def serve(name: str, **settings: str) -> ServiceProcess:
            running = service_process(name, database=found[name], bus_url=bus.owner_url, folder=folder, **settings)
            return await stack.enter_async_context(running)

        reports = await serve("reports")
        notify = await serve("notify", NOTIFY_SEALING_KEY="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
        gateway = await serve(
            "gateway", GATEWAY_TOKEN_KEY=key, GATEWAY_INTERNAL_KEY=key, GATEWAY_PEPPER=PEPPER,
            GATEWAY_REPORTS_URL=reports.url, GATEWAY_NOTIFY_URL=notify.url,
        )  # fmt: skip
        modest, _ = await let_in(gateway, found["gateway"], "Modest", quota=1_000_000)
        async with httpx.AsyncClient(base_url=gateway.url, headers=headers_of(modest), timeout=60) as caller:
            answer = await caller.post("/samsyn/v1/areas/grid", json=GRID, headers={"Idempotency-Key": "grid"})
            assert answer.status_code == 200, answer.text
        await fill(found["reports"], rows=REPORTS)
        yield House(gateway=gateway, databases=found, modest=modest)


def headers_of(token: str) -> dict[str, str]:
    """What every request of a system carries."""
    return {"Authorization": f"Bearer {token}"}


async def let_in(gateway: ServiceProcess, database: Database, name: str, *, quota: int | None) -> tuple[str, str]:
    """An organisation with a system and a person: its token, and the cookie of their session."""
    opened = open_database("gateway", settings_of(database))
    async with opened.sessions() as session, session.begin():
        organisation = await partners.add_organisation(session, name=name, kind="municipality", areas=(), actor="bench")
        client_id, secret = await partners.add_client(
            session, organisation_id=organisation, kind="municipality", name=name, role="coordinator", scopes=None,
            pepper=PEPPER, quota=quota, actor="bench",
        )  # fmt: skip
        await people.add_user(
            session, organisation_id=organisation, kind="municipality", name=name, role="coordinator",
            password=PASSWORD, actor="bench",
        )  # fmt: skip
    await opened.stop()
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    async with httpx.AsyncClient(base_url=gateway.url) as caller:
        token = str((await caller.post("/oauth/token", data=form)).json()["access_token"])
    async with visiting(gateway.url, name, organisation) as visitor:
        return token, "; ".join(f"{name}={value}" for name, value in visitor.browser.cookies.items())


@asynccontextmanager
async def being_greedy(house: House, kind: str) -> AsyncIterator[None]:
    """A greedy partner at work, beside the block; nothing of it is left behind."""
    token, cookie = await let_in(house.gateway, house.databases["gateway"], f"Greedy in {kind}", quota=None)
    async with httpx.AsyncClient(base_url=house.gateway.url, headers=headers_of(token), timeout=60) as caller:
        assert (await caller.put("/samsyn/v1/mappings/m", json=MAPPING)).status_code == 200
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.greedy", kind, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    assert process.stdin is not None
    door = {"port": house.gateway.port, "token": token, "cookie": cookie}
    process.stdin.write(json.dumps(door).encode() + b"\n")
    try:
        await asyncio.sleep(2)  # until it is well at work
        yield
    finally:
        process.send_signal(signal.SIGINT)
        asyncio.get_running_loop().call_later(10, partial(_kill, process))  # one that is deaf would never end
        said, _ = await process.communicate()
        print(f"{kind}: answers by status {said.decode().strip()}")
        await _settle(house.databases["reports"])


def _kill(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


async def _settle(reports: Database) -> None:
    """Drop files that wait, and see what was told on its way."""
    connection = await asyncpg.connect(reports.owner_url)
    try:
        await connection.execute("DELETE FROM imports")
        while await connection.fetchval("SELECT EXISTS (SELECT FROM outbox)"):
            await asyncio.sleep(0.2)
    finally:
        await connection.close()
    await asyncio.sleep(2)


def requests_of(token: str) -> Iterator[bytes]:
    """What a modest partner asks for: a report sent, a list, the overview."""
    json_headers = headers_of(token) | {"Content-Type": "application/json"}
    while True:
        body = json.dumps(make_report(external_reference=uuid4().hex)).encode()
        key = {"Idempotency-Key": uuid4().hex}
        yield request("POST", "/samsyn/v1/reports", headers=json_headers | key, body=body)
        yield request("GET", "/samsyn/v1/reports?limit=20", headers=headers_of(token))
        yield request("GET", "/samsyn/v1/overview", headers=headers_of(token))


async def ask_modestly(house: House) -> Load:
    """One request after the other, with a pause between them, for some seconds."""
    load, asked = Load(), requests_of(house.modest)
    reader, writer = await asyncio.open_connection("127.0.0.1", house.gateway.port)
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        began = time.perf_counter()
        writer.write(next(asked))
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]))
        load.seconds.append(time.perf_counter() - began)
        status = int(head[9:12])
        load.statuses[status] = load.statuses.get(status, 0) + 1
        await asyncio.sleep(0.01)
    writer.close()
    return load


@pytest.mark.parametrize("kind", ALL)
async def test_beside(house: House, kind: str) -> None:
    """The modest partner alone, then beside the greedy one: all its requests answered, p99 at most doubled."""
    alone = await ask_modestly(house)
    async with being_greedy(house, kind):
        beside = await ask_modestly(house)
    assert set(beside.statuses) <= {200, 201}, beside.statuses
    for name, percent in (("p50", 50), ("p99", 99)):
        before, now = alone.percentile_ms(percent), beside.percentile_ms(percent)
        record(f"greedy.{kind}.{name}.alone", before, unit="ms", target=None, count=len(alone.seconds))
        target = 2 * before if percent == 99 else None
        record(f"greedy.{kind}.{name}.beside", now, unit="ms", target=target, count=len(beside.seconds))
