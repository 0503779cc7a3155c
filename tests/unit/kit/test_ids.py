"""Ids say the day and nothing finer, whoever reads them; only what its own organisation reads is ordered by time."""

import time
from datetime import UTC, datetime
from itertools import pairwise
from uuid import RFC_4122, UUID

import pytest

from shared.ids import ordered_uuid7, uuid7, uuid7s

EVENING = datetime(2026, 11, 22, 21, 34, 56, 789_000, tzinfo=UTC)


def at(made: UUID) -> datetime:
    """The moment in an id's time part."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, tz=UTC)


@pytest.fixture(autouse=True)
def evening(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment late in the day."""
    monkeypatch.setattr(time, "time_ns", lambda: int(EVENING.timestamp() * 1000) * 1_000_000)


def test_an_id_says_the_day() -> None:
    """Version 7 by RFC 9562, its time part the beginning of the day (UTC)."""
    for made in (uuid7(), *uuid7s(100)):
        assert (made.version, made.variant) == (7, RFC_4122)
        assert at(made) == EVENING.replace(hour=0, minute=0, second=0, microsecond=0)


def test_ids_of_one_batch_lie_among_others_of_the_day() -> None:
    """What was sent together does not stand together: all that is left of an id is random."""
    one, other = uuid7s(200), uuid7s(200)
    falls = sum(this > following for this, following in pairwise(one))
    assert 60 < falls < 140  # of 199; in the order of a file's rows there would be none
    assert len({*one, *other}) == 400
    whose = [made in set(one) for made in sorted([*one, *other])]
    changes = sum(this != following for this, following in pairwise(whose))
    assert changes > 100  # of 399 neighbours about half are of the other batch; in order of time it would be one


def test_internal_ids_are_in_order() -> None:
    """Deliveries and secrets are paged and chosen by it."""
    assert at(ordered_uuid7()) == EVENING
