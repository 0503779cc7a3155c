"""Which sub-categories a mapping may name: those that belong to a category that its rows can have."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.reports.mappings.schemas import Mapping, NewMapping

OF_A_COLUMN: dict[str, Any] = {"columns": {"occurred_from": "at", "category": "kind", "subcategory": "sort"}}
OF_ALL: dict[str, Any] = {
    "columns": {"occurred_from": "at", "subcategory": "sort"},
    "constants": {"category": "damage"},
}
SUB: dict[str, Any] = {"values": {"subcategory": {"Klotter": "graffiti", "Sonstiges": None}}}


@pytest.mark.parametrize(
    "mapping",
    [
        OF_ALL | SUB,
        OF_A_COLUMN | SUB,
        OF_A_COLUMN | {"values": {"category": {"A": "order", "B": "damage"}, **SUB["values"]}},
        OF_A_COLUMN | {"values": {"category": {"A": "order"}, **SUB["values"]}, "defaults": {"category": "damage"}},
    ],
)
def test_a_sub_category_of_a_category_that_rows_can_have_is_taken(mapping: dict[str, Any]) -> None:
    """Of a column without words, of the words' codes, of the default."""
    NewMapping.model_validate(mapping)


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        (OF_ALL | {"values": {"subcategory": {"Buller": "noise"}}}, "Word 1: Under damage: "),
        (OF_ALL | {"defaults": {"subcategory": "noise"}}, "Under damage: "),
        (OF_A_COLUMN | {"values": {"subcategory": {"x": "grafiti"}}}, "Did you mean graffiti? One of: "),
        (OF_A_COLUMN | {"values": {"category": {"A": "order"}, **SUB["values"]}}, "Under order: gathering, noise"),
    ],
)
def test_one_of_none_of_them_is_refused_with_those_there_are(mapping: dict[str, Any], told: str) -> None:
    """By the place of the word; one that was kept before is read as it was."""
    with pytest.raises(ValidationError, match=r"Under|One of") as refused:
        NewMapping.model_validate(mapping)
    assert told in str(refused.value.errors()[0]["msg"])
    Mapping.model_validate(mapping)
