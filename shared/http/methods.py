"""Which methods an address takes: of all its operations, not of the one that a router met first (RFC 9110 §15.5.6)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Match

# `{id}` in a path is a UUID, in every service; its letters may be large (RFC 9562 §4).
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_NO_SLASH = "Write it without the slash at its end."
_ALL_ADDRESSES = "All addresses stand at /docs, and for programs at /samsyn/v1/openapi.json."


def told_of(request: Request, status: int) -> tuple[str, str, dict[str, str]]:
    """What is said where no operation answers: code, sentences, and Allow of an address that takes other methods."""
    path = request.scope["path"]
    if status == 404:
        slash = path.endswith("/") and taken_at(request, path.rstrip("/"))
        return "not-found", f"There is no such address. {_NO_SLASH if slash else _ALL_ADDRESSES}", {}
    if status == 405:
        allow = ", ".join(taken_at(request, path))
        told = f"This address does not take that method. It takes: {allow}."
        return "method-not-allowed", told, {"Allow": allow}
    return "malformed", "The request cannot be read.", {}


def taken_at(request: Request, path: str) -> list[str]:
    """The methods that a path takes in this app, in their order; none where it is no address."""
    scope = {**request.scope, "path": path, "path_params": {}}  # nothing of the route that was met
    found = {method for route, ids in _met(request.app.routes, scope) if _are_ids(ids) for method in route.methods}
    # FastAPI's own routes do not know of HEAD: `heads` answers for them.
    return sorted(found | {"HEAD"} if "GET" in found else found)


def is_called_otherwise(request: Request) -> bool:
    """Whether the path is that of another operation, with no part in it that is anybody's: `/reports/batch`."""
    return any(route.path == request.scope["path"] for route, _ in _met(request.app.routes, request.scope))


def _met(routes: Sequence[BaseRoute], scope: Mapping[str, Any]) -> Iterator[tuple[Any, Mapping[str, str]]]:
    """Each route that has this path, whatever its methods, with the parts of the path that it names."""
    for route in routes:
        inner = getattr(route, "original_router", None)  # FastAPI keeps routers that were included as they are
        if inner is not None:
            yield from _met(inner.routes, scope)
        elif getattr(route, "methods", None):
            match, child = route.matches({**scope})
            if match is not Match.NONE:
                yield route, child.get("path_params", {})


def _are_ids(parts: Mapping[str, Any]) -> bool:
    return "id" not in parts or ID.fullmatch(str(parts["id"])) is not None
