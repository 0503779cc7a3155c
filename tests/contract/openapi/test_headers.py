"""What the descriptions say of answers: their headers, null by its name, and areas that the demonstration has."""

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.services import BEHIND_THE_GATEWAY
from services.notify.deliveries.domain import TEST_TYPE
from tests.contract.kit.privacy.bodies import routes_of
from tests.support import ROOT

_OF_PYTHON = re.compile(r"\bNone(?=:| where\b| if\b| for\b)")


def described(service: str) -> Any:
    """A service's description as it is committed."""
    return json.loads((ROOT / "services" / service / "openapi.json").read_text("utf-8"))


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Each member of each object in a document."""
    for name, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(name, str):
            yield name, each
        if isinstance(each, dict | list):
            yield from members(each)


@pytest.mark.parametrize("service", BEHIND_THE_GATEWAY)
def test_the_headers_that_an_operation_answers_are_documented(service: str) -> None:
    """As its function sets them."""
    document, found = described(service), 0
    for route in (each for each in routes_of(service) if each.include_in_schema):
        _, _, source = inspect.getsource(route.endpoint).partition("def ")  # behind what is said of it
        (method,) = {each.lower() for each in route.methods or ()} & document["paths"][route.path].keys()
        answers = document["paths"][route.path][method]["responses"]
        headers = {name for status, each in answers.items() if status < "300" for name in each.get("headers", {})}
        told = {"ETag": '"ETag"' in source or "_with_etag(" in source, "Location": '"Location"' in source}
        assert headers == {name for name, is_set in told.items() if is_set}, route.path
        found += len(headers)
    assert found > 1


@pytest.mark.parametrize("service", [*BEHIND_THE_GATEWAY, "gateway"])
def test_null_is_called_null(service: str) -> None:
    """Not by its name in Python."""
    texts = [each for name, each in members(described(service)) if name in ("description", "summary")]
    assert [each for each in texts if isinstance(each, str) and _OF_PYTHON.search(each)] == []


@pytest.mark.parametrize("service", [*BEHIND_THE_GATEWAY, "gateway"])
def test_areas_of_examples_are_those_of_the_demonstration(service: str) -> None:
    """Who tries one there gets what it says."""
    areas = json.loads((ROOT / "deploy/demo/areas.geojson").read_text("utf-8"))["features"]
    known = {area["properties"]["code"] for area in areas}
    told = [each["examples"] for name, each in members(described(service)) if name in ("area_code", "area_codes")
            and isinstance(each, dict) and "examples" in each]  # fmt: skip
    assert set(re.findall(r"\d+", json.dumps(told))) <= known


def test_all_that_a_receiver_is_sent_is_described() -> None:
    """Also the test that it may ask for, and what a secret is replaced with."""
    document = described("gateway")
    assert TEST_TYPE in document["webhooks"]
    assert document["components"]["schemas"]["NewSecret"]["properties"]["overlap_hours"]["examples"]
