"""kill -9 of what takes in, relays, consumes and stores, under load; and a bus that is away.

Invariants: what was acknowledged is stored and arrives, nothing is applied twice, messages of a key keep their order.
Reports are sent and corrected all the while: of each the gateway must end with the correction, counted once. The counts
are printed.
"""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc.jwk import OKPKey

from tests.support.machine import JAVA, KAFKA
from tests.support.make.areas import area_row
from tests.support.make.reports import make_report
from tests.support.servers.kafka import own_broker
from tests.support.servers.postgres import Database, DatabaseServer, connected, own_folder, own_server
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import INTERNAL_KEY, client, make_principal, wait_until

ME = make_principal()
WRITERS = 4
# Acknowledged requests between two blows, at least.
LOAD = 25


@dataclass
class Line:
    """Reports and gateway as processes on a PostgreSQL of their own, and what was acknowledged so far."""

    server: DatabaseServer
    reports: ServiceProcess
    gateway: ServiceProcess
    databases: dict[str, Database]
    sent: set[str] = field(default_factory=set)
    corrected: set[str] = field(default_factory=set)
    refused: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    writers: list["asyncio.Task[None]"] = field(default_factory=list)

    async def write(self, seed: int, *, pause_s: float) -> None:
        """Send reports and correct every third, trying again with the same key until each is acknowledged."""
        chance = random.Random(seed)
        async with client(self.reports.url, service="reports", principal=ME) as caller:
            while not self.stop.is_set():
                body, key = make_report(severity=1), {"Idempotency-Key": uuid4().hex}
                answer = await self._insist(caller, "POST", "/reports", body, key)
                report_id = answer.json()["id"]
                self.sent.add(report_id)
                if chance.random() < 0.33:
                    match = {"If-Match": '"1"'}
                    changed = make_report(category="damage", subcategory="graffiti", severity=3)
                    await self._insist(caller, "PUT", f"/reports/{report_id}", changed, match)
                    self.corrected.add(report_id)
                await asyncio.sleep(pause_s)

    async def _insist(
        self, caller: httpx.AsyncClient, method: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response:
        while True:
            with contextlib.suppress(httpx.TransportError):
                answer = await caller.request(method, path, json=body, headers=headers)
                # 412: the correction before a kill was done and its answer lost.
                if answer.status_code in (200, 201, 412):
                    return answer
                assert answer.status_code == 503, answer.text
            self.refused += 1
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running_line(bus: str | None = None, *, pause_s: float = 0.0) -> AsyncIterator[Line]:
    """The line, writing; PostgreSQL is durable as in production. `bus`: another bus than that PostgreSQL.

    `pause_s`: of each writer after each report; without one, writers take all of the machine that they get.
    """
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(own_folder())
        server = stack.enter_context(own_server())
        databases = {name: await server.migrated(name) for name in ("reports", "gateway")}
        async with connected(databases["reports"].admin_url) as admin:
            await admin.execute(*area_row(owner=True))
        bus_url = bus or (await server.fresh_database("samsyn_bus")).owner_url
        keys = {
            "GATEWAY_INTERNAL_KEY": json.dumps(INTERNAL_KEY.as_dict(private=True)),
            "GATEWAY_TOKEN_KEY": json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)),
            "GATEWAY_PEPPER": "a pepper for tests only",
        }
        async with asyncio.TaskGroup() as starting:  # at once, since each start is a second of imports
            started = [
                starting.create_task(
                    stack.enter_async_context(
                        service_process(name, database=database, bus_url=bus_url, folder=folder, **keys)
                    )
                )
                for name, database in databases.items()
            ]
        reports, gateway = (each.result() for each in started)
        line = Line(server, reports, gateway, databases)
        line.writers += [asyncio.create_task(line.write(seed, pause_s=pause_s)) for seed in range(WRITERS)]
        try:
            yield line
        finally:
            line.stop.set()
            done = await asyncio.gather(*line.writers, return_exceptions=True)
        assert not [each for each in done if isinstance(each, BaseException)], done


