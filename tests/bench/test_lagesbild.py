"""The lägesbild at a million reports in as many periods as it looks at: asked alone, its time and PostgreSQL's part."""

import itertools
from collections.abc import AsyncIterator

import pytest

from shared.access import Principal
from tests.bench.load import drive, request
from tests.bench.meter import metered
from tests.bench.million import LAST_DAY, ORGANISATIONS, fill
from tests.bench.table import record
from tests.support.servers.postgres import Database, DatabaseServer
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import client, internal_token, make_principal

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ROWS, DAYS = 1_000_000, 54 * 14
GRID = {"bbox": [475000, 6995000, 495000, 7015000], "size_m": 1000}
SQUARE = "E486000N7005000"
COORDINATOR = make_principal()
MEMBER = make_principal(kind="housing", role="member", organisation_id=ORGANISATIONS[4], areas=(SQUARE,))


@pytest.fixture(scope="module")
async def service(
    server: DatabaseServer, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ServiceProcess]:
    """The service as a process, with 400 areas and a million reports in as many periods as a lägesbild looks at."""
    bus = await server.fresh_database("samsyn_bus")
    folder = tmp_path_factory.mktemp("service")
    async with service_process("reports", database=database, bus_url=bus.owner_url, folder=folder) as service:
        async with client(service.url, service="reports", principal=COORDINATOR) as caller:
            assert (await caller.post("/areas/grid", json=GRID, timeout=60)).status_code == 200
        await fill(database, rows=ROWS, days=DAYS)
        yield service


@pytest.mark.parametrize(("who", "principal"), [("coordinator", COORDINATOR), ("member", MEMBER)])
@pytest.mark.parametrize(("what", "query"), [("whole", ""), ("area", f"&area={SQUARE}")])
async def test_lagesbild(
    service: ServiceProcess, server: DatabaseServer, who: str, principal: Principal, what: str, query: str
) -> None:
    """GET /lagesbild of the last period, asked alone."""
    head = {"Authorization": f"Bearer {internal_token(principal, service='reports')}"}
    asked = itertools.repeat(request("GET", f"/lagesbild?from={LAST_DAY}{query}", headers=head))
    await drive(service.port, asked, service=service.usage, connections=1, seconds=0.5)
    with metered(server) as cost:
        load = await drive(service.port, asked, service=service.usage, connections=1, seconds=5)
    assert set(load.statuses) == {200}, load.statuses
    n = len(load.seconds)
    row = {"count": n, "cpu_us_per_item": load.cpu_us_per_item}
    record(f"lagesbild.{who}.{what}.p50", load.percentile_ms(50), unit="ms", target=1000, **row)  # type: ignore[arg-type]
    postgres_ms = round(cost.postgres_s / n * 1000)
    record(f"lagesbild.{who}.{what}.cpu_of_postgres", postgres_ms, unit="ms", target=None, count=n)
