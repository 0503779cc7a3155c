"""A wait that was in vain says what for, and where the work stands that it waited for."""

import asyncio

import pytest

from tests.support.servers.services import wait_until


async def _stand_still() -> None:
    await asyncio.Event().wait()


async def _work() -> None:
    await _stand_still()


async def test_a_wait_in_vain_says_where_the_work_stands() -> None:
    """By the task's name and the functions it is in."""
    task = asyncio.create_task(_work(), name="imports")
    try:
        with pytest.raises(AssertionError, match=r"for the file\. .*imports: _work:\d+ > _stand_still:\d+"):
            await wait_until(lambda: False, timeout_s=0.05, what="the file")
    finally:
        task.cancel()


async def test_what_was_done_while_the_process_stood_still_counts() -> None:
    """The time was over before the second look; it is taken nevertheless."""
    looks = iter((False, True))

    async def look() -> bool:
        await asyncio.sleep(0.05)
        return next(looks)

    assert await wait_until(look, timeout_s=0.01)
