"""POST /gatherings"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.events.register import queries
from shared.messages.events import GatheringRegistered
from tests.integration.events.gatherings import TORGET, make_gathering, registered
from tests.support.look.bus import BusProbe
from tests.support.look.statements import statements_of
from tests.support.servers.services import client, make_principal, new_key


async def test_a_gathering_is_placed_sized_and_told(events: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /gatherings: area, class and UTC times come back; the message holds facts and no words."""
    words = {"name": "MARKER ett", "place_name": "MARKER två", "organiser": "MARKER tre"}
    sent = make_gathering(**words)
    answer = await events.post("/gatherings", json=sent, headers=new_key())
    assert answer.status_code == 201, answer.text
    gathering = answer.json()
    assert answer.headers["location"] == f"/samsyn/v1/gatherings/{gathering['id']}"
    assert answer.headers["etag"] == '"1"'
    assert (gathering["area_code"], gathering["scale_class"], gathering["point"]) == ("0101", "M", TORGET)
    assert (gathering["starts_at"], gathering["ends_at"]) == ("2026-12-12T09:00:00Z", "2026-12-12T17:00:00Z")
    assert (gathering["clashes"], gathering["complete"]) == ([], True)
    incoming = await told.next("events.gathering.v1", key=gathering["id"])
    assert incoming.message == GatheringRegistered(
        sequence=1,
        gathering_id=UUID(gathering["id"]),
        organisation_id=UUID(gathering["organisation_id"]),
        kind="market",
        area_code="0101",
        starts_at=datetime(2026, 12, 12, 9, tzinfo=UTC),
        ends_at=datetime(2026, 12, 12, 17, tzinfo=UTC),
        expected_attendance=1500,
        scale_class="M",
    )
    assert b"MARKER" not in incoming.received.value
    assert b"14.64" not in incoming.received.value
    kept = (await events.get(f"/gatherings/{gathering['id']}")).json()
    assert {name: kept[name] for name in words} == words
    assert gathering == kept | {"clashes": [], "complete": True}


