"""Receivers that misbehave, on real sockets: nothing hangs, memory stays bounded, no redirect is followed."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_network
from random import Random

import psutil
import pytest
from aiohttp import web

from services.notify.webhooks.addresses import Reach
from services.notify.webhooks.ladder import judge
from services.notify.webhooks.sender import READ_BYTES, NameLookUp, Sender
from tests.support.servers.receivers import Script, raw_receiver, receiver

TOTAL_S = 1.0
BOMB = gzip.compress(bytes(10_000_000))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
LATE = b"Mon, 01 Jan 2024 00:00:00 +99999999999999999"
STATUS_LINES = (
    b"HTTP/1.1 000 X", b"HTTP/1.1 099 X", b"HTTP/1.1 999 X", b"HTTP/1.1 99999 X", b"HTTP/1.1 -1 X", b"HTTP/9.9 200 OK",
    b"HTTP/1.1 \xb2\xb2\xb2 X", b"HTTP/1.0 503 \xff\x00", b"HTTP/1.1 101 Switching", b"HTTP/1.1 304 Not", b"ICY 200 OK",
)  # fmt: skip
HEADERS = (
    b"Retry-After: " + LATE, b"Retry-After: \xff\xfe", b"Retry-After: 1\r\nRetry-After: 2", b"Date: " + LATE,
    b"Content-Length: -1", b"Content-Length: 99999999999999999999999", b"Content-Length: \xb2", b"Content-Length: 5, 5",
    b"Content-Type: text/plain; charset=\x00nope", b'Content-Type: text/plain; charset=idna; charset="',
    b"Content-Type: ;;=;", b"Content-Encoding: br", b"Content-Encoding: \xff", b"Location: http://[::",
    b"Location: //\x00",
    b"Link: <http://[>; rel=", b"Set-Cookie: \x7f=\xff; Max-Age=" + b"9" * 30 + b"; Expires=" + LATE,
    b"Set-Cookie: =;;;;path", b"Set-Cookie: a\tb=c", b"Connection: upgrade\r\nUpgrade: websocket",
    b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked, chunked", b"Trailer: x", b"Keep-Alive: timeout=\xb2",
    b"WWW-Authenticate: Digest \xff", b": empty", b" folded", b"\xff: 1", b"x" * 300,
)  # fmt: skip
CHUNKS = (
    b"5\r\nhello\r\n0\r\nRetry-After: " + LATE + b"\r\nContent-Length: 9\r\n\r\n",
    b"5\r\nhello\r\n0\r\nX: \xff\x00\r\n\r\n",
    b"5;ext=\xff\r\nhello\r\n0\r\n" + b"T: y\r\n" * 3_000 + b"\r\n", b"-5\r\nhello", b"\xb2\r\nh", b"f" * 19 + b"\r\nx",
)  # fmt: skip
BENT = (
    *(line + b"\r\nRetry-After: " + LATE + b"\r\n\r\n" for line in STATUS_LINES),
    *(b"HTTP/1.1 503 X\r\n" + header + b"\r\n\r\nhello" for header in HEADERS),
    *(b"HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks for chunks in CHUNKS),
)


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    """A sender that may reach loopback and gives each request one second."""
    look_up = NameLookUp()
    made = Sender(allowed=[Reach(ip_network("127.0.0.0/8"))], look_up=look_up, total_s=TOTAL_S)
    try:
        yield made
    finally:
        await made.close()
        look_up.close()


async def drip(writer: asyncio.StreamWriter, piece: bytes, *, every_s: float) -> None:
    """Write the same piece for ever, or until the other side has had enough."""
    while not writer.is_closing():
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(every_s)


async def slow_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One header byte at a time."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    await drip(writer, b"x", every_s=0.05)


async def slow_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A body that trickles in."""
    writer.write(HEAD + b"Content-Length: 10000\r\n\r\n")
    await drip(writer, b"x", every_s=0.05)


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await reader.read()


