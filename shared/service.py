"""A service put together from the kit's parts.

Each step is a public function, so a service that does not fit calls them itself; the result is a plain FastAPI app.
"""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from zoneinfo import ZoneInfo

import structlog
from fastapi import APIRouter, FastAPI
from joserfc.jwk import OKPKey
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared import telemetry
from shared.access.door import INTERNAL_ISSUER, Door
from shared.bus import Bus, BusUnavailable, Topic
from shared.bus.opening import open_bus
from shared.database import Database, revisions
from shared.errors import Unavailable
from shared.http import idempotency
from shared.http.bounds import Bounds
from shared.http.edge import Edge
from shared.http.heads import HeadsAsGets
from shared.http.problems import add_problem_handlers, problems
from shared.ids import days_begin_in
from shared.messages import COMPACTED, TOPICS
from shared.privacy.request_ids import is_request_id
from shared.settings import ServiceSettings, WrongSettings
from shared.travel import inbox
from shared.travel.consumer import Consumer
from shared.travel.relay import Relay
from shared.travel.runner import Runner, Stuck
from shared.working import keep_looking, until_there

log = structlog.get_logger()

# Of connections to a service that only the gateway calls: how many there are is the gateway's to bound.
INSIDE = Bounds(connections=4000, silence_s=60)
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
Forget = Callable[[AsyncSession], Awaitable[None]]


# Of a body whose operation says nothing else: one thing with its text. To read a megabyte as JSON holds the loop for up
# to a tenth of a second, so only what costs its caller much may be as large.
SMALL_BYTES = 65_536


def create_service(
    name: str,
    settings: ServiceSettings,
    *,
    routers: Sequence[APIRouter],
    consumers: Sequence[Consumer] = (),
    forgets: Sequence[Forget] = (),
    lifespan: Lifespan | None = None,
    generous: Mapping[str, tuple[int, float]] | None = None,
    from_strangers: Mapping[str, int] | None = None,
) -> FastAPI:
    """A service ready to serve: its routes behind the edge, its relay and consumers running while it lives.

    `forgets`: what it drops once an hour of what only it remembers, each in the transaction it is given.
    `generous` gives path prefixes other bounds than SMALL_BYTES and the settings' time: (bytes, seconds).
    `from_strangers`: those that take a body of declared length of somebody whom nobody knows yet, up to so many bytes.
    """
    app = FastAPI(
        title=f"Samsyn {name}",
        version="1",
        openapi_url=None,
        redirect_slashes=False,  # it would lead to whatever host a request names
        responses=problems(),
        lifespan=_life(name, settings, consumers, forgets, lifespan),
    )
    app.state.settings = settings
    days_begin_in(ZoneInfo(settings.municipality.time_zone))
    app.state.consumers = tuple(consumers)
    app.state.bounds = INSIDE
    key = OKPKey.import_key(json.loads(settings.internal_public_key))
    app.state.door = Door(key, issuer=INTERNAL_ISSUER, audience=name)
    add_problem_handlers(app)
    for router in routers:
        app.include_router(router)
    app.add_middleware(
        Edge,
        body_limit_bytes=min(SMALL_BYTES, settings.body_limit_bytes),
        timeout_s=settings.request_timeout_s,
        generous=generous or {},
        from_strangers=from_strangers or {},
        keeps_id=is_request_id,
    )
    app.add_middleware(HeadsAsGets)
    return app


def open_database(name: str, settings: ServiceSettings) -> Database:
    """The service's database, as its settings say."""
    return Database(
        settings.database_url,
        connections=settings.database_connections,
        statement_timeout_s=settings.statement_timeout_s,
        name=name,
    )


def topics_of(name: str) -> list[Topic]:
    """The topics this service produces."""
    return [Topic(name=topic, compacted=topic in COMPACTED) for topic in TOPICS if topic.startswith(f"{name}.")]


def _life(
    name: str,
    settings: ServiceSettings,
    consumers: Sequence[Consumer],
    forgets: Sequence[Forget],
    inner: Lifespan | None,
) -> Lifespan:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            app.state.database = database = open_database(name, settings)
            stack.push_async_callback(database.stop)
            app.state.bus = bus = open_bus(settings.bus_url)
            stack.push_async_callback(bus.stop)
            await stack.enter_async_context(relaying(name, settings, database, bus))
            for consumer in consumers:
                await stack.enter_async_context(consuming(consumer, settings, database, bus))
            await stack.enter_async_context(background("housekeeping", lambda: keep_house(database, bus, forgets)))
            if inner is not None:
                await stack.enter_async_context(inner(app))
            log.info("service.ready")
            yield
            log.info("service.stopping")

    return life


