"""Every text that can be sent has an end: each string of each parameter and body, in every service's OpenAPI file."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from deploy.services import SERVICES
from services.gateway.proxy.examples import follow
from tests.support import ROOT

# A pattern that has no end: `*`, `+`, `{n,}` on something that is not in brackets of signs.
ENDLESS = re.compile(r"(?<!\\)[*+]|\{\d+,\}")
# Bytes of a file, which its route bounds; their fields are read by rules of their own (`rows`, `geojson`).
FILES = {
    "text/csv",
    "application/geo+json",
    "application/geopackage+sqlite3",
    "application/zip",
    "multipart/form-data",
    "application/octet-stream",
}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def document_of(service: str) -> dict[str, Any]:
    """The committed OpenAPI file of a service."""
    found: dict[str, Any] = json.loads((ROOT / "services" / service / "openapi.json").read_text("utf-8"))
    return found


def sent(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What callers send: a name and a schema for each parameter and body."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", []):
                yield f"{name} {parameter['in']} {parameter['name']}", parameter["schema"]
            for kind, body in operation.get("requestBody", {}).get("content", {}).items():
                if kind not in FILES | {WORKBOOK}:
                    yield f"{name} body", body["schema"]


def endless(document: dict[str, Any], schema: Mapping[str, Any], at: str, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Where a schema takes a text, a list or a mapping without an end."""
    if (ref := schema.get("$ref")) is not None:
        if ref not in seen:
            yield from endless(document, follow(document, schema), at, (*seen, ref))
        return
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from endless(document, each, at, seen)
    if schema.get("type") == "string" and not is_bounded(schema):
        yield at
    if schema.get("type") == "array":
        if "maxItems" not in schema:
            yield f"{at}[]"
        for each in schema.get("prefixItems", [schema.get("items", {})]):
            yield from endless(document, each, f"{at}[]", seen)
    # What is readOnly is compared with what is there, and never kept.
    fields = {name: field for name, field in schema.get("properties", {}).items() if not field.get("readOnly")}
    for name, field in fields.items():
        yield from endless(document, field, f"{at}/{name}", seen)
    if schema.get("type") == "object" and "properties" not in schema:
        keys = {"type": "string", **follow(document, schema.get("propertyNames", {}))}
        if "enum" not in keys and "maxProperties" not in schema:
            yield f"{at}{{}}"
        yield from endless(document, keys, f"{at}{{key}}", seen)
        for values in schema.get("patternProperties", {"": schema.get("additionalProperties", {})}).values():
            yield from endless(document, values, f"{at}{{}}", seen)
    if not schema.keys() & {"type", "anyOf", "oneOf", "allOf", "enum", "const"}:
        yield f"{at}: anything"


def is_bounded(schema: Mapping[str, Any]) -> bool:
    """Whether a string's schema says how long it can be."""
    if schema.keys() & {"maxLength", "enum", "const"} or schema.get("format") in ("uuid", "date", "date-time"):
        return True
    return "pattern" in schema and not ENDLESS.search(re.sub(r"\[[^\]]*\]", "x", schema["pattern"]))


@pytest.mark.parametrize("service", SERVICES)
def test_whatever_is_sent_has_an_end(service: str) -> None:
    """A new field is in it by itself."""
    document = document_of(service)
    assert [where for name, schema in sent(document) for where in endless(document, schema, name)] == []


def test_what_has_no_end_is_seen() -> None:
    """The measure itself: a text, a list, a mapping, keys and anything; and what has one passes."""
    text: dict[str, Any] = {"type": "string"}
    for schema in (
        text,
        text | {"pattern": "^[a-z]+$"},
        text | {"format": "uri"},
        {"anyOf": [{"type": "null"}, text]},
        {"type": "array", "items": {"type": "integer"}},
        {"type": "array", "items": text, "maxItems": 3},
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object", "propertyNames": text, "additionalProperties": {"type": "integer"}, "maxProperties": 3},
        {"type": "object", "properties": {"a": text}},
        {},
    ):
        assert [*endless({}, schema, "")], schema
    for schema in (
        text | {"maxLength": 3},
        text | {"pattern": r"^[a-z*+][a-z_]{0,39}$"},
        text | {"format": "uuid"},
        {"type": "array", "items": text | {"enum": ["a"]}, "maxItems": 3},
        {"type": "object", "propertyNames": {"enum": ["a"]}, "additionalProperties": {"type": "integer"}},
    ):
        assert not [*endless({}, schema, "")], schema
