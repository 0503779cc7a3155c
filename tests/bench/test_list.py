"""Lists of 100 with each filter, and the CSV of everything, at a million reports. Four connections for the lists."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import date, timedelta
from urllib.parse import urlencode

import psutil
import pytest

from services.reports.app import build
from services.reports.settings import Settings
from shared.access import Principal
from tests.bench.load import drive, request
from tests.bench.meter import metered
from tests.bench.million import LAST_DAY, ORGANISATIONS, fill
from tests.bench.table import record
from tests.support.look.statements import statements_of
from tests.support.servers.postgres import Database, DatabaseServer
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import INTERNAL_PUBLIC, client, internal_token, make_principal, running

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ROWS = 1_000_000
SQUARE = "E486000N7005000"
COORDINATOR = make_principal()
MEMBER = make_principal(kind="housing", role="member", organisation_id=ORGANISATIONS[4], areas=(SQUARE,))
GRID = {"bbox": [475000, 6995000, 495000, 7015000], "size_m": 1000}
LAST = date.fromisoformat(LAST_DAY)
FORTNIGHT = {"from": str(LAST - timedelta(days=200)), "to": str(LAST - timedelta(days=187))}
FILTERS: dict[str, dict[str, str]] = {
    "nothing": {},
    "area": {"area": SQUARE},
    "root": {"area": "0000"},
    "category": {"category": "theft"},
    "rare_category": {"category": "rumour"},
    "fortnight": FORTNIGHT,
    "fortnight_in_area": FORTNIGHT | {"area": SQUARE},
    "severity": {"severity": "3"},
    "dark": {"dark": "true"},
    "status": {"status": "question"},
    "withdrawn": {"status": "withdrawn"},
    "organisation": {"organisation_id": str(ORGANISATIONS[4])},
    "words": {"words": "klotter"},
    "rare_words": {"words": "cykelstället"},
    "no_such_word": {"words": "flygplan"},
    "category_in_area": {"category": "damage", "area": SQUARE, "severity": "3"},
    "two_months": {"from": str(LAST - timedelta(days=370)), "to": str(LAST - timedelta(days=310))},
    "fortnight_of_category": FORTNIGHT | {"category": "theft"},
    "much_at_once": FORTNIGHT | {"area": "0000", "category": "theft", "severity": "3", "status": "accepted"},
    "reference": {"external_reference": "B-500000"},
}
# Each by when it happened too.
FILTERS |= {f"{name}.occurred": wanted | {"sort": "occurred"} for name, wanted in FILTERS.items()}


@pytest.fixture(scope="module")
async def service(
    server: DatabaseServer, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServiceProcess]:
    """The service as a process, with 400 areas and a million reports."""
    bus = await server.fresh_database("samsyn_bus")
    folder = tmp_path_factory.mktemp("service")
    async with service_process("reports", database=database, bus_url=bus.owner_url, folder=folder) as service:
        async with client(service.url, service="reports", principal=COORDINATOR) as caller:
            assert (await caller.post("/areas/grid", json=GRID, timeout=60)).status_code == 200
        await fill(database, rows=ROWS)
        yield service


def head(principal: Principal) -> dict[str, str]:
    """Who asks."""
    return {"Authorization": f"Bearer {internal_token(principal, service='reports')}"}


@pytest.mark.parametrize(("who", "principal"), [("coordinator", COORDINATOR), ("member", MEMBER)])
async def test_lists(service: ServiceProcess, database: Database, who: str, principal: Principal) -> None:
    """GET /reports: every filter in both orders; two statements each, one more for a search and to look up an area."""
    app = build(Settings(database_url=database.url, bus_url=database.url, internal_public_key=INTERNAL_PUBLIC))
    statements = {}
    async with running(app) as url, client(url, service="reports", principal=principal) as caller:
        for name, wanted in FILTERS.items():
            with statements_of(app) as said:
                answer = await caller.get("/reports", params={"limit": "100"} | wanted)
            assert answer.status_code == 200, answer.text
            # A search has a time of its own; an area and a sender are looked up.
            others = len(wanted.keys() & {"words", "area", "organisation_id"})
            assert len(said) <= 2 + others, said
            statements[name] = len(said)
    for name, wanted in FILTERS.items():
        pages = itertools.repeat(
            request("GET", f"/reports?{urlencode({'limit': '100'} | wanted)}", headers=head(principal))
        )
        await drive(service.port, pages, service=service.usage, seconds=0.3)
        load = await drive(service.port, pages, service=service.usage, seconds=1.5)
        assert set(load.statuses) == {200}, load.statuses
        row = {"count": len(load.seconds), "cpu_us_per_item": load.cpu_us_per_item}
        row["statements_per_item"] = statements[name]
        record(f"list.{who}.{name}.p99", load.percentile_ms(99), unit="ms", target=None, **row)  # type: ignore[arg-type]
        record(f"list.{who}.{name}.rate", round(load.rate), unit="1/s", target=100, **row)  # type: ignore[arg-type]


async def test_export(service: ServiceProcess, server: DatabaseServer) -> None:
    """GET /reports.csv: every report there is, 100,000 rows a second, in memory that does not grow."""
    before = peak = service.usage.memory_info().rss
    rows, size = -1, 0
    used = service.usage.cpu_times()
    with metered(server) as cost:
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port, limit=1 << 20)
        writer.write(request("GET", "/reports.csv", headers=head(COORDINATOR) | {"Connection": "close"}))
        assert (await reader.readuntil(b"\r\n\r\n"))[9:12] == b"200"
        while part := await reader.read(1 << 20):
            # Chunks are framed by lines that end in \r\n; those of the file end in \n alone.
            rows, size = rows + part.count(b"\n") - part.count(b"\r\n"), size + len(part)
            peak = max(peak, _memory(service.usage))
        writer.close()
    now = service.usage.cpu_times()
    assert abs(rows - ROWS * 2499 / 2500) < 50
    service_s = now.user + now.system - used.user - used.system
    per_row = round((service_s + cost.postgres_s) / rows * 1e6, 2)
    rate = round(rows / cost.wall_s)
    record("list.export.rate", rate, unit="rows/s", target=100_000, count=rows, cpu_us_per_item=per_row)
    record("list.export.cpu_of_postgres", round(cost.postgres_s / rows * 1e6, 2), unit="µs", target=None, count=rows)
    record("list.export.bytes", round(size / rows), unit="B/row", target=None, count=rows)
    record("list.export.memory_grown", round((peak - before) / 1e6, 1), unit="MB", target=20, count=rows)
    record("list.export.memory_peak", round(peak / 1e6), unit="MB", target=200, count=rows)


def _memory(process: psutil.Process) -> int:
    return int(process.memory_info().rss)
