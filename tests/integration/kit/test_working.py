"""A worker is woken by the commit of what made its work: not before it, and not without it."""

from sqlalchemy import text

from shared.database import Database
from shared.working import Wake, keep_current
from tests.support.make.kit import at_work, rows
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until


def woken(wake: Wake) -> bool:
    """Whether somebody woke the worker."""
    return wake._event.is_set()


async def test_the_commit_wakes(database: Database) -> None:
    """Asking for it wakes nobody yet, nor does a savepoint on the way."""
    wake = Wake()
    async with database.sessions() as session:
        async with session.begin():
            wake.after_commit(session)
            async with session.begin_nested():
                await session.execute(text("INSERT INTO item (name) VALUES ('one')"))
            assert not woken(wake)
        assert woken(wake)
        wake.clear()
        async with session.begin():
            await session.execute(text("SELECT 1"))
        assert not woken(wake), "each commit wakes for its own work alone"


async def test_without_a_commit_nobody_is_woken(database: Database) -> None:
    """Neither by the rollback nor by a later commit of the same session."""
    wake = Wake()
    async with database.sessions() as session:
        async with session.begin():
            await session.execute(text("INSERT INTO item (name) VALUES ('two')"))
            wake.after_commit(session)
            await session.rollback()
        async with session.begin():
            await session.execute(text("SELECT 1"))
    assert not woken(wake)


async def test_a_broken_savepoint_takes_no_wake_along(database: Database) -> None:
    """What the transaction around it made is committed, and told."""
    wake = Wake()
    async with database.sessions() as session, session.begin():
        wake.after_commit(session)
        savepoint = await session.begin_nested()
        await session.execute(text("SELECT 1"))
        await savepoint.rollback()
    assert woken(wake)


async def test_the_woken_worker_finds_the_work(database: Database, tables: support.Database) -> None:
    """At the moment of waking the row is there for everybody."""
    wake = Wake()
    async with database.sessions() as session, session.begin():
        await session.execute(text("INSERT INTO item (name) VALUES ('three')"))
        wake.after_commit(session)
    await wake.wait(timeout_s=5)
    assert await rows(tables, "SELECT name FROM item") == [("three",)]


async def test_what_is_held_in_memory_follows_its_version(database: Database, tables: support.Database) -> None:
    """Loaded once, and again when the version is another."""
    loads: list[int] = []

    async def version(session: object) -> object:
        return await rows(tables, "SELECT count(*) FROM item")

    async def load() -> None:
        loads.append(len(await rows(tables, "SELECT FROM item")))

    async with at_work(lambda: keep_current("test", database.sessions, version, load, every_s=0.001)):
        await wait_until(lambda: loads)
        async with database.sessions() as session, session.begin():
            await session.execute(text("INSERT INTO item (name) VALUES ('four')"))
        await wait_until(lambda: len(loads) == 2)
    assert loads == [0, 1]
