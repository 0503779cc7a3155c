"""Each test of this folder runs once per bus: the PostgreSQL log, and Kafka.

Kafka is the cluster in KAFKA_BOOTSTRAP_SERVERS, else the mock broker, which cannot do everything: a test that needs
more says so with `site.beyond_mock(reason)`.
"""

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from shared.bus import Bus
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from tests.contract.kit.bus.mock_kafka import KafkaBusOnMock, mock_broker
from tests.support.machine import KAFKA, require
from tests.support.servers.postgres import DatabaseServer

# A dead member's places are free after this; Kafka's brokers accept no less. The mock keeps a member that has left
# for as long, and accepts anything.
SESSION_S = 6.0
MOCK_SESSION_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a bus is to be had, and how to connect to it once more."""

    kind: str
    address: str
    connect: Callable[[], Bus]

    def beyond_mock(self, reason: str) -> None:
        """Skip the test where Kafka is only played."""
        if self.kind == "mock":
            require(KAFKA)


@pytest.fixture(scope="package", params=["postgres", "kafka"])
async def site(request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """A place with a running bus."""
    if request.param == "postgres":
        server: DatabaseServer = request.getfixturevalue("postgres")
        database = await server.fresh_database("samsyn_bus")
        url = database.owner_url
        yield Site(kind="postgres", address=url, connect=lambda: PostgresBus(url))
        await server.drop_database(database)
    elif cluster := KAFKA.find():
        yield Site(kind="kafka", address=cluster, connect=lambda: KafkaBus(cluster, session_timeout_s=SESSION_S))
    else:
        with mock_broker() as broker:
            address = broker.bootstrap
            yield Site(
                kind="mock", address=address, connect=lambda: KafkaBusOnMock(address, session_timeout_s=MOCK_SESSION_S)
            )


@pytest.fixture
async def bus(site: Site) -> AsyncIterator[Bus]:
    """A connection to the bus."""
    connection = site.connect()
    await connection.start()
    yield connection
    await connection.stop()
