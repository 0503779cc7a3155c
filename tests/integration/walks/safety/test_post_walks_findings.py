"""POST /walks/{id}/findings"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.messages.walks import FindingRaised
from tests.integration.walks.safety.walks import OWNER, WALKED_ON, make_finding, planned, walked
from tests.support.look.bus import BusProbe
from tests.support.look.statements import statements_of
from tests.support.servers.services import client, make_principal, new_key


async def test_owner_is_told_but_the_note_stays_home(walks: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /walks/{id}/findings: the message names place, kind and owner, and carries no free text and no point."""
    walk_id = await walked(walks, area_code="0101")
    answer = await walks.post(f"/walks/{walk_id}/findings", json=make_finding(note="MARKER"), headers=new_key())
    assert answer.status_code == 201, answer.text
    raised, lead = answer.json(), UUID((await walks.get(f"/walks/{walk_id}")).json()["organisation_id"])
    assert answer.headers["location"] == f"/samsyn/v1/findings/{raised['id']}"
    incoming = await told.next("walks.finding.v1", key=raised["id"])
    assert incoming.message == FindingRaised(
        sequence=1,
        finding_id=raised["id"],
        walk_id=UUID(walk_id),
        organisation_id=lead,
        area_code="0101",
        kind="lighting",
        owner_id=UUID(OWNER),
        priority=2,
        due_on=WALKED_ON + timedelta(days=182),
        status="open",
    )
    assert b"MARKER" not in incoming.received.value
    assert b"14.64" not in incoming.received.value
    kept = (await walks.get(f"/findings/{raised['id']}")).json()
    assert {name: kept[name] for name in make_finding()} == make_finding(note="MARKER")
    assert kept["due_on"] == raised["due_on"] == (WALKED_ON + timedelta(days=182)).isoformat()


async def test_six_statements_make_a_finding(walks: httpx.AsyncClient, walks_app: FastAPI) -> None:
    """POST /walks/{id}/findings: the key, the walk locked, its area, the finding, the outbox, the answer kept."""
    walk_id = await walked(walks)
    with statements_of(walks_app) as statements:
        answer = await walks.post(f"/walks/{walk_id}/findings", json=make_finding(), headers=new_key())
    assert answer.status_code == 201
    assert len(statements) == 6, statements


async def test_the_same_request_again_changes_nothing(walks: httpx.AsyncClient) -> None:
    """POST /walks/{id}/findings: a repeated key gets the same finding, even when the walk was closed meanwhile."""
    walk_id, headers, sent = await walked(walks), new_key(), make_finding(kind="positive")
    first = await walks.post(f"/walks/{walk_id}/findings", json=sent, headers=headers)
    await walks.post(f"/walks/{walk_id}/close", json={}, headers=new_key())
    second = await walks.post(f"/walks/{walk_id}/findings", json=sent, headers=headers)
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (201, first.json())
    assert first.json()["status"] == "noted"
    assert len((await walks.get("/findings")).json()["findings"]) == 1


async def test_findings_come_after_the_walk(walks: httpx.AsyncClient) -> None:
    """POST /walks/{id}/findings: 409 before the walk took place."""
    walk_id = await planned(walks)
    answer = await walks.post(f"/walks/{walk_id}/findings", json=make_finding(), headers=new_key())
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"due_on": (WALKED_ON - timedelta(days=1)).isoformat()}, "/due_on"),
        ({"due_on": (WALKED_ON + timedelta(days=4000)).isoformat()}, "/due_on"),
        ({"kind": "ghosts"}, "/kind"),
        ({"priority": 4}, "/priority"),
        ({"owner_id": "housing"}, "/owner_id"),
        ({"point": {"lon": 18.0686, "lat": 59.3293}}, "/point"),
        ({"point": {"lon": 63.1765, "lat": 14.64}}, "/point"),
        ({"owner_id": "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"}, "/owner_id"),
        ({"point": {"lon": 14.6}}, "/point/lat"),
        ({"note": ""}, "/note"),
    ],
)
async def test_wrong_fields_are_named(walks: httpx.AsyncClient, changes: dict[str, Any], field: str) -> None:
    """POST /walks/{id}/findings: each wrong field is refused by name, among them a day before the walk."""
    walk_id = await walked(walks)
    answer = await walks.post(f"/walks/{walk_id}/findings", json=make_finding(**changes), headers=new_key())
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_only_the_lead_adds_findings(walks: httpx.AsyncClient, walks_url: str) -> None:
    """POST /walks/{id}/findings: 404 for a reader without the walk, 403 for one who merely sees it."""
    walk_id = await walked(walks)
    for areas, expected in ((("01",), 403), (("02",), 404)):
        principal = make_principal(kind="housing", role="member", areas=areas)
        async with client(walks_url, service="walks", principal=principal) as member:
            answer = await member.post(f"/walks/{walk_id}/findings", json=make_finding(), headers=new_key())
            assert answer.status_code == expected
