"""Values that nobody should send, planted in every parameter, header and field of every operation of an API."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx

from services.gateway.proxy.examples import example, follow, given
from shared.http.problems import PROBLEM

# No answer says it again.
MARKER = "\u3299\u3299"
TEXTS = (
    "", " ", "\u200b", "\u3164", "\x00", "a\x00b", "\x07", "\x1b[31m", "a\r\nb", "\ud800", "a\udfffb", "\ufffe",
    MARKER, "\u202e" + MARKER, f"<b>{MARKER}</b>", f"'; -- {MARKER}", "²", "６３", "6_3", "0x1F", "1e308", "-1", "nan",
    "Infinity", "true", "null", "x" * 5000, "å" * 5000, "a" + "\u0301" * 900, "%00", "../../etc", "{0}", "%(a)s",
    "%Y-%m-%d %Y", "%", "*", '"²"', 'W/"1"', "0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00+23:59",
    "9999-12-31", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "1900-01-01T00:00:00+23:59",
    "2199-12-31T23:59:59-23:59", "2026-02-30", "2026-11-20T25:00", "0000-00-00", "EPSG:99999999", "EPSG:4326",
    "EPSG:4978", "http://[::1", "https://\u3299.example", "utf-7", "idna", "Europe/../x",
    # Cursors as ours are made, of NUL, of a moment without its zone, of a number that no column holds.
    "WyJcdTAwMDAiXQ", "WyIyMDI2LTAxLTAxIiwiMDE5MzZmNWUtOGQyYS03YzNiLTlhNDEtNWYwYzJkN2U2YjE4Il0",
    "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OSJd",
)  # fmt: skip
# Those that most services fell over: of each place at least these are tried.
TELLING = ("a\x00b", "9999-12-31T23:59:59-23:59")
OTHERS: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 10**30, -(10**400), 1.5, 1e308, 5e-324, float("nan"), float("inf"),
    float("-inf"), [], {}, [None], {"\x00": MARKER}, {MARKER: 1}, [[[[[[[[[]]]]]]]]], ["x"] * 2000,
)  # fmt: skip
# Sent as it stands, for no encoder makes it.
BROKEN = (
    b"",
    b"{",
    b"\xff\xfe{}",
    b'{"a": "\xe5"}',
    b"[" * 3000 + b"]" * 3000,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b"1" * 5000,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A request with one value in it that nobody should send, and where that is."""

    at: str
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    telling: bool = False


def sendings(document: Mapping[str, Any], *, known: Mapping[str, str]) -> Iterator[list[Sending]]:
    """For each place of each operation the requests with each value in it. `known`: ids by the path they stand in."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            base = _right(document, path, method, operation, known=known)
            for parameter in operation.get("parameters", []):
                yield [each for text in (*TELLING, *TEXTS) if (each := _in_parameter(base, path, parameter, text))]
            for kind, body in operation.get("requestBody", {}).get("content", {}).items():
                if kind == "application/json":
                    yield [_with(base, "body", each, body=each) for each in BROKEN]
                    whole = given(body) or example(document, body["schema"], sent=True)
                    for at, planted in _planted(document, body["schema"], whole):
                        yield [
                            _with(base, at, value, body=_json(planted(value))) for value in (*TELLING, *TEXTS, *OTHERS)
                        ]


def other_names(document: Mapping[str, Any], *, known: Mapping[str, str]) -> Iterator[tuple[str, Sending]]:
    """For each part of each path the thing under names not its own, which they would be if they were tidied up."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            base = _right(document, path, method, operation, known=known)
            for parameter in (each for each in operation.get("parameters", []) if each["in"] == "path"):
                name = str(known.get(path) or given(parameter) or given(parameter["schema"]) or uuid4())
                others = [f"{name}%20", f"%20{name}", f"{name}%E2%80%8B"]
                if parameter["schema"].get("format") == "uuid":
                    others += [f"%7B{name}%7D", f"urn:uuid:{name}", name.replace("-", "")]
                for other in others:
                    yield parameter["name"], replace(base, path=path.replace(f"{{{parameter['name']}}}", other))


