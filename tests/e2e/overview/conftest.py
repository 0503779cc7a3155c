"""A gateway before a reports service, with the demo's areas and some fortnights of reports; and a browser."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from playwright.async_api import Browser

from services.gateway.app import build
from services.gateway.settings import Settings
from services.reports.app import build as build_reports
from services.reports.settings import Settings as ReportsSettings
from shared.bus import Bus
from shared.cycles import cycle_of
from shared.settings import Municipality
from tests.e2e.overview.fortnights import GEOJSON, make_plans, make_reports, publish
from tests.support.make.days import today
from tests.support.make.people import add_person
from tests.support.servers.postgres import Database, DatabaseServer, connected
from tests.support.servers.services import INTERNAL_KEY, INTERNAL_PUBLIC, client, make_principal, running, wait_until
from tests.support.servers.suites import bus, bus_url

HERE = Municipality(name="Östersund", code="2380", fictive=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A running installation: where its pages are, its accounts (with PASSWORD), and the gateway's database."""

    url: str
    coordinator: str
    night_walker: str
    database: Database


@pytest.fixture(scope="package")
async def town(chromium: Browser, postgres: DatabaseServer, bus: Bus, bus_url: str) -> AsyncIterator[Town]:
    """Three fortnights of reports, some findings and gatherings, all consumed. Nothing without a browser."""
    reports, gateway = await postgres.migrated("reports"), await postgres.migrated("gateway")
    common: dict[str, Any] = {"bus_url": bus_url, "internal_public_key": INTERNAL_PUBLIC, "municipality": HERE}
    async with running(build_reports(ReportsSettings(database_url=reports.url, **common))) as reports_url:
        app = build(
            Settings(
                database_url=gateway.url,
                internal_key=json.dumps(INTERNAL_KEY.as_dict(private=True)),
                token_key=json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)),
                pepper="a pepper for tests only",
                reports_url=reports_url,
                **common,
            )
        )
        async with running(app) as url:
            coordinator, organisation_id = await add_person(app, kind="municipality", role="coordinator")
            walker, _ = await add_person(app, kind="night_walk", role="night_walker")
            principal = make_principal(organisation_id=organisation_id)
            async with client(reports_url, service="reports", principal=principal) as caller:
                sent = await fill(caller, app)
            await publish(bus, make_plans(organisation_id, today=today()))
            await wait_until(lambda: counted(gateway, sent), timeout_s=60, what="the reports to be counted")
            yield Town(url=url, coordinator=coordinator, night_walker=walker, database=gateway)


async def fill(caller: httpx.AsyncClient, app: FastAPI) -> int:
    """The demo's areas, and reports of three fortnights. Returns how many reports."""
    areas = await caller.post(
        "/areas/imports", content=GEOJSON.read_bytes(), headers={"Content-Type": "application/geo+json"}
    )
    assert areas.status_code == 200, areas.text
    now, cycle = datetime.now(app.state.zone), app.state.cycle
    first = cycle_of(now.date(), start=cycle.start, days=cycle.days).first
    bodies = [
        body
        for before in range(3)
        for body in make_reports(first - timedelta(days=14 * before), days=14, seed=before)
        if datetime.fromisoformat(body["occurred_from"]).replace(tzinfo=app.state.zone) < now
    ]
    for n, body in enumerate(bodies):
        answer = await caller.post("/reports", json=body, headers={"Idempotency-Key": f"report-{n}"})
        assert answer.status_code == 201, answer.text
    return len(bodies)


async def counted(gateway: Database, reports: int) -> bool:
    """Whether the gateway's read model has them all, and the plans."""
    async with connected(gateway.admin_url) as admin:
        known = await admin.fetchrow(
            "SELECT (SELECT count(*) FROM report_facts), (SELECT count(*) FROM finding_facts),"
            " (SELECT count(*) FROM gathering_facts)"
        )
    return bool(known and tuple(known) == (reports, 3, 2))
