"""Examples for an API description: a whole one for every body and every parameter, made of those its fields have.

Pure: an OpenAPI 3.1 document in, values out. `complete` writes them into the document that partners read.
"""

from collections.abc import Mapping
from typing import Any

from shared.http.problem_types import PREFIX, TYPES
from shared.http.problems import PROBLEM

_DEEP = 8
# Moments are sent with any offset; answers have them in UTC.
_SENT = {"date-time": "2026-11-20T16:30:00+01:00"}
_SAMPLES = {
    "uuid": "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18",
    "date-time": "2026-11-20T15:30:00Z",
    "date": "2026-11-20",
    "uri": "https://partner.example/hooks/samsyn",
}
# The first word of a status is the one that most refusals of it have.
_CODES = {status: next(iter(of)) for status, of in TYPES.items()}


def complete(document: dict[str, Any]) -> None:
    """Give every parameter and every body of an OpenAPI document an example, where it has none."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                schema = parameter.get("schema", {})
                if given(parameter) is None and given(schema) is None:
                    sample = example(document, schema, sent=False)
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
    wrong = [{"field": "/occurred_from", "in": "body", "code": "missing", "detail": "This field is needed."}]
    return {
        "type": f"{PREFIX}{_CODES[status]}",
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


def example(document: Mapping[str, Any], schema: Mapping[str, Any], *, sent: bool, deep: int = 0) -> Any:
    """A value of a schema: the document's own example where it has one, else one of the schema's type.

    Of objects that are sent only what must be there or has an example, and none of the other possibilities.
    """
    shape = follow(document, schema)
    if (known := given(shape)) is not None or shape.get("examples") == [None]:
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
        return {each: example(document, inner, sent=sent, deep=deep + 1) for each, inner in wanted.items()}
    if shape.get("type") == "array":
        return [example(document, shape.get("items", {}), sent=sent, deep=deep + 1)]
    simple = {"integer": 1, "number": 1.5, "boolean": True, "object": {}}
    texts = _SAMPLES | _SENT if sent else _SAMPLES
    return simple.get(shape.get("type", ""), texts.get(shape.get("format", ""), "…"))
