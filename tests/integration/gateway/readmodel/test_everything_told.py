"""Who is told what: the feed and the overview for every message and every role, against the one table"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.readmodel.consumers import consumers
from shared.access import COARSE, Role
from shared.access.telling import coarse_facts, coarse_moment
from shared.messages.events import GatheringRegistered
from shared.messages.walks import FindingDeleted, FindingRaised
from tests.support.look.sharing import check_ids
from tests.support.make.things import AT, KIND_OF_ROLE, ROLES, ToldOf, arrived, everything

Readers = dict[Role, httpx.AsyncClient]


@pytest.fixture
async def readers(partner: Any) -> Readers:
    """One of each role, whose area is 01."""
    return {role: await partner(kind=KIND_OF_ROLE[role], role=role, areas=("01",)) for role in ROLES}


@pytest.fixture
async def facts(readers: Readers, gateway_app: FastAPI) -> list[ToldOf]:
    """Everything that can be told, taken in as the consumer takes it in; gatherings are to come."""
    ids = [organisation(caller) for caller in readers.values()]
    found = [in_time(each) for each in everything(ids, here="01", there="99")]
    [group] = consumers(gateway_app.state.cycle)
    async with gateway_app.state.database.sessions() as session, session.begin():
        for each in found:
            await group.handle(session, [arrived(each.message)])
    return found


def organisation(caller: httpx.AsyncClient) -> UUID:
    """The organisation that calls."""
    return UUID(caller.headers["x-test-organisation"])


def in_time(each: ToldOf) -> ToldOf:
    """The same, and a gathering is to come: the overview leaves out what is over."""
    if not isinstance(each.message, GatheringRegistered):
        return each
    begin = datetime.now(UTC) + timedelta(days=1)
    times = {"starts_at": begin, "ends_at": begin + timedelta(hours=2)}
    return ToldOf(each.message.model_copy(update=times), each.whose, each.organisation_id)


async def feed_of(caller: httpx.AsyncClient) -> dict[tuple[str, str], dict[str, Any]]:
    """All that the feed tells, by type and key."""
    page = (await caller.get("/samsyn/v1/feed", params={"limit": 1000})).json()
    keys = ("report_id", "finding_id", "walk_id", "gathering_id", "subscription_id", "code", "publication",
            "organisation_id")  # fmt: skip
    found = {}
    for item in page["items"]:
        data = item["data"]
        key = (
            data["finding_id"]
            if item["type"].startswith("finding.")
            else next(data[name] for name in keys if name in data)
        )
        found[item["type"], str(key)] = item
    return found


async def test_feed_and_overview_tell_what_the_table_gives(
    readers: Readers, facts: list[ToldOf], gateway_app: FastAPI
) -> None:
    """GET /samsyn/v1/feed, /overview: each role; which messages, of each which fields, and when."""
    for role in ROLES:
        await check_feed(readers[role], facts, role)
        await check_overview(readers[role], facts, role)
    await check_cursors(readers, facts, gateway_app)


async def check_feed(caller: httpx.AsyncClient, facts: list[ToldOf], role: Role) -> None:
    """Every message that there is."""
    me, told = organisation(caller), await feed_of(caller)
    for each in facts:
        sight, message = each.sight(role, me), each.message
        item = told.get((message.type, message.key))
        assert (item is not None) is (sight in ("everything", "coarse")), (message.type, each.whose, sight)
        if item is None:
            continue
        whole = message.model_dump(mode="json", exclude_none=True)
        if sight == "everything":
            assert (item["data"], datetime.fromisoformat(item["at"])) == (whole, AT)
        else:
            assert item["data"] == {name: whole[name] for name in coarse_facts(type(message)) if name in whole}
            assert datetime.fromisoformat(item["at"]) == coarse_moment(AT)
            check_ids({"id": item["id"]})


async def check_overview(caller: httpx.AsyncClient, facts: list[ToldOf], role: Role) -> None:
    """Findings are counted, and gatherings shown, as far as each may be seen."""
    me, overview = organisation(caller), (await caller.get("/samsyn/v1/overview")).json()
    sights = {each.message.key: each.sight(role, me) for each in facts if isinstance(each.message, GatheringRegistered)}
    visible = {key for key, sight in sights.items() if sight in ("everything", "coarse")}
    shown = {row["id"]: row for row in overview["gatherings"]}
    assert set(shown) <= visible
    assert len(shown) == min(10, len(visible))
    for key, row in shown.items():
        absent = {name for name, value in row.items() if value is None}
        assert absent == (set(row) - COARSE["gathering"] if sights[key] == "coarse" else set()), sights[key]
    findings = [each for each in facts if type(each.message) is FindingRaised]
    deleted = {each.message.key for each in facts if isinstance(each.message, FindingDeleted)}
    seen = [each for each in findings if each.sight(role, me) in ("everything", "coarse")]
    waiting = {each.message.key for each in seen} - deleted
    assert overview["findings"]["open"] == len(waiting)


async def check_cursors(readers: Readers, facts: list[ToldOf], app: FastAPI) -> None:
    """A cursor neither counts what its reader may not see nor moves with it."""
    walker, leader = readers["night_walker"], readers["coordinator"]
    before = [(await caller.get("/samsyn/v1/overview")).json()["feed_cursor"] for caller in (walker, leader)]
    [group] = consumers(app.state.cycle)
    hidden = next(each for each in facts if each.message.type == "walk.planned" and each.whose == "elsewhere")
    async with app.state.database.sessions() as session, session.begin():
        await group.handle(session, [arrived(hidden.message)])
    after = [(await caller.get("/samsyn/v1/overview")).json()["feed_cursor"] for caller in (walker, leader)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False]
    assert not any(each.partition(".")[2].isdigit() for each in before)
    nothing = {"items": [], "next_cursor": before[0]}
    assert (await walker.get("/samsyn/v1/feed", params={"since": before[0]})).json() == nothing


async def test_what_waits_on_the_page_is_what_may_be_seen(visit: Any, readers: Readers, facts: list[ToldOf]) -> None:
    """GET /: a night walker finds no findings, a member those of its areas without their owners."""
    walker = await visit(kind="night_walk", role="night_walker", areas=("01",))
    member = await visit(kind="housing", role="member", areas=("01",))
    assert "Inga brister väntar på åtgärd." in (await walker.browser.get("/")).text
    page = (await member.browser.get("/")).text
    assert "Inga brister väntar på åtgärd." not in page
    assert "ansvarig saknas" not in page  # nobody is named, and nobody is said to be missing
    assert "väntas" not in page
