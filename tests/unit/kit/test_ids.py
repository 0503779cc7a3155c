"""Ids say the day and nothing finer, whoever reads them; only what its own organisation reads is ordered by time."""

import time
from datetime import UTC, date, datetime
from datetime import time as clock
from itertools import pairwise
from uuid import RFC_4122, UUID
from zoneinfo import ZoneInfo

import pytest

from shared import ids
from shared.access.telling import coarse_moment
from shared.ids import days_begin_in, ordered_uuid7, uuid7, uuid7_texts, uuid7s

# In Stockholm it is the 23rd already.
EVENING = datetime(2026, 11, 22, 23, 34, 56, 789_000, tzinfo=UTC)
DAY = datetime(2026, 11, 23, tzinfo=ZoneInfo("Europe/Stockholm"))


def at(made: UUID) -> datetime:
    """The moment in an id's time part."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, tz=UTC)


@pytest.fixture(autouse=True)
def evening(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment late in the day."""
    monkeypatch.setattr(ids, "_days", [UTC])
    days_begin_in(ZoneInfo("Europe/Stockholm"))
    monkeypatch.setattr(time, "time_ns", lambda: int(EVENING.timestamp() * 1000) * 1_000_000)


def test_an_id_says_the_day() -> None:
    """Version 7 by RFC 9562, its time part the beginning of the municipality's day, as who sees coarsely is told it."""
    for made in (uuid7(), *uuid7s(100), *map(UUID, uuid7_texts(100))):
        assert (made.version, made.variant) == (7, RFC_4122)
        assert at(made) == DAY == coarse_moment(EVENING)


def test_ids_of_one_batch_lie_among_others_of_the_day() -> None:
    """What was sent together does not stand together: all that is left of an id is random."""
    one, other = uuid7s(200), [UUID(made) for made in uuid7_texts(200)]
    falls = sum(this > following for this, following in pairwise(one))
    assert 60 < falls < 140  # of 199; in the order of a file's rows there would be none
    assert len({*one, *other}) == 400
    whose = [made in set(one) for made in sorted([*one, *other])]
    changes = sum(this != following for this, following in pairwise(whose))
    assert changes > 100  # of 399 neighbours about half are of the other batch; in order of time it would be one


def test_internal_ids_are_in_order() -> None:
    """Deliveries and secrets are paged and chosen by it."""
    assert at(ordered_uuid7()) == EVENING


def test_a_day_is_the_same_for_all_its_moments() -> None:
    """Also where the clock is turned, and to the last second: no two readers of one fact have two days."""
    zone = ZoneInfo("Europe/Stockholm")
    for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 22)):
        began = datetime.combine(day, clock(), zone)
        last = datetime.combine(day, clock(23, 59, 59), zone)
        assert {coarse_moment(began), coarse_moment(last)} == {began.astimezone(UTC)}
