"""Background work: looked for again and again, woken, and held up by nothing that passes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from shared.errors import Unavailable
from shared.working import Wake, keep_going, keep_looking, until_there
from tests.support.servers.services import wait_until

LONG_S = 3600.0


@asynccontextmanager
async def beside(work: Awaitable[None]) -> AsyncIterator[asyncio.Future[None]]:
    """Run some work while the block does; whatever became of it is left in the future."""
    task = asyncio.ensure_future(work)
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def failing(times: int, failure: Exception) -> tuple[Callable[[], Awaitable[None]], list[int]]:
    """Work that fails so often and then goes well, and how often it was tried."""
    tries: list[int] = []

    async def work() -> None:
        tries.append(len(tries))
        if len(tries) <= times:
            raise failure

    return work, tries


async def test_it_looks_at_once_and_when_woken() -> None:
    """The first look waits for nothing; the next one comes with a wake, long before its time."""
    look, looks = failing(0, OSError())
    wake = Wake()
    async with beside(keep_looking("test", look, every_s=LONG_S, wake=wake)):
        await wait_until(lambda: len(looks) == 1)
        wake.now()
        await wait_until(lambda: len(looks) == 2)


async def test_it_looks_again_by_itself() -> None:
    """Work that another process made is found without any wake."""
    look, looks = failing(0, OSError())
    async with beside(keep_looking("test", look, every_s=0.001)):
        await wait_until(lambda: len(looks) > 3)


async def test_a_wake_during_a_look_is_not_lost() -> None:
    """What commits while it looks is looked for right afterwards."""
    wake, looks = Wake(), 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            wake.now()

    async with beside(keep_looking("test", look, every_s=LONG_S, wake=wake)):
        await wait_until(lambda: looks == 2)


async def test_what_is_away_is_waited_out() -> None:
    """The database being away ends nothing and is not put aside."""
    look, looks = failing(3, Unavailable("The database does not answer."))

    async def give_up(failure: Exception) -> None:
        raise AssertionError(failure)

    async with beside(keep_looking("test", look, every_s=0.001, give_up=give_up)) as task:
        await wait_until(lambda: len(looks) > 3)
        assert not task.done()


async def test_no_wake_makes_it_busy_while_something_is_away() -> None:
    """Whoever wakes it then waits with it: a thousand wakes are no thousand tries."""
    look, looks = failing(1, Unavailable("The database does not answer."))
    wake = Wake()
    async with beside(keep_looking("test", look, every_s=LONG_S, wake=wake)):
        await wait_until(lambda: looks)
        for _ in range(1000):
            wake.now()
            await asyncio.sleep(0)
        assert len(looks) == 1


async def test_what_does_not_pass_goes_up() -> None:
    """A fault of ours is for whoever started the work."""
    look, _ = failing(1, RuntimeError("ours"))
    with pytest.raises(RuntimeError, match="ours"):
        await keep_looking("test", look, every_s=0.001)
    with pytest.raises(RuntimeError, match="ours"):
        await keep_going("test", failing(1, RuntimeError("ours"))[0], pause_s=0.001)


async def test_what_does_not_pass_is_given_up_and_the_rest_goes_on() -> None:
    """Where there is a way to put it aside, it is taken; while that cannot be done either, it is tried again."""
    look, looks = failing(2, RuntimeError("ours"))
    given: list[str] = []

    async def give_up(failure: Exception) -> None:
        given.append(str(failure))
        if len(given) == 1:
            raise Unavailable("The database went away just now.")

    async with beside(keep_looking("test", look, every_s=0.001, give_up=give_up)):
        await wait_until(lambda: len(looks) > 2)
    assert given == ["ours", "ours"]


async def test_something_is_done_once_it_is_there() -> None:
    """Until then again and again, and once only; another failure goes up."""
    work, tries = failing(1, TimeoutError())
    await until_there("test", work)
    assert len(tries) == 2
    with pytest.raises(TimeoutError):
        await until_there("test", failing(1, TimeoutError())[0], is_away=lambda why: isinstance(why, Unavailable))
