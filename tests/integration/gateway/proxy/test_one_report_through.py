"""POST /samsyn/v1/reports to overview and feed: the whole way of one report."""

from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from tests.support.look.statements import statements_of
from tests.support.make.days import today
from tests.support.make.reports import make_report
from tests.support.servers.services import wait_until


async def overview_of(caller: httpx.AsyncClient) -> Any:
    """The overview as this caller gets it."""
    answer = await caller.get("/samsyn/v1/overview")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def send(caller: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """Send a report of today under a new key."""
    body = make_report(occurred_from=today().isoformat(), occurred_to=None, **changes)
    return await caller.post("/samsyn/v1/reports", json=body, headers={"Idempotency-Key": uuid4().hex})


async def test_a_report_reaches_overview_and_feed(partner: Any) -> None:
    """POST /samsyn/v1/reports: counted in the overview's area, told in the feed, without its text."""
    caller = await partner()
    assert (await overview_of(caller))["totals"]["reports"] == 0
    since = (await overview_of(caller))["feed_cursor"]
    answer = await send(caller, text="MARKER vid bron")
    assert answer.status_code == 201, answer.text
    assert answer.headers["x-request-id"]

    async def counted() -> bool:
        return bool((await overview_of(caller))["totals"]["reports"] == 1)

    await wait_until(counted, what="the overview to count the report")
    area = next(each for each in (await overview_of(caller))["areas"] if each["code"] == "01")
    assert (area["reports"], area["by_category"]) == (1, {"order": 1})
    feed = await caller.get("/samsyn/v1/feed", params={"since": since})
    told = [item for item in feed.json()["items"] if item["type"] == "report.submitted"]
    assert [item["data"]["report_id"] for item in told] == [answer.json()["id"]]
    assert "MARKER" not in feed.text


async def test_an_overview_is_told_again_until_something_happens(partner: Any, gateway_app: FastAPI) -> None:
    """GET /samsyn/v1/overview: one statement while nothing was told; a message makes it anew, for each reader."""
    caller, other = await partner(), await partner(kind="housing", role="member")
    new = {each.headers["X-Test-Organisation"] for each in (caller, other)}

    async def both_told() -> bool:
        items = (await caller.get("/samsyn/v1/feed")).json()["items"]
        return new <= {item["data"].get("organisation_id") for item in items if item["type"] == "organisation.changed"}

    await wait_until(both_told, what="the new organisations to be told")
    first = [await overview_of(each) for each in (caller, other)]
    with statements_of(gateway_app) as said:
        again = [await overview_of(each) for each in (caller, other)]
        assert len(said) == 2, said
    assert again == first
    assert (await send(other)).status_code == 201

    async def counted() -> bool:
        return bool((await overview_of(caller))["totals"]["reports"] == 1)

    await wait_until(counted, what="the overview to count the report")
    now = [await overview_of(each) for each in (caller, other)]
    # Of the others' nothing is published yet.
    assert [each["totals"]["reports"] for each in now] == [1, None]
    assert now[0]["feed_cursor"] == now[1]["feed_cursor"] != first[0]["feed_cursor"]


async def test_what_others_alone_are_told_makes_no_overview_anew(partner: Any, gateway_app: FastAPI) -> None:
    """GET /samsyn/v1/overview: one statement and the same answer after a report elsewhere; who sees it, it."""
    leader, sender = await partner(), await partner(kind="guard", role="member")
    readers = [
        await partner(kind="housing", role="member", areas=("02",)),
        await partner(kind="night_walk", role="night_walker", areas=("01",)),
    ]
    new = {each.headers["X-Test-Organisation"] for each in readers}

    async def all_told() -> bool:
        items = (await leader.get("/samsyn/v1/feed", params={"limit": 1000})).json()["items"]
        return new <= {item["data"].get("organisation_id") for item in items if item["type"] == "organisation.changed"}

    await wait_until(all_told, what="the new organisations to be told")
    first = [await overview_of(each) for each in readers]
    for n in (1, 2):
        assert (await send(sender)).status_code == 201

        async def counted(n: int = n) -> bool:
            return bool((await overview_of(leader))["totals"]["reports"] == n)

        await wait_until(counted, what="the overview of who sees it to count the report")
        with statements_of(gateway_app) as said:
            assert [await overview_of(each) for each in readers] == first
        assert len(said) == 2, said
