"""Identifiers: UUID version 7, so that rows made on one day lie together in an index.

An id goes wherever what it names goes, also to those who see that coarsely. So its time part says the day and no more:
to the millisecond it would tell when something was sent, and what was sent together.

Which day that is, all say alike: of two rules for it, an id's and a page's, the hour could be told where they differ.
"""

import os
import time
from datetime import UTC, datetime, tzinfo
from uuid import UUID, SafeUUID

_RANDOM = (0x0FFF << 64) | ((1 << 62) - 1)
_VERSION_7 = (0x7 << 76) | (0x2 << 62)
# Of the municipality; a service sets it as it is built.
_days: list[tzinfo] = [UTC]
_VARIANT = {f"{digit:x}": "89ab"[digit & 3] for digit in range(16)}
_NEW, _SET, _UNKNOWN = object.__new__, object.__setattr__, SafeUUID.unknown


def days_begin_in(zone: tzinfo) -> None:
    """From now on a day of this process begins at midnight in this zone."""
    _days[:] = [zone]


def day_of(at: datetime) -> datetime:
    """The beginning of the day on which a moment lies: all of it that is told to who sees something coarsely."""
    return at.astimezone(_days[0]).replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)


def uuid7() -> UUID:
    """A new random id that sorts by the day it was made on, and within that by chance.

    Source: RFC 9562 §5.7; §6.1 lets an implementation alter the timestamp.
    """
    return uuid7s(1)[0]


def uuid7s(count: int) -> list[UUID]:
    """So many new ids, in no order: what was sent first is not the first of them. A third of the time for each."""
    return _stamped(_today_ms(), count)


def uuid7_texts(count: int) -> list[str]:
    """The same as texts, for rows that are written by COPY and told: objects cost more at each step."""
    stamp, chance = f"{_today_ms():012x}", os.urandom(10 * count).hex()
    head = f"{stamp[:8]}-{stamp[8:]}-7"
    return [
        f"{head}{tail[:3]}-{_VARIANT[tail[3]]}{tail[4:7]}-{tail[7:19]}"
        for tail in (chance[begin : begin + 20] for begin in range(0, 20 * count, 20))
    ]


def ordered_uuid7() -> UUID:
    """A new random id that sorts by the millisecond: for what its reader made or was told of in that very moment."""
    return _stamped(_now_ms(), 1)[0]


def _today_ms() -> int:
    return int(day_of(datetime.fromtimestamp(_now_ms() // 1000, UTC)).timestamp()) * 1000


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _stamped(at_ms: int, count: int) -> list[UUID]:
    stamp, random = (at_ms << 80) | _VERSION_7, os.urandom(10 * count)
    tails = [int.from_bytes(random[begin : begin + 10], "big") & _RANDOM for begin in range(0, 10 * count, 10)]
    return [_made(stamp | tail) for tail in tails]


def _made(value: int) -> UUID:
    # What UUID(int=value) does, without its checks: a file of a million rows takes two million ids.
    made = _NEW(UUID)
    _SET(made, "int", value)
    _SET(made, "is_safe", _UNKNOWN)
    return made
