"""What programs read of the API's description: names, patterns, arrays, ways in, and what webhooks are sent."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.gateway.pages.docs.chapters import ABOUT
from services.gateway.proxy.machines import TAGS, schemas
from tests.contract.openapi.test_complete import DOCUMENT, OPERATIONS, every_operation, validator

TITLES = [schema["title"] for schema in schemas(DOCUMENT) if isinstance(schema.get("title"), str)]
# Of Python's alone: flags within, names by P, ends of the text by letters, possessive and atomic groups.
_PYTHONS = re.compile(r"\(\?(?![:=!]|<[=!a-zA-Z])|\\[AZzN]|[*+?}]\+|\[\[:")
# Behind a backslash a letter or a sign of the syntax; with `u` ECMA-262 refuses all others.
_NEEDLESS = re.compile(r"\\(?![dDwWsSbBnrtfvcux0-9pPk^$\\.*+?()\[\]{}|/-])")
WEBHOOKS = [(name, item["post"]) for name, item in DOCUMENT["webhooks"].items()]


def patterns(part: Any) -> list[str]:
    """Every pattern of the document, those that names of members are held to as well."""
    if isinstance(part, list):
        return [each for inner in part for each in patterns(inner)]
    if not isinstance(part, dict):
        return []
    own = [part["pattern"]] if isinstance(part.get("pattern"), str) else []
    own += list(part.get("patternProperties", {}))
    return own + [each for inner in part.values() for each in patterns(inner)]


def test_patterns_are_those_of_ecma_262() -> None:
    """As JSON Schema has them: a client in another language refuses the whole document for one it cannot read."""
    found = set(patterns(DOCUMENT))
    assert len(found) > 4
    assert [each for each in found if _PYTHONS.search(each) or _NEEDLESS.search(each)] == []


@pytest.mark.parametrize("wrong", ["^(?i:EPSG)$", "^(?P<x>a)$", r"\Aabc\Z", "a++", r"a\@b"])
def test_what_python_alone_knows_would_be_found(wrong: str) -> None:
    """The test above sees such a one."""
    assert _PYTHONS.search(wrong) or _NEEDLESS.search(wrong)


def test_a_title_stands_once() -> None:
    """Generators name classes after titles: two of one name would be one class, or none."""
    assert len(TITLES) == len(set(TITLES))
    assert set(DOCUMENT["components"]["schemas"]) == set(TITLES)


def test_lists_say_what_stands_in_them() -> None:
    """Also where each place is told alone: tools of OpenAPI 3.0 know `items` only."""
    lists = [schema for schema in schemas(DOCUMENT) if schema.get("type") == "array"]
    assert any("prefixItems" in schema for schema in lists)
    assert [schema for schema in lists if "items" not in schema] == []


def test_subjects_are_said() -> None:
    """Each tag that an operation has, with the sentence that the page of documentation has."""
    told = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert told == {tag: TAGS[tag] for tag in told}
    assert {tag for _, operation in [*OPERATIONS, *WEBHOOKS] for tag in operation["tags"]} == set(told)
    assert dict(ABOUT) == TAGS


def test_the_server_is_the_one_that_was_asked() -> None:
    """Every installation has an address of its own."""
    assert [server["url"] for server in DOCUMENT["servers"]] == ["/"]


@every_operation
def test_every_operation_says_who_may_come_in(name: str, operation: dict[str, Any]) -> None:
    """By a token with its scopes or by a key, or that it asks for nothing."""
    token = [way for way in operation["security"] if "partner" in way]
    assert operation["security"] == [*token, *({"key": []} for _ in token)]
    assert {way for each in operation["security"] for way in each} <= DOCUMENT["components"]["securitySchemes"].keys()


@every_operation
def test_names_are_those_of_the_code(name: str, operation: dict[str, Any]) -> None:
    """`list_areas`: clients are generated with them, and a path that moves would change them."""
    assert re.fullmatch(r"[a-z]+(_[a-z]+){1,4}", operation["operationId"])
    assert not operation["operationId"].endswith(("_get", "_post", "_put", "_patch", "_delete"))


@pytest.mark.parametrize(("name", "operation"), WEBHOOKS, ids=[name for name, _ in WEBHOOKS])
def test_what_a_webhook_is_sent(name: str, operation: dict[str, Any]) -> None:
    """A body that fits its schema, which closes nothing; the headers of Standard Webhooks."""
    body = operation["requestBody"]["content"]["application/json"]
    assert list(validator(body["schema"]).iter_errors(body["example"])) == []
    assert body["example"]["type"] == name
    shape = DOCUMENT["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
    assert set(shape["properties"]) == {"type", "timestamp", "data"}
    assert set(shape["properties"]["data"]["required"]) <= body["example"]["data"].keys()
    assert [each["name"] for each in operation["parameters"]] == [
        "webhook-id", "webhook-timestamp", "webhook-signature"
    ]  # fmt: skip


def test_every_schema_is_one() -> None:
    """Of JSON Schema 2020-12, which OpenAPI 3.1 has."""
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