async def flood_of_1xx(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Interim answers without end."""
    await drip(writer, b"HTTP/1.1 102 Processing\r\n\r\n", every_s=0.001)


async def endless_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As much body as the other side takes."""
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    await drip(writer, b"10000\r\n" + bytes(65_536) + b"\r\n", every_s=0)


async def huge_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """10 MB of headers."""
    writer.write(HEAD)
    for n in range(1_250):
        writer.write(b"X-%d: " % n + b"x" * 8_000 + b"\r\n")
        await writer.drain()
    writer.write(b"\r\n")


async def one_huge_header(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One header line of 10 MB."""
    writer.write(HEAD + b"X: ")
    for _piece in range(160):  # in pieces, because this server's own buffers count as well
        writer.write(b"x" * 65_536)
        await writer.drain()
    writer.write(b"\r\n\r\n")


async def gzip_bomb(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """10 kB that would unfold to 10 MB."""
    writer.write(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB)


async def bad_chunks(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A chunk size that is no number."""
    writer.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n")


async def not_http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Another protocol altogether."""
    writer.write(b"220 mail.example ESMTP\r\n")


async def early_close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closes without a word."""
    writer.close()


async def broken_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promises more body than it sends."""
    writer.write(HEAD + b"Content-Length: 100\r\n\r\nhello")
    writer.close()


@pytest.mark.parametrize(
    ("script", "status", "error"),
    [
        (slow_headers, None, "timeout"),
        (slow_body, None, "timeout"),
        (silent, None, "timeout"),
        (flood_of_1xx, None, "timeout"),
        (endless_body, 200, None),
        (huge_headers, None, "protocol"),
        (one_huge_header, None, "protocol"),
        (gzip_bomb, 200, None),
        (bad_chunks, None, "protocol"),
        (not_http, None, "protocol"),
        (early_close, None, "protocol"),
        (broken_body, None, "protocol"),
    ],
)
async def test_hostile_receiver(sender: Sender, script: Script, status: int | None, error: str | None) -> None:
    """20 requests at once to one such receiver: all end in time, as expected, and memory grows by less than 50 MB."""
    async with raw_receiver(script) as hostile:
        before, started = psutil.Process().memory_info().rss, time.monotonic()
        answers = await asyncio.gather(*(sender.send(hostile.url, headers={}, body=b"{}") for _ in range(20)))
        took_s, grown_mb = time.monotonic() - started, (psutil.Process().memory_info().rss - before) / 1e6
    print(f"\nhostile {script.__name__}: {took_s:.2f} s, {grown_mb:.1f} MB")
    assert {(a.status, a.error) for a in answers} == {(status, error)}
    assert max(len(a.excerpt) for a in answers) <= READ_BYTES
    assert took_s < TOTAL_S + 2
    assert grown_mb < 50


async def test_every_bent_answer_has_a_verdict(sender: Sender) -> None:
    """Status lines, headers, chunks and trailers that nobody should write: each is an attempt with a verdict."""
    asked = iter(BENT)

    async def bent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(next(asked))
        writer.close()

    async with raw_receiver(bent) as hostile:
        for _ in BENT:
            answer = await sender.send(hostile.url, headers={}, body=b"{}")
            verdict = judge(answer, attempt=1, now=datetime.now(UTC), rng=Random(1))
            assert verdict.outcome == "retry"
            assert (answer.status is None) == (answer.error == "protocol")
            assert answer.excerpt.isprintable() or "hello" in answer.excerpt
    assert next(asked, None) is None


async def test_redirect_is_not_followed(sender: Sender) -> None:
    """A redirect to the metadata address, or to another listener, is the final answer."""

    async def elsewhere(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with raw_receiver(elsewhere) as target:
        for status in (301, 302, 303, 307, 308):
            for location in (target.url, "http://169.254.169.254/latest/meta-data/"):

                async def redirect(
                    _: asyncio.StreamReader, writer: asyncio.StreamWriter, status: int = status, to: str = location
                ) -> None:
                    writer.write(f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())

                async with raw_receiver(redirect) as redirecting:
                    answer = await sender.send(redirecting.url, headers={}, body=b"{}")
                    assert (answer.status, answer.error) == (status, None)
                    assert redirecting.requests == 1
        assert target.connections == 0


async def test_connection_is_kept_and_a_stale_one_is_tried_once_more(sender: Sender) -> None:
    """Two requests share a connection; one that the receiver closed while idle costs no attempt."""
    closes = iter([False, True, False, False])

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if next(closes):
            writer.close()
            return
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with raw_receiver(answer) as kept:
        answers = [await sender.send(kept.url, headers={}, body=b"{}") for _ in range(3)]
        assert [a.status for a in answers] == [204, 204, 204]
        assert (kept.requests, kept.connections) == (4, 2)


async def test_cookies_are_forgotten_and_bytes_arrive_unchanged(sender: Sender) -> None:
    """A cookie that was set does not come back; body and headers arrive as given, with nothing of ours guessed."""
    body = '{"å":"\u2028"}'.encode()
    async with receiver() as here:

        def answer(_: object) -> web.Response:
            return web.Response(status=200, text="x" * 5_000, headers={"Set-Cookie": "id=1; Path=/"})

        here.answer = answer
        for _ in range(2):
            got = await sender.send(
                here.url, headers={"Content-Type": "application/json", "webhook-id": "1"}, body=body
            )
        assert got.excerpt == "x" * READ_BYTES
        assert [d.body for d in here.got] == [body, body]
        assert "Cookie" not in here.got[1].headers
        assert here.got[1].headers["Accept-Encoding"] == "identity"
        assert here.got[1].headers["Content-Type"] == "application/json"
