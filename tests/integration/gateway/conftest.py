"""The gateway before running services, once per worker; their rows are removed before each test."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from services.events.app import build as build_events
from services.events.settings import Settings as EventsSettings
from services.gateway.access import partners, people
from services.gateway.app import build
from services.gateway.settings import Settings
from services.reports.app import build as build_reports
from services.reports.areas.work import load_areas
from services.reports.settings import Settings as ReportsSettings
from services.walks.app import build as build_walks
from services.walks.settings import Settings as WalksSettings
from shared.access import Kind, Role
from tests.support.make.areas import area_row
from tests.support.make.people import Visitor, add_person, letters, visiting
from tests.support.servers.postgres import Database, DatabaseServer, connected, empty
from tests.support.servers.services import INTERNAL_KEY, INTERNAL_PUBLIC, TRUST, running
from tests.support.servers.suites import UNTOLD

PEPPER = "a pepper for tests only"
SignIn = Callable[..., "object"]
Visit = Callable[..., Awaitable[Visitor]]


@pytest.fixture(scope="package")
async def gateway_database(postgres: DatabaseServer) -> Database:
    """This worker's database of the gateway, migrated."""
    return await postgres.migrated("gateway")


@pytest.fixture(scope="package", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Real argon2id, at a cost that the hundred accounts of a run can bear. A hash says itself what it cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "HASHER", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        yield


@pytest.fixture(scope="package")
async def behind(reports_database: Database, bus_url: str) -> AsyncIterator[tuple[FastAPI, str]]:
    """The reports service behind the gateway: its app and its address."""
    app = build_reports(
        ReportsSettings(database_url=reports_database.url, bus_url=bus_url, internal_public_key=INTERNAL_PUBLIC)
    )
    async with running(app) as url:
        yield app, url


@pytest.fixture(scope="package")
async def beside(postgres: DatabaseServer, bus_url: str) -> AsyncIterator[dict[str, tuple[Database, str]]]:
    """Walks and events behind the gateway: the database and the address of each. Notify is away."""
    kinds: dict[str, tuple[Any, Any]] = {
        "walks": (build_walks, WalksSettings),
        "events": (build_events, EventsSettings),
    }
    async with AsyncExitStack() as stack:
        found = {}
        for name, (make, kind) in kinds.items():
            database = await postgres.migrated(name)
            app = make(kind(database_url=database.url, bus_url=bus_url, internal_public_key=INTERNAL_PUBLIC))
            found[name] = database, await stack.enter_async_context(running(app))
        yield found


@pytest.fixture(scope="package")
async def gateway_app(
    gateway_database: Database,
    behind: tuple[FastAPI, str],
    beside: dict[str, tuple[Database, str]],
    bus_url: str,
) -> FastAPI:
    """The gateway, built as in production; notify is not there."""
    return build(
        Settings(
            database_url=gateway_database.url,
            migration_url=gateway_database.owner_url,
            bus_url=bus_url,
            internal_public_key=INTERNAL_PUBLIC,
            internal_key=json.dumps(INTERNAL_KEY.as_dict(private=True)),
            token_key=json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)),
            pepper=PEPPER,
            reports_url=behind[1],
            walks_url=beside["walks"][1],
            events_url=beside["events"][1],
            notify_url="http://127.0.0.1:9",
        )
    )


@pytest.fixture(scope="package")
async def gateway_url(gateway_app: FastAPI) -> AsyncIterator[str]:
    """Where the running gateway answers."""
    async with running(gateway_app) as url:
        yield url


@pytest.fixture
async def clean(
    gateway_app: FastAPI, gateway_url: str, gateway_database: Database, reports_database: Database,
    behind: tuple[FastAPI, str], beside: dict[str, tuple[Database, str]],
) -> None:  # fmt: skip
    """No callers, no reports, nothing in the read model, and one area everywhere."""
    for database, _ in beside.values():
        async with connected(database.admin_url) as admin:
            await empty(admin, keep=UNTOLD)
            await admin.execute(*area_row(owner=False))
    async with connected(gateway_database.admin_url) as admin:
        await empty(admin, keep={"feed_epoch", *UNTOLD})
        await admin.execute(*area_row(owner=False))
    async with connected(reports_database.admin_url) as admin:
        await empty(admin)
        await admin.execute(*area_row(owner=True))
    await load_areas(behind[0])


@pytest.fixture
async def partner(clean: None, gateway_app: FastAPI, gateway_url: str) -> AsyncIterator[SignIn]:
    """Makes an organisation with a client, gets its token, and gives the caller: `await partner(kind=, role=)`."""
    async with AsyncExitStack() as stack:

        async def make(
            *,
            kind: Kind = "municipality",
            role: Role = "coordinator",
            areas: tuple[str, ...] = (),
            scopes: frozenset[str] | None = None,
            organisation_id: UUID | None = None,
        ) -> httpx.AsyncClient:
            organisation_id, client_id, secret = await new_client(
                gateway_app, kind, role, areas, scopes, organisation_id=organisation_id
            )
            caller = await stack.enter_async_context(httpx.AsyncClient(base_url=gateway_url, timeout=20, verify=TRUST))
            token = await caller.post(
                "/oauth/token",
                data={"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret},
            )
            caller.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
            caller.headers["X-Test-Organisation"] = str(organisation_id)
            return caller

        yield make


@pytest.fixture
async def visit(clean: None, gateway_app: FastAPI, gateway_url: str) -> AsyncIterator[Visit]:
    """Signs somebody in by the page's form: `await visit(kind=, role=, areas=)`."""
    async with AsyncExitStack() as stack:

        async def enter(
            *, kind: Kind = "municipality", role: Role = "coordinator", areas: tuple[str, ...] = ()
        ) -> Visitor:
            name, organisation_id = await add_person(gateway_app, kind=kind, role=role, areas=areas)
            return await stack.enter_async_context(visiting(gateway_url, name, organisation_id))

        yield enter


async def new_client(
    app: FastAPI,
    kind: Kind,
    role: Role,
    areas: tuple[str, ...],
    scopes: frozenset[str] | None,
    *,
    organisation_id: UUID | None = None,
) -> tuple[UUID, str, str]:
    """A client, of an organisation made for it unless one is named: the organisation's id, the client's, its secret."""
    async with app.state.database.sessions() as session, session.begin():
        organisation_id = organisation_id or await partners.add_organisation(
            session, name=f"{kind} {letters()}", kind=kind, areas=areas, actor="test"
        )
        client_id, secret = await partners.add_client(
            session,
            organisation_id=organisation_id,
            kind=kind,
            name="test",
            role=role,
            scopes=scopes,
            pepper=PEPPER,
            actor="test",
        )
    return organisation_id, client_id, secret
