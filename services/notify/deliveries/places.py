"""Places of requests in flight, shared out among organisations: none keeps all, each has one at any time."""

from collections import Counter
from uuid import UUID

from services.notify.deliveries.lane import Lane

SHARE = 4
"""One organisation has at most the fourth part of all places."""


class Places:
    """At most `most` at once, a share of them for one organisation, and beyond them one for each that has none.

    Lanes that wait are asked in turn: organisation by organisation, and of one organisation lane by lane.
    """

    def __init__(self, most: int) -> None:
        self._most, self._share = most, max(1, most // SHARE)
        self._held: Counter[UUID] = Counter()
        self._all = 0
        self._waiting: dict[UUID, dict[UUID, Lane]] = {}

    def take(self, lane: Lane, *, of: UUID) -> bool:
        """Take a place, or have the lane wait for one. Whether there was one."""
        if not self._has_room(of):
            self._waiting.setdefault(of, {})[lane.id] = lane
            return False
        self._held[of] += 1
        self._all += 1
        return True

    def give_back(self, of: UUID) -> None:
        """Give a place back."""
        self._all -= 1
        self._held[of] -= 1
        if not self._held[of]:
            del self._held[of]

    def next_lane(self) -> Lane | None:
        """The lane whose turn it is, if there is room for one that waits; it waits no longer."""
        of = next((each for each in self._waiting if self._has_room(each)), None)
        if of is None:
            return None
        lanes = self._waiting.pop(of)
        lane = lanes.pop(next(iter(lanes)))
        if lanes:
            self._waiting[of] = lanes  # behind the others
        return lane

    def is_wanted(self, of: UUID) -> bool:
        """Whether somebody waits for this organisation's place: a lane of its own, or anybody when all are taken."""
        return of in self._waiting or (bool(self._waiting) and self._all >= self._most)

    def _has_room(self, of: UUID) -> bool:
        held = self._held.get(of, 0)
        return held == 0 or (held < self._share and self._all < self._most)
