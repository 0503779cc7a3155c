"""What programs want of an API description that people do without: linters, generators of clients, gateways.

Pure: an OpenAPI 3.1 document in, changed in place. Held to Spectral, Redocly and two generators of clients by
`make test-clients`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Subjects of the API in the order of a newcomer's questions; the page of documentation has the same in its own words.
TAGS = {
    "access": "Tokens for systems, and what this API is.",
    "overview": "How it stands now, and everything that happened since you last asked.",
    "reports": "What your organisation saw: send it, follow it, read what others share with you.",
    "imports": "A spreadsheet's worth at once, read by a mapping that is yours.",
    "lagesbild": "The tested picture of a period.",
    "areas": "The municipality's own tree of areas, and where a point lies in it.",
    "walks": "Walks, what they found, and what the owners of places answer.",
    "events": "The register of public gatherings, with a warning where two clash.",
    "webhooks": (
        "Be told when something happens, signed by the Standard Webhooks specification. The bodies of all types and the"
        " three headers stand in the OpenAPI description under `webhooks`; so does what the feed has in `data`."
        " An address that fails ten times in a row is left alone for a while, and so is a host that cannot be reached:"
        " `held_until` says until when, and a test has one sent at once."
    ),
}
_SCHEMAS = "#/components/schemas/"
SERVERS = [{"url": "/", "description": "The installation that gave you this description."}]
TOKEN, KEY = "partner", "key"
_KEY = {
    "type": "apiKey",
    "in": "header",
    "name": "X-API-Key",
    "description": "A key of your client's instead of a token; it may do what the client may.",
}


def fit(document: dict[str, Any]) -> None:
    """Say in the document what programs ask for: subjects, server, both ways in, one title a schema, whole arrays."""
    document["servers"] = SERVERS
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    used = {tag for operation in operations for tag in operation["tags"]}
    document["tags"] = [{"name": tag, "description": TAGS[tag]} for tag in sorted(used, key=list(TAGS).index)]
    document["components"]["securitySchemes"][KEY] = _KEY
    for operation in operations:
        operation["security"] = _ways_in(operation.get("security", []))
    _title(document)
    for schema in schemas(document):
        _say_items(schema)


def call_by_name(document: dict[str, Any]) -> None:
    """Call operations and forms as the code does, `list_areas`: FastAPI puts path and method behind it.

    Clients are generated with these names; that two services do not use the same one is tested.
    """
    forms = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            behind = f"{re.sub(r'[^a-zA-Z0-9_]', '_', path)}_{method}"
            generated: str = operation["operationId"]
            operation["operationId"] = name = generated.removesuffix(behind)
            forms[f"Body_{generated}"] = "".join(part.capitalize() for part in name.split("_")) + "Form"
    schemas = document.get("components", {}).get("schemas", {})
    for old, new in forms.items():
        if old in schemas:
            schemas[new] = schemas.pop(old)
    for part in _parts(document):
        if (of := part.get("$ref", "").removeprefix(_SCHEMAS)) in forms:
            part["$ref"] = _SCHEMAS + forms[of]


def _parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _parts(each)


def _ways_in(security: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A key does what a token does. Nothing at all is said as such: no list would mean that somebody forgot it."""
    return [*security, *({KEY: []} for each in security if TOKEN in each)]


def _title(document: Mapping[str, Any]) -> None:
    """A schema is called what it is called in the list of all; its fields have names, and need no titles."""
    for schema in schemas(document):
        if isinstance(schema.get("title"), str):
            del schema["title"]
    for name, schema in document["components"]["schemas"].items():
        schema["title"] = name


def _say_items(schema: dict[str, Any]) -> None:
    """What may stand at any place of a list whose places are told one by one: OpenAPI 3.0 knew `items` alone."""
    if (places := schema.get("prefixItems")) and "items" not in schema:
        kinds = [each for at, each in enumerate(places) if each not in places[:at]]
        schema["items"] = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def schemas(part: Any) -> Iterator[dict[str, Any]]:
    """Every schema of a document, those within others too. Examples, defaults and names of fields are none."""
    if isinstance(part, list):
        for each in part:
            yield from schemas(each)
    elif isinstance(part, dict):
        if _SCHEMA & part.keys():
            yield part
        for name, inner in part.items():
            if name in _NAMED and isinstance(inner, dict):
                for each in inner.values():
                    yield from schemas(each)
            elif name not in _VALUES:
                yield from schemas(inner)


_SCHEMA = {"type", "$ref", "anyOf", "oneOf", "allOf", "enum", "const", "prefixItems", "properties", "title"}
# Whose members are named by somebody, so that a field called `type` makes no schema of what holds it.
_NAMED = {"properties", "patternProperties", "$defs", "schemas", "paths", "responses", "headers", "content", "webhooks"}
_VALUES = {"example", "examples", "default", "enum", "const", "security", "info", "tags", "servers", "securitySchemes"}
