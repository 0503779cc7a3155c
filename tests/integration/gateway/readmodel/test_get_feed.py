"""GET /samsyn/v1/feed"""

from datetime import datetime, timedelta
from typing import Any

from tests.integration.gateway.proxy.test_one_report_through import send
from tests.support.servers.services import wait_until


async def told_to(caller: Any, since: str | None = None) -> list[dict[str, Any]]:
    """Everything the feed tells this caller of reports, page by page."""
    items: list[dict[str, Any]] = []
    while True:
        params = {"limit": 2} | ({"since": since} if since else {})
        page = (await caller.get("/samsyn/v1/feed", params=params)).json()
        if not page["items"]:
            return [item for item in items if item["type"].startswith("report.")]
        items += page["items"]
        since = page["next_cursor"]


async def test_each_reader_is_told_what_the_table_gives(partner: Any) -> None:
    """GET /samsyn/v1/feed: own reports whole, others' in own areas without sender, night walkers' own only."""
    police = await partner(kind="police", role="municipal_police")
    housing = await partner(kind="housing", role="member", areas=("2380",))
    elsewhere = await partner(kind="housing", role="member", areas=("99",))
    walkers = await partner(kind="night_walk", role="night_walker", areas=("2380",))
    for sender in (police, housing, walkers):
        assert (await send(sender)).status_code == 201

    async def all_told() -> bool:
        return len(await told_to(police)) == 3

    await wait_until(all_told, what="three reports in the feed")
    assert all(item["data"]["organisation_id"] for item in await told_to(police))
    seen = await told_to(housing)
    assert len(seen) == 3
    own = housing.headers["x-test-organisation"]
    assert sorted("organisation_id" in item["data"] for item in seen) == [False, False, True]
    assert next(item for item in seen if "organisation_id" in item["data"])["data"]["organisation_id"] == own
    assert await told_to(elsewhere) == []
    assert len(await told_to(walkers)) == 1


async def test_cursors_that_are_not_ours(partner: Any) -> None:
    """GET /samsyn/v1/feed: 400 for rubbish, 410 for the cursor of a feed that was begun anew."""
    caller = await partner()
    for rubbish in ("x", "1", "a.b", "'; DROP TABLE feed"):
        assert (await caller.get("/samsyn/v1/feed", params={"since": rubbish})).status_code == 400
    gone = await caller.get("/samsyn/v1/feed", params={"since": "00000000.17"})
    assert gone.status_code == 410
    assert "Begin without one" in gone.json()["detail"]


async def test_the_feed_from_a_time_or_from_now(partner: Any) -> None:
    """GET /samsyn/v1/feed?from=: a moment, a day, what comes next; whoever sees coarsely begins with the day."""
    police = await partner(kind="police", role="municipal_police")
    housing = await partner(kind="housing", role="member", areas=("2380",))
    assert (await send(police)).status_code == 201

    async def told() -> Any:
        return (await police.get("/samsyn/v1/feed", params={"limit": 1000})).json()["items"]

    async def submitted() -> bool:
        return any(each["type"] == "report.submitted" for each in await told())

    await wait_until(submitted, what="the report in the feed")
    report = next(each for each in await told() if each["type"] == "report.submitted")
    after = (datetime.fromisoformat(report["at"]) + timedelta(seconds=1)).isoformat()
    for begin, by_police, by_housing in (
        (report["at"], True, True),
        (report["at"][:10], True, True),
        (after, False, True),
        ("now", False, False),
        ("2199-01-01", False, False),
    ):
        for caller, wanted in ((police, by_police), (housing, by_housing)):
            page = (await caller.get("/samsyn/v1/feed", params={"from": begin})).json()
            assert any(each["id"] == report["id"] for each in page["items"]) == wanted, begin
            again = await caller.get("/samsyn/v1/feed", params={"since": page["next_cursor"]})
            assert again.json()["items"] == []
    both = await police.get("/samsyn/v1/feed", params={"from": "now", "since": page["next_cursor"]})
    assert [each["field"] for each in both.json()["errors"]] == ["from"]
