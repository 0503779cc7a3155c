"""Services as they run, for tests: real sockets, real PostgreSQL, a real bus, in this process's event loop."""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar
from uuid import UUID, uuid4

import httpx
import uvicorn
from joserfc.jwk import OKPKey
from starlette.types import ASGIApp

from deploy.serve import configured
from shared.access import SCOPES, Kind, Principal, Role
from shared.access.door import claims_of, sign
from shared.settings import ServiceSettings
from tests.support.look.standing import where_work_stands
from tests.support.servers.answers import check_answer
from tests.support.servers.postgres import Database

Kinds = TypeVar("Kinds", bound=ServiceSettings)

# Made once: each HTTP client makes its own else, at 40 ms a piece.
TRUST = ssl.create_default_context()

INTERNAL_KEY = OKPKey.generate_key("Ed25519")
INTERNAL_PUBLIC = json.dumps(INTERNAL_KEY.as_dict(private=False))


def settings_for(kind: type[Kinds], database: Database, *, bus_url: str, **changes: Any) -> Kinds:
    """The settings of a service under test."""
    return kind(
        database_url=database.url,
        migration_url=database.owner_url,
        bus_url=bus_url,
        internal_public_key=INTERNAL_PUBLIC,
        log_format="json",
        **changes,
    )


def new_key() -> dict[str, str]:
    """A header with an Idempotency-Key that nobody has used."""
    return {"Idempotency-Key": uuid4().hex}


def make_principal(
    *,
    organisation_id: UUID | None = None,
    kind: Kind = "municipality",
    role: Role = "coordinator",
    scopes: frozenset[str] | None = None,
    areas: tuple[str, ...] = (),
    client_id: str | None = None,
    key_id: str | None = None,
) -> Principal:
    """Somebody who asks; by default a coordinator who may do everything."""
    return Principal(
        client_id=client_id or f"client-{uuid4().hex[:8]}",
        organisation_id=organisation_id or uuid4(),
        kind=kind,
        role=role,
        scopes=frozenset(SCOPES) if scopes is None else scopes,
        areas=areas,
        key_id=key_id,
    )


def internal_token(principal: Principal, *, service: str, now: float | None = None) -> str:
    """The token by which the gateway would call a service for this principal."""
    moment = time.time() if now is None else now
    return sign(
        INTERNAL_KEY, claims_of(principal), issuer="samsyn-gateway", audience=service, lifetime_s=60, now=moment
    )


def client(url: str, *, service: str, principal: Principal | None) -> httpx.AsyncClient:
    """A caller of a service, signed in as the principal (None: not at all). What is answered must be documented."""

    async def check(answer: httpx.Response) -> None:
        check_answer(service, answer)

    auth = _Signed(principal, service) if principal else None
    return httpx.AsyncClient(base_url=url, auth=auth, timeout=20, verify=TRUST, event_hooks={"response": [check]})


class _Signed(httpx.Auth):
    """A token for each request that brings none, as the gateway makes them: one alone would end within a long test."""

    def __init__(self, principal: Principal, service: str) -> None:
        self._principal, self._service = principal, service

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if "Authorization" not in request.headers:
            token = internal_token(self._principal, service=self._service)
            request.headers["Authorization"] = f"Bearer {token}"
        yield request


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the test runner keeps its own


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an app on a free port of 127.0.0.1 while the block runs; yields its URL."""
    config = configured(app, ("127.0.0.1", 0), grace_s=5)
    # Longer than httpx keeps a connection: on a busy machine a request would meet one that is just being closed.
    config.timeout_keep_alive += 5
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    try:
        await wait_until(lambda: server.started or task.done(), what="the service to start")
        if task.done():
            task.result()
            raise RuntimeError("the service did not start")
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


async def wait_until(
    condition: Callable[[], Any | Awaitable[Any]], *, timeout_s: float = 10, what: str = "the condition"
) -> Any:
    """The first true value of a condition, asked again and again. Fails the test with what was waited for.

    A process that stood still asks once more behind the end of its time: what was done meanwhile counts.
    """
    end = time.monotonic() + timeout_s
    while True:
        late = time.monotonic() > end
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        if late:
            raise AssertionError(f"waited {timeout_s} s in vain for {what}. {where_work_stands()}")
        await asyncio.sleep(0.02)
