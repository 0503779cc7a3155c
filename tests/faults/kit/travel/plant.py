"""A relay or a consumer as a process of its own, which a test may kill, stop and start again.

As a program: `python -m tests.faults.kit.travel.plant relay DATABASE BUS`, or `consume DATABASE BUS TOPIC GROUP
MEMBER`.
"""

import asyncio
import contextlib
import itertools
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from deploy.local.children import die_with_parent
from tests.support import ROOT
from tests.support.servers.freezing import freeze, thaw

READY = b"at work\n"


class Plant:
    """One such process. `start` returns when it works; `kill` when it is gone."""

    def __init__(self, *words: str) -> None:
        self._words = words
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Run it."""
        command = [sys.executable, "-m", "tests.faults.kit.travel.plant", *self._words]
        self._process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        assert self._process.stdout is not None
        async with asyncio.timeout(60):
            while (line := await self._process.stdout.readline()) != READY:
                assert line, "the process ended before it was at work"

    async def kill(self) -> None:
        """kill -9."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end in order."""
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(how)
            process.send_signal(signal.SIGCONT)
        async with asyncio.timeout(20):
            await process.communicate()

    def freeze(self) -> None:
        """Stop it in its tracks; its connections stay open."""
        assert self._process is not None
        freeze([psutil.Process(self._process.pid)])

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        thaw([psutil.Process(self._process.pid)])


@asynccontextmanager
async def plant(*words: str) -> AsyncIterator[Plant]:
    """A running one, stopped in the end."""
    one = Plant(*words)
    await one.start()
    try:
        yield one
    finally:
        await one.stop()


async def _relay(database: str, bus_url: str, silence_s: str = "20") -> None:
    from shared.bus.opening import open_bus  # noqa: PLC0415
    from shared.travel.relay import Relay  # noqa: PLC0415

    bus = open_bus(bus_url)
    relay = Relay(database, bus=bus, wake=asyncio.Event(), name="kit", silence_s=float(silence_s))
    try:
        await relay.run()
    finally:
        await relay.drain(timeout_s=5)
        await relay.close()
        await bus.stop()


async def _consume(database: str, bus_url: str, topic: str, group: str, member: str) -> None:
    from shared.bus.opening import open_bus  # noqa: PLC0415
    from shared.travel.runner import Runner  # noqa: PLC0415
    from tests.support.make.facts import fact_on  # noqa: PLC0415
    from tests.support.make.kit import opened, projecting  # noqa: PLC0415

    async with opened(database) as opened_database:
        bus = open_bus(bus_url)
        consumer = projecting(fact_on(topic), group=group)
        runner = Runner(consumer, bus=bus, database=opened_database, member=member)
        try:
            await runner.run()
        finally:
            await runner.stop()
            await bus.stop()


async def _main(kind: str, *words: str) -> None:
    work = asyncio.create_task(_relay(*words) if kind == "relay" else _consume(*words))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    os.write(1, READY)
    with contextlib.suppress(asyncio.CancelledError):
        await work


if __name__ == "__main__":
    import structlog

    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    kind, *words = itertools.islice(sys.argv, 1, None)
    asyncio.run(_main(kind, *words))
