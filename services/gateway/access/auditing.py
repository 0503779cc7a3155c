"""The audit trail: every change of who may call, written in the transaction of the change."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.gateway.tables import audit


async def note(
    session: AsyncSession, *, actor: str, action: str, of: str, detail: Mapping[str, Any] | None = None
) -> None:
    """Record who changed what. `detail` never holds a secret, a key or a digest of one; one statement."""
    await session.execute(sa.insert(audit).values(actor=actor, action=action, object=of, detail=dict(detail or {})))
