"""Whether pages say that what they show is made up follows from what was taken in."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from deploy.local.databases import DEMO_ACTOR, is_made_up
from services.gateway.access import partners
from shared.database.engine import asyncpg_url
from tests.support.servers.postgres import Database, DatabaseServer, connected


async def found(url: str) -> list[bool]:
    """Without `--demo`, and with it."""
    async with connected(url) as inside:
        return [await is_made_up(inside, demo=demo) for demo in (False, True)]


async def add_organisation(database: Database, *, actor: str) -> None:
    """As an administrator, or the demonstration, makes one."""
    engine = create_async_engine(asyncpg_url(database.url))
    try:
        async with AsyncSession(engine, info={"source": "gateway"}) as session, session.begin():
            await partners.add_organisation(session, name=f"Nya {actor}", kind="housing", areas=[], actor=actor)
    finally:
        await engine.dispose()


@pytest.mark.parametrize("others", [False, True])
async def test_the_demonstration_that_is_in_is_made_up_and_nothing_else(postgres: DatabaseServer, others: bool) -> None:
    """Before there are tables and organisations it is what comes in now; own organisations keep it out."""
    assert await found(postgres.postgres.admin_url) == [False, True]
    database = await postgres.migrated("gateway")
    try:
        assert await found(database.admin_url) == [False, True]
        if others:
            await add_organisation(database, actor="admin")
            assert await found(database.admin_url) == [False, False]
        await add_organisation(database, actor=DEMO_ACTOR)
        assert await found(database.admin_url) == [True, True]
    finally:
        await postgres.drop_database(database)
