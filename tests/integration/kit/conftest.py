"""The kit on its own: a fresh database and a topic for each test, and this worker's bus."""

from collections.abc import AsyncIterator

import pytest

from shared.bus import Bus, Topic
from shared.database import Database
from tests.support.make.facts import Counted, new_fact
from tests.support.make.kit import kit_database, opened
from tests.support.servers import postgres as support
from tests.support.servers.postgres import DatabaseServer, connected, empty
from tests.support.servers.suites import bus, bus_url, reports_database


@pytest.fixture(scope="package")
async def kit_tables(postgres: DatabaseServer) -> support.Database:
    """This worker's database with the kit's tables."""
    return await kit_database(postgres)


@pytest.fixture
async def tables(kit_tables: support.Database) -> support.Database:
    """The same, with nothing in it."""
    async with connected(kit_tables.admin_url) as admin:
        await empty(admin)
    return kit_tables


@pytest.fixture
async def database(tables: support.Database) -> AsyncIterator[Database]:
    """The kit's connections to it."""
    async with opened(tables) as found:
        yield found


@pytest.fixture
async def fact(bus: Bus) -> type[Counted]:
    """A message class on a topic of this test alone."""
    fact = new_fact()
    await bus.ensure_topics([Topic(name=fact.topic)])
    return fact
