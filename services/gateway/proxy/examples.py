"""Examples for an API description: a whole one for every body and every parameter, made of those its fields have.

Pure: an OpenAPI 3.1 document in, values out. `complete` writes them into the document that partners read.
"""

from collections.abc import Mapping
from typing import Any

from shared.http.problems import PROBLEM, STATUS

_DEEP = 8
_SAMPLES = {
    "uuid": "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18",
    "date-time": "2026-11-20T16:30:00+01:00",
    "date": "2026-11-20",
    "uri": "https://partner.example/hooks/samsyn",
}
# What fields and parameters of these names hold, where their own service gives no example; the first that fits.
_BY_NAME: Mapping[str, Any] = {
    "cursor": "WyIwMTkzNmY1ZS04ZDJhIl0",
    "next_cursor": "WyIwMTkzNmY1ZS04ZDJhIl0",
    "since": "5f0c2d7e.4711",
    "feed_cursor": "5f0c2d7e.4711",
    "area": "010101",
    "area_code": "010101",
    "area_codes": "010101",
    "category": "order",
    "categories": "order",
    "subcategory": "noise",
    "external_reference": "V47-0012",
    "status": ("received", 503),
    "severity": 2,
    "band": 8,
    "cell": "E481750N7005250",
    "lon": 14.65,
    "lat": 63.18,
    "text": "Ett tjugotal ungdomar samlade vid väntsalen, hög musik.",
    "words": "musik",
    "version": 1,
    "types": "report.submitted",
    "description": "Reports of damage to our houses",
    "url": "https://partner.example/hooks/samsyn",
    "public_key": "whpk_MCowBQYDK2VwAyEAexamplekeyofthirtytwobytesinbase64==",
    "secret": "whsec_of-256-random-bits",
    "error": "answered 503",
    "excerpt": "Service Unavailable",
    "attempt": 1,
    "attempts": 1,
    "duration_ms": 41,
    "created": 998,
    "unchanged": 1,
    "refused": 1,
    "failure": "All of the first 1,000 rows are wrong: look at the mapping.",
    "header": "Datum",
    "rows": "2026-11-20",
    "doubts": "No column looks like a reference. Rows are told apart by what they say.",
    "crs": "EPSG:3006",
    "code": "0101",
    "matrix": 3,
    "reason": "Two organisations saw the same evening.",
    "closing_reason": "The owner of the place has moved away.",
    "cancelled_reason": "Storm warning.",
    "type": "report.submitted",
    "certainty": "likely",
    "location_kind": "public",
    "api_name": "Samsyn",
    "api_version": "1.0.0",
    "api_documentation": "https://samsyn.example/docs",
    "api_status": "active",
}
_CODES = {status: kind.code for kind, (status, _) in STATUS.items()} | {500: "unexpected"}


def complete(document: dict[str, Any]) -> None:
    """Give every parameter and every body of an OpenAPI document an example, where it has none."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                schema = parameter.get("schema", {})
                if given(parameter) is None and given(schema) is None:
                    sample = example(document, schema, sent=False, name=parameter["name"])
                    if sample is not None:
                        parameter["example"] = sample
            for media_type, part in operation.get("requestBody", {}).get("content", {}).items():
                _complete(document, media_type, part, sent=True)
            for status, answer in operation["responses"].items():
                for media_type, part in answer.get("content", {}).items():
                    if media_type == PROBLEM:
                        part["example"] = _refusal(int(status), answer["description"])
                    else:
                        _complete(document, media_type, part, sent=False)


def _complete(document: Mapping[str, Any], media_type: str, part: dict[str, Any], *, sent: bool) -> None:
    if given(part) is None and ("json" in media_type or "form" in media_type):
        part["example"] = example(document, part.get("schema", {}), sent=sent)


def _refusal(status: int, title: str) -> dict[str, Any]:
    code = _CODES.get(status, "refused")
    wrong = [{"field": "/occurred_from", "code": "missing", "detail": "Field required"}]
    return {
        "type": f"urn:samsyn:problem:{code}",
        "title": title,
        "status": status,
        "detail": "Not valid: /occurred_from." if status == 422 else f"{title}.",
        "request_id": "3f0c5f8e9d6b4b0f9f3a0c1d2e3f4a5b",
        "errors": wrong if status == 422 else [],
    }


def follow(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part of the document with its reference followed. Words beside a reference win over those behind it."""
    if "$ref" not in part:
        return part
    found: Any = document
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return {**found, **{name: value for name, value in part.items() if name != "$ref"}}


def given(part: Mapping[str, Any]) -> Any:
    """An example that stands in the document, in any of the places it may stand in."""
    examples = part.get("examples")
    if isinstance(examples, Mapping) and examples:
        return next(iter(examples.values())).get("value")
    if isinstance(examples, list) and examples:
        return examples[0]
    return part.get("example")


def plain(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with its reference followed and, where it may be null, what it is otherwise."""
    shape = follow(document, schema)
    options = [each for each in shape.get("anyOf", shape.get("oneOf", [])) if each.get("type") != "null"]
    return follow(document, options[0]) if options else shape


def example(
    document: Mapping[str, Any], schema: Mapping[str, Any], *, sent: bool, name: str = "", deep: int = 0
) -> Any:
    """A value of a schema: the document's own example where it has one, else what a field of that name usually holds.

    Of objects that are sent only what must be there or has an example, and none of the other possibilities.
    """
    shape = follow(document, schema)
    if (known := given(shape)) is not None:
        return known
    if "default" in shape and shape["default"] is not None:
        return shape["default"]
    shape = plain(document, shape)
    if (known := given(shape)) is not None or deep > _DEEP:
        return known  # None ends what refers to itself
    if "enum" in shape or "const" in shape:
        return shape.get("const", shape.get("enum", [None])[0])
    if properties := shape.get("properties"):
        wanted = {
            each: inner
            for each, inner in properties.items()
            if not sent or each in shape.get("required", ()) or given(follow(document, inner)) is not None
        }
        return {each: example(document, inner, sent=sent, name=each, deep=deep + 1) for each, inner in wanted.items()}
    if shape.get("type") == "array":
        return [example(document, shape.get("items", {}), sent=sent, name=name, deep=deep + 1)]
    if (usual := _usual(name, shape)) is not None:
        return usual
    simple = {"integer": 1, "number": 1.5, "boolean": True, "object": {}}
    return simple.get(shape.get("type", ""), _SAMPLES.get(shape.get("format", ""), "…"))


def _usual(name: str, shape: Mapping[str, Any]) -> Any:
    """What fields of that name hold, where it is of the schema's type."""
    found = _BY_NAME.get(name)
    kinds: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float)}
    fits = kinds.get(shape.get("type", ""), ())
    if "format" in shape or not fits:
        return None
    return next((each for each in (found if isinstance(found, tuple) else (found,)) if isinstance(each, fits)), None)
