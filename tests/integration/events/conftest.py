"""The events service, running once per worker; its rows are removed before each test."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from services.events.app import build
from services.events.consumers import load_areas
from services.events.settings import Settings
from shared.bus import Bus
from shared.geo.areas import store_areas
from tests.support.look.bus import BusProbe, listening, topics_of
from tests.support.make.areas import make_area, square
from tests.support.servers.postgres import Database, DatabaseServer, connected, empty
from tests.support.servers.services import client, make_principal, running, settings_for
from tests.support.servers.suites import UNTOLD, bus, bus_url


@pytest.fixture(scope="package")
async def events_database(postgres: DatabaseServer) -> Database:
    """This worker's database of the events service, migrated."""
    return await postgres.migrated("events")


@pytest.fixture(scope="package")
async def events_app(events_database: Database, bus_url: str) -> FastAPI:
    """The app, built as in production, looking at its areas often."""
    return build(settings_for(Settings, events_database, bus_url=bus_url, areas_reload_s=0.05))


@pytest.fixture(scope="package")
async def events_url(events_app: FastAPI) -> AsyncIterator[str]:
    """Where the running service answers."""
    async with running(events_app) as url:
        yield url


@pytest.fixture
async def clean(events_app: FastAPI, events_url: str, events_database: Database) -> None:
    """No gatherings, and a tree of areas.

    The municipality 2380 is a degree wide; 01 around the square, with 0101 in its western half; 02 to the east; 03 is
    no longer in use.
    """
    async with connected(events_database.admin_url) as admin:
        await empty(admin, keep=UNTOLD)
    areas = [
        make_area("2380", level=0, path=["2380"], geometry=square(14.2, 62.8, 1.0)),
        make_area("01"),
        make_area("0101", level=2, path=["2380", "01", "0101"], geometry=square(14.6, 63.15, 0.05)),
        make_area("02", geometry=square(14.8, 63.1, 0.1)),
        make_area("03", geometry=square(14.9, 63.1, 0.1), active=False),
    ]
    async with events_app.state.database.sessions.begin() as session:
        await store_areas(session, areas)
    await load_areas(events_app)


@pytest.fixture
async def events(clean: None, events_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A coordinator who calls the service."""
    async with client(events_url, service="events", principal=make_principal()) as caller:
        yield caller


@pytest.fixture
async def told(bus: Bus, events_url: str, events_database: Database) -> AsyncIterator[BusProbe]:
    """What the service tells the bus during the test."""
    async with listening(bus, *topics_of("events"), teller=events_database) as probe:
        yield probe
