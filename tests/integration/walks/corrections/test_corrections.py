"""PATCH and DELETE of /walks/{id} and /findings/{id}"""

from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from tests.integration.walks.safety.walks import LATER, OWNER, found, planned, take_part, walked
from tests.support.look.bus import BusProbe
from tests.support.servers.postgres import Database
from tests.support.servers.services import client, make_principal, new_key


async def patched(caller: httpx.AsyncClient, path: str, *, version: str = "*", **said: Any) -> httpx.Response:
    """Send a correction."""
    return await caller.patch(path, json=said, headers={"If-Match": version})


def id_of(path: str) -> str:
    """The thing's id."""
    return path.rpartition("/")[2]


@pytest.fixture
async def things(walks: httpx.AsyncClient) -> dict[str, str]:
    """A walk that is to come, one that was walked, and a finding of it."""
    was = await walked(walks)
    return {
        "planned": f"/walks/{await planned(walks)}",
        "walked": f"/walks/{was}",
        "finding": f"/findings/{await found(walks, was)}",
    }


async def test_what_was_read_can_be_sent_back(walks: httpx.AsyncClient, things: dict[str, str]) -> None:
    """PATCH of what GET gave changes nothing, not even the version; another value of what is fixed is refused."""
    for path in things.values():
        read = await walks.get(path)
        again = await walks.patch(path, json=read.json(), headers={"If-Match": read.headers["etag"]})
        assert (again.status_code, again.json()) == (200, read.json()), again.text
        assert again.headers["etag"] == read.headers["etag"]
        for name, other in (("id", str(uuid4())), ("area_code", "02"), ("status", "closed"), ("version", 77)):
            refused = await walks.patch(path, json=read.json() | {name: other}, headers={"If-Match": "*"})
            assert refused.status_code == 422
            assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [(f"/{name}", "read_only")]
        assert (await walks.get(path)).json() == read.json()


async def test_a_walk_is_put_right(walks: httpx.AsyncClient, told: BusProbe, things: dict[str, str]) -> None:
    """PATCH /walks/{id}: its plan, and once it was walked what was recorded; told, and at the version that was read."""
    day = LATER.replace(day=LATER.day % 28 + 1).isoformat()
    answer = await patched(walks, things["planned"], version='"1"', planned_on=day, meeting_point="Vid skolan.")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"'), answer.text
    assert (answer.json()["planned_on"], answer.json()["meeting_point"]) == (day, "Vid skolan.")
    assert (await patched(walks, things["planned"], version='"1"', reason="Nytt.")).status_code == 412
    assert (await patched(walks, things["planned"], dark=True)).status_code == 409
    assert (await patched(walks, things["walked"], dark=False)).json()["dark"] is False
    assert (await patched(walks, things["walked"], head_counts={"police": 0})).status_code == 422
    assert (await patched(walks, things["walked"], walked_on=None)).status_code == 422
    story = await told.story("walks.walk.v1", key=id_of(things["planned"]), length=2)
    assert (story[-1].type, orjson.loads(story[-1].received.value)["planned_on"]) == ("walk.changed", day)


async def test_a_finding_is_put_right(
    walks: httpx.AsyncClient, told: BusProbe, things: dict[str, str], walks_database: Database
) -> None:
    """PATCH /findings/{id}: until it was answered all of it, and who answered for it until then is told as well."""
    other = uuid4()
    await take_part(walks_database, other)
    unknown = await patched(walks, things["finding"], owner_id=str(uuid4()))
    assert "GET /organisations" in unknown.json()["errors"][0]["detail"]
    far = await patched(walks, things["finding"], due_on="2150-01-01")
    assert (far.status_code, far.json()["errors"][0]["code"]) == (422, "impossible_time")
    answer = await patched(walks, things["finding"], owner_id=str(other), kind="positive", point=None, priority=1)
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in ("owner_id", "status", "point", "priority")} == {
        "owner_id": str(other), "status": "noted", "point": None, "priority": 1,
    }  # fmt: skip
    story = await told.story("walks.finding.v1", key=id_of(things["finding"]), length=2)
    data = orjson.loads(story[-1].received.value)
    assert (story[-1].type, data["owner_id"], data["previous_owner_id"]) == ("finding.changed", str(other), OWNER)
    await patched(walks, things["finding"], kind="lighting")
    said = {"status": "done"}
    assert (await walks.post(f"{things['finding']}/answer", json=said, headers=new_key())).status_code == 200
    assert (await patched(walks, things["finding"], owner_id=OWNER)).status_code == 409
    assert (await patched(walks, things["finding"], note="Fyra lampor.")).json()["note"] == "Fyra lampor."


async def test_what_nothing_depends_on_is_taken_out(
    walks: httpx.AsyncClient, told: BusProbe, things: dict[str, str]
) -> None:
    """DELETE: a walk with findings names them (409); what is gone is told and found no more."""
    anything = {"If-Match": "*"}
    full = await walks.delete(things["walked"], headers=anything)
    assert full.status_code == 409
    assert full.json()["conflicts_with"] == [id_of(things["finding"])]
    assert (await walks.delete(things["finding"])).status_code == 428
    assert (await walks.delete(things["finding"], headers={"If-Match": '"9"'})).status_code == 412
    for name in ("finding", "walked", "planned"):
        assert (await walks.delete(things[name], headers=anything)).status_code == 204, name
        assert (await walks.get(things[name])).status_code == 404
        assert (await walks.delete(things[name], headers=anything)).status_code == 404
    for name, topic in (("planned", "walk"), ("walked", "walk"), ("finding", "finding")):
        last = (await told.story(f"walks.{topic}.v1", key=id_of(things[name]), length=3 if name == "walked" else 2))[-1]
        assert last.type == f"{topic}.deleted"


async def test_only_who_led_it(walks: httpx.AsyncClient, things: dict[str, str], walks_url: str) -> None:
    """A member in whose areas it lies sees it and may not change it (403); for others it is not there (404)."""
    near = make_principal(kind="housing", role="member", areas=("01",))
    far = make_principal(kind="housing", role="member", areas=("02",))
    for principal, status in ((near, 403), (far, 404)):
        async with client(walks_url, service="walks", principal=principal) as caller:
            for path in things.values():
                assert (await patched(caller, path)).status_code == status
                assert (await caller.delete(path, headers={"If-Match": "*"})).status_code == status
