"""Replaces the municipality's areas, tells which ones changed, and puts back what was there before."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.areas.domain.systems import WGS_84
from services.reports.areas.domain.trees import Area, Difference, Source, difference, retires_most, undone
from services.reports.areas.queries import areas_version, find_standing_import, is_import, load_before, load_tree
from services.reports.tables import area_import_before, area_imports, areas
from shared.access import Principal
from shared.errors import ITSELF, Conflict, NotFound
from shared.messages.reports import AreaChanged
from shared.travel.outbox import announce_many

_LOCK = sa.text("SELECT pg_advisory_xact_lock(hashtextextended('areas', 0))")
# Each holds what it replaced, up to a whole tree.
_MOST_UNDOABLE = 10
_MOST_AT_ONCE, _BYTES_AT_ONCE = 200, 1 << 20
RIGHT_FILE = "Is it the right file, and the right property for the code?"
UNDO_IS_FINAL = "An undo cannot be undone: what it retires comes back by a file alone."
_NEW = insert(areas).values({"geometry": sa.cast(sa.bindparam("geometry", type_=sa.Text), JSONB)})
_STORE = _NEW.on_conflict_do_update(
    index_elements=[areas.c.code], set_={c.name: _NEW.excluded[c.name] for c in areas.c if not c.primary_key}
)
_KEEP = sa.insert(area_import_before).values(geometry=sa.cast(sa.bindparam("geometry", type_=sa.Text), JSONB))


async def replace_areas(
    session: AsyncSession,
    wanted: Sequence[Area],
    *,
    principal: Principal,
    source: Source,
    crs: str,
    retire: bool = False,
    file_name: str | None = None,
) -> tuple[int, Difference]:
    """Put a tree in the place of the one before; what is missing in it is retired, never deleted.

    Returns the version of the tree and what changed: where nothing did, the one that there is. Reports that are there
    already stay where they were placed.
    Raises Conflict where more than half of the areas in use would be retired, unless `retire` says that this is
    meant.
    """
    # One import at a time: versions, sequences and messages then leave in one order.
    await session.execute(_LOCK)
    current = await load_tree(session)
    change = await asyncio.to_thread(difference, current, wanted)
    if change.none:
        return await areas_version(session), change
    if not retire:
        check_retired(change, current)
    version = await _store(session, change, current, principal=principal, source=source, crs=crs, file_name=file_name)
    return version, change


async def undo_import(
    session: AsyncSession, undone_version: int, *, principal: Principal, retire: bool = False
) -> tuple[int, Difference]:
    """Put the tree of before an import in place again, as a new version.

    Raises NotFound, and Conflict for all but the newest that is not undone, and as `replace_areas` does.
    """
    await session.execute(_LOCK)
    current, wanted = await tree_before(session, undone_version)
    change = await asyncio.to_thread(difference, current, wanted)
    if not retire:
        check_retired(change, current, then=UNDO_IS_FINAL)
    version = await _store(session, change, current, principal=principal, source="undo", crs=WGS_84)
    by = sa.update(area_imports)
    await session.execute(by.where(area_imports.c.version == version).values(undoes=undone_version, undoable=False))
    await session.execute(by.where(area_imports.c.version == undone_version).values(undone_by=version, undoable=False))
    await session.execute(
        sa.delete(area_import_before).where(area_import_before.c.version.in_((version, undone_version)))
    )
    return version, change


async def tree_before(session: AsyncSession, version: int) -> tuple[dict[str, Area], list[Area]]:
    """Every area there ever was, by its code, and the tree in use before an import.

    Raises NotFound, and Conflict for all but the newest import that stands.
    """
    if not await is_import(session, version):
        raise NotFound("There is no such import of areas.")
    standing = await find_standing_import(session)
    if standing is None or standing[0] != version:
        newest = f"; that is version {standing[0]}" if standing else ", and there is none left"
        raise Conflict(
            f"Only the newest import that is not undone can be undone{newest}. See GET /areas/imports.",
            code="not-undoable",
            of=standing[:1] if standing else ITSELF,
        )
    if not standing[1]:
        raise Conflict(
            f"What it replaced is kept of the newest {_MOST_UNDOABLE} imports only. Import a file again.",
            code="not-undoable",
            of=ITSELF,
        )
    current, before = await load_tree(session), await load_before(session, version)
    return current, await asyncio.to_thread(undone, current, before)


def check_retired(change: Difference, current: Mapping[str, Area], *, then: str = RIGHT_FILE) -> None:
    """Raise Conflict where more than half of the areas in use would be retired. then: what to look at first."""
    if not retires_most(change, current):
        return
    in_use, kept = sum(area.active for area in current.values()), len(change.changed) + change.unchanged
    raise Conflict(
        f"It would retire {len(change.retired)} of the {in_use} areas in use and keep {kept}, by their codes."
        f" {then} Send retire=true where it is meant.",
        code="retires-most",
        of=[area.code for area in change.retired],
    )


async def _store(
    session: AsyncSession,
    change: Difference,
    current: Mapping[str, Area],
    *,
    principal: Principal,
    source: Source,
    crs: str,
    file_name: str | None = None,
) -> int:
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
            file_name=file_name,
            undoable=True,
        )
    )
    for some in stretches([*change.added, *change.changed, *change.retired]):
        rows = [asdict(area) | {"path": list(area.path), "version": version} for area in some]
        await session.execute(_KEEP, [_before(area.code, current.get(area.code), version) for area in some])
        await session.execute(_STORE, rows)
        await announce_many(session, await asyncio.to_thread(lambda told_of: [told(area) for area in told_of], some))
    await _forget_before(session)
    return version


def _before(code: str, area: Area | None, version: int) -> dict[str, Any]:
    """A row of what an import replaced: of an area that was not in use, nothing but that."""
    was = area if area is not None and area.active else None
    said = {name: getattr(was, name, None) for name in ("name", "parent", "level", "geometry")}
    path = list(was.path) if was else None
    return {"version": version, "code": code, "active": was is not None, "path": path, **said}


async def _forget_before(session: AsyncSession) -> None:
    """Of what imports replaced, keep that of the newest few."""
    undoable = sa.select(area_imports.c.version).where(area_imports.c.undoable)
    old = undoable.order_by(area_imports.c.version.desc()).offset(_MOST_UNDOABLE)
    versions = (await session.scalars(old)).all()
    if versions:
        await session.execute(sa.delete(area_import_before).where(area_import_before.c.version.in_(versions)))
        no_more = sa.update(area_imports).where(area_imports.c.version.in_(versions))
        await session.execute(no_more.values(undoable=False))


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
