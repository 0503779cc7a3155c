"""How a transaction that made work tells the dispatcher of this process, as soon as it has committed."""

import asyncio
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession


class Wake:
    """Subscriptions that have new work. Other processes see it by their poll."""

    def __init__(self) -> None:
        self._subscriptions: set[UUID] = set()
        self._event = asyncio.Event()

    def after_commit(self, session: AsyncSession, subscriptions: Collection[UUID]) -> None:
        """Wake the dispatcher when this session's transaction commits, and never if it does not."""
        if subscriptions:
            event.listen(session.sync_session, "after_commit", lambda _: self.now(subscriptions), once=True)

    def now(self, subscriptions: Collection[UUID] = ()) -> None:
        """Wake the dispatcher."""
        self._subscriptions.update(subscriptions)
        self._event.set()

    async def wait(self, *, timeout_s: float) -> set[UUID]:
        """The subscriptions with new work since the last call, as soon as somebody wakes, or after the timeout."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            pass
        self._event.clear()
        woken, self._subscriptions = self._subscriptions, set()
        return woken
