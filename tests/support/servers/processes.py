"""Services as processes of their own, as in production: for what a test in the same process cannot show."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from deploy.local.children import die_with_parent
from deploy.ports import free_port
from tests.support import ROOT
from tests.support.servers.postgres import Database
from tests.support.servers.services import INTERNAL_PUBLIC, TRUST, wait_until


@dataclass(slots=True)
class ServiceProcess:
    """`samsyn serve` of one service. It can be killed and started again on the same port."""

    name: str
    port: int
    inner_port: int
    environment: Mapping[str, str]
    log: Path
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def inner_url(self) -> str:
        """Where it answers probes."""
        return f"http://127.0.0.1:{self.inner_port}"

    @property
    def usage(self) -> psutil.Process:
        """What the operating system knows of it: processor time, memory."""
        assert self.process is not None
        return psutil.Process(self.process.pid)

    async def start(self) -> None:
        """Run it and wait until it is ready."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "deploy.cli", "serve", self.name,
                cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=asyncio.subprocess.STDOUT,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )  # fmt: skip
        await wait_until(self._ready, timeout_s=120, what=f"{self.name} to be ready (its log: {self.log})")

    async def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.returncode is None, self.log.read_text()[-2000:]
        async with httpx.AsyncClient(timeout=5, verify=TRUST) as caller:
            try:
                return (await caller.get(f"{self.inner_url}/readyz")).status_code == 200
            except httpx.TransportError:
                return False

    async def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """Ask it to stop, and insist after a while."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), timeout=20)
        except TimeoutError:
            await self.kill()


@asynccontextmanager
async def service_process(
    name: str, *, database: Database, bus_url: str, folder: Path, **environment: str
) -> AsyncIterator[ServiceProcess]:
    """A service with its migrated database, running until the block ends. More settings as in the environment."""
    port, inner_port = free_port(), free_port()
    prefix = name.upper()
    settings = {
        f"{prefix}_DATABASE_URL": database.url,
        f"{prefix}_MIGRATION_URL": database.owner_url,
        f"{prefix}_PORT": str(port),
        f"{prefix}_INNER_PORT": str(inner_port),
        "BUS_URL": bus_url,
        "INTERNAL_PUBLIC_KEY": INTERNAL_PUBLIC,
        "LOG_FORMAT": "json",
    }
    service = ServiceProcess(name, port, inner_port, settings | environment, folder / f"{name}.log")
    try:
        await service.start()
        yield service
    finally:
        await service.stop()
