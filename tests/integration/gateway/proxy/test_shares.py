"""One organisation's requests, pages and unread answers beside everybody else's."""

import asyncio
import itertools
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from services.gateway.pages.frame.visitors import PAGE_COST
from shared.http.connection import Connection
from tests.support.look.unread import unread
from tests.support.make.reports import MANY_MORE, make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import new_key, wait_until


async def test_seventy_requests_at_once_hold_four_connections(
    partner: Any, behind: tuple[FastAPI, str], reports_database: Database
) -> None:
    """Sixty more wait in the gateway and are answered in the end, six are refused; others' requests go past them."""
    greedy, modest = await partner(), await partner()
    pool = behind[0].state.database.engine.pool
    async with connected(reports_database.admin_url) as admin:
        async with admin.transaction():
            await admin.execute("LOCK TABLE mappings")
            asked = [asyncio.create_task(greedy.get("/samsyn/v1/mappings/none", timeout=30)) for _ in range(70)]
            await wait_until(lambda: sum(each.done() for each in asked) == 6, what="those beyond the queue")
            # What works beside requests takes one at times, for a moment.
            await wait_until(lambda: pool.checkedout() == 4, what="a connection for each of its share")
            for _ in range(10):
                assert (await modest.get("/samsyn/v1/reports")).status_code == 200
            await wait_until(lambda: pool.checkedout() == 4, what="no more than its share")
        answers = await asyncio.gather(*asked)
    assert Counter(each.status_code for each in answers) == {404: 64, 429: 6}
    refused = next(each for each in answers if each.status_code == 429)
    assert refused.json()["detail"].startswith("Your organisation has as many requests on the way as it may")
    assert refused.headers["retry-after"] == "2"


@pytest.mark.parametrize("path", ["/samsyn/v1/feed", "/samsyn/v1/reports"])
async def test_what_is_long_is_large(partner: Any, path: str) -> None:
    """A thousand of anything cost ten requests, one after the other, at the gateway as behind it."""
    greedy = await partner()
    left = [
        int(answer.headers["ratelimit"].split("r=")[1].split(";")[0])
        for answer in [await greedy.get(f"{path}?limit={many}") for many in (100, 100, 1000)]
    ]
    assert [before - after for before, after in itertools.pairwise(left)] == [1, 10]
    answers = await asyncio.gather(*(greedy.get(f"{path}?limit=1000", timeout=30) for _ in range(20)))
    refused = [each.json()["detail"] for each in answers if each.status_code == 429]
    assert refused
    assert all("as many large requests on the way as it may at once (1)" in each for each in refused)


async def test_an_export_that_nobody_reads_is_let_go_behind_the_gateway(
    partner: Any, behind: tuple[FastAPI, str], gateway_url: str, reports_database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """GET /samsyn/v1/reports.csv: the caller does not read, so the gateway does not, so the service's place is free."""
    monkeypatch.setattr(Connection, "stalled_s", 0.2)
    greedy = await partner()
    sent = await greedy.post("/samsyn/v1/reports", json=make_report(), headers=new_key())
    assert sent.status_code == 201
    async with connected(reports_database.admin_url) as admin:
        await admin.execute(MANY_MORE)
    exports = behind[0].state.exports
    headers = {"Authorization": greedy.headers["Authorization"]}
    async with unread(gateway_url, "/samsyn/v1/reports.csv", headers=headers) as status:
        assert status == 200
        await wait_until(lambda: exports.turns.held == 0, what="the place behind the gateway")
        assert exports.database.engine.pool.checkedout() == 0
    monkeypatch.undo()
    assert len((await greedy.get("/samsyn/v1/reports.csv")).text.splitlines()) == 6002


async def test_pages_are_counted_too(visit: Any, gateway_app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """GET /reports/new: a session has the quota of a client; then a page that says so, and when to come again."""
    monkeypatch.setattr(gateway_app.state.directory, "quota", 2 * PAGE_COST)
    browser = (await visit()).browser
    answers = [await browser.get("/reports/new") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert "För mycket på en gång" in answers[2].text
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert (await (await visit()).browser.get("/reports/new")).status_code == 200


async def test_what_costs_much_counts_as_much(partner: Any) -> None:
    """GET /samsyn/v1/lagesbild: thirty of the quota, as its `x-cost` says; a list is one, of a thousand rows ten."""
    caller = await partner()

    async def left(path: str) -> int:
        return int((await caller.get(f"/samsyn/v1/{path}")).headers["ratelimit"].split(";")[1].removeprefix("r="))

    before = await left("reports")
    assert await left("lagesbild") == before - 30
    assert await left("reports?limit=1000") == before - 40


async def test_a_text_that_is_long_to_screen_waits_for_its_own_organisation_alone(
    partner: Any, behind: tuple[FastAPI, str]
) -> None:
    """POST /samsyn/v1/reports: one long text of an organisation is screened at a time, beside the loop."""
    greedy, modest = await partner(), await partner()
    long, short = make_report(text="12. " * 400), make_report(text="12. ")

    async def send(caller: Any, body: Any) -> int:
        answer = await caller.post("/samsyn/v1/reports", json=body, headers=new_key())
        return int(answer.status_code)

    screenings = behind[0].state.door.screenings
    async with screenings.turn(UUID(greedy.headers["x-test-organisation"])):
        waiting = asyncio.create_task(send(greedy, long))
        await wait_until(lambda: screenings.waits == 1, what="a text that waits")
        assert [await send(greedy, short), await send(modest, long)] == [201, 201]
        assert not waiting.done()
    assert await waiting == 201


async def test_only_what_costs_much_may_be_large(partner: Any) -> None:
    """A report of 70 kB is none, and is read by nobody; a batch of that size is one."""
    caller = await partner()
    body = make_report() | {"text": "a" * 70_000}
    for path, sent, status in (
        ("/samsyn/v1/reports", body, 413),
        ("/samsyn/v1/reports/batch", {"reports": [body]}, 200),
        ("/samsyn/v1/mappings/large", body, 422),
    ):
        method = "PUT" if "mappings" in path else "POST"
        answer = await caller.request(method, path, json=sent, headers=new_key())
        assert answer.status_code == status, (path, answer.text)
