"""How many of a thing an organisation may have: counted and added to by one transaction at a time."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 7))")


async def alone(session: AsyncSession, what: str, *, organisation_id: UUID) -> None:
    """Until commit nobody else counts these of this organisation: a hundred requests side by side add no more than one.

    Whoever adds one calls it first, then counts, then adds.
    """
    await session.execute(_LOCK, {"what": f"{what} {organisation_id}"})
