"""Rows of one key stand in the outbox in the order in which their transactions commit."""

import asyncio

from sqlalchemy import text

from shared.database import Database
from shared.travel.outbox import announce, announce_many
from tests.support.make.facts import Counted, make_fact
from tests.support.make.kit import rows
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until

IDS = "SELECT key, id FROM outbox ORDER BY id"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"


async def test_a_second_writer_gets_its_id_after_the_first_one_commits(
    database: Database, tables: support.Database, fact: type[Counted]
) -> None:
    """Announcing waits for the key's lock before the row gets its id."""
    async with database.sessions() as first, database.sessions() as second, first.begin():
        await announce(first, make_fact(fact, number=1))
        async with second.begin():
            late = asyncio.create_task(announce(second, make_fact(fact, number=3)))

            async def waits() -> bool:
                return bool((await rows(tables, WAITING))[0][0])

            await wait_until(waits, what="the second writer to wait")
            await announce(first, make_fact(fact, number=2))
            await first.commit()
            await late
    told = await rows(tables, "SELECT headers::json ->> 'ce_sequence' FROM outbox ORDER BY id")
    assert told == [("1",), ("2",), ("3",)]


async def test_writers_of_other_keys_do_not_wait(
    database: Database, tables: support.Database, fact: type[Counted]
) -> None:
    """The lock is the key's alone."""
    async with database.sessions() as first, database.sessions() as second, first.begin():
        await announce(first, make_fact(fact, item="a"))
        async with asyncio.timeout(5), second.begin():
            await announce(second, make_fact(fact, item="b"))
    assert [key for key, _ in await rows(tables, IDS)] == ["a", "b"]


async def test_many_are_told_in_their_order(database: Database, tables: support.Database, fact: type[Counted]) -> None:
    """One statement writes all, and their ids follow the list, not the key."""
    names = [f"{number * 7919 % 1000:03}" for number in range(1000)]
    async with database.sessions() as session, session.begin():
        await announce_many(session, [make_fact(fact, item=name) for name in names])
        await announce_many(session, [])
    assert [key for key, _ in await rows(tables, IDS)] == names


async def test_what_is_rolled_back_is_not_told(
    database: Database, tables: support.Database, fact: type[Counted]
) -> None:
    """The row is part of the transaction, and the relay is woken by a commit only."""
    async with database.sessions() as session:
        await announce(session, make_fact(fact))
        await session.rollback()
        assert not database.announced.is_set()
        assert await rows(tables, IDS) == []
        await announce(session, make_fact(fact))
        await session.commit()
    assert database.announced.is_set()
    assert len(await rows(tables, IDS)) == 1


async def test_a_commit_that_told_nothing_wakes_nobody(database: Database) -> None:
    """Most transactions only read or write rows of their own."""
    async with database.sessions() as session, session.begin():
        await session.execute(text("INSERT INTO item (name) VALUES ('a')"))
    assert not database.announced.is_set()
