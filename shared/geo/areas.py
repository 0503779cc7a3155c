"""A service's own copy of the municipality's areas, built from `reports.area.v1`: its table, its upkeep, its look-ups.

The reports service owns the areas. Whoever else needs them keeps this copy, so that no service waits for another.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from shared.errors import FieldError, Invalid
from shared.geo.neighbourhood import see_areas
from shared.messages.reports import AreaChanged

_STORE = sa.text("""
    INSERT INTO areas (code, name, level, path, geometry, active, sequence)
    SELECT code, name, level, path, geometry, active, sequence
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told
         (code text, name text, level smallint, path text[], geometry jsonb, active boolean, sequence bigint)
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level, path = excluded.path,
        geometry = excluded.geometry, active = excluded.active, sequence = excluded.sequence
    WHERE areas.sequence < excluded.sequence
""")
_IS_KNOWN = sa.text("SELECT EXISTS (SELECT FROM areas WHERE code = :code)")
_NAMES = sa.text("SELECT code, name FROM areas WHERE active ORDER BY code")
_VERSION = sa.text("SELECT coalesce(sum(sequence), 0) FROM areas")
_ALL = sa.text("SELECT code, name, level, path, active FROM areas")
_SHAPES = sa.text(
    "SELECT code, CAST(geometry AS text) AS geometry, level FROM areas WHERE active AND geometry IS NOT NULL"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """An area without its shape. `path` holds the codes from the root down to and including this area."""

    code: str
    name: str
    level: int
    path: tuple[str, ...]
    active: bool


def areas_table(tables: sa.MetaData) -> sa.Table:
    """The table `areas` of a copy, as `shared.access` and the statements here expect it."""
    return sa.Table(
        "areas",
        tables,
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("path", ARRAY(sa.Text), nullable=False),
        sa.Column("geometry", JSONB(none_as_null=True)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
    )


async def store_areas(session: AsyncSession, changes: Sequence[AreaChanged]) -> None:
    """Bring the copy up to these changes, in whatever order they came; an older version changes nothing.

    One statement for any number of changes, none for none.
    """
    # PostgreSQL refuses to update a row twice in one statement, so of each area only the newest goes in.
    newest = {each.code: each for each in sorted(changes, key=lambda each: each.sequence)}
    if newest:
        # In one order everywhere, so that two members storing the same areas do not lock each other out.
        rows = [newest[code].model_dump(mode="json") for code in sorted(newest)]
        await session.execute(_STORE, {"rows": (await asyncio.to_thread(orjson.dumps, rows)).decode()})


async def check_known(session: AsyncSession, code: str | None, *, field: str) -> None:
    """Raise Invalid unless there is or was an area of this code; one statement, none for None.

    For filters: those who look for an area that is none would be told that nothing happened there.
    """
    if code is not None and not await session.scalar(_IS_KNOWN, {"code": code}):
        raise Invalid("There is no such area.", errors=(await unknown_area(session, code, field=field),))


async def unknown_area(session: AsyncSession, code: str, *, field: str) -> FieldError:
    """The fault of a code that no area has; one statement."""
    known = {row.code: row.name for row in await session.execute(_NAMES)}
    return FieldError(field, "unknown_area", see_areas(code, codes=known, names=known.items()))


async def areas_version(session: AsyncSession) -> int:
    """A number that grows with each change to the copy; 0 while it is empty. For those who keep areas in memory."""
    return int(await session.scalar(_VERSION) or 0)


async def load_areas(session: AsyncSession) -> dict[str, Area]:
    """All areas by their code, retired ones too."""
    rows = await session.execute(_ALL)
    return {
        row.code: Area(code=row.code, name=row.name, level=row.level, path=tuple(row.path), active=row.active)
        for row in rows
    }


async def load_shapes(session: AsyncSession) -> list[tuple[str, str, int]]:
    """Code, GeoJSON polygon and level of all areas that still take anything in, as `geometry.AreaIndex` wants them.

    The polygon as text, which the index reads in a thread. Not the index itself: the libraries behind it take 25 MB
    that a service which places no points does without.
    """
    return [(row.code, row.geometry, row.level) for row in await session.execute(_SHAPES)]
