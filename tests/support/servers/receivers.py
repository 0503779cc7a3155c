"""Receivers of webhooks on real sockets: well behaved ones, and raw ones that answer with any bytes at any pace."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from aiohttp import web

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class RawReceiver:
    """A TCP server that counts what reaches it. `requests` counts whole request heads."""

    port: int = 0
    connections: int = 0
    requests: int = 0

    @property
    def url(self) -> str:
        """Its address as a webhook URL."""
        return f"http://127.0.0.1:{self.port}/hook"


@asynccontextmanager
async def raw_receiver(script: Script, *, host: str = "127.0.0.1") -> AsyncIterator[RawReceiver]:
    """A receiver that reads each request and then lets `script` answer; the connection ends with the script."""
    receiver = RawReceiver()
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiver.connections += 1
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                await read_request(reader)
                receiver.requests += 1
                await script(reader, writer)
                await writer.drain()
                if writer.is_closing():
                    break
        writer.close()
        running.discard(task)

    server = await asyncio.start_server(serve, host, 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """One request with its body, as sent with Content-Length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head + await reader.readexactly(length)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """A well-behaved receiver that keeps what it got. `answer` says what it replies; change it at any time."""

    url: str = ""
    got: list[Delivery] = field(default_factory=list)
    answer: Callable[[Delivery], web.Response | Awaitable[web.Response]] = lambda _: web.Response(status=204)


@asynccontextmanager
async def receiver(*, port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver on a port of its own, or on this one; `url` is where it listens."""
    here = Receiver()

    async def hook(request: web.Request) -> web.Response:
        delivery = Delivery(path=request.path, headers=dict(request.headers), body=await request.read())
        here.got.append(delivery)
        answer = here.answer(delivery)
        return answer if isinstance(answer, web.Response) else await answer

    app = web.Application()
    app.router.add_post("/{path:.*}", hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    here.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield here
    finally:
        await runner.cleanup()
