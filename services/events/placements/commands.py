"""Places gatherings anew after the areas were drawn anew: each that moves gets a new version and is told."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.events.register.commands import told_changed
from services.events.register.domain import Gathering
from shared.travel.outbox import announce_many

_MOVE = sa.text("""
    UPDATE gatherings SET area_code = moved.area_code, said_area = moved.said_area, version = moved.version
    FROM unnest(CAST(:ids AS uuid[]), CAST(:areas AS text[]), CAST(:said AS text[]), CAST(:versions AS int[]))
         AS moved (id, area_code, said_area, version)
    WHERE gatherings.id = moved.id
""")


async def move_gatherings(session: AsyncSession, before: Sequence[Gathering], after: Sequence[Gathering]) -> None:
    """Move some gatherings whose rows this transaction holds, and tell it; two statements, none for none.

    A cancelled one moves without a word: it takes place nowhere, and never comes back.
    """
    if not after:
        return
    values = {
        "ids": [each.id for each in after],
        "areas": [each.area_code for each in after],
        "said": [each.said_area for each in after],
        "versions": [each.version for each in after],
    }
    await session.execute(_MOVE, values)
    lay = {each.id: each.area_code for each in before}
    standing = [each for each in after if each.status != "cancelled"]
    told = [fact for each in standing for fact in told_changed(each, before=lay[each.id], redrawn=True)]
    await announce_many(session, told)
