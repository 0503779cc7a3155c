"""A receiver of webhooks for benchmarks, as a process of its own, so cheap that it is not what is measured.

    python -m tests.bench.fast_receiver

prints its port, answers 200 to every request, and prints the number of requests and of distinct (path, id) pairs when
its input ends. Paths that begin with /slow are answered after 15 s.
"""

import asyncio
import sys
from typing import cast

import uvloop

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
SLOW_S = 15


class Receiver(asyncio.Protocol):
    """One connection. Only what our sender sends is understood: Content-Length, no pipelining."""

    count = 0
    seen: set[bytes] = set()  # noqa: RUF012 - shared by all connections

    def __init__(self) -> None:
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        """Answer when head and body are there."""
        self.buffer += data
        head, end, rest = self.buffer.partition(b"\r\n\r\n")
        if not end or len(rest) < int(_header(head, b"Content-Length")):
            return
        self.buffer = b""
        path = head.split(b" ", 2)[1]
        Receiver.count += 1
        Receiver.seen.add(path + b" " + _header(head, b"webhook-id"))
        assert self.transport is not None
        if path.startswith(b"/slow"):
            asyncio.get_running_loop().call_later(SLOW_S, self.transport.write, OK)
        else:
            self.transport.write(OK)


def _header(head: bytes, name: bytes) -> bytes:
    return head.split(b"\r\n" + name + b": ", 1)[1].split(b"\r\n", 1)[0]


async def main() -> None:
    """Serve until the input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Receiver, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(Receiver.count, len(Receiver.seen), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
