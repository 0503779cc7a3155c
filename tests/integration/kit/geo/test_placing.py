"""How far a service is in placing its things by its copy of the areas."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared.database import asyncpg_url, metadata
from shared.geo.areas import areas_table, areas_version, store_areas
from shared.geo.placing import Still, is_behind, lock_placing, note_placed, placing_table
from tests.support.make.areas import make_area
from tests.support.servers.postgres import DatabaseServer

Sessions = async_sessionmaker[AsyncSession]
SOMEWHERE = UUID(int=7)


@pytest.fixture
async def sessions(postgres: DatabaseServer) -> AsyncIterator[Sessions]:
    """A database that has a copy of two areas, and nothing placed by it."""
    database = await postgres.fresh_database("samsyn_placing")
    engine = create_async_engine(asyncpg_url(database.owner_url))
    tables = metadata()
    areas_table(tables)
    placing_table(tables)
    async with engine.begin() as connection:
        await connection.run_sync(tables.create_all)
    sessions = async_sessionmaker(engine)
    async with sessions.begin() as session:
        await store_areas(session, [make_area("01"), make_area("02")])
    yield sessions
    await engine.dispose()
    await postgres.drop_database(database)


async def placed(sessions: Sessions, *, up_to: UUID | None = None) -> None:
    """Place things by the areas as they are: up to one of them, or all."""
    async with sessions.begin() as session:
        version = await areas_version(session)
        assert await lock_placing(session, version=version) is not None
        await note_placed(session, version=version, after=up_to)


async def left(sessions: Sessions, *, version: int) -> tuple[bool, tuple[UUID | None] | None]:
    """Whether there is something to place by the areas of a version, and from where on."""
    async with sessions.begin() as session:
        return await is_behind(session, version=version), await lock_placing(session, version=version)


async def test_each_change_of_the_areas_is_placed_once(sessions: Sessions) -> None:
    """A batch goes on behind the one before; what is through is not done again until an area changes."""
    assert await left(sessions, version=2) == (True, (None,))
    await placed(sessions, up_to=SOMEWHERE)
    assert await left(sessions, version=2) == (True, (SOMEWHERE,))
    await placed(sessions)
    assert await left(sessions, version=2) == (False, None)
    async with sessions.begin() as session:
        await store_areas(session, [make_area("02", sequence=2)])
    assert await left(sessions, version=3) == (True, (None,))


@pytest.mark.parametrize("up_to", [None, SOMEWHERE])
async def test_a_copy_that_was_told_anew_is_placed_by(sessions: Sessions, up_to: UUID | None) -> None:
    """Its version counts from zero: what was noted of the copy before it, however large, holds up nothing."""
    async with sessions.begin() as session:
        await store_areas(session, [make_area("01", sequence=1000)])
    await placed(sessions, up_to=up_to)
    async with sessions.begin() as session:
        await session.execute(sa.text("DELETE FROM areas"))
    assert (await left(sessions, version=0))[0] is False
    async with sessions.begin() as session:
        await store_areas(session, [make_area("01")])
    assert await left(sessions, version=1) == (True, (None,))


async def test_nobody_places_by_areas_of_before(sessions: Sessions) -> None:
    """Whoever read the areas before they changed leaves all to who reads them now, whether those have placed or not."""
    async with sessions.begin() as session:
        await store_areas(session, [make_area("01", sequence=5)])
    assert (await left(sessions, version=2))[1] is None
    await placed(sessions)
    assert (await left(sessions, version=2))[1] is None


async def test_one_places_at_a_time(sessions: Sessions) -> None:
    """A second process finds nothing to do while the first is at it, and goes on where that stopped."""
    await placed(sessions, up_to=UUID(int=1))
    async with sessions.begin() as first:
        assert await lock_placing(first, version=2) == (UUID(int=1),)
        assert (await left(sessions, version=2))[1] is None
        await note_placed(first, version=2, after=SOMEWHERE)
    assert await left(sessions, version=2) == (True, (SOMEWHERE,))


def test_areas_stand_once_two_looks_see_the_same() -> None:
    """While an import is being told nothing is placed."""
    still = Still()
    seen = {look: still.stands(version) for look, version in enumerate((0, 4, 9, 9, 9, 8, 8))}
    assert [look for look, stands in seen.items() if stands] == [3, 4, 6]
