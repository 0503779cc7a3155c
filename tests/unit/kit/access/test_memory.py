"""What is worked out of tables is worked out once, beside the loop, and goes when it is long not asked for."""

import asyncio
import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from shared.access.memory import Memory
from tests.support.servers.services import make_principal

DAY = date(2026, 11, 16)


@dataclass(frozen=True)
class Kept:
    """Something of a size."""

    size: int


async def test_who_asks_for_the_same_meanwhile_waits_for_it() -> None:
    """Two ask at once, of which one works out; the loop goes on meanwhile, since it is the loop that lets it end."""
    memory: Memory[Kept] = Memory()
    asked: list[Collection[date]] = []
    begun, end = asyncio.Event(), threading.Event()
    loop, principal = asyncio.get_running_loop(), make_principal()

    def work_out(units: Collection[date]) -> dict[date, Kept]:
        asked.append(units)
        loop.call_soon_threadsafe(begun.set)
        assert end.wait(10), "the loop does not go on"
        return dict.fromkeys(units, Kept(1))

    answers = asyncio.gather(*(memory.ask(principal, {DAY: 1}, work_out) for _ in range(2)))
    await begun.wait()
    end.set()
    assert await answers == [{DAY: Kept(1)}] * 2
    assert asked == [[DAY]]
    await memory.ask(principal, {DAY: 2}, work_out)
    assert asked == [[DAY], [DAY]]


async def test_what_is_long_not_asked_for_goes() -> None:
    """No more than so many numbers are kept; what was asked for last stays."""
    memory, principal = Memory[Kept](most=30), make_principal()
    days = [DAY + timedelta(days=n) for n in range(4)]
    for day in days[:3]:
        memory.keep(principal, day, Kept(10), last=1)
    assert memory.get(principal, days[0], last=1)
    memory.keep(principal, days[3], Kept(10), last=1)
    assert [memory.get(principal, day, last=1) is not None for day in days] == [True, False, True, True]
