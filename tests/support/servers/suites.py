"""What a suite has to itself. A conftest that imports these has them anew, and they end with its last test.

Else a file of 30,000 rows in one suite would be the backlog of another one's consumers, and one's areas the other's.
"""

import os
import secrets
from collections.abc import AsyncIterator

import pytest

from shared.bus import Bus
from shared.bus.opening import open_bus
from tests.support.servers.postgres import Database, DatabaseServer

# What a running service has still to tell goes out by itself; taken from under its relay it might yet be told.
UNTOLD = ("outbox",)


@pytest.fixture(scope="package")
async def bus_url(postgres: DatabaseServer) -> str:
    """The address of a bus: PostgreSQL, or a part of the Kafka cluster named by KAFKA_BOOTSTRAP_SERVERS."""
    if cluster := os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        return f"kafka://{cluster}/test-{secrets.token_hex(4)}"
    database = await postgres.fresh_database("samsyn_bus")
    return database.owner_url


@pytest.fixture(scope="package")
async def bus(bus_url: str) -> AsyncIterator[Bus]:
    """A connection to that bus."""
    bus = open_bus(bus_url)
    await bus.start()
    yield bus
    await bus.stop()


@pytest.fixture(scope="package")
async def reports_database(postgres: DatabaseServer) -> Database:
    """A database of the reports service, migrated."""
    return await postgres.migrated("reports")
