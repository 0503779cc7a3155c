"""GET /gatherings, GET /gatherings/{id} and GET /gatherings/{id}/clashes"""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from tests.integration.events.gatherings import registered
from tests.support.look.statements import statements_of
from tests.support.servers.services import client, make_principal

WEST, EAST = {"lon": 14.62, "lat": 63.17}, {"lon": 14.85, "lat": 63.15}


def on(day: int, hours: str = "10-12") -> dict[str, str]:
    """Times on a day of December 2026, local."""
    begin, end = hours.split("-")
    return {"starts_at": f"2026-12-{day:02}T{begin}:00:00", "ends_at": f"2026-12-{day:02}T{end}:00:00"}


async def test_a_calendar_in_pages(events: httpx.AsyncClient, events_app: FastAPI) -> None:
    """GET /gatherings: by beginning, each once over the pages, also those that begin together; one statement each."""
    days = [5, 3, 9, 3, 3]
    for day in days:
        await registered(events, **on(day))
    seen: list[tuple[str, str]] = []
    params: dict[str, str | int] = {"limit": 2}
    while True:
        with statements_of(events_app) as statements:
            page = (await events.get("/gatherings", params=params)).json()
        assert len(statements) == 1
        seen += [(each["starts_at"], each["id"]) for each in page["gatherings"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == sorted(seen)
    assert len(set(seen)) == 5
    assert [int(at[8:10]) for at, _ in seen] == sorted(days)


async def test_filters(events: httpx.AsyncClient) -> None:
    """GET /gatherings: what goes on at some time between from and to, by area with what lies below it, by status."""
    third, fifth, east = (
        (await registered(events, **on(3)))["id"],
        (await registered(events, **on(5)))["id"],
        (await registered(events, point=EAST, starts_at="2026-12-01T00:00:00", ends_at="2026-12-31T12:00:00"))["id"],
    )

    async def ids(**params: str) -> list[str]:
        answer = await events.get("/gatherings", params=params)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["gatherings"]]

    assert await ids() == [east, third, fifth]
    assert await ids(**{"from": "2026-12-03T12:00:00"}) == [east, fifth]  # what has ended is over
    assert await ids(**{"from": "2026-12-03T11:59:59+01:00"}) == [east, third, fifth]
    assert await ids(to="2026-12-05T10:00:00") == [east, third]  # what begins then is not in it
    assert await ids(**{"from": "2026-12-04T00:00:00Z", "to": "2026-12-05T00:00:00Z"}) == [east]
    assert await ids(**{"from": "2026-12-31T12:00:00"}) == []
    assert await ids(area_code="01") == [third, fifth]
    assert await ids(area_code="2380") == [east, third, fifth]
    assert await ids(status="cancelled") == []


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"cursor": "bm9uc2Vuc2U"}, 400),
        ({"cursor": "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwiMCJd"}, 400),
        ({"from": "0001-01-01T00:00:00+14:00"}, 422),
        ({"to": "yesterday"}, 422),
        ({"status": "lost"}, 422),
        ({"limit": 0}, 422),
    ],
)
async def test_wrong_questions(events: httpx.AsyncClient, params: dict[str, Any], expected: int) -> None:
    """GET /gatherings: each is answered with what is wrong, none with a fault."""
    assert (await events.get("/gatherings", params=params)).status_code == expected


async def test_an_unknown_gathering_is_not_found(events: httpx.AsyncClient) -> None:
    """GET /gatherings/{id}: 404."""
    assert (await events.get(f"/gatherings/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    ("other", "clashes"),
    [
        ({}, True),
        (on(3, "13-15"), True),  # an hour after it, inside of the margin
        (on(3, "14-15"), False),  # exactly the margin after it
        (on(4), False),
        ({"point": {"lon": 14.6199, "lat": 63.1001}}, False),  # 01, but not the same quarter of it, 8 km away
        ({"point": {"lon": 14.6, "lat": 63.1501}}, True),  # the same area, 2 km away
        ({"point": None, "area_code": "01"}, True),  # somewhere in the area around it
        ({"point": None, "area_code": "2380"}, True),  # somewhere in the municipality
        ({"point": None, "area_code": "02"}, False),
        ({"point": {"lon": 14.59, "lat": 63.17}}, False),  # outside 01, 1.5 km away
    ],
)
async def test_what_clashes(events: httpx.AsyncClient, other: dict[str, Any], clashes: bool) -> None:
    """GET /gatherings/{id}/clashes: near in time and in place, seen from both sides."""
    here = await registered(events, point=WEST, **on(3))
    there = await registered(events, **({"point": WEST} | on(3) | other))
    for one, another in ((here, there), (there, here)):
        found = (await events.get(f"/gatherings/{one['id']}/clashes")).json()
        assert [each["id"] for each in found["clashes"]] == ([another["id"]] if clashes else [])
    assert bool(there["clashes"]) == clashes


async def test_the_whole_municipality_is_no_neighbourhood(events: httpx.AsyncClient) -> None:
    """GET /gatherings/{id}/clashes: two points in no smaller area clash by distance alone."""
    here = await registered(events, point={"lon": 14.3, "lat": 62.9})
    far = await registered(events, point={"lon": 14.3, "lat": 62.95})
    near = await registered(events, point={"lon": 14.301, "lat": 62.9})
    assert here["area_code"] == far["area_code"] == near["area_code"] == "2380"
    found = (await events.get(f"/gatherings/{here['id']}/clashes")).json()
    assert [each["id"] for each in found["clashes"]] == [near["id"]]


async def test_a_clash_that_is_not_shown_leaves_no_trace(events: httpx.AsyncClient, events_url: str) -> None:
    """POST /gatherings: whoever registers some to find out hears the same whether another is near or not."""
    await registered(events, point=WEST, name="MARKER")
    principal = make_principal(kind="association", role="member", areas=("02",))
    async with client(events_url, service="events", principal=principal) as member:
        near, far = await registered(member, point=WEST, **on(12)), await registered(member, point=WEST, **on(20))
        again = [(await member.get(f"/gatherings/{each['id']}/clashes")).json() for each in (near, far)]
    assert (near["clashes"], near["complete"]) == (far["clashes"], far["complete"]) == ([], False)
    assert again == [{"clashes": [], "complete": False}] * 2


async def test_a_clash_seen_coarsely_tells_no_point(events: httpx.AsyncClient, events_url: str) -> None:
    """POST /gatherings: another in one's own area clashes by that area alone, wherever in it one registers."""
    there = await registered(events, point=WEST, **on(12))
    principal = make_principal(kind="association", role="member", areas=(there["area_code"],))
    async with client(events_url, service="events", principal=principal) as member:
        answers = [
            await registered(member, point={"lon": lon, "lat": lat}, **on(12))
            for lon, lat in ((14.62, 63.17), (14.6999, 63.1999))
        ]
        for each in answers:
            (clash,) = [other for other in each["clashes"] if other["id"] == there["id"]]
            told = {name for name, value in clash.items() if value is not None}
            assert told == {"id", "name", "kind", "area_code", "starts_at", "ends_at", "scale_class"}


async def test_an_end_before_the_beginning_is_refused(events: httpx.AsyncClient) -> None:
    """GET /gatherings: as for reports; nothing is there, and nobody asks for that. A day from and to is that day."""
    refused = await events.get("/gatherings", params={"from": "2026-12-31", "to": "2026-12-01"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "to")
    assert (await events.get("/gatherings", params={"from": "2026-12-31", "to": "2026-12-31"})).status_code == 200
