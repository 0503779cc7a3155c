"""Who asks is known before what they send is read; what nobody answers for is small; HEAD is GET without a body.

No body is ever sent here: whoever waited for one would not answer.
"""

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.gateway import pages
from services.gateway.access.strangers import A_SECOND, AT_ONCE
from services.gateway.proxy import catalogue
from shared.http.problems import LATE_S
from tests.support.look.every_page import routes_of
from tests.support.make.people import Visitor
from tests.support.servers.postgres import Database
from tests.support.servers.raw import Answer, exchange, request

LARGE = 300_000_000
# Who is not there yet cannot sign in before they are read.
DOORS = {"/sign-in", "/sign-in/carried", "/oauth/token"}
FORM = "Content-Type: application/x-www-form-urlencoded"
CHANGING = ("POST", "PUT", "PATCH", "DELETE")


def with_ids(path: str) -> str:
    """A path of a template, with an id in every place."""
    return re.sub(r"\{[^}]*\}", str(uuid4()), path)


def operations(*services: str) -> Iterator[catalogue.Route]:
    """The operations of these services, or of all."""
    return (each for each in catalogue.committed_routes() if not services or each.service in services)


async def announce(url: str, method: str, path: str, *lines: str) -> Answer:
    """Say that a large body comes, as a file or as JSON, and wait for what is said to that."""
    form = "application/x-www-form-urlencoded" if path in DOORS else "multipart/form-data; boundary=x"
    kind = "application/json" if path.startswith(catalogue.PREFIX) else form
    head = [f"Content-Length: {LARGE}", f"Content-Type: {kind}", "Idempotency-Key: k", "If-Match: *", *lines]
    return await exchange(url, request(with_ids(path), *head, method=method, close=False), timeout_s=5)


async def test_no_operation_reads_of_strangers(partner: Any, gateway_url: str) -> None:
    """Every operation: 401 at once, and the connection is closed."""
    await partner()  # by now it is known who may call
    for route in operations():
        answer = await announce(gateway_url, route.method, catalogue.PREFIX + route.path)
        assert (answer.status, answer.headers.get("connection")) == (401, "close"), route


async def test_no_operation_reads_of_those_it_is_not_for(partner: Any, gateway_url: str) -> None:
    """Every operation, of a client that may do nothing of it: 403 at once."""
    for scope in ("walks:read", "reports:read"):
        caller: httpx.AsyncClient = await partner(scopes=frozenset({scope}))
        for route in operations():
            if scope not in route.scopes:
                token = f"Authorization: {caller.headers['authorization']}"
                answer = await announce(gateway_url, route.method, catalogue.PREFIX + route.path, token)
                assert (answer.status, answer.headers.get("connection")) == (403, "close"), route


async def test_no_service_reads_without_the_gateways_word(
    behind: tuple[FastAPI, str], beside: dict[str, tuple[Database, str]]
) -> None:
    """The services behind it do the same by themselves."""
    for service, url in {"reports": behind[1], **{name: found[1] for name, found in beside.items()}}.items():
        for route in operations(service):
            if route.method in CHANGING:
                answer = await announce(url, route.method, route.path)
                assert (answer.status, answer.headers.get("connection")) == (401, "close"), route


async def test_no_page_reads_of_strangers(gateway_url: str) -> None:
    """Every form: whoever is not signed in gets the sign-in at once (0037); the doors themselves take little."""
    forms = {each.path for each in routes_of(pages.router) if "POST" in (each.methods or ())}
    assert {"/import", "/sign-out", "/reports/new"} < forms
    for path in sorted(forms - DOORS):
        answer = await announce(gateway_url, "POST", path, "Accept: text/html")
        assert (answer.status, answer.headers["connection"]) == (403, "close"), path
        assert b'action="/sign-in"' in answer.body, path
    for path in DOORS:
        assert (await announce(gateway_url, "POST", path)).status == 413


