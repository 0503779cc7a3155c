"""The public operations of the other services: checked here, carried there, and the answer carried back."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import aiohttp
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Match
from starlette.routing import Route as HttpRoute
from starlette.types import Scope

from services.gateway.access.shares import Shares, load_of
from services.gateway.proxy.catalogue import PREFIX, Route
from services.gateway.proxy.clients import Services
from services.gateway.proxy.counting import charge
from shared.access.door import admit
from shared.errors import Malformed, Unavailable
from shared.http.costs import cost_of
from shared.http.edge import hold_until_end
from shared.http.paths import filled
from shared.http.problems import request_id

# What may pass; everything else of a caller's headers ends here.
_IN = ("accept", "accept-language", "content-type", "idempotency-key", "if-match", "if-none-match", "last-event-id")
_OUT = (
    "content-type", "content-disposition", "etag", "location", "retry-after", "cache-control", "link", "sunset",
    "idempotency-replayed", "allow",
)  # fmt: skip
_RAW_PREFIX = f"{PREFIX}/".encode()
_WHOLE_BYTES = 262_144


class Forwarded(HttpRoute):
    """A public operation of another service, known to logs and metrics by its template as the gateway's own are."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As every route, and says which one it is. The public prefix counts as it was sent, not decoded."""
        if not scope.get("raw_path", b"").startswith(_RAW_PREFIX):
            return Match.NONE, {}
        match, found = super().matches(scope)
        return match, {**found, "route": self}


def forwarded(routes: Sequence[Route]) -> list[HttpRoute]:
    """The routes of the table, ready to be added to the gateway's app."""
    return [
        Forwarded(PREFIX + route.path, _forward(route), methods=[route.method], include_in_schema=False)
        for route in routes
    ]


def _forward(route: Route) -> Callable[[Request], Awaitable[Response]]:
    async def forward(request: Request) -> Response:
        services: Services = request.app.state.services
        principal = await admit(request, scopes=route.scopes)
        cost = cost_of(route.cost, request.query_params)
        if cost > 1:  # its first is counted at the door
            charge(request, principal, cost=cost - 1, let_in=True)
        body = request.stream() if route.streamed else await request.body() or None
        load = load_of(route.path, cost=cost, streamed=route.streamed)
        shares: Shares = request.app.state.shares
        await hold_until_end(request, shares.turn(request, load, where=route.service, who=principal.organisation_id))
        answer = await services.call(
            route.service,
            route.method,
            filled(route.path, request.path_params),
            query=request.scope["query_string"].decode("latin-1"),
            principal=principal,
            request_id=request_id(request),
            headers=_passed_in(request),
            body=body,
        )
        return await _carry_back(answer)

    return forward


def _passed_in(request: Request) -> dict[str, str]:
    """The headers that may pass; several lines of one are one list (RFC 9110 §5.3), which a key cannot be."""
    lines = {name: found for name in _IN if (found := request.headers.getlist(name))}
    if len(lines.get("idempotency-key", ())) > 1:
        raise Malformed("Send one Idempotency-Key, not several.")
    return {name: ", ".join(found) for name, found in lines.items()}


async def _carry_back(answer: aiohttp.ClientResponse) -> Response:
    headers = {name: value for name in _OUT if (value := answer.headers.get(name)) is not None}
    if answer.content_length is not None and answer.content_length <= _WHOLE_BYTES:
        try:
            async with answer:
                return Response(await answer.read(), status_code=answer.status, headers=headers)
        except (aiohttp.ClientError, TimeoutError) as broken:
            raise Unavailable("The service broke off its answer. Send the same request again.") from broken
    return StreamingResponse(
        _chunks(answer), status_code=answer.status, headers=headers, background=BackgroundTask(answer.release)
    )


async def _chunks(answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with answer:
        async for chunk in answer.content.iter_chunked(65_536):
            yield chunk
