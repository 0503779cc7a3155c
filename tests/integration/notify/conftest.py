"""The notify service, running once per worker; its rows are removed before each test."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from services.notify.app import build
from shared.access import Principal
from shared.bus import Bus, Topic
from shared.messages import COMPACTED, TOPICS
from tests.support.make.notify import notify_client, notify_settings
from tests.support.servers.postgres import Database, DatabaseServer, connected, empty
from tests.support.servers.receivers import Receiver, receiver
from tests.support.servers.services import make_principal, running
from tests.support.servers.suites import UNTOLD, bus, bus_url


@pytest.fixture(scope="package")
async def notify_database(postgres: DatabaseServer) -> Database:
    """This worker's database of the notify service, migrated."""
    return await postgres.migrated("notify")


@pytest.fixture(scope="package")
async def topics(bus: Bus) -> None:
    """Every topic of the registry, as its producers would have made it."""
    await bus.ensure_topics([Topic(name=name, compacted=name in COMPACTED) for name in TOPICS])


@pytest.fixture(scope="package")
async def notify_app(notify_database: Database, bus_url: str, topics: None) -> FastAPI:
    """The app, built as in production."""
    return build(notify_settings(notify_database, bus_url))


@pytest.fixture(scope="package")
async def notify_url(notify_app: FastAPI) -> AsyncIterator[str]:
    """Where the running service answers."""
    async with running(notify_app) as url:
        yield url


@pytest.fixture
async def clean(notify_url: str, notify_database: Database) -> None:
    """No subscriptions, nothing to be sent."""
    async with connected(notify_database.admin_url) as admin:
        await empty(admin, keep=UNTOLD)


@pytest.fixture
def principal() -> Principal:
    """A coordinator."""
    return make_principal()


@pytest.fixture
async def notify(clean: None, notify_url: str, principal: Principal) -> AsyncIterator[httpx.AsyncClient]:
    """That coordinator, calling the service."""
    async with notify_client(notify_url, principal) as caller:
        yield caller


@pytest.fixture
async def hook() -> AsyncIterator[Receiver]:
    """A receiver of webhooks that answers 204."""
    async with receiver() as here:
        yield here
