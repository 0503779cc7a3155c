"""The read model made again from the bus: what the consumer wrote is dropped, and told anew from the beginning."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.readmodel.consumers import GROUP
from services.gateway.tables import area_counts, areas, finding_facts, gathering_facts, report_facts
from shared.bus import Bus
from shared.database import Database
from shared.messages import TOPICS


async def rebuild(database: Database, bus: Bus) -> None:
    """Empty the read model and set its consumer back to the oldest message; the gateway must not be consuming.

    The feed stays, for its positions are in partners' hands: a message that is in it keeps its place, one that is
    missing goes to the end.
    """
    async with database.sessions() as session, session.begin():
        await _forget(session)
    await bus.rewind(GROUP, TOPICS)


async def _forget(session: AsyncSession) -> None:
    for table in (report_facts, area_counts, finding_facts, gathering_facts, areas):
        await session.execute(sa.delete(table))
    await session.execute(sa.text("DELETE FROM parked WHERE consumer = :group"), {"group": GROUP})
    await session.execute(sa.text("DELETE FROM inbox WHERE consumer = :group"), {"group": GROUP})
