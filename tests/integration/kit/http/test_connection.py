"""Connections within bounds, byte by byte: what is too long, too much or too slow is ended."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import repeat

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from starlette.responses import StreamingResponse
from structlog.testing import capture_logs

from shared.http.bounds import Bounds
from shared.http.connection import Connection
from tests.support.servers.raw import all_of, connect, exchange, request
from tests.support.servers.services import running, wait_until

TIGHT = Bounds(
    connections=12, connections_per_address=8, target_bytes=1000, head_bytes=4000, headers=20, waiting_requests=3,
    head_s=0.3, silence_s=0.4, idle_s=1, linger_s=0.2, look_s=0.05,
)  # fmt: skip


def make_app(bounds: Bounds = TIGHT) -> FastAPI:
    """An app whose operations read a body, leave it unread, or answer without an end."""
    app = FastAPI(openapi_url=None)
    app.state.bounds = bounds

    @app.post("/read")
    async def read(body: dict[str, str]) -> int:
        return len(body)

    @app.post("/unread")
    async def unread() -> str:
        return "said"

    @app.post("/closed")
    async def closed() -> Response:
        return Response("said", headers={"Connection": "close"})

    @app.post("/headers")
    async def headers(request: Request) -> list[str]:
        await request.body()
        return request.headers.keys()

    @app.get("/values")
    async def values(request: Request) -> list[tuple[str, str]]:
        return [(name, value) for name, value in request.headers.items() if name.startswith("x-")]

    @app.get("/endless")
    async def endless() -> StreamingResponse:
        return StreamingResponse(repeat(b"x" * 65_536))

    return app


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Where it answers."""
    async with running(make_app()) as url:
        yield url


async def is_well(url: str) -> bool:
    """Whether others are answered."""
    async with httpx.AsyncClient(base_url=url) as caller:
        return (await caller.post("/read", json={"a": "b"})).status_code == 200


def long_heads() -> Iterator[tuple[str, list[bytes], int]]:
    """Heads that are too long, in one piece and in many: what it is, the pieces, the status."""
    part = b"x" * 500
    yield "one header", [request("/", "A: " + "x" * 5000)], 431
    yield "a header in pieces", [b"GET / HTTP/1.1\r\nA: ", *[part] * 20], 431
    yield "many headers", [request("/", *[f"A{n}: x" for n in range(30)])], 431
    yield "headers without an end", [b"GET / HTTP/1.1\r\n", *[b"A: b\r\n"] * 2000], 431
    yield "a target", [request("/" + "x" * 2000)], 414
    yield "a target in pieces", [b"GET /", *[part] * 20], 414
    yield "a query", [request("/?" + "x" * 2000)], 414
    yield "empty lines", [b"\r\n" * 5000], 431
    chunked = request("/read", "Transfer-Encoding: chunked", "Content-Type: application/json", method="POST")
    # What is read at once is counted from its last part that was understood.
    yield "a chunk's extension", [chunked, b"1;", *[part] * 1000], 431
    yield "trailers", [chunked, b"0\r\nA: ", *[part] * 1000], 431
    yield "chunks' extensions", [chunked, *[b"1;" + part * 4 + b"\r\nx\r\n"] * 300], 431
    yield "many trailers", [chunked, b"1\r\nx\r\n0\r\n", *[b"A: " + part + b"\r\n"] * 1000], 431
    for line, status in {"GET /": 400, "GET / HTTP/0.9": 400, "GET / HTTP/2.0": 505, "GET / HTTP/1.1": 400}.items():
        yield f"{line} without a host", [line.encode() + b"\r\n\r\n"], status
    yield "two hosts", [request("/", "Host: other.example")], 400
    yield "a host with a path", [b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"], 400
    for coding in ("gzip, chunked", "gzip", "identity"):
        yield f"coded {coding[-9:]}", [request("/read", f"Transfer-Encoding: {coding}", method="POST")], 501
    yield "no request", [b"\x16\x03\x01\x02\x00\x01"], 400
    yield "lengths that differ", [request("/read", "Content-Length: 1", "Content-Length: 2", method="POST")], 400
    yield (
        "two kinds of length",
        [request("/read", "Content-Length: 1", "Transfer-Encoding: chunked", method="POST")],
        400,
    )


LONG = list(long_heads())


@pytest.mark.parametrize(("pieces", "status"), [each[1:] for each in LONG], ids=[each[0] for each in LONG])
async def test_a_head_that_is_too_long(url: str, pieces: list[bytes], status: int) -> None:
    """Refused as a problem when the bound is reached, not when its end is there; others are answered."""
    answer = await exchange(url, *pieces)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert await is_well(url)


HALF = request("/read", "Content-Type: application/json", "Content-Length: 10", method="POST")
SLOW = {
    "nothing": b"", "a first byte": b"G", "half a head": b"GET / HTTP/1.1\r\nHost: a\r\n", "empty lines": b"\r\n",
    "a head without its body": HALF, "half a body": HALF + b'{"a',
    "half a chunk": HALF.replace(b"Content-Length: 10", b"Transfer-Encoding: chunked") + b"5\r\n{",
}  # fmt: skip


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW.keys())
async def test_whoever_sends_no_more(url: str, sent: bytes) -> None:
    """408 after the time for it, and the connection is closed."""
    answer = await exchange(url, sent, timeout_s=3)
    assert (answer.status, answer.headers["connection"]) == (408, "close")


