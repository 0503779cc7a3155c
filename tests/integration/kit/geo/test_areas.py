"""A service's own copy of areas."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from shared.database import asyncpg_url, metadata
from shared.geo.areas import Area, areas_table, areas_version, load_areas, load_shapes, store_areas
from shared.geo.geometry import AreaIndex
from shared.messages.reports import AreaChanged
from tests.support.make.areas import make_area, square
from tests.support.servers.postgres import DatabaseServer


@pytest.fixture
async def session(postgres: DatabaseServer) -> AsyncIterator[AsyncSession]:
    """A session on a database that has nothing but the copy."""
    database = await postgres.fresh_database("samsyn_areas")
    engine = create_async_engine(asyncpg_url(database.owner_url))
    tables = metadata()
    areas_table(tables)
    async with engine.begin() as connection:
        await connection.run_sync(tables.create_all)
    async with AsyncSession(engine) as session:
        yield session
    await engine.dispose()
    await postgres.drop_database(database)


def changed(code: str, sequence: int, **changes: Any) -> AreaChanged:
    """A version of an area, named after its number."""
    return make_area(code, sequence=sequence, **{"name": f"{code} v{sequence}", **changes})


async def test_the_newest_version_stays_whatever_the_order(session: AsyncSession) -> None:
    """20 areas in 10 versions each, shuffled and cut into batches: the tenth of each is what is kept."""
    changes = [changed(f"a{number:02}", sequence) for number in range(20) for sequence in range(1, 11)]
    random.Random(7).shuffle(changes)
    for start in range(0, len(changes), 33):
        await store_areas(session, changes[start : start + 33])
    assert {area.name for area in (await load_areas(session)).values()} == {f"a{n:02} v10" for n in range(20)}


async def test_a_batch_is_one_statement(session: AsyncSession) -> None:
    """A hundred changes cost what one costs, and none costs nothing."""
    statements: list[str] = []
    connection = await session.connection()
    sa.event.listen(connection.sync_connection, "before_cursor_execute", lambda *said: statements.append(said[2]))
    await store_areas(session, [])
    assert statements == []
    await store_areas(session, [changed(f"a{number}", 1) for number in range(100)])
    assert len(statements) == 1


async def test_an_area_comes_back_as_it_was_told(session: AsyncSession) -> None:
    """Code, name, level, path and geometry, with signs that SQL and JSON treat specially."""
    told = changed('0"1,{', 3, name="Ö'backa \\ torg", path=["2380", '0"1,{'], active=False)
    await store_areas(session, [told])
    assert (await load_areas(session))[told.code] == Area(
        code=told.code, name="Ö'backa \\ torg", level=1, path=("2380", '0"1,{'), active=False
    )
    assert await session.scalar(sa.text("SELECT geometry FROM areas")) == told.geometry


async def test_version_grows_with_every_change_that_counts(session: AsyncSession) -> None:
    """New and newer areas move it, older ones do not."""
    seen = [await areas_version(session)]
    for change in (changed("a", 1), changed("b", 1), changed("a", 2), changed("a", 1), changed("a", 2)):
        await store_areas(session, [change])
        seen.append(await areas_version(session))
    assert seen == [0, 1, 2, 3, 3, 3]


async def test_points_fall_into_active_areas_only(session: AsyncSession) -> None:
    """A retired area takes nothing in; its parent does."""
    parent = changed("p", 1, level=0, path=["p"], geometry=square(14.0, 63.0, 1.0))
    child = changed("c", 1, path=["p", "c"], geometry=square(14.2, 63.2, 0.2))
    await store_areas(session, [parent, child])
    assert AreaIndex(await load_shapes(session)).code_at(14.3, 63.3) == "c"
    await store_areas(session, [child.model_copy(update={"sequence": 2, "active": False})])
    assert AreaIndex(await load_shapes(session)).code_at(14.3, 63.3) == "p"
