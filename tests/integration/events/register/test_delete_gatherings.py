"""DELETE /gatherings/{id}, and PATCH of what was read"""

from uuid import uuid4

import httpx

from tests.integration.events.gatherings import registered
from tests.support.look.bus import BusProbe


async def test_what_was_read_can_be_sent_back(events: httpx.AsyncClient) -> None:
    """PATCH /gatherings/{id} of what GET gave changes nothing; another value of what is fixed is refused."""
    for changes in ({}, {"point": None, "area_code": "01"}):
        path = f"/gatherings/{(await registered(events, **changes))['id']}"
        read = await events.get(path)
        again = await events.patch(path, json=read.json(), headers={"If-Match": read.headers["etag"]})
        assert again.status_code == 200, again.text
        assert {name: again.json()[name] for name in read.json()} == read.json()
        for name, other in (("id", str(uuid4())), ("status", "cancelled"), ("scale_class", "XL")):
            refused = await events.patch(path, json=read.json() | {name: other}, headers={"If-Match": "*"})
            assert [each["field"] for each in refused.json()["errors"]] == [f"/{name}"]
        assert (await events.get(path)).json() == read.json()


async def test_one_that_was_registered_by_mistake_is_taken_out(events: httpx.AsyncClient, told: BusProbe) -> None:
    """DELETE /gatherings/{id}: at the version that was read; told, and found no more."""
    path = f"/gatherings/{(await registered(events))['id']}"
    assert (await events.delete(path)).status_code == 428
    assert (await events.delete(path, headers={"If-Match": '"2"'})).status_code == 412
    assert (await events.delete(path, headers={"If-Match": 'W/"1", "1"'})).status_code == 204
    assert (await events.get(path)).status_code == 404
    assert (await events.delete(path, headers={"If-Match": "*"})).status_code == 404
    story = await told.story("events.gathering.v1", key=path.rpartition("/")[2], length=2)
    assert [each.type for each in story] == ["gathering.registered", "gathering.deleted"]
