"""Every public operation under made-up requests: no answer of 500 or more, and none that is not documented."""

import asyncio
import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from services.gateway import catalogue
from tests.e2e.conftest import Installation

pytestmark = pytest.mark.timeout(600)

load_all_checks()
WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
# A made-up address may be somebody's: nothing is ever sent to one.
LEFT_OUT = {("POST", "/samsyn/v1/subscriptions")}
EXAMPLES = {"short": 4, "long": 150}


def operations(document: dict[str, Any]) -> list[Any]:
    """The operations to try."""
    schema: Any = schemathesis.openapi.from_dict(document)
    found = [result.ok() for result in schema.get_all_operations()]
    return [each for each in found if (each.method.upper(), each.path) not in LEFT_OUT]


def attack(operation: Any, *, url: str, headers: dict[str, str], examples: int) -> None:
    """Call an operation with made-up requests and hold each answer to the description."""
    checks = [CHECKS.get_one(name) for name in WANTED]

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        response = case.call(base_url=url, headers=headers, timeout=20)
        case.validate_response(response, checks=checks)

    one()


async def fuzz(samsyn: Installation, *, examples: int) -> None:
    """Every operation, as the police: everything but the areas is theirs to read and write."""
    caller = await samsyn.partner("police")
    headers = {"Authorization": caller.headers["authorization"]}
    wrong: list[str] = []
    tried = operations(json.loads(catalogue.committed_openapi()))
    for operation in tried:
        try:
            await asyncio.to_thread(attack, operation, url=samsyn.url, headers=headers, examples=examples)
        except BaseExceptionGroup as several:
            wrong += [f"{operation.label}: {each}" for each in several.exceptions]
        except Exception as one:
            wrong.append(f"{operation.label}: {one}")
    print(f"{len(tried)} operations, {examples} requests each, {len(wrong)} with an undocumented answer or a fault")
    assert not wrong, "\n\n".join(wrong)


async def test_no_made_up_request_breaks_an_operation(samsyn: Installation) -> None:
    """The merged OpenAPI, a few requests an operation."""
    await fuzz(samsyn, examples=EXAMPLES["short"])


@pytest.mark.long
async def test_no_made_up_request_breaks_an_operation_long(samsyn: Installation) -> None:
    """The merged OpenAPI, many requests an operation."""
    await fuzz(samsyn, examples=EXAMPLES["long"])
