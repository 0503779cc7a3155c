"""GET /reports.csv by partners who do not read what they ask for."""

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI

from shared.http.connection import Connection
from tests.support.look.unread import unread
from tests.support.make.reports import MANY_MORE, make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, internal_token, make_principal, new_key, wait_until

GREEDY, SLOW = make_principal(), make_principal()


@pytest.fixture
async def many(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """Reports whose export no socket holds."""
    assert (await reports.post("/reports", json=make_report(), headers=new_key())).status_code == 201
    async with connected(reports_database.admin_url) as admin:
        await admin.execute(MANY_MORE)


def asking(principal: object = GREEDY) -> dict[str, str]:
    """The headers by which somebody asks the service."""
    return {"Authorization": f"Bearer {internal_token(principal, service='reports')}"}  # type: ignore[arg-type]


async def test_unread_exports_hold_their_own_share_and_nothing_else(
    many: None, reports_app: FastAPI, reports_url: str, reports: httpx.AsyncClient
) -> None:
    """Of twelve that nobody reads two are begun, two wait and eight are refused; another organisation's is whole."""
    async with AsyncExitStack() as stack:
        many_more = [
            asyncio.create_task(stack.enter_async_context(unread(reports_url, "/reports.csv", headers=asking())))
            for _ in range(12)
        ]
        stack.callback(lambda: [each.cancel() for each in many_more])
        await wait_until(lambda: sum(each.done() for each in many_more) >= 10, what="all but those that wait")
        assert sorted(each.result() for each in many_more if each.done())[:10] == [200] * 2 + [429] * 8
        refused = await httpx.AsyncClient().get(f"{reports_url}/reports.csv", headers=asking())
        assert refused.headers["Retry-After"] == "10"
        assert refused.json()["detail"].startswith("Your organisation has as many exports on the way as it may")
        assert len((await reports.get("/reports.csv")).text.splitlines()) == 6002
        assert reports_app.state.database.engine.pool.checkedout() == 0
    await wait_until(lambda: reports_app.state.exports.turns.held == 0, what="the exports to be let go")


async def test_an_export_that_nobody_reads_is_let_go(
    many: None,
    reports_app: FastAPI,
    reports_url: str,
    reports_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is cut while its caller is still there; place and connection are free, and its read log stands."""
    monkeypatch.setattr(Connection, "stalled_s", 0.2)
    exports = reports_app.state.exports
    async with unread(reports_url, "/reports.csv?severity=2", headers=asking(SLOW)) as status:
        assert status == 200
        await wait_until(lambda: exports.turns.held == 0, what="the export to be cut")
        assert exports.database.engine.pool.checkedout() == 0
    async with connected(reports_database.admin_url) as admin:
        (row,) = await admin.fetch("SELECT * FROM report_reads WHERE client_id = $1", SLOW.client_id)
        copying = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%'"
        assert await admin.fetchval(f"{copying} AND state = 'active'") == 0
    assert (row["report_ids"], row["report_count"], row["of_everybody"]) == ([], 6001, True)
    assert row["asked"] == '{"zone": "Europe/Stockholm", "severity": 2, "configuration": "swedish"}'


async def test_who_took_a_report_out_is_found_by_what_they_asked_for(
    reports: httpx.AsyncClient, reports_url: str
) -> None:
    """GET /reports/{id}/reads: exports that let it through; after a change also those that may have."""
    sent = await reports.post("/reports", json=make_report(severity=2), headers=new_key())
    report_id = sent.json()["id"]
    for query in ("severity=2", "severity=3", "words=nothing", "from=2020-01-01", "status=received"):
        assert (await reports.get(f"/reports.csv?{query}")).status_code == 200
    others = make_principal(kind="housing", role="member")
    async with client(reports_url, service="reports", principal=others) as member:
        assert (await member.get("/reports.csv")).status_code == 200

    async def reads() -> list[tuple[str, bool]]:
        found = (await reports.get(f"/reports/{report_id}/reads")).json()["reads"]
        return [(each["operation"], each["possible"]) for each in found]

    assert await reads() == [("export", False)] * 3
    decided = await reports.post(
        f"/reports/{report_id}/review", json={"outcome": "rejected", "reason": "Fel plats"}, headers=new_key()
    )
    assert decided.status_code == 200, decided.text
    # Three of them asked before it was rejected; what gave nothing is not written down at all.
    assert await reads() == [("export", True)] * 3
