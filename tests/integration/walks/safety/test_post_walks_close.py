"""POST /walks/{id}/close"""

from typing import Any

import httpx
import pytest

from tests.integration.walks.safety.walks import answered, found, make_finding, planned, walked
from tests.support.look.bus import BusProbe
from tests.support.servers.services import client, make_principal, new_key


async def close(caller: httpx.AsyncClient, walk_id: str, **body: Any) -> httpx.Response:
    """Ask to close a walk."""
    return await caller.post(f"/walks/{walk_id}/close", json=body, headers=new_key())


async def test_a_walk_waits_for_its_owners_answers(walks: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /walks/{id}/close: refused while a finding is unanswered, then done and told."""
    walk_id = await walked(walks)
    first, second = await found(walks, walk_id), await found(walks, walk_id)
    refused = await close(walks, walk_id)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:samsyn:problem:findings-unanswered"
    assert refused.json()["detail"].startswith("2 of its findings")
    assert sorted(refused.json()["conflicts_with"]) == sorted([first, second])
    await answered(walks, first)
    await answered(walks, second, status="declined", reason="Privat mark.")
    closed = await close(walks, walk_id)
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    story = await told.story("walks.walk.v1", key=walk_id, length=3)
    assert [each.type for each in story] == ["walk.planned", "walk.walked", "walk.closed"]
    assert [each.message.sequence for each in story if each.message] == [1, 2, 3]
    assert (await close(walks, walk_id)).status_code == 409


async def test_something_good_asks_for_no_answer(walks: httpx.AsyncClient) -> None:
    """POST /walks/{id}/close: a positive finding holds nothing up."""
    walk_id = await walked(walks)
    await found(walks, walk_id, kind="positive")
    assert (await close(walks, walk_id)).status_code == 200


async def test_findings_are_left_open_for_a_reason_only(walks: httpx.AsyncClient) -> None:
    """POST /walks/{id}/close: with leave_open a reason is needed; it is kept, and the owner may still answer."""
    walk_id = await walked(walks)
    finding_id = await found(walks, walk_id)
    assert (await close(walks, walk_id, leave_open=True)).status_code == 422
    closed = await close(walks, walk_id, leave_open=True, reason="Ägaren svarar efter årsskiftet.")
    assert (closed.status_code, closed.json()["closing_reason"]) == (200, "Ägaren svarar efter årsskiftet.")
    assert (await answered(walks, finding_id)).status_code == 200


@pytest.mark.parametrize(("body", "expected"), [({}, 409), ({"leave_open": True}, 409), ({"reason": "Inställd."}, 200)])
async def test_a_walk_that_never_was_needs_a_reason(
    walks: httpx.AsyncClient, body: dict[str, Any], expected: int
) -> None:
    """POST /walks/{id}/close: a planned walk is called off with a reason, and takes no findings then."""
    walk_id = await planned(walks)
    assert (await close(walks, walk_id, **body)).status_code == expected
    answer = await walks.post(f"/walks/{walk_id}/findings", json=make_finding(), headers=new_key())
    assert answer.status_code == 409


async def test_only_the_lead_closes(walks: httpx.AsyncClient, walks_url: str) -> None:
    """POST /walks/{id}/close: not for a member that merely sees the walk."""
    walk_id = await walked(walks)
    principal = make_principal(kind="housing", role="member", areas=("01",))
    async with client(walks_url, service="walks", principal=principal) as member:
        answer = await close(member, walk_id)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:samsyn:problem:not-the-lead")
