"""Every public operation under parameters that it does not have, and words and versions that there are none of."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

from services.gateway.proxy import catalogue
from services.gateway.proxy.examples import follow
from tests.e2e.conftest import Installation

DOCUMENT: dict[str, Any] = json.loads(catalogue.committed_openapi())
MARKER = "zqmarkerqz"


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address with ids that nothing has, and description of each."""
    for template, found in DOCUMENT["paths"].items():
        for method, operation in found.items():
            path = template
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    some = str(uuid4()) if parameter["schema"].get("format") == "uuid" else "some"
                    path = path.replace(f"{{{parameter['name']}}}", some)
            yield method.upper(), path, operation


def words_of(schema: dict[str, Any]) -> list[str]:
    """The words that a parameter may be."""
    shape = follow(DOCUMENT, schema)
    found = [str(each) for each in shape.get("enum", ())]
    return found + [word for each in shape.get("anyOf", ()) for word in words_of(each)]


async def refused(caller: httpx.AsyncClient, method: str, path: str, query: str) -> dict[str, Any]:
    """The one fault of a request with a query: of its parameter, and without what was sent."""
    answer = await caller.request(method, f"{path}?{query}", headers={"Idempotency-Key": uuid4().hex, "If-Match": "*"})
    assert answer.status_code == 422, (method, path, query, answer.text)
    assert MARKER not in answer.text
    (fault,) = answer.json()["errors"]
    told: dict[str, Any] = fault
    return told


async def test_what_there_is_none_of_is_refused_by_name(samsyn: Installation) -> None:
    """A parameter too many, one misspelled, one twice, and a word that a filter does not have: each with the list."""
    caller = await samsyn.partner("municipality")
    for method, path, operation in operations():
        known = {each["name"]: each for each in operation.get("parameters", []) if each["in"] == "query"}
        told = await refused(caller, method, path, f"zqunknown={MARKER}")
        assert (told["field"], told["code"]) == ("zqunknown", "unknown_parameter")
        assert all(name in told["detail"] for name in known), (path, told)
        for name, parameter in known.items():
            told = await refused(caller, method, path, f"{name}s={MARKER}")
            assert f"Did you mean {name}?" in told["detail"] or len(name) < 4, (path, told)
            if words := words_of(parameter["schema"]):
                told = await refused(caller, method, path, f"{name}={MARKER}")
                assert told["field"] == name
                assert all(word in told["detail"] for word in words), (path, told)


async def test_filters_name_what_there_is(samsyn: Installation) -> None:
    """An area, a category or an organisation that is none, in every list that can be filtered by it."""
    caller = await samsyn.partner("municipality")
    wrong = {"area": "zz", "area_code": "zz", "category": "zz", "subcategory": "zz", "owner_id": str(uuid4())}
    tried = 0
    for method, path, operation in operations():
        for parameter in operation.get("parameters", []):
            if method == "GET" and parameter["in"] == "query" and parameter["name"] in wrong:
                told = await refused(caller, method, path, f"{parameter['name']}={wrong[parameter['name']]}")
                assert told["field"] == parameter["name"]
                tried += 1
    assert tried >= 7


async def test_versions_are_read_in_one_way(samsyn: Installation) -> None:
    """If-Match of every operation that has it: missing 428, what is no list of ETags 400, and both documented."""
    caller = await samsyn.partner("municipality")
    tried = 0
    for method, path, operation in operations():
        for parameter in operation.get("parameters", []):
            if parameter["name"] != "If-Match":
                continue
            tried += 1
            needed = {"400", "412"} | ({"428"} if parameter.get("required") else set())
            assert needed <= operation["responses"].keys(), path
            for sent in ("1", "W/1", '"1" "2"', '"1', "*, *", "**"):
                answer = await caller.request(method, path, json={}, headers={"If-Match": sent})
                assert answer.status_code == 400, (path, sent, answer.text)
            if parameter.get("required"):
                answer = await caller.request(method, path, json={})
                assert answer.status_code == 428, (path, answer.text)
    assert tried
