"""How operations and pages read what they are sent.

Every router says which it has: `APIRouter(route_class=Operation)`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.datastructures import FormData, Headers
from starlette.requests import Request
from starlette.responses import Response

from shared.http.admission import admit_first
from shared.http.forms import check_form, in_utf8, once_each
from shared.http.media import FORM, PARTS, media_type
from shared.http.parameters import check_address, check_path, check_query, ids_of, names_of
from shared.http.strict_json import read_json


class Page(APIRoute):
    """A page: its forms are UTF-8."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """FastAPI's, with a request that is read strictly."""
        return _strict(super().get_route_handler())


class Operation(APIRoute):
    """An operation of the API: its JSON and path are read in one way only, its query holds what it knows, once."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """FastAPI's, asked after who sends it and what its address says."""
        handle = _strict(super().get_route_handler())
        known, ids = frozenset(names_of(self.dependant)), frozenset(ids_of(self.dependant))

        async def checked(request: Request) -> Response:
            await admit_first(request.scope)
            check_path(request, ids=ids)
            check_address(request.scope["query_string"])
            check_query(request.query_params, known=known)
            return await handle(request)

        return checked


def _strict(handle: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def strict(request: Request) -> Response:
        return await handle(_Request(request.scope, request.receive))

    return strict


class _Request(Request):
    """A request whose body is read as `strict_json` and `forms` say."""

    async def json(self) -> Any:
        """What it says as JSON. Raises Malformed, JSONDecodeError."""
        if not hasattr(self, "_json"):
            self._json = read_json(await self.body())
        return self._json

    async def form(self, **limits: Any) -> FormData:  # type: ignore[override]
        """Its fields. Raises Malformed, HTTPException."""
        declared = self.headers.get("content-type", "")
        if media_type(declared) == FORM:
            check_form(await self.body())
        if media_type(declared) != PARTS or self._form is not None:
            return once_each(await super().form(**limits))
        # As Latin-1 a part keeps its bytes, whatever was declared; the parser would fall back to that unseen.
        self._headers = Headers({"content-type": f"{declared}; charset=latin-1"})
        self._form = once_each(in_utf8(await super().form(**limits)))
        return self._form
