"""Of a body with far too many members few faults are made: each costs the loop that all others wait for."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from deploy.services import BEHIND_THE_GATEWAY
from shared.http.strict_json import MOST_MEMBERS
from shared.shapes import Body
from tests.contract.kit.privacy.bodies import Operation, example_of, operations

WITH_BODY = [each for service in BEHIND_THE_GATEWAY for each in operations(service) if each.body is not None]
OTHERS = {f"other{number}": 0 for number in range(MOST_MEMBERS)}
FEW = 100


def crowded(value: Any) -> Iterator[Any]:
    """The same value, with so many others in one of the objects in it at a time."""
    if isinstance(value, dict):
        yield {**value, **OTHERS}
        for name, each in value.items():
            yield from ({**value, name: inner} for inner in crowded(each))
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from ([*value[:place], inner, *value[place + 1 :]] for inner in crowded(each))


def faults_of(model: type[BaseModel], sent: object) -> int:
    """How many faults pydantic makes; of a batch, of all reports in it."""
    try:
        read = model.model_validate(sent)
    except ValidationError as wrong:
        return wrong.error_count()
    return sum(len(getattr(each, "faults", ())) for each in getattr(read, "reports", ()))


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_members_that_are_too_many_are_told_once(operation: Operation) -> None:
    """At any depth of any body."""
    assert operation.body is not None
    assert issubclass(operation.body, Body)
    counts = [faults_of(operation.body, sent) for sent in crowded(example_of(operation.body))]
    assert counts
    assert all(0 < count < FEW for count in counts), counts


def test_the_measure_sees_a_body_without_a_bound() -> None:
    """A model of pydantic's own makes one of each."""

    class Unbounded(BaseModel, extra="forbid"):
        name: str

    assert faults_of(Unbounded, {"name": "a", **OTHERS}) == MOST_MEMBERS
