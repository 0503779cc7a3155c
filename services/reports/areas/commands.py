"""Replaces the municipality's areas, and tells which ones changed."""

from collections.abc import Sequence
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.areas.domain import Area, Difference, Source, difference
from services.reports.areas.queries import areas_version, load_tree
from services.reports.tables import area_imports, areas
from shared.access import Principal
from shared.messages.reports import AreaChanged
from shared.travel.outbox import announce_many

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('areas', 0))")
# Polygons make large messages; so many at once stay within some ten megabytes.
_TOLD_AT_ONCE = 200


async def replace_areas(
    session: AsyncSession, wanted: Sequence[Area], *, principal: Principal, source: Source, crs: str
) -> tuple[int, Difference]:
    """Put a tree in the place of the one before; what is missing in it is retired, never deleted.

    Returns the new version of the tree and what changed. Reports that are there already stay where they were placed.
    """
    # One import at a time: versions, sequences and messages then leave in one order.
    await session.execute(_LOCK)
    change = difference(await load_tree(session), wanted)
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
    touched = [*change.added, *change.changed, *change.retired]
    if touched:
        store = insert(areas)
        store = store.on_conflict_do_update(
            index_elements=[areas.c.code], set_={c.name: store.excluded[c.name] for c in areas.c if not c.primary_key}
        )
        rows = [asdict(area) | {"path": list(area.path), "version": version} for area in touched]
        await session.execute(store, rows)
    for begin in range(0, len(touched), _TOLD_AT_ONCE):
        await announce_many(session, [told(area) for area in touched[begin : begin + _TOLD_AT_ONCE]])
    return version, change


def told(area: Area) -> AreaChanged:
    """What travels of an area: all of it, so that a consumer can build its own copy."""
    return AreaChanged(
        sequence=area.sequence,
        code=area.code,
        name=area.name,
        level=area.level,
        path=list(area.path),
        geometry=dict(area.geometry),
        active=area.active,
    )
