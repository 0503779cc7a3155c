"""Work beside the requests: one loop for all of it, which waits out what is away, and what wakes it after a commit."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from shared.database import after_commit, is_passing
from shared.errors import Refusal

log = structlog.get_logger()

Work = Callable[[], Awaitable[object]]
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 5.0


class Wake:
    """Tells a worker of this process that there is work for it. Other processes see it by their next look."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def after_commit(self, session: AsyncSession) -> None:
        """Wake the worker when this session's transaction has committed, and never if it does not."""
        after_commit(session, self.now)

    def now(self) -> None:
        """Wake the worker, for work that no transaction made."""
        self._event.set()

    def clear(self) -> None:
        """Forget who woke it so far; before looking, so that what commits during the look wakes it again."""
        self._event.clear()

    async def wait(self, *, timeout_s: float) -> None:
        """Return as soon as somebody wakes it, or after the timeout."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return


async def keep_looking(
    name: str,
    look: Work,
    *,
    every_s: float,
    wake: Wake | None = None,
    give_up: Callable[[Exception], Awaitable[None]] | None = None,
) -> None:
    """Look for work and do all there is, every `every_s` seconds and at once when woken; goes on until cancelled.

    A database that is away is logged as `<name>.away` and waited out. What does not pass goes to `give_up`, which puts
    aside what went wrong; without it, up to whoever started this.
    """
    wake = wake or Wake()

    async def turn() -> None:
        wake.clear()
        try:
            await look()
        except Exception as failure:
            if give_up is None or is_passing(failure):
                raise
            await give_up(failure)
        await wake.wait(timeout_s=every_s)

    await keep_going(name, turn, pause_s=every_s)


async def keep_going(name: str, turn: Work, *, pause_s: float) -> None:
    """Take turn after turn until cancelled, for work that waits by itself in each of them.

    What is away is logged and waited out: the next turn comes after `pause_s` seconds, whoever wakes whom meanwhile.
    Raises what does not pass.
    """
    while True:
        try:
            await turn()
        except Exception as failure:
            if not is_passing(failure):
                raise
            _note(name, failure, pause_s)
            await asyncio.sleep(pause_s)


async def keep_current(
    name: str,
    sessions: async_sessionmaker[AsyncSession],
    version: Callable[[AsyncSession], Awaitable[object]],
    load: Work,
    *,
    every_s: float,
) -> None:
    """Load something that is held in memory, and again whenever its version is another; looks every `every_s` seconds.

    version: asked in a session of its own, one statement. A change that comes between it and the load is loaded twice.
    """
    loaded: object = None

    async def look() -> None:
        nonlocal loaded
        async with sessions() as session:
            now = await version(session)
        if now != loaded:
            await load()
            loaded = now

    await keep_looking(name, look, every_s=every_s)


async def until_there(
    name: str, work: Callable[[], Awaitable[None]], *, is_away: Callable[[Exception], bool] = is_passing
) -> None:
    """Do something once, again for as long as what it needs is away: after 0.2 s, then ever later, up to every 5 s.

    Raises what is no being away.
    """
    delay_s = FIRST_WAIT_S
    while True:
        try:
            return await work()
        except Exception as failure:
            if not is_away(failure):
                raise
            _note(name, failure, delay_s)
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, LONGEST_WAIT_S)


def _note(name: str, failure: Exception, delay_s: float) -> None:
    reason = failure.detail if isinstance(failure, Refusal) else type(failure).__name__
    log.warning(f"{name}.away", reason=reason, **{"retry.s": delay_s})