async def test_a_clash_is_a_warning(events: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /gatherings: the second one on the square that day is registered, and hears of the first."""
    first = await registered(events)
    later = {"starts_at": "2026-12-12T18:30:00", "ends_at": "2026-12-12T20:00:00"}
    second = await registered(events, name="Luciatåg", point={"lon": 14.644, "lat": 63.1765}, **later)
    (clash,) = second["clashes"]
    assert (clash["id"], clash["name"]) == (first["id"], "Vintermarknad")
    assert clash["distance_m"] == pytest.approx(201, abs=2)
    # Its readers may not all know of the other one.
    assert b"clash" not in (await told.next("events.gathering.v1", key=second["id"])).received.value


async def test_who_may_only_write_is_told_of_no_other(events: httpx.AsyncClient, events_url: str) -> None:
    """POST /gatherings without events:read: no clash, and not said to be all; nor under a key. Changes: 403."""
    first = await registered(events)
    both = make_principal()
    writes = replace(both, scopes=frozenset({"events:write"}))
    key, body = new_key(), make_gathering(name="Luciatåg")
    async with (
        client(events_url, service="events", principal=both) as reader,
        client(events_url, service="events", principal=writes) as writer,
    ):
        whole = ([first["id"]], True)
        for caller, seen in ((reader, whole), (writer, ([], False)), (reader, whole)):
            answer = (await caller.post("/gatherings", json=body, headers=key)).json()
            assert ([each["id"] for each in answer["clashes"]], answer["complete"]) == seen
            change = {"expected_attendance": answer["expected_attendance"] + 1}
            changed = await caller.patch(f"/gatherings/{answer['id']}", json=change, headers={"If-Match": "*"})
            if caller is writer:
                assert changed.status_code == 403
                continue
            told = changed.json()
            assert ([each["id"] for each in told["clashes"]], told["complete"]) == seen
        assert (await writer.get("/gatherings")).status_code == 403
        anew = (await writer.post("/gatherings", json=body, headers=new_key())).json()
        assert (anew["clashes"], anew["complete"]) == ([], False)


async def test_four_statements_make_a_gathering(events: httpx.AsyncClient, events_app: FastAPI) -> None:
    """POST /gatherings: what it clashes with, the key, the gathering, the outbox."""
    with statements_of(events_app) as statements:
        await registered(events)
    assert len(statements) == 4, statements


async def test_twenty_identical_posts_make_one_gathering(events: httpx.AsyncClient) -> None:
    """POST /gatherings: in parallel with one key they get one answer; it does not clash with itself."""
    headers, body = new_key(), make_gathering()
    answers = await asyncio.gather(*(events.post("/gatherings", json=body, headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    (listed,) = (await events.get("/gatherings")).json()["gatherings"]
    clashes = (await events.get(f"/gatherings/{listed['id']}/clashes")).json()
    assert clashes == {"clashes": [], "complete": True}


async def test_same_key_with_another_body_is_refused(events: httpx.AsyncClient) -> None:
    """POST /gatherings: one key means one request."""
    headers = new_key()
    await events.post("/gatherings", json=make_gathering(), headers=headers)
    answer = await events.post("/gatherings", json=make_gathering(alcohol=True), headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("where", "area_code"),
    [
        ({"point": {"lon": 14.66, "lat": 63.11}}, "01"),
        ({"point": {"lon": 14.3, "lat": 62.9}}, "2380"),
        ({"point": {"lon": 13.8, "lat": 62.9}}, None),
        ({"point": None, "area_code": "02"}, "02"),
        ({"area_code": "01"}, "0101"),
        ({"point": {"lon": 14.95, "lat": 63.15}}, "2380"),
    ],
)
async def test_a_gathering_lies_in_the_deepest_area_in_use(
    events: httpx.AsyncClient, where: dict[str, Any], area_code: str | None
) -> None:
    """POST /gatherings: a point finds its area, also beside a wider one that was given; outside all there is none."""
    assert (await registered(events, **where))["area_code"] == area_code


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"point": None}, "/point"),
        ({"area_code": "02"}, "/point"),
        ({"area_code": "99"}, "/area_code"),
        ({"point": None, "area_code": "03"}, "/area_code"),
        ({"point": {"lon": 200, "lat": 63}}, "/point/lon"),
        ({"ends_at": "2026-12-12T10:00:00+01:00"}, "/ends_at"),
        ({"ends_at": "2027-01-12T10:00:01+01:00"}, "/ends_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "/starts_at"),
        ({"starts_at": "1999-12-31T23:59:00"}, "/starts_at"),
        ({"starts_at": "2000-01-01T00:30:00+05:00"}, "/starts_at"),
        ({"starts_at": "2100-12-31T20:00:00", "ends_at": "2101-01-01T02:00:00"}, "/ends_at"),
        ({"starts_at": "2100-12-31T20:00:00", "ends_at": "2100-12-31T23:30:00Z"}, "/ends_at"),
        ({"ends_at": "9999-12-31T23:59:59-14:00"}, "/ends_at"),
        ({"expected_attendance": 0}, "/expected_attendance"),
        ({"expected_attendance": "many"}, "/expected_attendance"),
        ({"name": "a\0b"}, "/name"),
        ({"kind": "party"}, "/kind"),
        ({"contact": "somebody"}, "/contact"),
    ],
)
async def test_wrong_fields_are_named(events: httpx.AsyncClient, changes: dict[str, Any], field: str) -> None:
    """POST /gatherings: a place that is none, a time that cannot be, and what is not asked for."""
    answer = await events.post("/gatherings", json=make_gathering(**changes), headers=new_key())
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_a_point_beyond_the_map_is_refused(events: httpx.AsyncClient) -> None:
    """POST /gatherings: what the municipality's projection does not reach has no place in it."""
    far = {"lon": -75.0, "lat": 0.0}
    answer = await events.post("/gatherings", json=make_gathering(point=far), headers=new_key())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "impossible_place")


async def test_strangers_and_readers_cannot_register(clean: None, events_url: str) -> None:
    """POST /gatherings: 401 without a token, 403 without the scope."""
    reader = make_principal(scopes=frozenset({"events:read"}))
    for principal, expected in ((None, 401), (reader, 403)):
        async with client(events_url, service="events", principal=principal) as caller:
            answer = await caller.post("/gatherings", json=make_gathering(), headers=new_key())
            assert answer.status_code == expected


async def test_of_very_many_clashes_the_first_are_told(
    events: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """POST /gatherings, GET /gatherings/{id}/clashes: so many and no more; `complete` says that there are others."""
    monkeypatch.setattr(queries, "MOST_CLASHES", 2)
    seen = []
    for _ in range(4):
        answer = (await events.post("/gatherings", json=make_gathering(), headers=new_key())).json()
        seen.append((len(answer["clashes"]), answer["complete"]))
    assert seen == [(0, True), (1, True), (2, True), (2, False)]
    again = (await events.get(f"/gatherings/{answer['id']}/clashes")).json()
    assert (len(again["clashes"]), again["complete"]) == (2, False)
