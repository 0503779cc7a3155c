"""How a transaction that made work tells the dispatcher of this process, as soon as it has committed."""

from collections.abc import Collection
from functools import partial
from uuid import UUID

from shared import working
from shared.database import Session, after_commit


class Wake:
    """Subscriptions that have new work, or changed. Other processes see it by their poll.

    changed: those of which nothing is sent until the dispatcher knows where they lead now. asked: those of which
    somebody wants to see one sent at once, though their address or host failed before.
    """

    def __init__(self) -> None:
        self._subscriptions: set[UUID] = set()
        self._wake = working.Wake()
        self.changed: set[UUID] = set()
        self.asked: set[UUID] = set()

    def after_commit(self, session: Session, subscriptions: Collection[UUID]) -> None:
        """Wake the dispatcher when this session's transaction commits, and never if it does not."""
        if subscriptions:
            after_commit(session, partial(self.now, subscriptions))

    def after_asking(self, session: Session, subscription_id: UUID) -> None:
        """The same when its subscriber wants to see whether anything arrives."""
        after_commit(session, partial(self._ask, subscription_id))

    def after_change(self, session: Session, subscription_id: UUID) -> None:
        """The same when a subscription changed: what the dispatcher has in hand of it goes where it leads then."""
        after_commit(session, partial(self._change, subscription_id))

    def _change(self, subscription_id: UUID) -> None:
        self.changed.add(subscription_id)
        self._ask(subscription_id)

    def _ask(self, subscription_id: UUID) -> None:
        self.asked.add(subscription_id)
        self.now([subscription_id])

    def now(self, subscriptions: Collection[UUID] = ()) -> None:
        """Wake the dispatcher."""
        self._subscriptions.update(subscriptions)
        self._wake.now()

    async def wait(self, *, timeout_s: float) -> set[UUID]:
        """The subscriptions with new work since the last call, as soon as somebody wakes, or after the timeout."""
        await self._wake.wait(timeout_s=timeout_s)
        self._wake.clear()
        woken, self._subscriptions = self._subscriptions, set()
        return woken
