"""What an OpenID provider says of itself, bent in every way on a real socket: refused in a sentence, never a fault."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.gateway.access.provider import Provider, Untrusted, discover
from tests.support.servers.services import running

PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
BENT: list[dict[str, Any]] = [
    *({"jwks_uri": address} for address in (None, 7, "", "https://[", "ftp://x.example", "//x")),
    {"token_endpoint": ["https://x.example"]},
    {"issuer": ["x"]},
]
UNREADABLE = (b"", b"[]", b"null", b"\xff", b"{", b'"', b"[" * 100_000, b'{"issuer":' * 50_000)


class Described:
    """A provider that describes itself in any bytes. `ISSUER` in them becomes its own address."""

    def __init__(self) -> None:
        self.url, self.told = "", b""

    async def answer(self, _: Request) -> Response:
        """The description."""
        return Response(self.told, media_type="application/json")

    async def asked(self, told: bytes) -> Provider:
        """What is made of such a description."""
        self.told = told.replace(b"ISSUER", self.url.encode())
        return await discover(self.url)


@pytest.fixture(scope="module")
async def described() -> AsyncIterator[Described]:
    """The provider, on a real socket."""
    here = Described()
    async with running(Starlette(routes=[Route("/.well-known/openid-configuration", here.answer)])) as url:
        here.url = url
        yield here


def description(**changes: Any) -> bytes:
    """An honest description, with changes."""
    return orjson.dumps({"issuer": "ISSUER"} | {name: f"ISSUER/{name}" for name in PLACES} | changes)


async def test_ways_of_signing_in_that_are_no_list_count_as_others(described: Described) -> None:
    """Only a list says that the client's secret may go by Basic; nothing at all means that it may."""
    for methods in (None, [], 7, "client_secret_basic", [["x"]]):
        found = await described.asked(description(token_endpoint_auth_methods_supported=methods))
        assert found.basic is (not methods)


async def test_no_description_breaks_the_sign_in(described: Described) -> None:
    """Addresses that are none, another issuer, and what is no JSON at all, however deep."""
    for told in (*(description(**changes) for changes in BENT), *UNREADABLE):
        with pytest.raises(Untrusted):
            await described.asked(told)
