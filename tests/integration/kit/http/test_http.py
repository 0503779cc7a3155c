"""The edge of every service: what goes wrong is problem+json, within bounds, under the request's id, and no more."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
import structlog
from prometheus_client import REGISTRY
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from shared import errors
from shared.access import Principal
from shared.access.door import Door
from shared.database import Database
from shared.http import problems
from shared.http.edge import Edge
from shared.privacy.request_ids import is_request_id
from tests.integration.kit.http.edge_app import CUT_OFF, LIMIT, PROBLEM, REFUSALS, THINGS, is_problem, make_app
from tests.support.make.kit import opened, rows
from tests.support.servers import postgres as support
from tests.support.servers.services import client, make_principal, running, wait_until


@pytest.fixture
async def url(database: Database) -> AsyncIterator[str]:
    """Where the app answers."""
    async with running(make_app(database)) as url:
        yield url


@pytest.fixture
async def caller(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A caller who is signed in."""
    async with client(url, service="kit", principal=make_principal(client_id="me")) as caller:
        yield caller


@pytest.mark.parametrize("kind", REFUSALS)
async def test_every_refusal_is_a_problem(
    caller: httpx.AsyncClient, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its own status and code; those that pass say when to come back."""
    monkeypatch.setattr(problems, "LATE_S", 0)  # the app's deadline is shorter
    refusal, status, code = REFUSALS[kind]
    answer = await caller.get(f"/refuse/{kind}")
    body = is_problem(answer, status, code)
    assert body["detail"] == refusal.detail
    assert answer.headers.get("retry-after") == {"too-many": "7", "unavailable": "2"}.get(kind)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    fault = {"field": "/a", "in": "body", "code": "bad", "detail": "is bad"}
    assert body["errors"] == ([fault] if kind == "invalid" else [])


@pytest.mark.parametrize("asked", ["GET /refuse/too-many", "GET /mine", "POST /things"])
async def test_who_asks_too_often_hears_it_late(url: str, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    """From an operation, from the door, and before a body is read: asking again at once is no quicker than to wait."""
    method, path = asked.split()
    monkeypatch.setattr(problems, "LATE_S", 0.2)
    monkeypatch.setattr(Door, "admit", too_often)
    async with httpx.AsyncClient(base_url=url) as caller:
        began = time.perf_counter()
        is_problem(await caller.request(method, path, json={} if method == "POST" else None), 429, "too-many")
        assert time.perf_counter() - began >= 0.2


def too_often(*_: object, **__: object) -> Principal:
    """A door that everybody knocks at too often."""
    raise errors.TooMany("Too often.", retry_after_s=3)


def test_every_kind_of_refusal_is_tried() -> None:
    """A new kind needs a status, and a line above."""
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Refusal)}
    assert {type(refusal) for refusal, _, _ in REFUSALS.values()} == kinds - {errors.Refusal}


async def test_addresses_and_methods_that_are_none(caller: httpx.AsyncClient) -> None:
    """An unknown path is 404, a wrong method 405 with the right ones named."""
    is_problem(await caller.get("/nowhere"), 404, "not-found")
    answer = await caller.delete("/things")
    is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"
    assert answer.json()["detail"].endswith("It takes: POST.")
    assert (await caller.post("/mine")).headers["allow"] == "GET, HEAD"


async def test_bodies_that_cannot_be_read(caller: httpx.AsyncClient) -> None:
    """Broken JSON is 400; a wrong value 422 with the field's place; what was sent is never repeated."""
    key = {"Idempotency-Key": "k"}
    broken = await caller.post(
        "/things", content=b'{"name": MARKER', headers=key | {"Content-Type": "application/json"}
    )
    is_problem(broken, 400, "malformed")
    latin = await caller.post(
        "/things", content=b'{"name": "\xff"}', headers=key | {"Content-Type": "application/json"}
    )
    assert latin.status_code in (400, 422)
    assert latin.headers["content-type"] == PROBLEM
    wrong = await caller.post("/things", json={"name": "MARKER", "size": 12, "extra": "MARKER"}, headers=key)
    fields = {each["field"]: each["code"] for each in is_problem(wrong, 422, "invalid")["errors"]}
    assert fields == {"/size": "less_than_equal", "/extra": "unknown_field"}
    empty = await caller.post("/things", headers=key)
    is_problem(empty, 422, "invalid")
    for answer in (broken, latin, wrong, empty):
        assert "MARKER" not in answer.text
    bare = await caller.post("/things", json={"name": "a", "size": 1})
    assert is_problem(bare, 400, "malformed")["detail"] == "The header Idempotency-Key is missing."


async def test_cursors_of_others(caller: httpx.AsyncClient) -> None:
    """A cursor comes back as it was given out; anything else is refused in words."""
    key = UUID(int=7)
    good = THINGS.encode(7, key)
    assert (await caller.get("/list", params={"cursor": good})).json() == [7, str(key)]
    for bad in ("nonsense", "%%%", THINGS.encode(key, 7), THINGS.encode(1), "e30", "bnVsbA", good[:-2]):
        is_problem(await caller.get("/list", params={"cursor": bad}), 400, "malformed")


@pytest.mark.parametrize("declared", [True, False], ids=["content-length", "chunked"])
async def test_a_body_over_the_limit(caller: httpx.AsyncClient, declared: bool) -> None:
    """413, whether the caller says beforehand how much it is or not; at the limit all is well."""
    head = {"Idempotency-Key": "k", "Content-Type": "application/json"}

    def body(size: int) -> bytes:
        return json.dumps({"size": 1, "name": ""}).replace('""', '"' + "x" * (size - 23) + '"').encode()

    async def parts(whole: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 8192):
            yield whole[start : start + 8192]

    async def post(path: str, size: int) -> httpx.Response:
        whole = body(size)
        assert len(whole) == size
        return await caller.post(path, content=whole if declared else parts(whole), headers=head)

    assert (await post("/things", LIMIT)).json()["length"] == LIMIT - 23
    too_large = is_problem(await post("/things", LIMIT + 1), 413, "too-large")
    assert str(LIMIT) in too_large["detail"]
    is_problem(await post("/things", 3_000_000), 413, "too-large")
    assert (await post("/generous", LIMIT + 1)).status_code in (201, 422)
    is_problem(await post("/generous", LIMIT * 4 + 1), 413, "too-large")
    assert (await caller.get("/mine")).status_code == 200


async def test_an_answer_that_takes_too_long_is_given_up(caller: httpx.AsyncClient, tables: support.Database) -> None:
    """503 at the deadline; the transaction is rolled back and its connection is free again."""
    started = asyncio.get_running_loop().time()
    answer = await caller.get("/slow")
    assert asyncio.get_running_loop().time() - started < 3
    is_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    assert await rows(tables, "SELECT FROM item") == []
    for _ in range(8):
        assert (await caller.get("/database")).status_code == 200
    generous = await caller.post("/generous", json={"name": "a", "size": 1})
    assert generous.status_code == 201


async def test_the_unexpected_tells_the_caller_an_id_and_nothing_else(caller: httpx.AsyncClient) -> None:
    """500 without a word of what went wrong; the log has it under the same id."""
    with capture_logs() as logs:
        answer = await caller.get("/broken")
    body = is_problem(answer, 500, "unexpected")
    for word in ("MARKER", "secret", "ZeroDivision", "Traceback", ".py"):
        assert word not in answer.text
    unexpected = [each for each in logs if each["event"] == "http.unexpected"]
    assert [each["route"] for each in unexpected] == ["/broken"]
    assert unexpected[0]["exc_info"]
    assert body["request_id"]


async def test_an_answer_that_breaks_in_the_middle_is_cut_off(caller: httpx.AsyncClient) -> None:
    """What has begun cannot become a problem any more; the caller sees that the end is missing."""
    with pytest.raises(httpx.RemoteProtocolError):
        await caller.get("/half")
    assert (await caller.get("/mine")).status_code == 200


@pytest.mark.parametrize("path", ["/mine", "/broken", "/nowhere", "//", "/refused/Invalid"])
async def test_no_answer_is_kept_or_guessed_at(caller: httpx.AsyncClient, path: str) -> None:
    """By no cache and no browser: answers and refusals of every kind."""
    for method in ("GET", "HEAD", "POST"):
        answer = await caller.request(method, path)
        said = (answer.headers.get_list("cache-control"), answer.headers.get_list("x-content-type-options"))
        assert said == (["no-store"], ["nosniff"])


async def test_request_ids(caller: httpx.AsyncClient) -> None:
    """A caller's UUID or hexadecimal id is kept, any other made anew; it is in the answer and in every log line."""
    mine, other = "0193A6F5-e8d2-7a11-9c3e-4b5d6e7f8a9b", "0af7651916cd43dd"
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        kept = await caller.get("/mine", headers={"X-Request-Id": mine})
        await caller.get("/broken", headers={"X-Request-Id": other})
    assert kept.headers["x-request-id"] == mine
    lines = [(each["event"], each["request.id"]) for each in logs]
    assert lines == [("http.request", mine), ("http.unexpected", other), ("http.request", other)]
    assert logs[0]["http.route"] == "/mine"
    assert isinstance(logs[0]["duration_ms"], float)
    words = (
        "short",
        "trace-me-0123456789",
        "with space in it",
        "a\tb\tc\td\te",
        "åäöåäöåäö".encode().decode("latin-1"),
    )
    numbers = (
        "198112189876abcd", "81121898-7600-4000-8000-00000000abcd", "8a1b1c2d1e8f9a8b7c6d0000aaaa",
        "aaaa811218a9876aaaa", "00000000-0000-4000-8000-198112189876",
        "811218-9876", "198112189876", "0000811218009876", f"a-811218-9876-{mine}", f"{mine}-811218-9876",
    )  # fmt: skip
    for wrong in (*words, *numbers, "abcdef012345678", "a" * 65, mine.replace("-", "_"), f"{{{mine}}}"):
        made = await caller.get("/mine", headers={b"X-Request-Id": wrong.encode("latin-1")})
        assert made.headers["x-request-id"] != wrong
        assert len(made.headers["x-request-id"]) == 32


async def test_the_trace_goes_on(caller: httpx.AsyncClient) -> None:
    """A W3C trace context keeps its trace id; what is none, or hides words, begins a new one."""
    trace = "0af7651916cd43dd8448eb211c80319c"

    async def trace_after(sent: str | None) -> str:
        head = {"Idempotency-Key": "k", **({"traceparent": sent} if sent else {})}
        answer = await caller.post("/things", json={"name": "a", "size": 1}, headers=head)
        return str(answer.json()["trace"])

    went_on = await trace_after(f"00-{trace}-b7ad6b7169203331-01")
    assert went_on.startswith(f"00-{trace}-")
    assert went_on.endswith("-01")
    assert "b7ad6b7169203331" not in went_on
    for wrong in (
        None, "nonsense", f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{'MARKER--' * 4}-b7ad6b7169203331-01",
        f"00-{'g' * 32}-b7ad6b7169203331-01", f"00-{trace}-b7ad6b7169203331-zz", f"ff-{trace}-b7ad6b7169203331-01",
        f"00-{trace}-{'0' * 16}-01", f"00-{trace.upper()}-b7ad6b7169203331-01",
        "00-8112189876abcdef8112189876abcdef-b7ad6b7169203331-01", f"00-{'8112189876' * 3}11-b7ad6b7169203331-01",
    ):  # fmt: skip
        begun = await trace_after(wrong)
        assert trace not in begun.lower()
        assert "8112189876" not in begun
        parts = begun.split("-")
        assert [len(part) for part in parts] == [2, 32, 16, 2]
        int("".join(parts), 16)


async def test_a_database_that_is_away(tables: support.Database) -> None:
    """503 in words, for a refused connection, one that was cut off, and a pool that is used up."""
    nowhere = f"postgresql://kit:x@127.0.0.1:{await closed_port()}/kit"
    async with opened(nowhere) as away, running(make_app(away)) as url, httpx.AsyncClient(base_url=url) as caller:
        answer = await caller.get("/database")
        assert "database" in is_problem(answer, 503, "unavailable")["detail"]
    async with (
        opened(tables, connections=2) as cut,
        running(make_app(cut)) as url,
        httpx.AsyncClient(base_url=url) as caller,
    ):
        assert (await caller.get("/database")).status_code == 200
        await rows(tables, CUT_OFF)
        is_problem(await caller.get("/database"), 503, "unavailable")
        assert (await caller.get("/database")).status_code == 200


async def closed_port() -> int:
    """A port that nobody listens on."""
    server = await asyncio.start_server(lambda *_: None, host="127.0.0.1", port=0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def test_requests_are_measured(caller: httpx.AsyncClient) -> None:
    """By route, method and status; an unknown address does not make a label of its own."""

    def count(route: str, status: str) -> float:
        labels = {"route": route, "method": "GET", "status": status}
        return REGISTRY.get_sample_value("samsyn_http_seconds_count", labels) or 0

    before = count("/refuse/{kind}", "409"), count("other", "404")
    await caller.get("/refuse/conflict")
    await caller.get("/made-up-by-the-caller")
    await wait_until(lambda: count("other", "404") == before[1] + 1, what="the metric")
    assert count("/refuse/{kind}", "409") == before[0] + 1


async def test_a_sender_who_goes_away_is_no_fault() -> None:
    """In the middle of a body: a line and a status of their own, no traceback, no 500."""

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive, send).body()

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def unheard(_: Message) -> None:
        raise AssertionError("nobody is there to hear an answer")

    edge = Edge(reads, body_limit_bytes=100, timeout_s=1, generous={}, keeps_id=is_request_id)
    with capture_logs() as logs:
        await edge({"type": "http", "method": "POST", "path": "/broken-off", "headers": []}, gone, unheard)
    assert [(each["event"], each.get("http.status")) for each in logs] == [("http.gone", None), ("http.request", 499)]
