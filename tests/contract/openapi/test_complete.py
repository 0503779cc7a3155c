"""The API description that partners read: every operation with whole examples, its refusals, what holds for all."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator

from services.gateway.proxy import catalogue
from services.gateway.proxy.examples import follow, given
from tests.support import ROOT

DOCUMENT: dict[str, Any] = json.loads(catalogue.committed_openapi())
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
every_operation = pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
MOMENT = re.compile(r'"\d{4}-\d\d-\d\dT[^"]*')
# Bodies that no text stands for.
BINARY = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/geopackage+sqlite3",
    "application/zip",
    "application/octet-stream",
}
# Not to be said by an operation that asks for no token.
OPEN = {
    "POST /oauth/token", "GET /oauth/jwks", "GET /.well-known/oauth-authorization-server", "GET /samsyn/v1/api-info",
}  # fmt: skip


def validator(schema: dict[str, Any]) -> Validator:
    """Holds a value to a schema of the document."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What an operation takes and gives: where, its media type, schema and example."""
    parts = [("request", operation.get("requestBody", {}))]
    parts += [(status, answer) for status, answer in operation["responses"].items()]
    for where, part in parts:
        yield from ((where, media_type, body) for media_type, body in part.get("content", {}).items())


@every_operation
def test_every_body_has_an_example_that_fits(name: str, operation: dict[str, Any]) -> None:
    """Request, answer and refusals: the example holds every required field, fits the schema, and leaves nothing out."""
    for where, media_type, body in bodies(operation):
        if media_type in BINARY:
            continue
        sample = given(body)
        sample = given(follow(DOCUMENT, body.get("schema", {}))) if sample is None else sample
        assert sample is not None, (where, media_type)
        assert '"…"' not in json.dumps(sample, ensure_ascii=False), (where, sample)
        faults = [f"{each.json_path}: {each.message}" for each in validator(body.get("schema", {})).iter_errors(sample)]
        assert faults == [], (where, media_type)


@every_operation
def test_answers_have_their_moments_in_utc(name: str, operation: dict[str, Any]) -> None:
    """As services write them: an example with an offset would show what no answer looks like."""
    for where, _, body in bodies(operation):
        if where != "request":
            sample = json.dumps(given(body), ensure_ascii=False)
            assert [each for each in MOMENT.findall(sample) if not each.endswith("Z")] == [], where


@every_operation
def test_a_body_of_which_all_may_be_left_out_may_be_left_out(name: str, operation: dict[str, Any]) -> None:
    """A POST that needs no field needs no `{}` either. Of a PATCH nothing would change."""
    for where, media_type, body in bodies(operation):
        if where == "request" and media_type == "application/json" and name.startswith("POST "):
            needed = follow(DOCUMENT, body["schema"]).get("required", [])
            assert operation["requestBody"].get("required", False) == bool(needed)


@every_operation
def test_every_parameter_has_an_example_that_fits(name: str, operation: dict[str, Any]) -> None:
    """Path, query and header; what is one of a few words or yes and no explains itself."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        sample = given(parameter) if given(parameter) is not None else given(schema)
        assert sample is not None, parameter["name"]
        assert sample != "…", parameter["name"]
        assert list(validator(schema).iter_errors(sample)) == [], parameter["name"]


@every_operation
def test_every_operation_says_how_it_can_be_refused(name: str, operation: dict[str, Any]) -> None:
    """A sentence on what it does; problem+json for each refusal, with the quota's where a token is asked for."""
    assert operation["description"].strip()
    assert operation["summary"].strip()
    assert operation["tags"]
    answers = operation["responses"]
    assert {"500", "503"} <= answers.keys()
    if name not in OPEN:
        assert {"401", "403", "429"} <= answers.keys()
        assert operation["security"]
        good = next(answer for status, answer in answers.items() if status[0] == "2")
        assert {"RateLimit", "RateLimit-Policy", "X-Request-Id"} <= good["headers"].keys()
    if any("{" in part for part in name.split("/")):
        assert "404" in answers or name.startswith("PUT "), "what there is none of"
    for status, answer in answers.items():
        assert answer["description"] not in ("", "Successful Response") or status[0] == "2"
        if status[0] in "45" and not (name == "POST /oauth/token" and status in ("400", "401")):
            assert list(answer["content"]) == ["application/problem+json"], status
            assert given(answer["content"]["application/problem+json"])["status"] == int(status)
    for status in ("429", "503"):
        assert status not in answers or "Retry-After" in answers[status]["headers"]


def test_what_holds_for_all_is_said_once() -> None:
    """Title, version, contact, licence, service level and limits, as DIGG's profile asks (DOK.03, 08, 09)."""
    info = DOCUMENT["info"]
    assert info["title"] == "Samsyn"
    for name in ("version", "description", "contact", "license", "x-sla", "x-limitations"):
        assert info[name], name
    assert "24 months" in info["x-sla"]
    for limit in ("1,200 requests", "1 MB", "512 MB", "1,000 rows", "48 hours", "429"):
        assert limit in info["x-limitations"], limit
    assert len(OPERATIONS) > 50
    assert len({operation["operationId"] for _, operation in OPERATIONS}) == len(OPERATIONS)


def test_addresses_follow_the_profile() -> None:
    """UFN.07-09: under the API's name and version, small letters, hyphens, no underscores, no closing slash."""
    for path in DOCUMENT["paths"]:
        assert path.startswith((f"{catalogue.PREFIX}/", "/oauth/", "/.well-known/")), path
        fixed = "".join(part for part in path.split("/") if not part.startswith("{"))
        assert fixed == fixed.lower(), path
        assert "_" not in fixed
        assert not path.endswith("/")


def test_names_of_schemas_say_nothing_of_modules() -> None:
    """Two shapes of one name would get their modules' names, and change with every move."""
    assert [name for name in DOCUMENT["components"]["schemas"] if "__" in name] == []


_OF_WHAT = re.compile(r"\b(newest|oldest|latest|recent)\b[^.]*\bfirst\b|senaste först|äldsta först")


def test_an_order_says_by_what() -> None:
    """A report has a time when it happened and one when it came in: "newest first" is right of one of them only."""
    texts = [json.dumps(DOCUMENT, ensure_ascii=False)]
    texts += [each.read_text() for each in (ROOT / "services/gateway/pages").rglob("*.html")]
    texts += [each.read_text() for each in (ROOT / "services/gateway/pages").rglob("*.po")]
    assert [found[0] for text in texts for found in _OF_WHAT.finditer(text)] == []


# Things that others may see coarsely: their ids, by which the lists go, say the day alone (`shared.ids.uuid7`).
_BY_DAY = ("/samsyn/v1/reports", "/samsyn/v1/walks", "/samsyn/v1/findings", "/samsyn/v1/subscriptions/{id}/deliveries")


@pytest.mark.parametrize("path", _BY_DAY)
def test_no_finer_order_is_promised_than_there_is(path: str) -> None:
    """Within a day these lists stand by chance, and say so."""
    assert "by chance" in DOCUMENT["paths"][path]["get"]["description"]


def test_what_is_changed_at_a_version_is_deleted_at_one() -> None:
    """Every DELETE of what has an ETag takes If-Match: a precondition that was sent is never passed over."""
    for path, operations in DOCUMENT["paths"].items():
        headers = {
            method: {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
            for method, operation in operations.items()
        }
        if "delete" in headers and any("If-Match" in headers.get(method, ()) for method in ("put", "patch")):
            assert "If-Match" in headers["delete"], path
