"""The reports service, running once per worker; its rows are removed before each test."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from services.reports.app import build
from services.reports.areas.work import load_areas
from services.reports.settings import Settings
from shared.bus import Bus
from tests.support.look.bus import BusProbe, listening
from tests.support.make.areas import area_row
from tests.support.servers.postgres import Database, connected, empty
from tests.support.servers.services import INTERNAL_PUBLIC, client, make_principal, running
from tests.support.servers.suites import UNTOLD, bus, bus_url, reports_database


@pytest.fixture(scope="package")
async def reports_app(reports_database: Database, bus_url: str) -> FastAPI:
    """The app, built as in production."""
    return build(
        Settings(
            database_url=reports_database.url,
            migration_url=reports_database.owner_url,
            bus_url=bus_url,
            internal_public_key=INTERNAL_PUBLIC,
            log_format="json",
        )
    )


@pytest.fixture(scope="package")
async def reports_url(reports_app: FastAPI) -> AsyncIterator[str]:
    """Where the running service answers."""
    async with running(reports_app) as url:
        yield url


@pytest.fixture
async def clean(reports_app: FastAPI, reports_url: str, reports_database: Database) -> None:
    """No reports, and one area: a square around Östersund."""
    async with connected(reports_database.admin_url) as admin:
        await empty(admin, keep=UNTOLD)
        await admin.execute(*area_row(owner=True))
    await load_areas(reports_app)


@pytest.fixture
async def reports(clean: None, reports_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A coordinator who calls the service."""
    async with client(reports_url, service="reports", principal=make_principal()) as caller:
        yield caller


@pytest.fixture
async def told(bus: Bus, reports_url: str, reports_database: Database) -> AsyncIterator[BusProbe]:
    """What the service tells the bus during the test."""
    async with listening(bus, "reports.report.v1", teller=reports_database) as probe:
        yield probe
