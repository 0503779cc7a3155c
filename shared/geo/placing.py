"""How far a service is in placing its own things by the areas as they are now: one row beside its copy of the areas.

A batch of things moves in one transaction with this row, so that a stop at any moment moves nothing twice and forgets
nothing.
"""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from shared.geo.areas import areas_version

# Without a lock as long as there is nothing to do: it is asked every few seconds for ever.
_BEHIND = sa.text("SELECT NOT EXISTS (SELECT FROM area_placing WHERE areas_version = :version AND through)")
_BEGIN = sa.text(
    "INSERT INTO area_placing (one, areas_version, through) VALUES (true, 0, false) ON CONFLICT DO NOTHING"
)
_HELD = sa.text("SELECT areas_version, after, through FROM area_placing FOR UPDATE SKIP LOCKED")
_GO_ON = sa.text("UPDATE area_placing SET areas_version = :version, after = :after, through = :through")


@dataclass(slots=True)
class Still:
    """The version of the areas at the last look.

    Things are placed once it has been the same at two looks: an import is told in many messages, and between them a
    thing would move to and fro. Meanwhile each process that places by areas in memory has read them again.
    """

    version: int | None = None

    def stands(self, version: int) -> bool:
        """Whether the areas have been as they are since the last look."""
        same, self.version = version == self.version, version
        return same


def placing_table(tables: sa.MetaData) -> sa.Table:
    """The table `area_placing`, of one row: which areas things are placed by, and the last thing that was looked at."""
    return sa.Table(
        "area_placing",
        tables,
        sa.Column("one", sa.Boolean, primary_key=True),
        sa.Column("areas_version", sa.BigInteger, nullable=False),
        sa.Column("after", postgresql.UUID(as_uuid=True)),
        sa.Column("through", sa.Boolean, nullable=False),
        sa.CheckConstraint("one", name="one"),
    )


async def is_behind(session: AsyncSession, *, version: int) -> bool:
    """Whether things are still to be placed by the areas of this version; one statement.

    A smaller version than the one noted is another one too: a copy that was emptied and told anew counts from zero.
    Never while there are no areas: they are still to be told, and things would lie nowhere meanwhile.
    """
    return version > 0 and bool(await session.scalar(_BEHIND, {"version": version}))


async def lock_placing(session: AsyncSession, *, version: int) -> tuple[UUID | None] | None:
    """The last thing that was placed by the areas of this version, None before the first; held until commit.

    None alone where nothing is left to do, another process is at it, or the areas are others by now. Three statements.
    """
    await session.execute(_BEGIN)
    row = (await session.execute(_HELD)).one_or_none()
    # Asked while the row is held: whoever comes late with the areas of before would put things back there.
    if row is None or await areas_version(session) != version:
        return None
    if row.areas_version != version:
        return (None,)
    return None if row.through else (row.after,)


async def note_placed(session: AsyncSession, *, version: int, after: UUID | None) -> None:
    """Things up to this one are placed by the areas of this version; None: all of them."""
    await session.execute(_GO_ON, {"version": version, "after": after, "through": after is None})
