"""The walks service, running once per worker; its rows are removed before each test."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.walks.app import build
from services.walks.settings import Settings
from shared.bus import Bus
from shared.geo.areas import store_areas
from tests.integration.walks.safety.walks import OWNER, take_part
from tests.support.look.bus import BusProbe, listening, topics_of
from tests.support.make.areas import make_area
from tests.support.servers.postgres import Database, DatabaseServer, connected, empty
from tests.support.servers.services import client, make_principal, running, settings_for
from tests.support.servers.suites import UNTOLD, bus, bus_url


@pytest.fixture(scope="package")
async def walks_database(postgres: DatabaseServer) -> Database:
    """This worker's database of the walks service, migrated."""
    return await postgres.migrated("walks")


@pytest.fixture(scope="package")
async def walks_app(walks_database: Database, bus_url: str) -> FastAPI:
    """The app, built as in production."""
    return build(settings_for(Settings, walks_database, bus_url=bus_url))


@pytest.fixture(scope="package")
async def walks_url(walks_app: FastAPI) -> AsyncIterator[str]:
    """Where the running service answers."""
    async with running(walks_app) as url:
        yield url


@pytest.fixture
async def clean(walks_app: FastAPI, walks_url: str, walks_database: Database) -> None:
    """No walks, one who answers, and four areas: 01 with 0101 below it, 02, and 03 that is no longer in use."""
    async with connected(walks_database.admin_url) as admin:
        await empty(admin, keep=UNTOLD)
    areas = [
        make_area("01"),
        make_area("0101", level=2, path=["2380", "01", "0101"]),
        make_area("02"),
        make_area("03", active=False),
    ]
    async with walks_app.state.database.sessions.begin() as session:
        await store_areas(session, areas)
    await take_part(walks_database, UUID(OWNER))


@pytest.fixture
async def walks(clean: None, walks_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A coordinator who calls the service."""
    async with client(walks_url, service="walks", principal=make_principal()) as caller:
        yield caller


@pytest.fixture
async def told(bus: Bus, walks_url: str, walks_database: Database) -> AsyncIterator[BusProbe]:
    """What the service tells the bus during the test."""
    async with listening(bus, *topics_of("walks"), teller=walks_database) as probe:
        yield probe