async def settle(line: Line) -> dict[str, int]:
    """Stop writing, wait until all has arrived, and count."""
    line.stop.set()
    await asyncio.gather(*line.writers)  # what they are at is acknowledged before anything is counted
    wanted = line.sent | line.corrected

    async def arrived() -> bool:
        async with connected(line.databases["gateway"].admin_url) as admin:
            facts = await admin.fetchval("SELECT count(*) FROM report_facts")
            damage = await admin.fetchval("SELECT count(*) FROM report_facts WHERE category = 'damage'")
        return bool(facts >= len(wanted) and damage >= len(line.corrected))

    await wait_until(arrived, timeout_s=90, what="all reports to arrive")
    async with connected(line.databases["reports"].admin_url) as admin:
        stored = {str(row["id"]): row["version"] for row in await admin.fetch("SELECT id, version FROM reports")}
    async with connected(line.databases["gateway"].admin_url) as admin:
        facts = await admin.fetch("SELECT report_id, category, sequence FROM report_facts")
        counted = await admin.fetchval("SELECT sum(reports) FROM area_counts")
        told = await admin.fetch("SELECT data->>'report_id' AS id, type FROM feed ORDER BY position")
        gaps = await admin.fetchval("SELECT max(position) - count(*) FROM feed")
    first = {row["id"]: number for number, row in reversed(list(enumerate(told))) if row["type"] == "report.submitted"}
    times = Counter((row["id"], row["type"]) for row in told)
    return {
        "acknowledged": len(line.sent) + len(line.corrected),
        "refused meanwhile": line.refused,
        "lost in the database": len(line.sent - stored.keys()),
        "lost on the way": len(line.sent - {str(row["report_id"]) for row in facts}),
        "corrections lost": len(
            line.corrected - {str(row["report_id"]) for row in facts if row["category"] == "damage"}
        ),
        "told twice": sum(count > 1 for count in times.values()),
        "out of order": sum(
            row["type"] == "report.corrected" and first.get(row["id"], len(told)) > number
            for number, row in enumerate(told)
        ),
        "counted besides": int(counted or 0) - len(facts),
        "gaps in the feed": int(gaps or 0),
    }


MUST_BE_ZERO = (
    "lost in the database", "lost on the way", "corrections lost", "told twice", "out of order", "counted besides",
    "gaps in the feed",
)  # fmt: skip


async def more(line: Line, count: int) -> None:
    """Wait until so many more requests were acknowledged."""
    goal = len(line.sent) + len(line.corrected) + count
    await wait_until(lambda: len(line.sent) + len(line.corrected) >= goal, timeout_s=60, what="load")


async def strike(line: Line, blows: int, blow: Callable[[Line], Awaitable[None]]) -> None:
    """Again and again under load."""
    chance = random.Random(blows)
    for _ in range(blows):
        await more(line, chance.randint(LOAD, 2 * LOAD))
        await blow(line)


async def hold(line: Line, what: str, blows: int) -> None:
    """Stop, count, print, and hold the invariants."""
    counts = await settle(line)
    print(f"{what}, {blows} times: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    assert counts["acknowledged"] >= LOAD * blows
    assert {name: counts[name] for name in MUST_BE_ZERO} == dict.fromkeys(MUST_BE_ZERO, 0)


async def kill_reports(line: Line) -> None:
    """Intake and relay at once: they are one process."""
    await line.reports.kill()
    await line.reports.start()


async def kill_gateway(line: Line) -> None:
    """The consumer."""
    await line.gateway.kill()
    await line.gateway.start()


async def kill_postgres(line: Line) -> None:
    """All databases, and the bus where it lives there."""
    await asyncio.to_thread(line.server.postgres.kill)
    await asyncio.to_thread(line.server.postgres.start)


BLOWS = {"intake and relay killed": kill_reports, "consumer killed": kill_gateway, "PostgreSQL killed": kill_postgres}


@asynccontextmanager
async def bus_to_lose() -> AsyncIterator[tuple[str, Callable[[], None], Callable[[], None]]]:
    """A bus of the test's own: its address, what stops it, and what starts it again."""
    with ExitStack() as stack:
        if JAVA.find() and KAFKA.find():
            broker = stack.enter_context(own_broker())
            yield f"kafka://{broker.bootstrap}", broker.stop, broker.start
        else:
            server = stack.enter_context(own_server())
            address = (await server.fresh_database("samsyn_bus")).owner_url
            yield address, server.postgres.stop, server.postgres.start


async def away(line: Line, stop: Callable[[], None], start: Callable[[], None], *, seconds: float) -> None:
    """Take the bus away for a while: intake goes on."""
    await more(line, LOAD)
    await asyncio.to_thread(stop)
    before = len(line.sent)
    await asyncio.sleep(seconds)  # the fault itself lasts as long as it is said to
    during = len(line.sent) - before
    await asyncio.to_thread(start)
    print(f"bus away for {seconds} s: {during} reports taken meanwhile")
    assert during > LOAD


@pytest.mark.timeout(300)
async def test_nothing_is_lost() -> None:
    """One line struck by everything in turn: each of its parts killed, and its bus away for five seconds."""
    # At most 130 reports and their corrections a second: what is killed comes back beside load, and not behind it.
    async with bus_to_lose() as (address, stop, start), running_line(address, pause_s=0.03) as line:
        for blow in BLOWS.values():
            await strike(line, 2, blow)
        await away(line, stop, start, seconds=5)
        await hold(line, "everything killed", 2 * len(BLOWS))


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("what", BLOWS)
async def test_nothing_is_lost_in_twenty_kills(what: str, fault_bus: str | None) -> None:
    """Twenty kills under load; where the bus is PostgreSQL's log, it dies with PostgreSQL."""
    async with running_line(fault_bus) as line:
        await strike(line, 20, BLOWS[what])
        await hold(line, what, 20)


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_intake_goes_on_while_the_bus_is_away() -> None:
    """Away for thirty seconds: all arrives afterwards."""
    async with bus_to_lose() as (address, stop, start), running_line(address) as line:
        await away(line, stop, start, seconds=30)
        await hold(line, "bus away", 1)
