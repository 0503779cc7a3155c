"""How many webhooks a second leave the house, attempts stored, with PostgreSQL, sender and receiver on one machine."""

import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import httpx
import psutil
import pytest

from shared.database import migrations
from shared.ids import uuid7
from tests.support.make.notify import notify_process, subscribe_in_database
from tests.support.servers.postgres import Database, DatabaseServer, connected, own_server
from tests.support.servers.services import wait_until

pytestmark = pytest.mark.bench

BODY = json.dumps({"type": "report.submitted", "timestamp": "2026-11-22T12:00:00+00:00", "data": {"x": "y" * 900}})


@pytest.fixture
def durable() -> Iterator[DatabaseServer]:
    """A server as durable as in production."""
    with own_server() as server:
        yield server


@pytest.fixture
async def database(durable: DatabaseServer) -> Database:
    """The service's database, migrated."""
    made = await durable.fresh_database("notify")
    await migrations.upgrade("notify", made.owner_url)
    return made


@pytest.fixture
async def bus_address(durable: DatabaseServer) -> str:
    """A bus with nothing on it."""
    return (await durable.fresh_database("samsyn_bus")).owner_url


@pytest.fixture
async def receiver() -> AsyncIterator["Receiving"]:
    """The cheap receiver, in its own process."""
    command = [sys.executable, "-m", "tests.bench.fast_receiver"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    receiving = Receiving(process, int(process.stdout.readline()))
    yield receiving
    receiving.end()


class Receiving:
    """The receiver's process."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process, self.port = process, port

    def end(self) -> tuple[int, int]:
        """Stop it. Returns the requests it got, and the distinct (path, id) pairs among them."""
        if self.process.poll() is not None:
            return 0, 0
        out, _ = self.process.communicate("")
        count, distinct = out.split()
        return int(count), int(distinct)


@pytest.mark.parametrize(("endpoints", "deliveries"), [(60, 60_000), (1, 20_000)])
async def test_deliveries_per_second(
    database: Database, durable: DatabaseServer, bus_address: str, receiver: Receiving, endpoints: int, deliveries: int
) -> None:
    """A backlog of 1 kB webhooks goes out, each attempt stored and each delivery removed."""
    subscriptions = [
        await subscribe_in_database(database, url=f"http://127.0.0.1:{receiver.port}/{n}") for n in range(endpoints)
    ]
    await queue(database, subscriptions, deliveries)
    async with notify_process(database, bus_address, send_timeout_s=15, lease_s=35, poll_s=0.5) as service:
        process = psutil.Process(service.pid)
        server = psutil.Process(durable.postgres.pid())
        began, cpu, database_cpu = time.perf_counter(), used_s(process), used_s(server)
        await activate(database)
        async with connected(database.admin_url) as admin:
            left = "SELECT NOT EXISTS (SELECT FROM deliveries)"
            await wait_until(lambda: admin.fetchval(left), timeout_s=600, what="the backlog to go out")
            took_s = time.perf_counter() - began
            cpu, database_cpu = used_s(process) - cpu, used_s(server) - database_cpu
            stored = await admin.fetchval("SELECT count(*) FROM attempts WHERE outcome = 'delivered'")
        statements = await statements_said(service.inner_url)
    count, distinct = receiver.end()
    assert (stored, distinct) == (deliveries, deliveries)
    assert count == deliveries
    row = {
        "name": f"webhooks.deliveries.{endpoints}_endpoints",
        "value": round(deliveries / took_s),
        "unit": "1/s",
        "target": 12_000,
        "cpu_us_per_item": round(cpu / deliveries * 1e6, 1),
        "database_cpu_us_per_item": round(database_cpu / deliveries * 1e6, 1),
        "statements_per_item": round(statements / deliveries, 4),
        "count": deliveries,
    }
    print(json.dumps(row))


def used_s(process: psutil.Process) -> float:
    """Processor seconds of a process and its children, those that ended included."""
    times = [process.cpu_times(), *(child.cpu_times() for child in process.children(recursive=True))]
    return sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system


async def queue(database: Database, subscriptions: list[UUID], deliveries: int) -> None:
    """A backlog as the fan-out would leave it: one body for each round over all subscriptions."""
    bodies = [uuid7() for _ in range(deliveries // len(subscriptions))]
    async with connected(database.admin_url) as admin:
        await admin.execute("UPDATE subscriptions SET status = 'paused'")
        await admin.execute(
            "INSERT INTO messages (id, message_id, type, role, told_at, body)"
            " SELECT b, b, 'report.submitted', 'coordinator', now(), $2 FROM unnest($1::uuid[]) AS b",
            bodies, BODY.encode(),
        )  # fmt: skip
        rows = [(uuid7(), subscription, body) for body in bodies for subscription in subscriptions]
        await admin.copy_records_to_table("deliveries", records=rows, columns=["id", "subscription_id", "body_id"])
        await admin.execute("ANALYZE")


async def activate(database: Database) -> None:
    """Let the backlog go."""
    async with connected(database.admin_url) as admin:
        await admin.execute("UPDATE subscriptions SET status = 'active', version = version + 1")


async def statements_said(inner_url: str) -> int:
    """What claims and flushes said to the database, from the service's own counts: two statements each."""
    async with httpx.AsyncClient() as client:
        lines = (await client.get(f"{inner_url}/metrics")).text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return sum(2 * int(float(values[f"samsyn_delivery_{name}_rows_count"])) for name in ("claim", "flush"))
