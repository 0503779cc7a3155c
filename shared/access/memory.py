"""What was worked out of published tables for each reader: once for each table, and beside the loop."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from shared.access.table import Principal, Role


class Sized(Protocol):
    """What is kept says how many numbers it holds."""

    @property
    def size(self) -> int:
        """In numbers; each takes some 150 bytes."""


Kept = TypeVar("Kept", bound=Sized)


class Reader(NamedTuple):
    """Whom a table looks the same to."""

    organisation_id: UUID
    role: Role
    areas: tuple[str, ...]

    @classmethod
    def of(cls, principal: Principal) -> "Reader":
        """The reader behind a principal: not its client, not its scopes."""
        return cls(principal.organisation_id, principal.role, principal.areas)


class Memory(Generic[Kept]):
    """What was worked out of a unit's tables for a reader, while no table came; what is long not asked for goes.

    most: the sizes of all that is kept.
    """

    def __init__(self, *, most: int = 200_000) -> None:
        self._kept: OrderedDict[tuple[Reader, date], tuple[int, int, Kept]] = OrderedDict()
        self._most, self._size = most, 0
        self._turn = asyncio.Lock()

    def get(self, principal: Principal, unit: date, *, last: int) -> Kept | None:
        """What is kept of the unit with this first day, if its last publication is this one."""
        key = Reader.of(principal), unit
        known = self._kept.get(key)
        if known is None or known[0] != last:
            return None
        self._kept.move_to_end(key)
        return known[2]

    def known(self, principal: Principal, first: date, last: date) -> dict[date, tuple[int, Kept]]:
        """What is kept of units that begin between two days, each with its last publication."""
        reader, days = Reader.of(principal), range((last - first).days + 1)
        found = {day: self._kept.get((reader, day)) for day in (first + timedelta(days=n) for n in days)}
        return {day: (known[0], known[2]) for day, known in found.items() if known}

    async def ask(
        self,
        principal: Principal,
        newest: Mapping[date, int],
        work_out: Callable[[Collection[date]], Mapping[date, Kept]],
    ) -> dict[date, Kept]:
        """What is kept of units, each by its first day and last publication, or else what `work_out` makes of them.

        One reader's after the other, in a thread: hundreds of areas take a second, and the loop goes on answering. Who
        asks for the same meanwhile waits for it, and it is worked out once.
        """
        async with self._turn:
            found = {unit: self.get(principal, unit, last=last) for unit, last in newest.items()}
            missing = [unit for unit, kept in found.items() if kept is None]
            worked_out = await asyncio.to_thread(work_out, missing) if missing else {}
            for unit, kept in worked_out.items():
                self.keep(principal, unit, kept, last=newest[unit])
            return {unit: kept for unit, kept in found.items() if kept is not None} | dict(worked_out)

    def keep(self, principal: Principal, unit: date, kept: Kept, *, last: int) -> None:
        """Remember it until the unit has another table."""
        key = Reader.of(principal), unit
        self._forget(key)
        self._kept[key] = last, kept.size, kept
        self._size += kept.size
        while self._size > self._most:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: tuple[Reader, date]) -> None:
        if known := self._kept.pop(key, None):
            self._size -= known[1]
