"""The services' committed API descriptions, made into one: the route table, and the OpenAPI that partners read.

Pure; `make contracts` runs it and commits `routes.json` and `openapi.json`, which is all the gateway reads when it
runs: it never imports another service.
"""

import copy
import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from services.gateway.proxy.examples import complete
from services.gateway.proxy.machines import call_by_name, fit
from shared.errors import Malformed, NotFound, Refusal, TooMany
from shared.http.costs import COST, LARGE
from shared.http.once import REPLAYED
from shared.http.problems import STATUS

PREFIX = "/samsyn/v1"
HERE = Path(__file__).parent
_DESCRIPTION = HERE.parent / "openapi.json"
INFO: dict[str, Any] = {
    "title": "Samsyn",
    "version": "1.0.0",
    "description": (
        "What partners of a municipality share of safety: reports of places and times, never of persons; areas, the"
        " lägesbild made of them, safety walks and their findings, public gatherings, and webhooks for all of it."
        "\n\nGet a token at `/oauth/token` with your client's id and secret, or send an API key in `X-API-Key`."
        " Send each POST that takes an `Idempotency-Key` with one of your own: it makes it safe to send again. Refusals"
        " are"
        " `application/problem+json`. What you see depends on your organisation, your role and your areas."
    ),
    "contact": {"name": "The municipality that runs this installation"},
    "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "x-sla": (
        "Intake goes on while any other part is away. A change stays available for 24 months after its successor is"
        " announced, with a Sunset header. Hours of support are the municipality's to state."
    ),
    "x-limitations": (
        "1,200 requests a minute for each client unless agreed otherwise, 4,800 for all of an organisation (RateLimit"
        " headers, 429 beyond); an operation with `x-cost` counts as so many, each hundred rows of a page beyond the"
        " first and a search through texts more; four requests of an organisation at once in each service, of those"
        " that cost five or more one, with a rest as long as it took (2 s at most), and four files; bodies of 64"
        " kB, of operations that cost ten or more 1 MB, files of 512 MB, workbooks of 50 MB; 1,000 rows a page; 1,000"
        " reports a batch; keys kept for 48 hours."
    ),
}
HEADERS = {
    "RateLimit": {
        "description": "What is left of the quota, and seconds until it is whole again (IETF httpapi draft 11).",
        "schema": {"type": "string", "examples": ['"default";r=1187;t=42']},
    },
    "RateLimit-Policy": {
        "description": "The quota: requests in a window of so many seconds.",
        "schema": {"type": "string", "examples": ['"default";q=1200;w=60']},
    },
    "Retry-After": {
        "description": "Seconds to wait before the same request is sent again.",
        "schema": {"type": "integer", "minimum": 1, "examples": [42]},
    },
    REPLAYED: {
        "description": "The answer was given before to the same request under this key; nothing was done for it now.",
        "schema": {"type": "string", "enum": ["true"], "examples": ["true"]},
    },
    "X-Request-Id": {
        "description": "The id of this request in every log line; name it when you ask for help.",
        "schema": {"type": "string", "examples": ["3f0c5f8e9d6b4b0f9f3a0c1d2e3f4a5b"]},
    },
}
_METHODS = ("get", "post", "put", "patch", "delete")
_JSON = "application/json"
_PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One forwarded operation. `streamed`: its body is a file, and is passed on as it comes. `cost`: see `costs`."""

    method: str
    path: str
    service: str
    scopes: tuple[str, ...]
    streamed: bool
    cost: int = 1

    @property
    def may_be_large(self) -> bool:
        """Whether its body may have all that a body may: what costs much, and is no file."""
        return self.method != "GET" and self.cost >= LARGE and not self.streamed


def routes_of(service: str, document: Mapping[str, Any]) -> list[Route]:
    """The operations that a service's API description offers."""
    return [
        Route(
            method=method.upper(),
            path=path,
            service=service,
            scopes=tuple(scope for each in operation.get("security", []) for scope in each.get("partner", [])),
            streamed=bool(content := operation.get("requestBody", {}).get("content", {})) and _JSON not in content,
            cost=operation.get(COST, 1),
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    ]


def merged(
    own: Mapping[str, Any], documents: Mapping[str, Mapping[str, Any]], *, told: Mapping[str, Any]
) -> dict[str, Any]:
    """One OpenAPI document: the gateway's own operations and every forwarded one under the public prefix.

    A schema that two services name alike but shape differently gets the service's name in front. told: what receivers
    of webhooks are sent, as a document with `webhooks` and its schemas.
    """
    whole: dict[str, Any] = copy.deepcopy(dict(own)) | {"info": INFO, "webhooks": told["webhooks"]}
    schemas = whole.setdefault("components", {}).setdefault("schemas", {})
    security = whole["components"].setdefault("securitySchemes", {})
    call_by_name(whole)
    for service, document in sorted(documents.items()):
        components = document.get("components", {})
        renamed = {
            name: f"{service.capitalize()}{name}"
            for name, shape in components.get("schemas", {}).items()
            if name in schemas and schemas[name] != shape
        }
        moved = _renamed(document, renamed)
        schemas.update(moved.get("components", {}).get("schemas", {}))
        security.update(components.get("securitySchemes", {}))
        call_by_name(moved)
        for path, operations in moved["paths"].items():
            whole["paths"][PREFIX + path] = operations
    whole["paths"] = dict(sorted(whole["paths"].items()))
    for path, operations in whole["paths"].items():
        for operation in operations.values():
            _say_problems_once(operation)
            _say_what_the_gateway_adds(operation, named="{" in path)
    whole["components"]["schemas"] = dict(sorted({**schemas, **told["components"]["schemas"]}.items()))
    whole["components"]["headers"] = HEADERS
    complete(whole)
    fit(whole)
    return whole


def _say_problems_once(operation: dict[str, Any]) -> None:
    """FastAPI lists a refusal's shape under JSON beside problem+json; it comes as problem+json alone."""
    for answer in operation["responses"].values():
        content = answer.get("content", {})
        if content.get(_PROBLEM) == {} and _JSON in content:
            answer["content"] = {_PROBLEM: content[_JSON]}


def _say_what_the_gateway_adds(operation: dict[str, Any], *, named: bool) -> None:
    """Its quota: what every answer tells of it, and the refusal once it is used up. And what is no address to it.

    named: the path has a name or an id of the caller's in it, which may be one that no address has.
    """
    content = {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    adds: dict[type[Refusal], bool] = {
        Malformed: True,  # an address that is not UTF-8
        TooMany: bool(operation.get("security")),
        NotFound: named,
    }
    told = [STATUS[each] for each, does in adds.items() if does]
    told += [(405, "Not a method of this address"), (414, "Too long")]  # said before an operation is chosen
    refusals = {str(status): {"description": title, "content": copy.deepcopy(content)} for status, title in told}
    operation["responses"] = answers = dict(sorted({**refusals, **operation["responses"]}.items()))
    for status, answer in answers.items():
        names = ["X-Request-Id"]
        counted = operation.get("security") and (status[0] == "2" or status == "429")
        names += ["RateLimit", "RateLimit-Policy"] if counted else []
        names += [REPLAYED] if status[0] == "2" and _takes_a_key(operation) else []
        names += ["Retry-After"] if status in ("429", "503") else []
        said = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
        answer["headers"] = {**said, **answer.get("headers", {})}


def _takes_a_key(operation: Mapping[str, Any]) -> bool:
    return any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", []))


def _renamed(document: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    text = json.dumps(document)
    for old, new in names.items():
        text = text.replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    moved: dict[str, Any] = json.loads(text)
    schemas = moved.get("components", {}).get("schemas", {})
    moved.setdefault("components", {})["schemas"] = {names.get(name, name): shape for name, shape in schemas.items()}
    return moved


def as_json(routes: list[Route]) -> str:
    """The route table as it is committed."""
    return json.dumps([asdict(route) for route in routes], indent=1) + "\n"


def committed_routes() -> list[Route]:
    """The route table in this release."""
    table = json.loads((HERE / "routes.json").read_text())
    return [Route(**{**row, "scopes": tuple(row["scopes"])}) for row in table]


def services_of(routes: Iterable[Route]) -> tuple[str, ...]:
    """The services behind the gateway, as they come in a route table."""
    return tuple(dict.fromkeys(route.service for route in routes))


@lru_cache
def _by_length() -> Mapping[tuple[str, int], list[tuple[list[str], Route]]]:
    found: dict[tuple[str, int], list[tuple[list[str], Route]]] = {}
    for route in committed_routes():
        parts = route.path.split("/")
        found.setdefault((route.method, len(parts)), []).append((parts, route))
    return found


def route_of(method: str, path: str) -> Route:
    """The operation that a method and a path (without prefix and query) come to: the first that fits, as in a service.

    Raises LookupError where there is none, which is a fault of whoever asks.
    """
    parts = path.split("/")
    for pattern, route in _by_length().get((method, len(parts)), ()):
        if all(want[:1] == "{" or want == part for want, part in zip(pattern, parts, strict=True)):
            return route
    raise LookupError(f"No service answers {method} {path}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """The partners' API description as it is sent. One weak tag for both forms: they say the same."""

    content: bytes
    zipped: bytes
    etag: str


@lru_cache
def described() -> Description:
    """The description in this release, with what is worked out once."""
    content = committed_openapi()
    tag = hashlib.sha256(content).hexdigest()[:32]
    return Description(content=content, zipped=gzip.compress(content, mtime=0), etag=f'W/"{tag}"')


def committed_openapi() -> bytes:
    """The partners' API description in this release, JSON."""
    return _DESCRIPTION.read_bytes()
