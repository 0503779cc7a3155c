"""Callers who ask and do not read: the answer lies in buffers as small as a system has them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


@asynccontextmanager
async def unread(url: str, path: str, *, headers: dict[str, str]) -> AsyncIterator[int]:
    """GET a path and read the status alone while the block runs."""
    place = urlsplit(url)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (place.hostname, place.port))
        lines = [f"GET {path} HTTP/1.1", "Host: here", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        await loop.sock_sendall(connection, "\r\n".join(lines).encode())
        yield int((await loop.sock_recv(connection, 15)).split()[1])