async def test_a_trickle_is_no_progress(url: str) -> None:
    """A head that grows by a byte now and then is given up in the same time, and so is one after an answer."""
    for before in (b"", request("/unread", "Content-Length: 0", method="POST", close=False)):
        _, writer = await connect(url)
        writer.write(before + b"GET / HTTP/1.1\r\nA: ")
        began = time.monotonic()
        with capture_logs() as logs, suppress(ConnectionError):
            while time.monotonic() < began + 3:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)  # the fault itself
        assert time.monotonic() - began < 2.5
        assert [each["http.status"] for each in logs if each["event"] == "http.turned_away"] == [408]
        writer.close()


@pytest.mark.parametrize("framed", ["Content-Length: 5000", "Transfer-Encoding: chunked"])
async def test_a_body_that_trickles(framed: str) -> None:
    """408 once it is long on its way and slower than the least rate; one that keeps to that is read to its end."""
    bounds = replace(TIGHT, silence_s=5, hurry_s=0.5, least_bytes_per_s=2000)
    chunked = framed.endswith("chunked")
    async with running(make_app(bounds)) as url:
        for size, wanted in ((1, 408), (250, 200)):
            part = b"x" * size
            reader, writer = await connect(url)
            writer.write(request("/headers", framed, method="POST"))
            began, answer = time.monotonic(), asyncio.create_task(all_of(reader))
            with suppress(ConnectionError):
                for _ in range(5000 // size):
                    if answer.done() or time.monotonic() > began + 4:
                        break
                    writer.write(b"%x\r\n%s\r\n" % (size, part) if chunked else part)
                    await writer.drain()
                    await asyncio.sleep(0.05)  # the fault itself
                writer.write(b"0\r\n\r\n" if chunked else b"")
            assert (await asyncio.wait_for(answer, timeout=3)).split()[1] == b"%d" % wanted
            writer.close()


async def test_whoever_takes_no_answer(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is not read is broken off; who reads it slowly gets on with it."""
    monkeypatch.setattr(Connection, "stalled_s", 0.3)
    reader, writer = await connect(url)
    writer.write(request("/endless"))
    await wait_until(lambda: len(reader._buffer) > 0, what="its beginning")  # type: ignore[attr-defined]
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    began = time.monotonic()
    await wait_until(lambda: is_ended(url, writer), what="the connection to be broken off", timeout_s=5)
    assert time.monotonic() - began > 0.15


async def is_ended(url: str, writer: asyncio.StreamWriter) -> bool:
    """Whether the other end broke this off: what is written there meets a reset."""
    try:
        writer.write(b"x")
        await writer.drain()
    except ConnectionError:
        return True
    return writer.transport.is_closing()


@pytest.mark.parametrize("size", [100, 2_000_000, 200_000_000])
async def test_an_answer_gets_there_although_the_body_was_not_read(url: str, size: int) -> None:
    """At once, without its body; then the connection is closed, however much of it is still to come."""
    head = request("/unread", f"Content-Length: {size}", method="POST", close=False)
    answer = await exchange(url, head, timeout_s=3)
    assert (answer.status, answer.body) == (200, b'"said"')
    async with httpx.AsyncClient(base_url=url) as caller:
        for path in ("/unread", "/closed"):
            assert (await caller.post(path, content=b"x" * min(size, 5_000_000))).status_code == 200


async def test_connections_are_counted() -> None:
    """By address and in all: one too many is told so and closed, and there is room again when others go."""
    async with running(make_app(replace(TIGHT, head_s=30))) as url:
        held = [await connect(url) for _ in range(8)]
        await asyncio.gather(*(asyncio.sleep(0) for _ in held))
        refused = await exchange(url, request("/"))
        assert (refused.status, refused.headers["retry-after"]) == (503, "2")
        held.pop()[1].close()

        async def has_room() -> bool:
            return (await exchange(url, request("/"))).status == 404

        await wait_until(has_room, what="room again")
        for _, writer in held:
            writer.close()


async def test_many_requests_before_one_is_answered(url: str) -> None:
    """A few wait their turn; thousands are broken off."""
    few = await exchange(url, *[request("/nowhere", close=False)] * 3, request("/nowhere"))
    assert few.body.count(b"HTTP/1.1 404") == 3
    reader, writer = await connect(url)
    writer.write(request("/nowhere", close=False) * 5000)
    said = await all_of(reader)
    assert [each[:3] for each in said.split(b"HTTP/1.1 ")[1:]] == [b"404"] * 4 + [b"503"]
    writer.close()


async def test_a_body_in_chunks_of_one_byte(url: str) -> None:
    """It is a client's right, however many there are."""
    head = request("/headers", "Transfer-Encoding: chunked", method="POST")
    answer = await exchange(url, head, *[b"1\r\nx\r\n" * 500] * 20, b"0\r\n\r\n")
    assert answer.status == 200


async def test_trailers_are_no_headers(url: str) -> None:
    """What stands after a body changes nothing of its request."""
    chunked = request("/headers", "Transfer-Encoding: chunked", method="POST")
    answer = await exchange(url, chunked, b"1\r\nx\r\n0\r\nAuthorization: x\r\n\r\n")
    assert answer.status == 200
    assert b"transfer-encoding" in answer.body
    assert b"authorization" not in answer.body


async def test_white_space_round_a_value_is_no_part_of_it(url: str) -> None:
    """RFC 9110 §5.5, of every header; what stands within a value, or is no space or tab, is."""
    lines = ("X-One:   a b \t ", "X-Two:a", "X-None:  ", "X-Other: a\xa0")
    answer = await exchange(url, request("/values", *lines))
    found = dict(json.loads(answer.body))
    assert found == {"x-one": "a b", "x-two": "a", "x-none": "", "x-other": "a\xc2\xa0"}
