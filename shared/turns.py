"""Turns: what is scarce is shared out among organisations, so that none holds all of it. Counted in this process."""

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from typing import Protocol

from shared.errors import TooMany, Unavailable

_RECENT_S, _LONGEST_REST_S = 1.0, 0.5
_REMEMBERED_TIMES = 10


class Way(Protocol):
    """`Company.give_way` of one organisation."""

    async def __call__(self, *, worked_s: float) -> None:
        """Rest, if somebody else asks."""


class Turns:
    """At most `places` at once, and `share` of them for one organisation; who comes then waits, or is refused.

    Whoever has its share waits for itself alone: all others go past it, in the order in which they came. One
    organisation has at most `waiting` in the queue, each for `patience_s` seconds; who is refused may come again after
    `again_s`. A place rests `rest_times` as long as it was held beyond `rest_after_s`, at most `rest_s`: with one time
    and no more, one place is half of the time others'.
    Whoever held a place for longer than `long_s` leaves one free for others, for ten times as long as it held it: so
    few whose work is long, each in its share, never hold all places again and again.
    `what`: several of them, as "exports"; the sentences are made so that they are right of one, too.
    """

    def __init__(
        self,
        what: str,
        *,
        places: int,
        share: int,
        waiting: int = 0,
        patience_s: float = 0,
        again_s: int = 2,
        rest_s: float = 0,
        rest_times: float = 1,
        rest_after_s: float = 0,
        long_s: float = math.inf,
    ) -> None:
        self._what, self._places, self._share = what, places, share
        self._waiting, self._patience_s, self._again_s = waiting, patience_s, again_s
        self._rest_s, self._rest_times, self._rest_after_s = rest_s, rest_times, rest_after_s
        self._long_s = long_s
        self._leaves_one = dict[Hashable, float]()
        self._held: Counter[Hashable] = Counter()
        self._queue: list[tuple[Hashable, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, who: Hashable) -> AsyncIterator[None]:
        """Hold a place of this organisation's. Raises TooMany when it has its share, Unavailable when all are taken."""
        if self._room(who):
            self._held[who] += 1
        else:
            await self._wait(who)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            yield
        finally:
            held_s = loop.time() - began
            beyond = held_s - self._rest_after_s
            self._remember(who, held_s=held_s, now=loop.time())
            if self._rest_s and beyond > 0:
                loop.call_later(min(beyond * self._rest_times, self._rest_s), self._free, who)
            else:
                self._free(who)

    @property
    def held(self) -> int:
        """How many places are taken."""
        return self._held.total()

    @property
    def waits(self) -> int:
        """How many wait for one."""
        return len(self._queue)

    def _room(self, who: Hashable) -> bool:
        kept = 1 if who in self._leaves_one and asyncio.get_running_loop().time() < self._leaves_one[who] else 0
        return self._held[who] < self._share and self.held < self._places - kept

    def _remember(self, who: Hashable, *, held_s: float, now: float) -> None:
        self._leaves_one = {each: until for each, until in self._leaves_one.items() if until > now}
        if held_s > self._long_s:
            self._leaves_one[who] = now + _REMEMBERED_TIMES * held_s

    async def _wait(self, who: Hashable) -> None:
        if sum(other == who for other, _ in self._queue) >= self._waiting:
            raise self._full(who)
        place = who, asyncio.get_running_loop().create_future()
        self._queue.append(place)
        try:
            async with asyncio.timeout(self._patience_s):
                await place[1]
        except BaseException as ended:
            if place in self._queue:
                self._queue.remove(place)
            else:  # it was admitted in the very moment in which it gave up
                self._free(who)
            if isinstance(ended, TimeoutError):
                raise self._full(who) from None
            raise

    def _free(self, who: Hashable) -> None:
        self._held -= Counter([who])
        self._admit()

    def _admit(self) -> None:
        for place in list(self._queue):
            if self._room(place[0]):
                self._queue.remove(place)
                self._held[place[0]] += 1
                if not place[1].done():
                    place[1].set_result(None)

    def _full(self, who: Hashable) -> TooMany | Unavailable:
        if self._held[who] >= self._share:
            return TooMany(
                f"Your organisation has as many {self._what} on the way as it may at once ({self._share}). "
                "Send this again when one has ended.",
                retry_after_s=self._again_s,
            )
        return Unavailable(f"No place for {self._what} is free (of {self._places}). Send the same request again soon.")


class Company:
    """Who asks of this process: long work of one organisation gives way while another one asks."""

    def __init__(self) -> None:
        self._asked: OrderedDict[Hashable, float] = OrderedDict()

    def came(self, who: Hashable) -> None:
        """Somebody asks."""
        self._asked[who] = time.monotonic()
        self._asked.move_to_end(who)
        if len(self._asked) > 2:  # the last who is not this one: two are enough to know
            self._asked.popitem(last=False)

    def is_there(self, *, but: Hashable) -> bool:
        """Whether somebody else asked within the last second."""
        now = time.monotonic()
        return any(now - at < _RECENT_S for who, at in self._asked.items() if who != but)

    async def give_way(self, who: Hashable, *, worked_s: float, times: float = 1) -> None:
        """Rest so many times as long as was worked, half a second at most, if there are others to use the time.

        times: more than once for work that others go on with, who cost as much again.
        """
        await asyncio.sleep(min(worked_s * times, _LONGEST_REST_S) if self.is_there(but=who) else 0)
