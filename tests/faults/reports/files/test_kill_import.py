"""kill -9 of the reports service in the middle of a file: it goes on where it stood, and every row counts once."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from shared.bus.opening import open_bus
from shared.travel.envelope import unseal
from tests.support.look.bus import BusProbe
from tests.support.make.imports import CSV, MAPPING
from tests.support.servers.postgres import Database, DatabaseServer, connected
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import client, make_principal, wait_until

ME = make_principal()
FIELDS = {field: column for field, column in MAPPING["columns"].items() if column != "ref"}


async def test_a_file_survives_kills(postgres: DatabaseServer, tmp_path: Path) -> None:
    """Three kills over 30,000 rows without references, a tenth of them twice."""
    await kill_and_count(postgres, tmp_path, kills=3, rows=30_000, seed=1)


@pytest.mark.long
async def test_a_file_survives_twenty_kills(postgres: DatabaseServer, tmp_path: Path) -> None:
    """Twenty kills over 300,000 rows."""
    await kill_and_count(postgres, tmp_path, kills=20, rows=300_000, seed=2)


async def test_a_file_survives_lost_connections(postgres: DatabaseServer, tmp_path: Path) -> None:
    """Three times PostgreSQL breaks off every connection of the service, which goes on without a restart."""

    async def cut(_: ServiceProcess, admin: asyncpg.Connection) -> None:
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    await kill_and_count(postgres, tmp_path, kills=3, rows=30_000, seed=3, blow=cut)


Blow = Callable[[ServiceProcess, asyncpg.Connection], Awaitable[None]]


async def kill(service: ServiceProcess, _: asyncpg.Connection) -> None:
    """kill -9, and a new start."""
    await service.kill()
    await service.start()


async def kill_and_count(
    postgres: DatabaseServer, folder: Path, *, kills: int, rows: int, seed: int, blow: Blow = kill
) -> None:
    """Send a file, strike the service again and again while it works, and compare what is there with the file."""
    chance = random.Random(seed)
    lines = [f"order,2026-{n % 9 + 1:02}-{n % 28 + 1:02},14.{n:06},63.17,{n}" for n in range(rows * 9 // 10)]
    lines += chance.sample(lines, rows - len(lines))
    body = ("kind,at,lon,lat,note\n" + "\n".join(lines)).encode()
    database = await postgres.migrated("reports")
    bus_url = (await postgres.fresh_database("samsyn_bus")).owner_url
    async with service_process("reports", database=database, bus_url=bus_url, folder=folder) as service:
        async with client(service.url, service="reports", principal=ME) as caller:
            await caller.put("/mappings/m", json=MAPPING | {"columns": FIELDS})
            answer = await caller.post("/imports", params={"mapping": "m"}, content=body, headers=CSV)
            assert answer.status_code == 202, answer.text
        stopped_at = await strike_in_the_middle(service, database, blow, kills=kills, rows=rows, chance=chance)
        async with client(service.url, service="reports", principal=ME) as caller:
            done = await ended(caller, answer.headers["location"].removeprefix("/samsyn/v1"))
        assert [done[name] for name in ("state", "read", "new", "failed")] == ["done", rows, rows, 0]
        await check_rows(database, lines)
        told = await told_of(bus_url, rows)
    print(f"\n{blow.__name__} in an import: seed {seed}, at rows {stopped_at} of {rows}, {told} messages, none twice")


async def strike_in_the_middle(
    service: ServiceProcess, database: Database, blow: Blow, *, kills: int, rows: int, chance: random.Random
) -> list[int]:
    """Strike again and again, each time some rows further on. Returns where the file stood."""
    stopped_at: list[int] = []
    async with connected(database.admin_url) as admin:

        async def at() -> int:
            return int(await admin.fetchval("SELECT rows_read FROM imports"))

        for _ in range(kills):
            reached = await at() + chance.randrange(1, max(2, rows // (2 * kills)))

            async def far(reached: int = reached) -> bool:
                return await at() >= reached

            await wait_until(far, timeout_s=60, what="the import to go on")
            await blow(service, admin)
            stopped_at.append(await at())
    return stopped_at


async def ended(caller: httpx.AsyncClient, address: str) -> Any:
    """What became of the file."""

    async def found() -> Any:
        answer = await caller.get(address)
        if answer.status_code == 503:  # its connection was one of those that were broken off
            return None
        assert answer.status_code == 200, answer.text
        state = answer.json()
        return state if state["state"] in ("done", "failed") else None

    return await wait_until(found, timeout_s=120, what="the import to end")


async def check_rows(database: Database, lines: list[str]) -> None:
    """The table holds every line of the file exactly as often as the file does."""
    async with connected(database.admin_url) as admin:
        texts = Counter(row["text"] for row in await admin.fetch("SELECT text FROM reports"))
        assert texts == Counter(line.rpartition(",")[2] for line in lines)
        assert await admin.fetchval("SELECT count(*) FROM import_chunks") == 0


async def told_of(bus_url: str, rows: int) -> int:
    """How many reports the bus was told of; each once, however often the relay repeated itself."""
    bus = open_bus(bus_url)
    await bus.start()
    probe = await BusProbe(bus, ["reports.report.v1"]).start()
    told: set[Any] = set()

    async def all_told() -> bool:
        await probe.pull()
        told.update(unseal(each).message_id for each in probe.seen)
        probe.seen.clear()
        return len(told) >= rows

    await wait_until(all_told, timeout_s=120, what="the bus to be told of every report")
    await probe.stop()
    await asyncio.wait_for(bus.stop(), timeout=10)
    return len(told)
