"""The feed: every message that is read goes to its end, each once however often it comes."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from shared.access.telling import is_told
from shared.travel.envelope import Incoming

# One transaction at a time appends, so positions have no gaps and become visible in order: a reader of the feed who
# has seen position n has seen all before it.
_TURN = sa.text("SELECT pg_advisory_xact_lock(hashtext('feed'))")
_APPEND = sa.text("""
    WITH told AS (
        SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:ats AS timestamptz[]),
            CAST(:areas AS text[]), CAST(:datas AS text[]))
            WITH ORDINALITY AS told (message_id, type, at, area_code, data, place)
        WHERE NOT EXISTS (SELECT FROM feed WHERE feed.message_id = told.message_id)
    )
    INSERT INTO feed (position, message_id, type, at, area_code, data)
    SELECT (SELECT coalesce(max(position), 0) FROM feed) + row_number() OVER (ORDER BY place),
           message_id, type, at, area_code, CAST(data AS jsonb)
    FROM told
""")


async def append_to_feed(session: AsyncSession, batch: Sequence[Incoming]) -> None:
    """Put messages at the end of the feed; two statements, none for those that nobody may be told of."""
    batch = [each for each in batch if each.message is None or is_told(type(each.message))]
    if not batch:
        return
    await session.execute(_TURN)
    await session.execute(
        _APPEND,
        {
            "ids": [each.message_id for each in batch],
            "types": [each.type for each in batch],
            "ats": [each.at for each in batch],
            "areas": [getattr(each.message, "area_code", None) for each in batch],
            "datas": [each.received.value.decode() for each in batch],
        },
    )
