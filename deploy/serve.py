"""One service as a process: its settings, its app, uvicorn. And the migrations, which run before it."""

import asyncio
import gc
import importlib
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

import asyncpg
import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp

from deploy.local.errors import LocalError
from deploy.ports import why_not
from shared import logs, service, settings
from shared.http.bounds import Bounds
from shared.http.connection import bounded

# Requests in flight may finish for this long after SIGTERM.
GRACE_S = 10
_FILES = 4096


def serve(name: str) -> None:
    """Run a service until SIGTERM. Raises WrongSettings, and LocalError for a port that is taken."""
    found = settings.read(importlib.import_module(f"services.{name}.settings").Settings)
    logs.configure(service=name, style=found.log_format)
    outer, inner = (found.host, found.port), (found.inner_host, found.inner_port)
    for setting, (host, port) in {"PORT": outer, "INNER_PORT": inner}.items():
        if why := why_not(port, host=host):
            own, beside = (f"{name.upper()}_{each}" for each in (setting, setting.replace("PORT", "HOST")))
            raise LocalError(f"Port {port} {why}: set {own} or {beside}.")
    run(importlib.import_module(f"services.{name}.app").build(found), name=name, outer=outer, inner=inner)


def run(app: FastAPI, *, name: str, outer: tuple[str, int], inner: tuple[str, int]) -> None:
    """Serve until SIGTERM or Ctrl-C, then stop in order. Raises LocalError if a part of the service gave up by itself.

    outer, inner: host and port for callers, and those for probes and metrics.

    Once it has stopped, uvicorn sends itself the signal again, which would end the process before it can say why.
    """
    # What is there now stays; and rows of thousands of small objects should not set off a search for cycles each time
    # (measured: a quarter of an import's work in Python).
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    # A thread beside the requests (rows of a file) gives way after half a millisecond, not after five: a request takes
    # ten turns (measured beside a file of 50 MB: half its time).
    sys.setswitchinterval(0.0005)
    for stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stop, lambda *_: None)
    _allow_files()
    _Outer(configured(app, outer), configured(service.probes(app, name), inner, lifespan="off")).run()
    if service.faults:
        raise LocalError(f"{name} ended by itself: {'; '.join(service.faults)}. Its log says more.")


class _Outer(uvicorn.Server):
    """The server that callers reach. When it listens, so does the one for probes, and no longer than it."""

    def __init__(self, config: uvicorn.Config, inner: uvicorn.Config) -> None:
        super().__init__(config)
        self._inner = _Inner(inner)
        self._probed: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._probed = asyncio.create_task(self._inner.serve(), name="probes")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._inner.should_exit = True
        if self._probed is not None:
            await self._probed
        await super().shutdown(sockets)


class _Inner(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # the outer one has them


def configured(
    app: ASGIApp, address: tuple[str, int], *, lifespan: Literal["on", "off"] = "on", grace_s: int = GRACE_S
) -> uvicorn.Config:
    """How an app is served: within the bounds of its connections, and believing no header that says who asks."""
    host, port = address
    bounds: Bounds = getattr(getattr(app, "state", None), "bounds", Bounds())
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=bounded(bounds),
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=bounds.idle_s,
        timeout_graceful_shutdown=grace_s,
    )


def _allow_files() -> None:
    """Each connection is a file, and in the gateway another one to a service: the usual 1,024 would end before them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(hard, _FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _fit_to_municipality(url: str, environ: Mapping[str, str]) -> None:
    """Hold the settings against the data, and the index of words against the language. Raises WrongSettings."""
    from services.reports import foundation, searching  # noqa: PLC0415 - no other service has what depends on them

    told = {name: value for name, value in environ.items() if name.startswith("MUNICIPALITY_") and value}
    here = settings.check(settings.Municipality, told)
    asyncio.run(foundation.check(url, here.model_dump(exclude_unset=True)))
    if asyncio.run(searching.fit_index(url, language=here.language)):
        print(f"reports: words are found as {searching.configuration(here.language)} has them")


def migrate(names: Sequence[str], *, environ: Mapping[str, str] = os.environ) -> None:
    """Bring the databases of these services to the newest migration, one after the other.

    Raises LocalError, and WrongSettings where the municipality's contradict the data.
    """
    from deploy.local.checking import owner_url  # noqa: PLC0415 - a serving process does without
    from shared.database import migrations  # noqa: PLC0415 - as above, and without Alembic

    for name in names:
        url = owner_url(name, environ)
        try:
            reached = asyncio.run(migrations.upgrade(name, url))
            if name == "reports":
                _fit_to_municipality(url, environ)
        except (OSError, asyncpg.PostgresError, SQLAlchemyError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise LocalError(f"The database of {name} could not be migrated: {reason}") from error
        print(f"{name}: at {reached}")
