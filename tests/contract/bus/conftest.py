"""Each test of this folder runs once per bus."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from shared.bus import Bus
from shared.bus_postgres import PostgresBus
from tests.support.postgres import DatabaseServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a bus is to be had, and how to connect to it once more."""

    kind: str
    connect: Callable[[], Bus]


@pytest.fixture(scope="session", params=["postgres"])
async def site(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """A place with a running bus."""
    server: DatabaseServer = request.getfixturevalue("postgres")
    database = await server.fresh_database("samsyn_bus")
    yield Site(kind="postgres", connect=lambda: PostgresBus(database.owner_url))
    await server.drop_database(database)


@pytest.fixture
async def bus(site: Site) -> AsyncIterator[Bus]:
    """A connection to the bus."""
    connection = site.connect()
    await connection.start()
    yield connection
    await connection.stop()
