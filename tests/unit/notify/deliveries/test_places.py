"""Places in flight: a share for each organisation, one for each at any time, and turns among those that wait."""

from uuid import UUID, uuid4

from services.notify.deliveries.lane import Lane
from services.notify.deliveries.places import Places

GREEDY, MODEST = UUID(int=1), UUID(int=2)


def taken(places: Places, of: UUID, count: int) -> int:
    """How many of so many lanes of an organisation get a place."""
    return sum(places.take(Lane(uuid4()), of=of) for _ in range(count))


def test_one_organisation_has_a_quarter() -> None:
    """However many lanes it has; and when its place is given back, the next of its lanes has its turn."""
    places = Places(40)
    assert taken(places, GREEDY, 100) == 10
    assert taken(places, MODEST, 3) == 3
    assert places.next_lane() is None
    assert (places.is_wanted(GREEDY), places.is_wanted(MODEST)) == (True, False)
    places.give_back(GREEDY)
    assert places.next_lane() is not None


def test_each_has_one_when_all_are_taken() -> None:
    """Organisations that came late have one place each, beyond all, and no second."""
    places = Places(8)
    assert [taken(places, UUID(int=n), 5) for n in range(10, 16)] == [2, 2, 2, 2, 1, 1]


def test_those_who_wait_have_their_turns() -> None:
    """Organisation by organisation, not in the order of their lanes."""
    places = Places(4)
    for of in (GREEDY, MODEST):
        assert taken(places, of, 1) == 1
    first, second, third = Lane(uuid4()), Lane(uuid4()), Lane(uuid4())
    assert not places.take(first, of=GREEDY)
    assert not places.take(second, of=GREEDY)
    assert not places.take(third, of=MODEST)
    places.give_back(GREEDY)
    assert places.next_lane() is first
    assert places.take(first, of=GREEDY)
    places.give_back(MODEST)
    assert places.next_lane() is third
    places.give_back(GREEDY)
    assert places.next_lane() is second
