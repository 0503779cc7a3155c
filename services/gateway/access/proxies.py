"""Whose a request is that came through a proxy: X-Forwarded-For and -Proto, believed of the proxies in the settings."""

from collections.abc import Sequence

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.addresses import Network, caller_of, counted_as, is_within


class Proxied:
    """ASGI middleware outside of everything that asks for an address: from here on it is the caller's own."""

    def __init__(self, app: ASGIApp, *, trusted: Sequence[Network]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as ASGI calls it."""
        peer, port = scope.get("client") or ("", 0)
        if scope["type"] == "http" and is_within(peer, self._trusted):
            caller = caller_of(peer, _lines(scope, b"x-forwarded-for"), trusted=self._trusted)
            protocol = ",".join(_lines(scope, b"x-forwarded-proto")).rpartition(",")[2].strip().lower()
            scheme = protocol if protocol in ("http", "https") else scope["scheme"]
            scope = {**scope, "client": (caller, port if caller == peer else 0), "scheme": scheme}
        await self._app(scope, receive, send)


def address_of_caller(request: Request) -> str:
    """The caller's address, as callers are counted by it."""
    return counted_as(request.client.host) if request.client else ""


def _lines(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for each, value in scope["headers"] if each == name]
