"""An API description as a reader gets it."""

from typing import Any

from services.gateway.pages.docs.operations import groups, kind
from services.gateway.proxy.examples import example

NODE: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "examples": ["Å'ström"]},
        "next": {"anyOf": [{"$ref": "#/components/schemas/Node"}, {"type": "null"}]},
        "more": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
    },
}
DOCUMENT: dict[str, Any] = {
    "components": {"schemas": {"Node": NODE}},
    "paths": {
        "/things/{id}": {
            "post": {
                "tags": ["things"],
                "summary": "Make Thing",
                "description": "Makes it.",
                "security": [{"partner": ["things:write"]}],
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "examples": ["a1"]}},
                    {"name": "dry", "in": "query", "required": False, "schema": {"type": "boolean"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}},
                "responses": {"204": {"description": "Done"}, "422": {"description": "Not valid"}},
            }
        }
    },
}


def test_an_operation_for_readers() -> None:
    """Title, scope, fields by dotted path, refusals, and a curl line that a shell takes as it is."""
    (group,) = groups(DOCUMENT, order=("others", "things"))
    (operation,) = group.operations
    assert (group.tag, operation.title, operation.scopes, operation.status) == (
        "things", "Make thing", ["things:write"], "204",
    )  # fmt: skip
    assert operation.errors == [("422", "Not valid")]
    assert [(each.name, each.required) for each in operation.parameters] == [("id", True), ("dry", False)]
    assert operation.request is not None
    assert [each.name for each in operation.request.fields][:3] == ["name", "next", "next.name"]
    assert operation.response is None
    assert operation.curl.splitlines() == [
        'curl -X POST "$SAMSYN/things/a1" \\',
        '  -H "Authorization: Bearer $TOKEN" \\',
        '  -H "Content-Type: application/json" \\',
        "  -d '{",
        '  "name": "Å\'"\'"\'ström"',
        "}'",
    ]


def test_a_shape_that_holds_itself_ends() -> None:
    """An example of an endless shape is finite, and one that is sent holds what must be there."""
    assert example(DOCUMENT, NODE, sent=True) == {"name": "Å'ström"}
    deep = example(DOCUMENT, NODE, sent=False)
    assert deep["next"]["next"]["name"] == "Å'ström"


def test_kinds_in_words() -> None:
    """Bounds, choices, lists and what may be null."""
    assert kind(DOCUMENT, {"type": "integer", "minimum": 1, "maximum": 3}) == "integer 1 to 3"
    assert kind(DOCUMENT, {"type": "string", "maxLength": 20}) == "text up to 20 characters"
    assert kind(DOCUMENT, {"type": "array", "items": {"enum": ["a", "b"]}}) == "list of one of a, b"
    assert kind(DOCUMENT, {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]}) == "date or null"
