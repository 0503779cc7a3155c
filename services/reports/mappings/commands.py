"""Keeps how an organisation's files are read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.mappings.domain.mapping import MOST_BYTES, MOST_BYTES_OF_ALL, MOST_MAPPINGS
from services.reports.tables import mappings
from shared.access import Principal
from shared.database.ceilings import alone
from shared.errors import Conflict, TooLarge


async def put_mapping(
    session: AsyncSession, name: str, *, principal: Principal, document: Mapping[str, Any], now: datetime
) -> None:
    """Keep a mapping under a name of the organisation's own, in the place of the one before.

    Imports under way go on with the one they began with. Raises TooLarge, and Conflict above what one organisation has.
    """
    await _check_room(session, name, principal=principal, size=len(orjson.dumps(document)))
    store = insert(mappings).values(
        organisation_id=principal.organisation_id, name=name, document=dict(document), changed_at=now
    )
    await session.execute(
        store.on_conflict_do_update(
            index_elements=[mappings.c.organisation_id, mappings.c.name],
            set_={"document": store.excluded.document, "changed_at": store.excluded.changed_at},
        )
    )


async def _check_room(session: AsyncSession, name: str, *, principal: Principal, size: int) -> None:
    if size > MOST_BYTES:
        raise TooLarge(f"A mapping is at most {MOST_BYTES} bytes of JSON. Leave out words that no file holds.")
    await alone(session, "mappings", organisation_id=principal.organisation_id)
    others = sa.and_(mappings.c.organisation_id == principal.organisation_id, mappings.c.name != name)
    sizes = sa.func.coalesce(sa.func.sum(sa.func.octet_length(sa.cast(mappings.c.document, sa.Text))), 0)
    count, held = (await session.execute(sa.select(sa.func.count(), sizes).where(others))).one()
    if count >= MOST_MAPPINGS or held + size > MOST_BYTES_OF_ALL:
        raise Conflict(
            f"An organisation has at most {MOST_MAPPINGS} mappings, and {MOST_BYTES_OF_ALL} bytes of them. Put this one"
            " in the place of another."
        )
