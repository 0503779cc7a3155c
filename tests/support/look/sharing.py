"""Whether an answer gives of a thing what the access table gives, field by field."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID

from shared.access import COARSE, Sight, Thing
from tests.support.make.days import ZONE


def check_row(
    row: Mapping[str, Any] | None, thing: Thing, sight: Sight, *, absent: frozenset[str] = frozenset()
) -> None:
    """A row of an answer: there if it may be seen, whole or coarse. `absent`: fields that even the whole one lacks."""
    assert (row is not None) is (sight in ("everything", "coarse")), sight
    if row is None:
        return
    for name, value in row.items():
        given = sight == "everything" or name in COARSE[thing]
        assert (value is not None) is (given and name not in absent), (name, sight)
    if sight == "coarse":
        check_ids(row)


def check_ids(row: Mapping[str, Any]) -> None:
    """Every id in what is seen coarsely says the day it was made on, and nothing finer."""
    for name, value in row.items():
        if value is not None and (name == "id" or name.endswith("_id")):
            assert says_a_day(UUID(str(value))), name


def says_a_day(made: UUID) -> bool:
    """Whether an id holds the beginning of one of the municipality's days."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, ZONE).time() == time()
