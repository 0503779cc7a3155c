"""PATCH /gatherings/{id}"""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.messages.events import GatheringChanged
from tests.integration.events.gatherings import TORGET, registered
from tests.support.look.bus import BusProbe
from tests.support.look.statements import statements_of
from tests.support.servers.services import client, make_principal, new_key


async def patch(
    caller: httpx.AsyncClient, gathering: dict[str, Any], etag: str = '"1"', **change: Any
) -> httpx.Response:
    """Change a gathering."""
    return await caller.patch(f"/gatherings/{gathering['id']}", json=change, headers={"If-Match": etag})


async def test_a_change_is_stored_and_told(events: httpx.AsyncClient, events_app: FastAPI, told: BusProbe) -> None:
    """PATCH /gatherings/{id}: only what was named changes, with what follows from it; four statements."""
    other = await registered(events, point={"lon": 14.85, "lat": 63.15})
    gathering = await registered(events)
    with statements_of(events_app) as statements:
        answer = await patch(
            events, gathering, point={"lon": 14.8501, "lat": 63.15}, expected_attendance=2500, place_name="MARKER"
        )
    assert len(statements) == 4, statements
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    new = answer.json()
    assert [each["id"] for each in new["clashes"]] == [other["id"]]
    differing = {name for name in gathering if gathering[name] != new[name]}
    assert differing == {"point", "area_code", "place_name", "expected_attendance", "scale_class", "version", "clashes"}
    assert (new["area_code"], new["scale_class"]) == ("02", "L")
    story = await told.story("events.gathering.v1", key=gathering["id"], length=2)
    message = story[1].message
    assert isinstance(message, GatheringChanged)
    assert (message.sequence, message.area_code, message.expected_attendance) == (2, "02", 2500)
    assert b"MARKER" not in story[1].received.value


async def test_of_ten_at_once_one_changes(events: httpx.AsyncClient) -> None:
    """PATCH /gatherings/{id}: ten who read the same version; one wins, nine hear that it has changed."""
    gathering = await registered(events)
    answers = await asyncio.gather(*(patch(events, gathering, expected_attendance=100 + n) for n in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 9


@pytest.mark.parametrize(
    ("etag", "expected"),
    [('"1"', 200), ("*", 200), ('"7", "1"', 200), ('"2"', 412), ('W/"1"', 412), ("1", 400), ('"other"', 412)],
)
async def test_if_match(events: httpx.AsyncClient, etag: str, expected: int) -> None:
    """PATCH /gatherings/{id}: the version seen, one of several, or any; never a weak or foreign tag."""
    assert (await patch(events, await registered(events), etag=etag, outdoor=False)).status_code == expected


@pytest.mark.parametrize("etag", ['"2"', '"other"', 'W/"1"'])
async def test_what_is_wrong_without_it_is_said_before_if_match(events: httpx.AsyncClient, etag: str) -> None:
    """PATCH /gatherings/{id}: as RFC 9110 §13.2.1 has it, a precondition counts for a request right without it."""
    assert (await patch(events, await registered(events), etag=etag, expected_attendance=-1)).status_code == 422
    assert (await patch(events, {"id": "nobody's"}, etag=etag, outdoor=False)).status_code == 422


async def test_if_match_is_needed(events: httpx.AsyncClient) -> None:
    """PATCH /gatherings/{id}: without it the request is refused by name."""
    gathering = await registered(events)
    answer = await events.patch(f"/gatherings/{gathering['id']}", json={"outdoor": False})
    assert answer.status_code in (400, 422)
    assert answer.json()["errors"][0]["field"].lower() == "if-match"


async def test_a_change_to_what_it_is_tells_nobody(events: httpx.AsyncClient, told: BusProbe) -> None:
    """PATCH /gatherings/{id}: the same values, or none, leave the version; the next change is the second fact."""
    gathering = await registered(events)
    for change in ({}, {"name": " Vintermarknad "}, {"starts_at": "2026-12-12T09:00:00Z"}, {"point": TORGET}):
        answer = await patch(events, gathering, **change)
        assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    await patch(events, gathering, alcohol=True)
    story = await told.story("events.gathering.v1", key=gathering["id"], length=2)
    assert [each.message.sequence for each in story if each.message] == [1, 2]


@pytest.mark.parametrize(
    ("change", "area_code"),
    [
        ({"point": {"lon": 14.85, "lat": 63.15}}, "02"),
        ({"point": None}, "0101"),
        ({"point": None, "area_code": "02"}, "02"),
        ({"area_code": "01"}, "0101"),
        ({"area_code": None}, "0101"),
        ({"name": "Julmarknad"}, "0101"),
    ],
)
async def test_where_it_is_after_a_change(events: httpx.AsyncClient, change: dict[str, Any], area_code: str) -> None:
    """PATCH /gatherings/{id}: a new point gives its area; without a point the area stays, or is the one given."""
    answer = await patch(events, await registered(events), **change)
    assert answer.status_code == 200, answer.text
    assert answer.json()["area_code"] == area_code
    assert (answer.json()["point"] is None) == ("point" in change and change["point"] is None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "/name"),
        ({"ends_at": "2026-12-12T08:00:00Z"}, "/ends_at"),
        ({"area_code": "02"}, "/point"),
        ({"point": None, "area_code": None}, "/point"),
        ({"status": "cancelled"}, "/status"),
    ],
)
async def test_wrong_fields_are_named(events: httpx.AsyncClient, change: dict[str, Any], field: str) -> None:
    """PATCH /gatherings/{id}: nothing that registering would refuse, and only what may be changed."""
    answer = await patch(events, await registered(events), **change)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_who_may_change(events: httpx.AsyncClient, events_url: str) -> None:
    """PATCH /gatherings/{id}: not a member that merely sees it, and 404 for one that does not; its registrant may."""
    gathering = await registered(events)
    for areas, expected in ((("01",), 403), (("02",), 404)):
        principal = make_principal(kind="guard", role="member", areas=areas)
        async with client(events_url, service="events", principal=principal) as member:
            assert (await patch(member, gathering, outdoor=False)).status_code == expected
            cancel = await member.post(f"/gatherings/{gathering['id']}/cancel", json={}, headers=new_key())
            assert cancel.status_code == expected
    registrant = make_principal(kind="association", role="member")
    async with client(events_url, service="events", principal=registrant) as owner:
        assert (await patch(owner, await registered(owner), outdoor=False)).status_code == 200