async def test_no_page_reads_of_those_it_is_not_for(visit: Any, gateway_url: str) -> None:
    """What somebody sends where they may send nothing is refused before it comes; a file of one who may is waited for.

    Every role may send files.
    """
    visitor: Visitor = await visit(kind="night_walk", role="night_walker")
    cookie = f"Cookie: {'; '.join(f'{name}={value}' for name, value in visitor.browser.cookies.items())}"
    answer = await announce(gateway_url, "POST", "/review", cookie, "Accept: text/html")
    assert (answer.status, answer.headers["connection"]) == (403, "close")
    coordinator: Visitor = await visit()
    cookie = f"Cookie: {'; '.join(f'{name}={value}' for name, value in coordinator.browser.cookies.items())}"
    with pytest.raises(TimeoutError):
        await exchange(
            gateway_url,
            request("/import", cookie, f"Content-Length: {LARGE}", "Content-Type: multipart/form-data; boundary=x",
                    method="POST", close=False),
            timeout_s=0.3,
        )  # fmt: skip


async def test_little_is_read_of_strangers(gateway_url: str) -> None:
    """A body without an end, where nobody can be asked for: it is broken off after some kilobytes."""
    head = request("/sign-in", "Transfer-Encoding: chunked", FORM, method="POST", close=False)
    answer = await exchange(gateway_url, head, *[b"1000\r\n" + b"x" * 4096 + b"\r\n"] * 8, timeout_s=5)
    assert answer.status == 413


async def test_head_is_get_without_a_body(visit: Any, partner: Any, gateway_app: FastAPI) -> None:
    """Every address that can be asked for: the same status and headers, for people and for systems."""
    visitor: Visitor = await visit()
    caller: httpx.AsyncClient = await partner()
    paths = {with_ids(each.path) for each in routes_of(gateway_app.router) if "GET" in (each.methods or ())}
    for path in sorted(paths | {"/static/samsyn.css", "/nowhere", "/samsyn/v1/nowhere"}):
        await same(visitor.browser, path)
    for route in operations():
        if route.method == "GET":
            await same(caller, catalogue.PREFIX + with_ids(route.path))


async def same(caller: httpx.AsyncClient, path: str) -> None:
    """Hold HEAD to GET at one address."""
    changing = {"date", "x-request-id", "ratelimit", "set-cookie", "etag", "content-length", "transfer-encoding"}
    got, headed = await caller.get(path), await caller.head(path)
    assert headed.status_code == got.status_code, path
    assert headed.content == b"", path
    told = [{name: value for name, value in each.headers.items() if name not in changing} for each in (got, headed)]
    assert told[0] == told[1], path
    assert ("content-length" in got.headers) == ("content-length" in headed.headers), path


async def test_no_slash_leads_elsewhere(gateway_url: str) -> None:
    """An address with a slash too many or too few is none; nothing leads to the host that a request names."""
    async with httpx.AsyncClient(base_url=gateway_url) as caller:
        for path in ("/import/", "/docs/", "/samsyn/v1/reports/", "/oauth/token/", "/static"):
            answer = await caller.get(path, headers={"Host": "evil.example"})
            assert (answer.status_code, answer.headers.get("location")) == (404, None), path


async def test_who_asks_too_often_without_being_anybody_is_answered_late(partner: Any, gateway_url: str) -> None:
    """Wrong tokens from an address of its own: the first are refused at once, then each a second late; others are not.

    Of addresses that there are not as well, which no quota counts either.
    """
    caller: httpx.AsyncClient = await partner()
    away = httpx.AsyncHTTPTransport(local_address="127.0.0.9")
    async with httpx.AsyncClient(base_url=gateway_url, transport=away) as stranger:
        for number in range(AT_ONCE):
            path = f"{catalogue.PREFIX}/overview" if number % 2 else "/no-such-page"
            assert (await stranger.get(path)).status_code in (401, 404)
        for path in (f"{catalogue.PREFIX}/overview", "/no-such-page"):
            answers = await asyncio.gather(*(stranger.get(path) for _ in range(2 * A_SECOND)))
            assert max(each.elapsed.total_seconds() for each in answers) >= LATE_S
        late = asyncio.create_task(stranger.get(path))
        assert (await caller.get(f"{catalogue.PREFIX}/api-info")).elapsed.total_seconds() < LATE_S
        assert (await caller.get(f"{catalogue.PREFIX}/overview")).elapsed.total_seconds() < LATE_S
        await late
