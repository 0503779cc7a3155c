"""Keeps how an organisation's files are read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.tables import mappings
from shared.access import Principal


async def put_mapping(
    session: AsyncSession, name: str, *, principal: Principal, document: Mapping[str, Any], now: datetime
) -> None:
    """Keep a mapping under a name of the organisation's own, in the place of the one before.

    Imports under way go on with the one they began with.
    """
    store = insert(mappings).values(
        organisation_id=principal.organisation_id, name=name, document=dict(document), changed_at=now
    )
    await session.execute(
        store.on_conflict_do_update(
            index_elements=[mappings.c.organisation_id, mappings.c.name],
            set_={"document": store.excluded.document, "changed_at": store.excluded.changed_at},
        )
    )
