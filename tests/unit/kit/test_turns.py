"""Turns: a share for each, whoever waits waits for itself."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from shared.errors import TooMany, Unavailable
from shared.turns import Company, Turns
from tests.support.servers.services import wait_until


async def test_nobody_gets_more_than_its_share() -> None:
    """The third of one organisation is told to wait, while another's goes past; freed places are taken anew."""
    turns = Turns("exports", places=4, share=2, again_s=9)
    async with AsyncExitStack() as greedy:
        for _ in range(2):
            await greedy.enter_async_context(turns.turn("greedy"))
        with pytest.raises(TooMany) as refused:
            await greedy.enter_async_context(turns.turn("greedy"))
        assert refused.value.retry_after_s == 9
        async with turns.turn("modest"):
            assert turns.held == 3
    assert turns.held == 0


async def test_all_places_taken_is_nobodys_fault() -> None:
    """503 and not 429 for whoever holds none of the places."""
    turns = Turns("exports", places=2, share=1)
    async with turns.turn("a"), turns.turn("b"):
        with pytest.raises(Unavailable):
            async with turns.turn("c"):
                pass


@pytest.mark.parametrize("most", [1, 2])
async def test_a_refusal_is_right_of_one_and_of_several(most: int) -> None:
    """No number stands beside the noun, so "1 exports" cannot be said, whatever is shared out and however scarce."""
    turns = Turns("exports", places=most, share=most)
    async with AsyncExitStack() as greedy:
        for _ in range(most):
            await greedy.enter_async_context(turns.turn("greedy"))
        with pytest.raises(TooMany, match=rf"as many exports on the way as it may at once \({most}\)"):
            await greedy.enter_async_context(turns.turn("greedy"))
        with pytest.raises(Unavailable, match=rf"No place for exports is free \(of {most}\)"):
            await greedy.enter_async_context(turns.turn("modest"))


async def test_who_waits_is_passed_by_those_who_need_not() -> None:
    """Twenty of one organisation wait one behind the other; another's, which came last, is served at once."""
    turns, served = Turns("requests", places=3, share=1, waiting=20, patience_s=5), list[str]()
    gate = asyncio.Event()

    async def serve(who: str) -> None:
        async with turns.turn(who):
            served.append(who)
            await gate.wait()

    async with asyncio.TaskGroup() as tasks:
        for _ in range(21):
            tasks.create_task(serve("greedy"))
        tasks.create_task(serve("modest"))
        await asyncio.sleep(0)
        assert served == ["greedy", "modest"]
        with pytest.raises(TooMany):
            await serve("greedy")
        gate.set()
    assert served.count("greedy") == 21
    assert turns.held == 0


async def test_a_place_rests_as_long_as_it_was_held() -> None:
    """The next of the same organisation waits that long, and no longer than the bound; another's goes past."""
    now = asyncio.get_running_loop().time
    for rest_s, least_s in ((5, 0.05), (0.02, 0.02)):
        turns = Turns("large requests", places=9, share=1, waiting=2, patience_s=5, rest_s=rest_s)
        async with turns.turn("greedy"):
            begun = now()
            await wait_until(lambda begun=begun: now() > begun + 0.05, what="some work")  # type: ignore[misc]
        ended = now()
        async with turns.turn("modest"):
            assert turns.held == 2
        async with turns.turn("greedy"):
            assert least_s * 0.9 < now() - ended < 4


async def test_who_gives_up_leaves_its_place_in_the_queue() -> None:
    """Patience ends, or the request does: neither holds a place, and the next one is served."""
    turns = Turns("requests", places=1, share=1, waiting=2, patience_s=0.01)
    async with turns.turn("a"):
        with pytest.raises(Unavailable):
            async with turns.turn("b"):
                pass
        waiting = asyncio.create_task(turns.turn("c").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with turns.turn("d"):
        assert turns.held == 1


async def test_a_place_given_to_whoever_gave_up_is_given_on() -> None:
    """Freed and cancelled in the same moment: the place is free again."""
    turns = Turns("requests", places=1, share=1, waiting=2, patience_s=5)
    async with turns.turn("a"):
        waiting = asyncio.create_task(turns.turn("b").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()
    assert turns.held == 0


async def test_a_place_rests_the_longer_the_longer_it_was_held() -> None:
    """What is short is not followed by a rest; what is long by one so many times as long as it was beyond that."""
    turns = Turns("requests", places=9, share=1, waiting=2, patience_s=5, rest_s=5, rest_times=3, rest_after_s=0.05)

    async def waited_after(held_s: float) -> float:
        async with turns.turn("who"):
            await asyncio.sleep(held_s)
        began = time.monotonic()
        async with turns.turn("who"):
            return time.monotonic() - began

    assert await waited_after(0.01) < 0.02
    assert 0.14 <= await waited_after(0.1) < 1


async def test_whoever_works_long_leaves_a_place_to_others() -> None:
    """Two that held both places for long share one from then on, in turn; the other is there for whoever comes."""
    turns = Turns("files", places=2, share=1, waiting=2, patience_s=5, long_s=0.01)
    served = list[str]()

    async def works_long(who: str) -> None:
        async with turns.turn(who):
            served.append(who)
            await asyncio.sleep(0.03)

    await asyncio.gather(works_long("one"), works_long("two"))
    again = [asyncio.create_task(works_long(who)) for who in ("one", "two")]
    await asyncio.sleep(0)
    assert (turns.held, turns.waits) == (1, 1)
    for _ in range(3):
        async with turns.turn("third"):
            assert turns.held == 2
    await asyncio.gather(*again)
    assert served == ["one", "two", "one", "two"]


async def test_that_somebody_worked_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten times as long it has both places again; alone it never waits."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    def at(after_s: float) -> None:
        monkeypatch.setattr(loop, "time", lambda: began + after_s)

    turns = Turns("files", places=2, share=2, long_s=5)
    at(0)
    async with turns.turn("one"):
        at(6)
    at(65)
    async with turns.turn("one"):
        with pytest.raises(Unavailable):
            await turns.turn("one").__aenter__()
    at(67)
    async with turns.turn("one"), turns.turn("one"):
        assert turns.held == 2


async def test_long_work_gives_way_to_others() -> None:
    """As long as was worked, or so many times as long, where somebody else asked just now; and no longer alone."""
    company = Company()

    async def rested(who: str, *, times: float = 1) -> float:
        began = time.monotonic()
        await company.give_way(who, worked_s=0.03, times=times)
        return time.monotonic() - began

    company.came("greedy")
    assert await rested("greedy") < 0.02
    for who in ("modest", "greedy", "greedy"):
        company.came(who)
    assert await rested("greedy") >= 0.03
    assert await rested("greedy", times=3) >= 0.09
    assert company.is_there(but="modest")
    for who in ("third", "modest"):
        company.came(who)
    assert company.is_there(but="modest")
