"""The areas: as a list for readers, as an index for placing points, and as the tree that an import replaces."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.areas.domain.trees import Area
from services.reports.ground import Ground
from services.reports.tables import area_file_parts, area_files, area_import_before, area_imports, areas
from shared.access import Principal
from shared.errors import NotFound
from shared.geo.geometry import AreaIndex

# A file that nobody imported is kept as long as somebody may be at it.
KEPT_FOR = timedelta(days=1)
_FILE = ("id", "name", "size_bytes", "offer", "received_at")
_IMPORT = (
    "version", "imported_at", "organisation_id", "client_id", "source", "crs", "file_name", "added", "changed",
    "retired", "unchanged", "undoes", "undone_by",
)  # fmt: skip
# As text: Python's objects would take ten times the memory, and seconds to make.
_GEOMETRY = sa.cast(areas.c.geometry, sa.Text).label("geometry")
_FACTS = (areas.c.code, areas.c.name, areas.c.parent, areas.c.level, areas.c.path, areas.c.active)


async def areas_version(session: AsyncSession) -> int:
    """The number of the newest area import, 0 before the first."""
    return int(await session.scalar(sa.select(sa.func.coalesce(sa.func.max(area_imports.c.version), 0))) or 0)


async def load_ground(session: AsyncSession, *, zone: ZoneInfo, crs: str) -> Ground:
    """All active areas, ready to place points in; one statement."""
    query = sa.select(areas.c.code, areas.c.name, _GEOMETRY, areas.c.level).where(areas.c.active)
    rows = (await session.execute(query)).all()
    index = await asyncio.to_thread(AreaIndex, [(code, geometry, level) for code, _, geometry, level in rows], crs=crs)
    names = frozenset((code, name) for code, name, _, _ in rows)
    return Ground(zone=zone, crs=crs, areas=index, codes=frozenset(code for code, _ in names), names=names)


async def load_tree(session: AsyncSession) -> dict[str, Area]:
    """Every area there ever was, by its code; one statement."""
    rows = await session.execute(sa.select(*_FACTS, _GEOMETRY, areas.c.sequence))
    return {row.code: Area(**(row._asdict() | {"path": tuple(row.path)})) for row in rows}


async def list_areas(session: AsyncSession, *, geometry: bool, retired: bool) -> Sequence[dict[str, Any]]:
    """The areas from the root down, then by code; `geometry` as text, None where it is not asked for. One statement."""
    query = sa.select(*_FACTS, _GEOMETRY if geometry else sa.null().label("geometry"))
    if not retired:
        query = query.where(areas.c.active)
    rows = await session.execute(query.order_by(areas.c.level, areas.c.code))
    return [row._asdict() for row in rows]


async def get_area(session: AsyncSession, code: str) -> dict[str, Any]:
    """One area with its polygon, retired ones too. Raises NotFound."""
    row = (await session.execute(sa.select(*_FACTS, areas.c.geometry).where(areas.c.code == code))).one_or_none()
    if row is None:
        raise NotFound("No such area.")
    return row._asdict()


async def list_imports(session: AsyncSession, *, before: int | None, limit: int) -> Sequence[dict[str, Any]]:
    """Imports of areas, from the last one back, each with whether it can be undone now; one statement."""
    newest = sa.select(sa.func.max(area_imports.c.version)).where(*_STANDING).scalar_subquery()
    can_be = sa.and_(area_imports.c.undoable, area_imports.c.version == newest).label("undoable")
    query = sa.select(*(area_imports.c[name] for name in _IMPORT), can_be)
    if before is not None:
        query = query.where(area_imports.c.version < before)
    rows = await session.execute(query.order_by(area_imports.c.version.desc()).limit(limit))
    return [row._asdict() for row in rows]


# Neither an undo nor undone.
_STANDING = (area_imports.c.undoes.is_(None), area_imports.c.undone_by.is_(None))


async def find_standing_import(session: AsyncSession) -> tuple[int, bool] | None:
    """The newest import that is not undone, and whether what it replaced is still there; None before the first."""
    query = sa.select(area_imports.c.version, area_imports.c.undoable).where(*_STANDING)
    row = (await session.execute(query.order_by(area_imports.c.version.desc()).limit(1))).first()
    return (row.version, row.undoable) if row else None


async def is_import(session: AsyncSession, version: int) -> bool:
    """Whether there was an import of this version."""
    return bool(await session.scalar(sa.select(sa.exists().where(area_imports.c.version == version))))


async def load_before(session: AsyncSession, version: int) -> dict[str, Area | None]:
    """The areas that an import touched as they were before it, None for what was not there; one statement."""
    before = area_import_before.c
    geometry = sa.cast(before.geometry, sa.Text).label("geometry")
    query = sa.select(before.code, before.name, before.parent, before.level, before.path, geometry, before.active)
    rows = await session.execute(query.where(before.version == version))
    return {row.code: Area(**(row._asdict() | {"path": tuple(row.path)})) if row.active else None for row in rows}


async def get_file(session: AsyncSession, file_id: UUID, *, principal: Principal, now: datetime) -> dict[str, Any]:
    """A file of areas of the caller's organisation. Raises NotFound, also once its day is over."""
    own = (area_files.c.organisation_id == principal.organisation_id, area_files.c.received_at > now - KEPT_FOR)
    query = sa.select(*(area_files.c[name] for name in _FILE)).where(area_files.c.id == file_id, *own)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such file. Files are kept for a day, and until they are imported: send it again.")
    return row._asdict()


async def file_parts(session: AsyncSession, file_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of a file, in parts."""
    query = sa.select(area_file_parts.c.body).where(area_file_parts.c.file_id == file_id)
    async for row in await session.stream(query.order_by(area_file_parts.c.number)):
        yield row.body
