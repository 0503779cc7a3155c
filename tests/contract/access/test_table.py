"""Nothing is told of which the access table does not say who may see it: `make check` names it."""

from typing import ClassVar
from uuid import UUID

import pytest

from deploy.contracts import access
from deploy.contracts.access import faults
from shared.access import TABLE, Principal, Role, sharing, sight_of
from shared.access.table import NONE, ROLES
from shared.access.telling import coarse_facts, told_to
from shared.messages import Message


class BenchMoved(Message):
    """What a release to come may tell."""

    topic: ClassVar[str] = "benches.bench.v1"
    type: ClassVar[str] = "bench.moved"
    keyed_by: ClassVar[str] = "bench_id"
    bench_id: UUID
    organisation_id: UUID
    area_code: str


ME = UUID(int=1)


def reader(role: Role) -> Principal:
    """Somebody in a role, with one area."""
    return Principal(
        client_id="c", organisation_id=ME, kind="housing", role=role, scopes=frozenset(), areas=("01",)
    )  # fmt: skip


def test_everything_that_is_told_has_its_row() -> None:
    """As the code stands."""
    assert faults() == []


def test_a_message_without_a_row_is_named() -> None:
    """One about nothing, one about something unknown, one that is nobody's, one whose owner is no field of it."""
    unknown = type("Unknown", (BenchMoved,), {"thing": "bench"})
    nobodys = type("Nobodys", (BenchMoved,), {"thing": "walk", "whose": ()})
    missing = type("Missing", (BenchMoved,), {"thing": "walk", "whose": ("keeper_id",)})
    for message, said in (
        (BenchMoved, "is about nothing, which has no row"),
        (unknown, "is about bench, which has no row"),
        (nobodys, "does not say whose it is"),
        (missing, "has no field keeper_id"),
    ):
        (fault,) = faults([message])
        assert fault.startswith("bench.moved")
        assert said in fault


def test_a_thing_without_a_row_or_a_role_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table must be whole, whatever is added to it."""
    lacking = {name: row for name, row in TABLE.items() if name != "walk"}
    lacking["finding"] = {role: row for role, row in TABLE["finding"].items() if role != "night_walker"}
    monkeypatch.setattr(access, "TABLE", lacking)
    found = access.faults([])
    assert "walk has no row in shared/access/table.py" in found
    assert "finding says nothing of the role night_walker" in found


@pytest.mark.parametrize("role", ROLES)
def test_what_is_in_no_row_is_seen_by_nobody(role: Role) -> None:
    """Default is deny, for one's own too."""
    fact = BenchMoved(sequence=1, bench_id=UUID(int=2), organisation_id=ME, area_code="01")
    assert sharing(role, "bench") == NONE
    assert told_to(reader(role), fact, path=("01",)) == "nothing"
    assert sight_of(reader(role), "bench", whose=(ME,), path=()) == "nothing"
    assert coarse_facts(BenchMoved) == {"bench_id", "sequence"}
