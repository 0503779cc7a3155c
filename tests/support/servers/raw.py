"""HTTP byte by byte: what no client library would send, or would send whole."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back until the connection ended: 0 where it ended without an answer. Names of headers in lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


def request(target: str | bytes, *lines: str, method: str = "GET", close: bool = True) -> bytes:
    """A head for a target as it stands, with more header lines."""
    raw = target if isinstance(target, bytes) else target.encode()
    more = [*lines, *(["Connection: close"] if close else [])]
    return method.encode() + b" " + raw + b" HTTP/1.1\r\nHost: samsyn.example\r\n" + _lines(more) + b"\r\n"


def _lines(lines: list[str]) -> bytes:
    return b"".join(line.encode() + b"\r\n" for line in lines)


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to where a service answers."""
    address = urlsplit(url)
    return await asyncio.open_connection(address.hostname, address.port)


async def exchange(url: str, *parts: bytes, timeout_s: float = 10) -> Answer:
    """Send these parts on a new connection and read until the other end closes it. TimeoutError where it does not."""
    reader, writer = await connect(url)
    try:
        for part in parts:
            writer.write(part)
        async with asyncio.timeout(timeout_s):
            return parsed(await all_of(reader))
    finally:
        writer.close()


async def all_of(reader: asyncio.StreamReader) -> bytes:
    """What comes until the end, or until a reset."""
    found = b""
    try:
        while part := await reader.read(65_536):
            found += part
    except ConnectionError:
        pass
    return found


def parsed(said: bytes) -> Answer:
    """The first answer in what was said."""
    if not said:
        return Answer(status=0)
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Answer(
        status=int(first.split(" ")[1]), headers={name.lower(): value.strip() for name, _, value in pairs}, body=body
    )
