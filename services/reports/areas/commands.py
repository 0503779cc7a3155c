"""Replaces the municipality's areas, and tells which ones changed."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.areas.domain import Area, Difference, Source, difference
from services.reports.areas.queries import areas_version, load_tree
from services.reports.tables import area_imports, areas
from shared.access import Principal
from shared.messages.reports import AreaChanged
from shared.travel.outbox import announce_many

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('areas', 0))")
_MOST_AT_ONCE, _BYTES_AT_ONCE = 200, 1 << 20
_NEW = insert(areas).values({"geometry": sa.cast(sa.bindparam("geometry", type_=sa.Text), JSONB)})
_STORE = _NEW.on_conflict_do_update(
    index_elements=[areas.c.code], set_={c.name: _NEW.excluded[c.name] for c in areas.c if not c.primary_key}
)


async def replace_areas(
    session: AsyncSession, wanted: Sequence[Area], *, principal: Principal, source: Source, crs: str
) -> tuple[int, Difference]:
    """Put a tree in the place of the one before; what is missing in it is retired, never deleted.

    Returns the new version of the tree and what changed. Reports that are there already stay where they were placed.
    """
    # One import at a time: versions, sequences and messages then leave in one order.
    await session.execute(_LOCK)
    change = await asyncio.to_thread(difference, await load_tree(session), wanted)
    version = await areas_version(session) + 1
    await session.execute(
        sa.insert(area_imports).values(
            version=version,
            organisation_id=principal.organisation_id,
            client_id=principal.client_id,
            source=source,
            crs=crs,
            added=len(change.added),
            changed=len(change.changed),
            retired=len(change.retired),
            unchanged=change.unchanged,
        )
    )
    for some in stretches([*change.added, *change.changed, *change.retired]):
        rows = [asdict(area) | {"path": list(area.path), "version": version} for area in some]
        await session.execute(_STORE, rows)
        await announce_many(session, await asyncio.to_thread(lambda told_of: [told(area) for area in told_of], some))
    return version, change


def stretches(areas: Iterable[Area]) -> Iterator[list[Area]]:
    """Areas in their order, some hundred at a time, of large ones fewer: requests are answered in between."""
    some, size = list[Area](), 0
    for area in areas:
        some.append(area)
        size += len(area.geometry)
        if len(some) == _MOST_AT_ONCE or size > _BYTES_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def told(area: Area) -> AreaChanged:
    """What travels of an area: all of it, so that a consumer can build its own copy."""
    return AreaChanged(
        sequence=area.sequence,
        code=area.code,
        name=area.name,
        level=area.level,
        path=list(area.path),
        geometry=orjson.loads(area.geometry),
        active=area.active,
    )
