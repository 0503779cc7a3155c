"""PATCH /gatherings/{id}"""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.access import Principal
from shared.access.telling import areas_of, coarse_facts, told_to
from shared.messages import Message
from shared.messages.events import GatheringChanged
from shared.travel.envelope import unseal
from tests.integration.events.gatherings import TORGET, registered
from tests.support.look.bus import BusProbe
from tests.support.look.statements import statements_of
from tests.support.look.told import made_of, twice
from tests.support.make.things import KIND_OF_ROLE, ROLES
from tests.support.servers.services import client, make_principal, new_key


async def patch(
    caller: httpx.AsyncClient, gathering: dict[str, Any], etag: str = '"1"', **change: Any
) -> httpx.Response:
    """Change a gathering."""
    return await caller.patch(f"/gatherings/{gathering['id']}", json=change, headers={"If-Match": etag})


async def test_a_change_is_stored_and_told(events: httpx.AsyncClient, events_app: FastAPI, told: BusProbe) -> None:
    """PATCH /gatherings/{id}: only what was named changes, with what follows from it; three statements and a copy."""
    other = await registered(events, point={"lon": 14.85, "lat": 63.15})
    gathering = await registered(events)
    with statements_of(events_app) as statements:
        answer = await patch(
            events, gathering, point={"lon": 14.8501, "lat": 63.15}, expected_attendance=2500, place_name="MARKER"
        )
    assert len(statements) == 3, statements
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    new = answer.json()
    assert [each["id"] for each in new["clashes"]] == [other["id"]]
    differing = {name for name in gathering if gathering[name] != new[name]}
    assert differing == {"point", "area_code", "place_name", "expected_attendance", "scale_class", "version", "clashes"}
    assert (new["area_code"], new["scale_class"]) == ("02", "L")
    story = await told.story("events.gathering.v1", key=gathering["id"], length=4)
    assert [each.type for each in story[2:]] == ["gathering.removed", "gathering.returned"]
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
    assert answer.status_code == 428
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


async def test_what_is_told_of_one_that_moves_comes_to_what_the_list_shows(
    events: httpx.AsyncClient, events_url: str, told: BusProbe
) -> None:
    """PATCH /gatherings/{id}: into an area, out of it and nowhere, for each role in one of two areas and in both."""
    paths = {"01": ("2380", "01"), "0101": ("2380", "01", "0101"), "02": ("2380", "02")}
    readers = [
        make_principal(kind=KIND_OF_ROLE[role], role=role, areas=areas)
        for role in ROLES
        for areas in (("01",), ("02",), ("01", "02"))
    ]
    gathering = await registered(events)
    for n, (east, area) in enumerate(((14.85, "02"), (15.4, None), (14.64, "0101"), (14.69, "01"), (14.85, "02"))):
        answer = await patch(events, gathering, etag=f'"{n + 1}"', point={"lon": east, "lat": 63.1765})
        assert answer.json()["area_code"] == area
        # At the bus in order, so what is told beside the change is there with the next one at the latest.
        await told.story("events.gathering.v1", key=gathering["id"], length=HEARD[n])
        facts = [unseal(each) for each in await told.pull() if each.key == gathering["id"]]
        for reader in readers:
            heard = [(each.type, as_seen(each.message, reader, paths)) for each in facts if each.message]
            found = made_of([(type_, data) for type_, data in heard if data], of="gathering")
            async with client(events_url, service="events", principal=reader) as caller:
                listed = (await caller.get("/gatherings")).json()["gatherings"]
            assert found == {each["id"]: each["area_code"] for each in listed}, (reader.role, reader.areas, area)
            assert not twice([(type_, data) for type_, data in heard if data]), (reader.role, reader.areas, area)


# Messages so far after each of those moves: the change, that it left an area, that it came to one.
HEARD = (4, 6, 8, 11, 14)


def as_seen(message: Message, reader: Principal, paths: Mapping[str, tuple[str, ...]]) -> dict[str, Any] | None:
    """What this reader is told of a message, None for nothing."""
    path, other = (paths.get(code or "", ()) for code in areas_of(message))
    sight = told_to(reader, message, path=path, other=other)
    data = message.model_dump(mode="json")
    return {"everything": data, "coarse": {name: data[name] for name in coarse_facts(type(message)) & set(data)}}.get(
        sight
    )


async def test_a_cancelled_one_can_be_sent_back(events: httpx.AsyncClient) -> None:
    """PATCH of what GET gave: no conflict and the same version; another value is one still."""
    gathering = await registered(events)
    here = f"/gatherings/{gathering['id']}"
    assert (await events.post(f"{here}/cancel", headers=new_key())).status_code == 200
    read = await events.get(here)
    again = await events.patch(here, json=read.json(), headers={"If-Match": read.headers["etag"]})
    assert (again.status_code, again.headers["etag"]) == (200, read.headers["etag"]), again.text
    other = await events.patch(here, json=read.json() | {"name": "Annat"}, headers={"If-Match": "*"})
    assert other.status_code == 409
    assert (await events.get(here)).json() == read.json()
