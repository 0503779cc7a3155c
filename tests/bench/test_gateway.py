"""The gateway as partners meet it: POST of a report through it, and the overview at 100,000 and 1,000,000 reports.

The gateway and the reports service are processes of their own, PostgreSQL syncs as in production, and the caller is a
handful of raw sockets, so that the machine is theirs.
"""

import asyncio
import itertools
import json
import random
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from services.gateway.access import partners
from services.gateway.app import build
from services.gateway.settings import Settings
from shared.cycles import cycle_of
from shared.database import migrations
from shared.service import open_database
from shared.settings import Municipality
from tests.bench.load import Load, drive, request
from tests.bench.table import record
from tests.support.look.statements import statements_of
from tests.support.make.areas import square
from tests.support.make.days import today
from tests.support.make.people import letters
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, DatabaseServer, connected, own_server
from tests.support.servers.processes import ServiceProcess, service_process
from tests.support.servers.services import INTERNAL_KEY, INTERNAL_PUBLIC, running

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

PEPPER = "a pepper for tests only"
GRID = {"bbox": [475000, 6995000, 495000, 7015000], "size_m": 1000}
CATEGORIES = ("order", "damage", "theft", "drugs", "traffic", "violence", "fire", "other")
AREAS, PERIODS = 400, 26


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A gateway before a reports service; `token` is a coordinator's, with no quota to speak of."""

    gateway: ServiceProcess
    reports: ServiceProcess
    database: Database
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.token}"}


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    """A server as durable as in production."""
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
async def house(server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Both services as processes, with 400 areas."""
    bus = await server.fresh_database("samsyn_bus")
    reports, gateway = await server.fresh_database("reports"), await server.fresh_database("gateway")
    await migrations.upgrade("reports", reports.owner_url)
    await migrations.upgrade("gateway", gateway.owner_url)
    folder = tmp_path_factory.mktemp("services")
    async with service_process("reports", database=reports, bus_url=bus.owner_url, folder=folder) as behind:
        keys = {
            "GATEWAY_TOKEN_KEY": json.dumps(INTERNAL_KEY.as_dict(private=True)),
            "GATEWAY_INTERNAL_KEY": json.dumps(INTERNAL_KEY.as_dict(private=True)),
            "GATEWAY_PEPPER": PEPPER,
            "GATEWAY_REPORTS_URL": behind.url,
        }
        async with service_process("gateway", database=gateway, bus_url=bus.owner_url, folder=folder, **keys) as front:
            token = await new_token(front, gateway)
            made = House(gateway=front, reports=behind, database=gateway, token=token)
            async with httpx.AsyncClient(base_url=front.url, headers=made.headers, timeout=60) as caller:
                answer = await caller.post("/samsyn/v1/areas/grid", json=GRID, headers={"Idempotency-Key": "grid"})
                assert answer.status_code == 200, answer.text
            yield made


async def new_token(front: ServiceProcess, database: Database) -> str:
    """A coordinator's client with a quota beyond any load, and its token."""
    settings = settings_of(database)
    opened = open_database("gateway", settings)
    async with opened.sessions() as session, session.begin():
        organisation = await partners.add_organisation(
            session, name="Municipality", kind="municipality", areas=(), actor="bench"
        )
        client_id, secret = await partners.add_client(
            session, organisation_id=organisation, kind="municipality", name="bench", role="coordinator", scopes=None,
            pepper=PEPPER, actor="bench", quota=100_000_000,
        )  # fmt: skip
    await opened.stop()
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    async with httpx.AsyncClient(base_url=front.url) as caller:
        answer = await caller.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def settings_of(database: Database) -> Settings:
    """The gateway's settings for its database."""
    key = json.dumps(INTERNAL_KEY.as_dict(private=True))
    return Settings(
        database_url=database.url, bus_url=database.url, internal_public_key=INTERNAL_PUBLIC, internal_key=key,
        token_key=key, pepper=PEPPER,
    )  # fmt: skip


def posts(house: House) -> Iterator[bytes]:
    """New reports for ever."""
    headers = house.headers | {"Content-Type": "application/json"}
    chance = random.Random(1)
    while True:
        point = {"lon": round(chance.uniform(14.5, 14.9), 5), "lat": round(chance.uniform(63.1, 63.2), 5)}
        body = json.dumps(make_report(point=point, external_reference=f"{letters()}-{letters()}")).encode()
        yield request("POST", "/samsyn/v1/reports", headers=headers | {"Idempotency-Key": uuid4().hex}, body=body)


async def test_post_through_the_gateway(house: House) -> None:
    """POST of a report, four connections: >= 350/s, p99 < 50 ms, durable, screened, outboxed, counted."""
    gateway, reports = house.gateway.usage, house.reports.usage
    await drive(house.gateway.port, posts(house), service=gateway, seconds=3)  # warm
    before = reports.cpu_times()
    load = await drive(house.gateway.port, posts(house), service=gateway, seconds=10)
    after = reports.cpu_times()
    assert set(load.statuses) == {201}, load.statuses
    behind = (after.user + after.system - before.user - before.system) / len(load.seconds) * 1e6
    show(load, "gateway.post_reports.rate", round(load.rate), unit="1/s", target=350, statements=0)
    show(load, "gateway.post_reports.p50", load.percentile_ms(50), unit="ms", target=None, statements=0)
    show(load, "gateway.post_reports.p99", load.percentile_ms(99), unit="ms", target=50, statements=0)
    count = len(load.seconds)
    record("gateway.post_reports.cpu_of_reports", round(behind), unit="us", target=None, count=count)


@pytest.mark.parametrize("reports", [100_000, 1_000_000])
async def test_overview_from_the_read_model(house: House, reports: int) -> None:
    """GET of the overview: one statement, p99 < 10 ms, whatever the number of reports."""
    await fill(house.database, reports=reports)
    per_item = await statements(house)
    pages = itertools.repeat(request("GET", "/samsyn/v1/overview", headers=house.headers))
    await drive(house.gateway.port, pages, service=house.gateway.usage, connections=1, seconds=1)  # warm
    load = await drive(house.gateway.port, pages, service=house.gateway.usage, connections=1, seconds=5)
    assert set(load.statuses) == {200}, load.statuses
    name = f"gateway.overview_of_{reports}"
    show(load, f"{name}.p99", load.percentile_ms(99), unit="ms", target=10, statements=per_item)
    show(load, f"{name}.rate", round(load.rate), unit="1/s", target=None, statements=per_item)
    seconds = sorted([await made_anew(house) for _ in range(20)])
    record(f"{name}.made_anew", round(seconds[len(seconds) // 2] * 1000, 2), unit="ms", target=None, count=20)


async def made_anew(house: House) -> float:
    """Seconds for the overview after something was told."""
    async with connected(house.database.admin_url) as admin:
        await admin.execute(TOLD)
    async with httpx.AsyncClient(base_url=house.gateway.url, headers=house.headers) as caller:
        await caller.get("/samsyn/v1/feed", params={"limit": 1})  # the connection is there
        began = time.perf_counter()
        assert (await caller.get("/samsyn/v1/overview")).status_code == 200
        return time.perf_counter() - began


async def fill(database: Database, *, reports: int) -> None:
    """So many reports of the running and earlier cycles in the read model, spread over areas and categories."""
    await until_counted(database)
    here = Municipality()
    running_cycle = cycle_of(today(), start=here.cycle_start, days=here.cycle_days).first
    async with connected(database.admin_url) as admin:
        await admin.execute("TRUNCATE report_facts, area_counts")
        await admin.execute(
            "INSERT INTO areas (code, name, level, path, geometry, active, sequence)"
            " SELECT 'B' || n, 'Area ' || n, 2, ARRAY['2380', 'B' || n], $1::jsonb, true, 1"
            " FROM generate_series(1, $2::int) AS n ON CONFLICT DO NOTHING",
            json.dumps(square(14.6, 63.1, 0.01)), AREAS,
        )  # fmt: skip
        await admin.execute(FACTS, reports, AREAS, list(CATEGORIES), running_cycle, PERIODS)
        await admin.execute(
            "INSERT INTO area_counts (period, area_code, category, organisation_id, reports)"
            " SELECT period, area_code, category, organisation_id, count(*) FROM report_facts GROUP BY 1, 2, 3, 4"
            # Reports that were sent a moment ago may be counted meanwhile.
            " ON CONFLICT (period, area_code, category, organisation_id) DO UPDATE SET reports = excluded.reports"
        )
        # As the consumer does with all it counts: what was answered before is no longer so.
        await admin.execute(TOLD)
        await admin.execute("ANALYZE report_facts, area_counts, areas")


TOLD = """
    INSERT INTO feed (position, message_id, type, at, data)
    SELECT coalesce(max(position), 0) + 1, gen_random_uuid(), 'area.changed', now(), '{}' FROM feed
"""


async def until_counted(database: Database) -> None:
    """Wait until what was sent to the running gateway has arrived in its read model."""
    async with connected(database.admin_url) as admin:
        seen = -1
        while (now := await admin.fetchval("SELECT coalesce(max(position), 0) FROM feed")) != seen:
            seen = now
            await asyncio.sleep(1)


FACTS = """
    INSERT INTO report_facts (report_id, organisation_id, category, area_code, period, counted, sequence)
    SELECT gen_random_uuid(), lpad((n % 10)::text, 32, '0')::uuid, ($3::text[])[1 + n % cardinality($3::text[])],
           'B' || (1 + (n * 7919) % $2::bigint), $4::date - 14 * (n % $5::int)::int, true, 1
    FROM generate_series(1, $1::bigint) AS n
"""


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


async def statements(house: House) -> int:
    """How many statements the overview takes."""
    app = build(settings_of(house.database))
    async with running(app) as url, httpx.AsyncClient(base_url=url, headers=house.headers) as caller:
        await app.state.directory.refresh()
        assert (await caller.get("/samsyn/v1/overview")).status_code == 200
        with statements_of(app) as said:
            await caller.get("/samsyn/v1/overview")
        return len(said)
