"""A publication is made once, whole and for ever: whoever dies in the middle, whatever the settings say later"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError

from services.reports.publications.commands import MOST_ROWS, parts_of
from services.reports.publications.work import publish_due
from tests.support.make.days import ZONE, today
from tests.support.make.reports import Stored, store_reports
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import wait_until

TABLES = ("publications", "publication_tables", "publication_rows")
_WAITS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
async def rows(reports: httpx.AsyncClient, reports_database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The reports service's tables, with one report in each of three weeks to come."""
    days = [_monday(weeks) + timedelta(days=2) for weeks in (1, 2, 3)]
    some = [Stored(organisation_id=uuid4(), category="order", occurred_on=day, hour=21, area_code=None) for day in days]
    await store_reports(reports_database, some, zone=ZONE)
    async with connected(reports_database.admin_url) as admin:
        yield admin


@pytest.fixture
def units_of(reports_app: FastAPI) -> Iterator[Callable[[int], None]]:
    """Sets how many days a unit has, and puts it back."""
    settings = reports_app.state.settings

    def put(days: int) -> None:
        here = settings.municipality.model_copy(update={"publication_days": days})
        reports_app.state.settings = settings.model_copy(update={"municipality": here})

    yield put
    reports_app.state.settings = settings


def _monday(weeks: int) -> date:
    """The first day of a week from now."""
    return today() - timedelta(days=today().weekday()) + timedelta(days=7 * weeks)


async def publish_on(app: FastAPI, day: date) -> int | None:
    """Have published what is due an hour into a day."""
    return await publish_due(app, now=datetime.combine(day, time(1), ZONE).astimezone(UTC))


async def contents(rows: asyncpg.Connection) -> dict[str, list[str]]:
    """Every row of the three tables."""
    return {table: sorted(str(dict(row)) for row in await rows.fetch(f"SELECT * FROM {table}")) for table in TABLES}


async def test_no_row_is_changed_by_who_serves(rows: asyncpg.Connection, reports_app: FastAPI) -> None:
    """UPDATE, DELETE and TRUNCATE of each table are refused to the service's own role."""
    assert await publish_on(reports_app, _monday(2)) == 1
    before = await contents(rows)
    assert all(before.values())
    for table, column in zip(TABLES, ("number", "publication", "reports"), strict=True):
        for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            async with reports_app.state.database.sessions() as session:
                with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
                    await session.execute(sa.text(statement))
    assert await contents(rows) == before


async def test_who_dies_while_closing_leaves_nothing(
    rows: asyncpg.Connection, reports_app: FastAPI, reports_database: Database
) -> None:
    """A connection lost after the counts were written: all of it is gone, and the next look makes it once."""
    async with connected(reports_database.admin_url) as other, other.transaction():
        await other.execute("LOCK TABLE publication_tables IN EXCLUSIVE MODE")
        closing = asyncio.create_task(publish_on(reports_app, _monday(2)))

        async def waits() -> bool:
            return bool(await rows.fetch(_WAITS))

        await wait_until(waits, what="the publication to be in the middle")
        await rows.execute(f"SELECT pg_terminate_backend(pid) FROM ({_WAITS}) AS waiting")
        with pytest.raises(DBAPIError):
            await closing
    assert not any((await contents(rows)).values())
    assert await publish_on(reports_app, _monday(2)) == 1
    once = await contents(rows)
    assert [len(found) for found in once.values()] == [1, 1, 1]
    assert await publish_on(reports_app, _monday(2)) is None
    assert await contents(rows) == once


@pytest.mark.parametrize(("begun", "later"), [(7, 1), (1, 7)])
async def test_units_stay_what_they_were_when_the_setting_changes(
    rows: asyncpg.Connection, reports_app: FastAPI, units_of: Callable[[int], None], begun: int, later: int
) -> None:
    """MUNICIPALITY_PUBLICATION_DAYS changed: what was begun with goes on, and no day is told twice."""
    units_of(begun)
    assert await publish_on(reports_app, _monday(2)) == 1
    units_of(later)
    assert await publish_on(reports_app, _monday(2) + timedelta(days=3)) == (None if begun == 7 else 2)
    assert await publish_on(reports_app, _monday(4)) is not None
    told = await rows.fetch("SELECT unit, sum(reports) AS n FROM publication_rows GROUP BY unit ORDER BY unit")
    begins = [_monday(weeks) + timedelta(days=0 if begun == 7 else 2) for weeks in (1, 2, 3)]
    assert [(row["unit"], row["n"]) for row in told] == [(day, 1) for day in begins]
    assert {row["unit_days"] for row in await rows.fetch("SELECT unit_days FROM publications")} == {begun}


async def test_a_long_history_is_told_in_parts(rows: asyncpg.Connection, reports_app: FastAPI) -> None:
    """Four units of several messages each: every row once, unit by unit, and never more held than two messages have."""
    n, units = 5 * MOST_ROWS, 4
    first = _monday(-8)
    await rows.execute("INSERT INTO publications VALUES (1, $1, 7, now())", _monday(0))
    await rows.execute(
        "INSERT INTO publication_rows SELECT $1::date + i % $2 * 7, 1, $3, i::text, 'order', 1, NULL, 1"
        " FROM generate_series(1, $4::int) AS i",
        first, units, uuid4(), n,
    )  # fmt: skip
    told, most = list[tuple[date, int, int]](), 0
    async with reports_app.state.database.sessions() as session, session.begin():
        async for part, some in parts_of(session, 1):
            most = max(most, sum(isinstance(each, sa.Row) for each in gc.get_objects()))
            told.append((some[0].unit, part, len(some)))
            assert {row.unit for row in some} == {some[0].unit}
    sizes = [MOST_ROWS, n // units - MOST_ROWS]
    assert told == [
        (first + timedelta(days=7 * unit), part, size) for unit in range(units) for part, size in enumerate(sizes, 1)
    ]
    assert MOST_ROWS <= most <= 2 * MOST_ROWS + 1
