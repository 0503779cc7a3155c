"""What readers of counts get in the overview: the lägesbild's numbers, as published, and nothing before that"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.reports.areas.work import load_areas
from shared.access import Role
from shared.bus import Bus
from shared.cycles import cycle_of
from shared.messages.reports import PublicationClosed, PublicationCounted
from tests.integration.gateway.proxy.test_one_report_through import overview_of, send
from tests.integration.gateway.readmodel.test_rebuild import publish as put
from tests.support.make.publications import KEY, publish
from tests.support.make.things import KIND_OF_ROLE, ROLES
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import wait_until

HERE, ELSEWHERE = {"lon": 14.64, "lat": 63.1765}, {"lon": 15.05, "lat": 63.1765}
Readers = dict[Role, httpx.AsyncClient]


@pytest.fixture
async def readers(
    partner: Any, behind: tuple[FastAPI, str], gateway_database: Database, reports_database: Database
) -> Readers:
    """One of each role, whose area is 01; eleven reports of somebody else in 01 and beyond."""
    for database, column in ((reports_database, "version"), (gateway_database, "sequence")):
        async with connected(database.admin_url) as admin:
            await admin.execute(
                f"INSERT INTO areas (code, name, level, path, geometry, active, {column})"
                " SELECT '02', 'Bortom', 0, '{02}',"
                " replace(replace(geometry::text, '14.6', '15.0'), '14.7', '15.1')::jsonb, true, 1 FROM areas"
            )
    await load_areas(behind[0])
    sender = await partner(kind="guard", role="member")
    for n in range(11):
        kind = ("violence", None) if n % 3 else ("theft", None)
        await send(sender, category=kind[0], subcategory=kind[1], point=HERE if n % 2 else ELSEWHERE)
    found = {role: await partner(kind=KIND_OF_ROLE[role], role=role, areas=("01",)) for role in ROLES}
    await until_counted(found, 11)
    return found


async def until_counted(readers: Readers, reports: int) -> None:
    """Wait until the read model has so many reports."""

    async def counted() -> bool:
        return bool((await overview_of(readers["coordinator"]))["totals"]["reports"] == reports)

    await wait_until(counted, what="the read model to have every report")


async def published(readers: Readers, behind: tuple[FastAPI, str]) -> None:
    """Have the running week published, and wait until the gateway knows."""
    assert await publish(behind[0], now=datetime.now(UTC) + timedelta(days=7)) is not None

    async def known() -> bool:
        return bool((await overview_of(readers["member"]))["published_through"])

    await wait_until(known, what="the publication to have come")


async def test_overview_and_lagesbild_say_the_same(readers: Readers, behind: tuple[FastAPI, str]) -> None:
    """GET /samsyn/v1/overview, /lagesbild: every number of every area, for each role, rounded alike."""
    await published(readers, behind)
    for role, caller in readers.items():
        overview = await overview_of(caller)
        answer = await caller.get("/samsyn/v1/lagesbild")
        assert answer.status_code == 200, answer.text
        picture = answer.json()
        whole = {area["code"]: area["whole"] for area in picture["areas"]}
        assert overview["published_through"] == picture["published_through"]
        assert (overview["published_through"] is None) is (role in ("coordinator", "municipal_police"))
        for area in overview["areas"]:
            table = whole[area["code"]]
            cells = {name: cell for name, cell in table["categories"].items() if cell["count"] != 0}
            assert {name: cell["count"] for name, cell in cells.items()} == area["by_category"], role
            assert area["reports"] == table["total"]["count"], role
            assert {cell["rounded"] for cell in (table["total"], *cells.values())} == {area["rounded"]}, role
        total = picture["total"]["total"]
        assert (overview["totals"]["reports"], overview["totals"]["rounded"]) == (total["count"], total["rounded"])


async def test_a_report_elsewhere_changes_nothing_before_it_is_published(
    readers: Readers, partner: Any, behind: tuple[FastAPI, str]
) -> None:
    """GET /samsyn/v1/overview: byte for byte the same after somebody else's report, before and after a publication."""
    walker, sender = readers["night_walker"], await partner(kind="guard", role="member")
    assert (await overview_of(walker))["totals"]["reports"] is None
    await published(readers, behind)
    before = [(await walker.get(f"/samsyn/v1/{what}")).text for what in ("overview", "lagesbild", "feed")]
    await send(sender, category="theft", subcategory=None, point=HERE)
    await until_counted(readers, 12)
    assert [(await walker.get(f"/samsyn/v1/{what}")).text for what in ("overview", "lagesbild", "feed")] == before


async def test_what_is_in_a_table_is_told_to_nobody(readers: Readers, behind: tuple[FastAPI, str]) -> None:
    """GET /samsyn/v1/feed: that there was a publication, to everybody; its tables to nobody."""
    await published(readers, behind)
    for caller in readers.values():
        items = (await caller.get("/samsyn/v1/feed", params={"limit": 1000})).json()["items"]
        told = [item for item in items if item["type"].startswith("publication.")]
        assert [item["type"] for item in told] == ["publication.closed"]
        assert set(told[0]["data"]) == {"publication", "sequence", "through", "closed_on"}
        # However many tables it has: how many weeks were reported to late is for nobody.
        assert told[0]["data"]["sequence"] == 1


async def test_a_table_in_parts_counts_when_all_of_it_is_told(
    partner: Any, gateway_database: Database, gateway_app: FastAPI, bus: Bus
) -> None:
    """reports.publication.v1: one part of two is nothing yet; both are one table."""
    caller = await partner(kind="housing", role="member")
    state = gateway_app.state
    today = datetime.now(UTC).astimezone(state.zone).date()
    unit = cycle_of(today, start=state.cycle.start, days=state.cycle.days).first
    common: dict[str, Any] = {
        "publication": 1, "unit": unit, "secret": KEY, "parents": {"01": ""}, "organisations": [uuid4()],
        "senders": [0], "areas": ["01"], "categories": ["order"],
    }  # fmt: skip
    first, late = (PublicationCounted(sequence=part, part=part, changes=[n], **common) for part, n in ((1, 4), (2, 2)))
    closed = PublicationClosed(sequence=3, publication=1, through=unit, closed_on=unit)
    async with connected(gateway_database.admin_url) as rows:
        await put(bus, [first])

        async def has_come() -> bool:
            return bool(await rows.fetchval("SELECT count(*) FROM published_parts"))

        await wait_until(has_come, what="the first part to have come")
        overview = await overview_of(caller)
        assert (overview["published_through"], overview["totals"]["reports"]) == (None, None)
        await put(bus, [late, closed])

        async def is_whole() -> bool:
            return bool((await overview_of(caller))["published_through"])

        await wait_until(is_whole, what="the publication to have come")
    totals = (await overview_of(caller))["totals"]
    assert (totals["reports"], totals["rounded"]) == (6, True)
