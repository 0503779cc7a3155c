"""What answers say of subscriptions' endpoints: that they fail, are held back, are well, and are their subscribers'.

Only of those that still lead to where something was sent.
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.subscriptions.domain import Reached
from services.notify.tables import subscriptions


async def note_health(session: AsyncSession, *, failing: Collection[Reached], well: Collection[Reached]) -> None:
    """Remember since when endpoints fail, and which recovered. Raises no version: it changes nothing that is sent."""
    if failing:
        begins = sa.update(subscriptions).where(still_there(failing), subscriptions.c.failing_since.is_(None))
        await session.execute(begins.values(failing_since=sa.func.now()))
    if well:
        await session.execute(sa.update(subscriptions).where(still_there(well)).values(failing_since=None))


async def note_held(session: AsyncSession, reached: Reached, *, until: datetime | None) -> None:
    """Remember until when nothing is sent there; None: that it goes on. Raises no version, as above."""
    await session.execute(sa.update(subscriptions).where(still_there([reached])).values(held_until=until))


async def note_verified(session: AsyncSession, proved: Collection[Reached]) -> None:
    """Remember which endpoints proved to be their subscribers'; dispatchers see it by the version.

    Not of one that was disabled meanwhile: the proof was for whoever answered for it before.
    """
    c = subscriptions.c
    change = sa.update(subscriptions).where(still_there(proved), c.status != "disabled", c.verified_at.is_(None))
    await session.execute(change.values(verified_at=sa.func.now(), version=c.version + 1))


def still_there(reached: Collection[Reached]) -> sa.ColumnElement[bool]:
    """The subscriptions that still lead to where something was sent."""
    return sa.tuple_(subscriptions.c.id, subscriptions.c.url).in_(list(reached))