@asynccontextmanager
async def relaying(name: str, settings: ServiceSettings, database: Database, bus: Bus) -> AsyncIterator[None]:
    """Relay the outbox while the block runs; at its end send what is left for a bounded time."""
    relay = Relay(database.url, bus=bus, wake=database.announced, name=name)

    async def run() -> None:
        topics = topics_of(name)
        await until_there("bus", lambda: bus.ensure_topics(topics), is_away=lambda why: isinstance(why, BusUnavailable))
        await relay.run()

    async with background("relay", run):
        yield
    await relay.drain(timeout_s=settings.drain_timeout_s)
    await relay.close()


@asynccontextmanager
async def consuming(consumer: Consumer, settings: ServiceSettings, database: Database, bus: Bus) -> AsyncIterator[None]:
    """Consume while the block runs."""
    member = f"{consumer.group}-{settings.instance}"
    runner = Runner(consumer, bus=bus, database=database, member=member)
    async with background(f"consumer {consumer.group}", runner.run):
        yield
    await runner.stop()


@asynccontextmanager
async def background(what: str, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Run a task beside the requests. If it ends by itself the process ends too: a service half alive helps nobody."""

    async def guarded() -> None:
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except (Stuck, WrongSettings) as stuck:
            log.error("service.stuck", task=what, reason=str(stuck))
            _end_process(str(stuck))
        except Exception as failure:
            log.exception("service.task_failed", task=what)
            _end_process(f"{what} failed: {type(failure).__name__}")

    task = asyncio.create_task(guarded(), name=what)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task], timeout=10)


# What ended this process, if a task of it failed: the command line turns it into an exit code.
faults: list[str] = []


def _end_process(reason: str) -> None:
    faults.append(reason)
    os.kill(os.getpid(), signal.SIGTERM)


async def keep_house(database: Database, bus: Bus, forgets: Sequence[Forget] = ()) -> None:
    """Once an hour: forget keys and seen messages older than we promise to know them, and tidy the bus.

    And what the service `forgets` besides.
    """

    async def tidy() -> None:
        async with database.sessions() as session, session.begin():
            await idempotency.forget(session, hours=48)
            await inbox.forget(session, days=35)
            for forget in forgets:
                await forget(session)
        await bus.tidy()

    async def give_up(failure: Exception) -> None:
        # It hurts nobody for a day or two, and ending the process would.
        log.warning("housekeeping.failed", reason=type(failure).__name__)

    await keep_looking("housekeeping", tidy, every_s=3600, give_up=give_up)


def probes(app: FastAPI, name: str) -> Starlette:
    """What a service answers on its inner port; `app` is the service itself, and has none of these addresses.

    `/healthz` (the process answers), `/readyz` (database and migrations are there; says how the bus is, and which
    process this is), `/metrics`. A bus that is away does not make a service unready: intake goes on, the outbox grows
    and is drained afterwards.
    """

    async def healthz(_: Request) -> Response:
        return JSONResponse({"service": name, "status": "alive"})

    async def readyz(_: Request) -> Response:
        database, bus, migration = await asyncio.gather(
            _state(app.state.database.ping), _state(app.state.bus.ping), _migration(app.state.database, name)
        )
        ready = database == "ready" and migration == "ready"
        parts = {"database": database, "bus": bus, "migrations": migration, "process": os.getpid()}
        return JSONResponse({"service": name, "ready": ready, **parts}, status_code=200 if ready else 503)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(telemetry.registry()), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route(f"/{each.__name__}", each) for each in (healthz, readyz, metrics)])


async def _state(ping: Callable[[], Awaitable[None]]) -> str:
    try:
        await ping()
    except Unavailable:
        return "away"
    return "ready"


async def _migration(database: Database, name: str) -> str:
    try:
        async with asyncio.timeout(2):
            at = await revisions.current(database.engine)
    except Exception:
        return "unknown"
    return "ready" if at == revisions.head(name) else f"at {at}, wants {revisions.head(name)}"
