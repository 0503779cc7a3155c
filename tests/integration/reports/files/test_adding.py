"""Rows that are all new go straight into the table of reports; what becomes of them is the same."""

import asyncio
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from tests.support.look.bus import BusProbe
from tests.support.make.imports import HEADER, bring_in, counts, send
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import wait_until

ROWS = [f"r{n},order,2026-11-20 21:30,14.64,63.17,Buller" for n in range(5)]
_WAITS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_SEND_BESIDE = """
    INSERT INTO reports
    SELECT (jsonb_populate_record(reports, jsonb_build_object('id', gen_random_uuid(), 'external_reference', 'r2'))).*
    FROM reports WHERE external_reference = 'r0'
"""


async def test_rows_that_are_all_new_are_not_looked_at_one_by_one(
    reports: httpx.AsyncClient, reports_app: FastAPI, told: BusProbe
) -> None:
    """POST /imports: they are copied once and told; a file with one that is known is merged."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    engine = reports_app.state.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        assert counts(await bring_in(reports, HEADER + "\n".join(ROWS[:4]))) == (4, 4, 0, 0, 0, 0)
        assert not any("FROM staging" in each for each in said)
        assert counts(await send(reports, HEADER + "\n".join(ROWS))) == (5, 1, 4, 0, 0, 0)
        assert any("FROM staging" in each for each in said)
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    for each in (await reports.get("/reports")).json()["reports"]:
        submitted = await told.next("reports.report.v1", key=each["id"])
        assert submitted.type == "report.submitted"


async def test_a_report_that_comes_in_that_moment_is_no_second_one(
    reports: httpx.AsyncClient, reports_database: Database
) -> None:
    """POST /imports: one of its references is being sent by a request that has not ended yet."""
    assert counts(await bring_in(reports, HEADER + ROWS[0])) == (1, 1, 0, 0, 0, 0)
    async with connected(reports_database.admin_url) as beside, connected(reports_database.admin_url) as admin:
        request = beside.transaction()
        await request.start()
        await beside.execute(_SEND_BESIDE)
        file = asyncio.create_task(send(reports, HEADER + "\n".join(ROWS[1:])))
        await wait_until(lambda: admin.fetchval(_WAITS), what="the file to wait for the request")
        await request.commit()
        assert counts(await file) == (4, 3, 1, 0, 0, 0)
        assert await admin.fetchval("SELECT count(*) FROM reports") == 5
