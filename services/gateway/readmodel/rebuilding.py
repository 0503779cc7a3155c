"""The read model made again from the bus: what the consumer wrote is dropped, and told anew from the beginning."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.consumers import GROUP
from services.gateway.readmodel.topic import Topic
from services.gateway.readmodel.topics import TOPICS
from shared.bus import Bus
from shared.database import Database
from shared.messages import TOPICS as ON_THE_BUS


async def rebuild(database: Database, bus: Bus, *, topics: Sequence[Topic] = TOPICS) -> None:
    """Empty the read model and set its consumer back to the oldest message; the gateway must not be consuming.

    The feed stays, for its positions are in partners' hands: a message that is in it keeps its place, one that is
    missing goes to the end. Where the bus refuses, nothing has changed: the rows go when it has been set back.
    """
    async with database.sessions() as session, session.begin():
        await _forget(session, topics)
        await bus.rewind(GROUP, ON_THE_BUS)


async def _forget(session: AsyncSession, topics: Sequence[Topic]) -> None:
    for table in (table for topic in topics for table in topic.tables):
        await session.execute(sa.delete(table))
    await session.execute(sa.text("DELETE FROM parked WHERE consumer = :group"), {"group": GROUP})
    await session.execute(sa.text("DELETE FROM inbox WHERE consumer = :group"), {"group": GROUP})