async def refused_well(caller: httpx.AsyncClient, sending: Sending) -> str | None:
    """Send it; what is wrong with the answer, if anything: a fault of ours, no problem+json, what was sent."""
    request = caller.build_request(
        sending.method, sending.path, params=sending.query or None, content=sending.body,
        headers={name.encode(): value.encode() for name, value in sending.headers.items()},
    )  # fmt: skip
    try:
        answer = await caller.send(request)
    except httpx.RemoteProtocolError:
        return f"{sending.method} {sending.at}: the answer broke off"
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 500 or (answer.status_code >= 400 and kind != PROBLEM):
        return f"{sending.method} {sending.at}: {answer.status_code} {kind}"
    if answer.status_code >= 400 and (MARKER in answer.text or "\\u3299" in answer.text):
        return f"{sending.method} {sending.at}: repeats what was sent"
    return None


def _right(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any], *, known: Mapping[str, str]
) -> Sending:
    """The request as it should be."""
    filled = path
    headers = {"Content-Type": "application/json"}
    query = {}
    for parameter in operation.get("parameters", []):
        name, schema = parameter["name"], parameter["schema"]
        sample = given(parameter) or given(schema) or example(document, schema, sent=True)
        if parameter["in"] == "path":
            filled = filled.replace(f"{{{name}}}", known.get(path, str(sample)))
        elif parameter["in"] == "header":
            headers[name] = str(sample)
        elif parameter.get("required"):
            query[name] = str(sample)
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    body = _json(given(content) or example(document, content["schema"], sent=True)) if content else None
    return Sending(at=path, method=method.upper(), path=filled, query=query, headers=headers, body=body)


def _with(base: Sending, at: str, value: object, **changes: Any) -> Sending:
    headers = dict(changes.get("headers", base.headers))
    if "Idempotency-Key" in headers and "Idempotency-Key" not in at:
        headers["Idempotency-Key"] = uuid4().hex
    return Sending(
        at=f"{base.at} {at}", method=base.method, path=changes.get("path", base.path),
        query=changes.get("query", base.query), headers=headers, body=changes.get("body", base.body),
        telling=value in TELLING,
    )  # fmt: skip


def _in_parameter(base: Sending, path: str, parameter: Mapping[str, Any], text: str) -> Sending | None:
    name, place = parameter["name"], parameter["in"]
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        return None  # no address and no header can hold it
    if place == "query":
        return _with(base, name, text, query={**base.query, name: text})
    if place == "header":
        # Neither can a line of a header hold these.
        fits = text.isprintable() and text == text.strip() and len(text) < 4000
        return _with(base, name, text, headers={**base.headers, name: text}) if fits else None
    if not text.strip("."):
        return None  # another address
    quoted = "".join(f"%{byte:02X}" for byte in text.encode())
    return _with(base, name, text, path=path.replace(f"{{{name}}}", quoted))


def _planted(document: Mapping[str, Any], schema: Mapping[str, Any], whole: Any) -> Iterator[tuple[str, Any]]:
    """Each place below a body, and what makes the body with a value there."""
    yield "/", lambda value: value
    for steps in _places(document, schema, whole, ()):
        yield "/" + "/".join(map(str, steps)), lambda value, steps=steps: _put(whole, steps, value)


def _places(
    document: Mapping[str, Any], schema: Mapping[str, Any], here: Any, at: tuple[Any, ...]
) -> Iterator[tuple[Any, ...]]:
    shape = follow(document, schema)
    options = [follow(document, each) for each in shape.get("anyOf", [])] or [shape]
    if at:
        yield at
    for option in options:
        for name, inner in option.get("properties", {}).items():
            below = here.get(name) if isinstance(here, dict) else None
            yield from _places(document, inner, below, (*at, name))
        if option.get("type") == "array":
            below = here[0] if isinstance(here, list) and here else None
            yield from _places(document, option.get("items", {}), below, (*at, 0))
        if option.get("type") == "object" and "properties" not in option:
            key = next(iter(here), "a") if isinstance(here, dict) else "a"
            yield (*at, "{key}")
            inner = option.get("additionalProperties", next(iter(option.get("patternProperties", {}).values()), {}))
            yield from _places(document, inner if isinstance(inner, dict) else {}, (here or {}).get(key), (*at, key))


def _put(whole: Any, steps: tuple[Any, ...], value: Any) -> Any:
    """The body with a value at a place; what lies on the way there is made."""
    made: Any = deepcopy(whole) if isinstance(whole, dict) else {}
    here: Any = made
    for step, following in pairwise(steps):
        kind = list if following == 0 else dict
        inner = here[step] if isinstance(here, list) else here.get(step)
        if not inner or not isinstance(inner, kind):
            here[step] = inner = [None] if kind is list else {}
        here = inner
    if steps[-1] == "{key}":
        here[value if isinstance(value, str) else json.dumps(value)] = "x"
    else:
        here[steps[-1]] = value
    return made


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
