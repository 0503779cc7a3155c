"""POST /gatherings/{id}/cancel"""

import httpx

from shared.messages.events import GatheringCancelled
from tests.integration.events.gatherings import registered
from tests.support.look.bus import BusProbe
from tests.support.servers.services import new_key


async def test_a_gathering_is_called_off_and_clashes_no_more(events: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /gatherings/{id}/cancel: it stays in the register as cancelled, is told without the reason, warns nobody."""
    gathering, beside = await registered(events), await registered(events)
    url, headers = f"/gatherings/{gathering['id']}", new_key()
    answer = await events.post(f"{url}/cancel", json={"reason": "MARKER"}, headers=headers)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["status"], answer.json()["cancelled_reason"]) == ("cancelled", "MARKER")
    assert (await events.get(url)).json() == answer.json()
    story = await told.story("events.gathering.v1", key=gathering["id"], length=2)
    assert isinstance(story[1].message, GatheringCancelled)
    assert (story[1].message.sequence, story[1].message.area_code) == (2, "0101")
    assert b"MARKER" not in story[1].received.value
    assert (await events.get(f"/gatherings/{beside['id']}/clashes")).json()["clashes"] == []

    again = await events.post(f"{url}/cancel", json={"reason": "MARKER"}, headers=headers)
    assert (again.status_code, again.json(), again.headers["etag"]) == (200, answer.json(), '"2"')
    assert (await events.post(f"{url}/cancel", json={}, headers=new_key())).status_code == 409
    change = await events.patch(url, json={"outdoor": False}, headers={"If-Match": "*"})
    assert change.status_code == 409
