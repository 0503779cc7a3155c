"""POST /findings/{id}/answer"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.access import Kind, Role
from shared.messages.walks import FindingAnswered
from tests.integration.walks.safety.walks import LATER, OWNER, WALKED_ON, answered, found, walked
from tests.support.look.bus import BusProbe
from tests.support.servers.services import client, make_principal

PLAN = {"status": "planned", "due_on": LATER.isoformat()}


async def test_the_owner_answers_and_all_hear(walks: httpx.AsyncClient, walks_url: str, told: BusProbe) -> None:
    """POST /findings/{id}/answer: a plan with a day, then done; each told with its number, without the words."""
    walk_id = await walked(walks)
    finding_id = await found(walks, walk_id)
    owner = make_principal(kind="housing", role="member", organisation_id=UUID(OWNER))
    async with client(walks_url, service="walks", principal=owner) as caller:
        plan = await answered(caller, finding_id, reason="MARKER", **PLAN)
        assert plan.status_code == 200, plan.text
        kept = plan.json()
        assert (kept["status"], kept["due_on"], kept["reason"]) == ("planned", LATER.isoformat(), "MARKER")
        assert kept["answered_at"] is not None
        assert (await caller.get(f"/findings/{finding_id}")).json() == kept
        assert (await answered(caller, finding_id, status="done")).json()["status"] == "done"
    story = await told.story("walks.finding.v1", key=finding_id, length=3)
    assert [each.message.sequence for each in story if each.message] == [1, 2, 3]
    last = story[-1].message
    assert isinstance(last, FindingAnswered)
    assert (last.status, last.due_on, last.owner_id) == ("done", LATER, UUID(OWNER))
    assert all(b"MARKER" not in each.received.value for each in story)


@pytest.mark.parametrize(
    ("kind", "role", "areas", "expected"),
    [
        ("municipality", "coordinator", (), 200),
        ("police", "municipal_police", (), 403),
        ("housing", "member", ("01",), 403),
        ("housing", "member", (), 404),
    ],
)
async def test_who_may_answer(
    walks: httpx.AsyncClient, walks_url: str, kind: Kind, role: Role, areas: tuple[str, ...], expected: int
) -> None:
    """POST /findings/{id}/answer: besides the owner only a coordinator, on its behalf."""
    finding_id = await found(walks, await walked(walks))
    principal = make_principal(kind=kind, role=role, areas=areas)
    async with client(walks_url, service="walks", principal=principal) as caller:
        assert (await answered(caller, finding_id)).status_code == expected


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"status": "declined"}, "/reason"),
        ({"status": "declined", "reason": "  "}, "/reason"),
        ({"status": "planned"}, "/due_on"),
        ({"status": "planned", "due_on": WALKED_ON.isoformat()}, "/due_on"),
        ({"status": "done", "due_on": LATER.isoformat()}, "/due_on"),
        ({"status": "open"}, "/status"),
    ],
)
async def test_an_answer_says_why_or_when(walks: httpx.AsyncClient, answer: dict[str, Any], field: str) -> None:
    """POST /findings/{id}/answer: a refusal needs its reason, a plan a day to come, and nothing else a day."""
    finding_id = await found(walks, await walked(walks))
    refused = await answered(walks, finding_id, **answer)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [field]


async def test_what_is_done_is_done(walks: httpx.AsyncClient) -> None:
    """POST /findings/{id}/answer: an owner may change its mind until it says done; something good takes no answer."""
    walk_id = await walked(walks)
    finding_id = await found(walks, walk_id)
    later = {"status": "planned", "due_on": (LATER + timedelta(days=9)).isoformat()}
    for step in (PLAN, later, {"status": "declined", "reason": "För dyrt."}, PLAN, {"status": "done"}):
        assert (await answered(walks, finding_id, **step)).status_code == 200
    for step in (PLAN, {"status": "done"}, {"status": "declined", "reason": "Nej."}):
        assert (await answered(walks, finding_id, **step)).status_code == 409
    assert (await answered(walks, await found(walks, walk_id, kind="positive"))).status_code == 409
