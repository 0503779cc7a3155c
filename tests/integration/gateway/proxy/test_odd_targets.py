"""Whatever a request line holds: an answer in order, from a service's own operations, and no way to another host."""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin, urlsplit
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.proxy import catalogue
from shared.http.paths import is_plain
from tests.support.make.odd_targets import odd_targets
from tests.support.make.people import Visitor
from tests.support.servers.raw import exchange, request

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
KINDS = ("application/problem+json", "text/html")
# Where OAuth says how refusals look (RFC 6749 §5.2); a space behind an address is no part of it.
TOKENS, TOKEN_KINDS = b"/oauth/token", (*KINDS, "application/json")
OPERATIONS = ("/samsyn/v1/reports", "/samsyn/v1", f"/samsyn/v1/reports/{uuid4()}/review", "/oauth/jwks")
PAGES = ("/import", "/static/samsyn.css", "/reports/new", "/")

_LINK = re.compile(r'(?:href|action|src)="([^"]*)"')


@pytest.fixture
def asked(gateway_app: FastAPI, gateway_url: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses that the gateway calls, as it calls them."""
    found: list[Any] = []
    session = gateway_app.state.services._session
    really = session._request

    async def noted(method: str, url: Any, **more: Any) -> Any:
        found.append(url)
        return await really(method, url, **more)

    monkeypatch.setattr(session, "_request", noted)
    return found


def each(bases: Sequence[str], *, long: bool) -> Iterator[tuple[str, str]]:
    """Targets made of some of these, with the methods in turn; in the long form all of them with each."""
    if long:
        yield from itertools.product(dict.fromkeys(odd_targets(bases)), METHODS)
    else:
        yield from zip(dict.fromkeys(odd_targets(bases[:1])), itertools.cycle(METHODS), strict=False)


async def check(url: str, app: FastAPI, asked: list[Any], cases: Iterable[tuple[str, str]], *lines: str) -> None:
    """Send each with these header lines and look at what comes, and at what the gateway asked for it."""
    authority = urlsplit(url).netloc
    services = catalogue.services_of(catalogue.committed_routes())
    known = {urlsplit(app.state.settings.url_of(service)).netloc for service in services}
    for target, method in cases:
        answer = await exchange(url, request(target.encode(errors="replace"), *lines, method=method))
        assert answer.status in range(200, 500) or (answer.status == 503 and asked), (method, target, answer)
        path = target.rstrip(" ").partition("#")[0].partition("?")[0].encode(errors="replace")
        if path.startswith(b"/") and not is_plain(path):
            assert answer.status in (400, 404, 414), (method, target)
        if answer.status >= 400 and method != "HEAD":
            kinds = TOKEN_KINDS if unquote_to_bytes(path) == TOKENS else KINDS
            assert answer.headers["content-type"].startswith(kinds), (method, target)
        kind = answer.headers.get("content-type", "")
        links = _LINK.findall(answer.body.decode(errors="replace")) if "html" in kind else []
        for link in [answer.headers.get("location", "/"), *links]:
            # As browsers read it, to which a backslash is a slash.
            there = urlsplit(urljoin(f"http://{authority}/a", unescape(link).replace("\\", "/")))
            assert (there.scheme, there.netloc) == ("http", authority), (method, target, link)
        for address in asked:
            assert address.raw_authority in known, target
            assert catalogue.route_of(_get(method), address.raw_path), target
        asked.clear()


def _get(method: str) -> str:
    return "GET" if method == "HEAD" else method


@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.long)], ids=["short", "long"])
async def test_of_a_system(partner: Any, gateway_app: FastAPI, gateway_url: str, asked: list[Any], long: bool) -> None:
    """With a token that opens everything."""
    caller: httpx.AsyncClient = await partner()
    lines = [f"Authorization: {caller.headers['authorization']}", "Idempotency-Key: k", "Content-Length: 0"]
    await check(gateway_url, gateway_app, asked, each(OPERATIONS, long=long), *lines)


@pytest.mark.parametrize("long", [False, pytest.param(True, marks=pytest.mark.long)], ids=["short", "long"])
async def test_of_a_browser(visit: Any, gateway_app: FastAPI, gateway_url: str, asked: list[Any], long: bool) -> None:
    """Of somebody signed in, whose pages have links to themselves in other languages."""
    visitor: Visitor = await visit()
    cookies = "; ".join(f"{name}={value}" for name, value in visitor.browser.cookies.items())
    lines = [f"Cookie: {cookies}", "Accept: text/html", "Content-Length: 0"]
    await check(gateway_url, gateway_app, asked, each(PAGES, long=long), *lines)
