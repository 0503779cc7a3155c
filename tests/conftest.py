"""Fixtures that tests of every kind share."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from hypothesis import settings

from shared import migrations
from shared.bus import Bus
from shared.bus_open import open_bus
from tests.support.bus import BusProbe
from tests.support.postgres import Database, DatabaseServer, run_name, shared_server

# A busy machine is no counterexample: what hangs is ended by the time-out of the whole test.
settings.register_profile("samsyn", deadline=None)
settings.load_profile("samsyn")


# Plain tracebacks: the pretty ones take a second each, and a test that provokes a fault would be slow by them.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session")
def postgres() -> Iterator[DatabaseServer]:
    """The PostgreSQL server of this test run, shared by all workers."""
    with shared_server(run_name()) as server:
        yield server


@pytest.fixture(scope="session")
async def bus_url(postgres: DatabaseServer) -> str:
    """The address of this worker's bus: PostgreSQL, or the Kafka cluster named by KAFKA_BOOTSTRAP_SERVERS."""
    if cluster := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return f"kafka://{cluster}/test-{secrets.token_hex(4)}"
    database = await postgres.fresh_database("samsyn_bus")
    return database.owner_url


@pytest.fixture(scope="session")
async def bus(bus_url: str) -> AsyncIterator[Bus]:
    """A connection to this worker's bus."""
    bus = open_bus(bus_url)
    await bus.start()
    yield bus
    await bus.stop()


@pytest.fixture(scope="session")
async def reports_database(postgres: DatabaseServer) -> Database:
    """This worker's database of the reports service, migrated."""
    database = await postgres.fresh_database("reports")
    await migrations.upgrade("reports", database.owner_url)
    return database


async def probe(bus: Bus, *topics: str) -> BusProbe:
    """A reader of these topics, started."""
    return await BusProbe(bus, list(topics)).start()
