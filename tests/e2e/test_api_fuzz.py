"""Every public operation under made-up requests: no answer of 500 or more, and none that is not documented."""

import asyncio
import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from services.gateway.proxy import catalogue
from tests.e2e.conftest import Installation

pytestmark = pytest.mark.timeout(600)

load_all_checks()
# A request that fits its schema may still be refused: a category that is none, a report of nobody, a time to come.
REFUSALS = ["2xx", "400", "403", "404", "409", "410", "412", "413", "415", "422", "429"]
# Well written, and nobody's: a made-up client is told so, with a 401.
NOBODYS = ("POST", "/oauth/token")
# Each of its reports is refused by itself, and the whole is answered with 200.
ONE_BY_ONE = ("POST", "/samsyn/v1/reports/batch")
LEFT_OUT_OF = {NOBODYS: [positive_data_acceptance], ONE_BY_ONE: [negative_data_rejection]}
# A made-up address may be somebody's: nothing is ever sent to one.
LEFT_OUT = {("POST", "/samsyn/v1/subscriptions")}
EXAMPLES = {"short": 4, "long": 150}


def operations(document: dict[str, Any]) -> list[Any]:
    """The operations to try."""
    schema: Any = schemathesis.openapi.from_dict(document)
    schema.config.checks_config_for().positive_data_acceptance.expected_statuses = REFUSALS
    found = [result.ok() for result in schema.get_all_operations()]
    return [each for each in found if (each.method.upper(), each.path) not in LEFT_OUT]


def attack(operation: Any, *, url: str, headers: dict[str, str], examples: int) -> None:
    """Call an operation with made-up requests, right and wrong ones, and hold each answer to every check there is."""
    left_out = LEFT_OUT_OF.get((operation.method.upper(), operation.path), [])
    made_up = operation.as_strategy() | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=made_up)
    def one(case: Any) -> None:
        response = case.call(base_url=url, headers=headers, timeout=20)
        case.validate_response(response, checks=CHECKS.get_all(), excluded_checks=left_out, headers=headers)

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
