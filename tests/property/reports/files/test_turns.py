"""Whose file is worked off next, for any organisations and sizes."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.reports.files.domain.turns import First, Served

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)


def first(owner: int, *, size: int = 1, after_s: int = 0) -> First:
    """The next file of an organisation."""
    received = BEGAN + timedelta(seconds=after_s)
    return First(id=UUID(int=owner), organisation_id=UUID(int=owner), size_bytes=size, received_at=received)


def order(served: Served, *files: First) -> list[int]:
    """The organisations in the order of their turns."""
    return [file.organisation_id.int for file in served.in_turn(files)]


def test_the_small_one_is_first_and_nobody_is_forgotten() -> None:
    """A newcomer's small file goes before the next slice of a large one, however long that was worked on; then both."""
    served = Served()
    assert order(served, first(1, size=500)) == [1]
    served.add(UUID(int=1), seconds=100)
    assert order(served, first(1, size=500), first(2, size=3)) == [2, 1]
    served.add(UUID(int=2), seconds=0.1)
    assert order(served, first(1, size=500), first(2, size=3)) == [1, 2]
    served.add(UUID(int=1), seconds=0.5)
    assert order(served, first(1, size=500), first(2, size=3), first(3, size=1)) == [3, 2, 1]


def test_having_asked_for_nothing_is_no_credit() -> None:
    """Whoever comes back after a day stands as those that wait, not before them for a day."""
    served = Served()
    order(served, first(1), first(2))
    served.add(UUID(int=1), seconds=1000)
    assert order(served, first(1)) == [1]
    order(served, first(1), first(2, size=9))
    served.add(UUID(int=2), seconds=1)
    assert order(served, first(1), first(2, size=9)) == [1, 2]


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 1000)), min_size=1, max_size=60))
def test_all_that_wait_are_worked_for_alike(asked: list[tuple[int, int]]) -> None:
    """However many files of whatever sizes: no two organisations that wait all the time are more than a slice apart."""
    served, worked = Served(), dict[int, int]()
    waiting = {owner: first(owner, size=size) for owner, size in asked}
    for _ in range(50):
        owner = order(served, *waiting.values())[0]
        worked[owner] = worked.get(owner, 0) + 1
        served.add(UUID(int=owner), seconds=1)
    turns = [worked.get(owner, 0) for owner in waiting]
    assert max(turns) - min(turns) <= 1
