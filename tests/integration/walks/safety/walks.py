"""Builders of safety walks and their findings."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from tests.support.make.days import today
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import new_key

OWNER = "7b0c9a52-3f64-4d3e-8f1a-2c5d6e7f8091"
# Walks are recorded after the day, plans made for a day to come, so tests count from the present.
WALKED_ON = today() - timedelta(days=3)
LATER = today() + timedelta(days=40)


async def take_part(database: Database, *organisations: UUID) -> None:
    """Let findings be handed to these organisations."""
    async with connected(database.admin_url) as admin:
        await admin.executemany(
            "INSERT INTO organisations (id, active, sequence) VALUES ($1, true, 1) ON CONFLICT DO NOTHING",
            [(each,) for each in organisations],
        )


def _with(sent: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (sent | changes).items() if value is not None}


def make_walk(**changes: Any) -> dict[str, Any]:
    """A walk as it is planned."""
    walk = {
        "area_code": "01",
        "planned_on": LATER.isoformat(),
        "reason": "Flest rapporter i höst.",
        "meeting_point": "Utanför biblioteket.",
        "expected_participants": 20,
    }
    return _with(walk, changes)


def make_walked(**changes: Any) -> dict[str, Any]:
    """What is recorded of a walk."""
    record = {
        "walked_on": WALKED_ON.isoformat(),
        "head_counts": {"municipality": 4, "residents": 9},
        "dark": True,
    }
    return _with(record, changes)


def make_finding(**changes: Any) -> dict[str, Any]:
    """What a walk saw."""
    finding = {
        "kind": "lighting",
        "note": "Tre lampor i rad är släckta.",
        "point": {"lon": 14.64, "lat": 63.1765},
        "owner_id": OWNER,
        "priority": 2,
    }
    return _with(finding, changes)


async def planned(caller: httpx.AsyncClient, **changes: Any) -> str:
    """Plan a walk; its id."""
    return await _made(caller, "/walks", make_walk(**changes))


async def walked(caller: httpx.AsyncClient, **changes: Any) -> str:
    """Plan a walk and record that it took place; its id."""
    walk_id = await planned(caller, **changes)
    answer = await caller.post(f"/walks/{walk_id}/walked", json=make_walked(), headers=new_key())
    assert answer.status_code == 200, answer.text
    return walk_id


async def found(caller: httpx.AsyncClient, walk_id: str, **changes: Any) -> str:
    """Record a finding of a walk; its id."""
    return await _made(caller, f"/walks/{walk_id}/findings", make_finding(**changes))


async def answered(caller: httpx.AsyncClient, finding_id: str, **answer: Any) -> httpx.Response:
    """Answer a finding."""
    return await caller.post(f"/findings/{finding_id}/answer", json=answer or {"status": "done"}, headers=new_key())


async def _made(caller: httpx.AsyncClient, url: str, body: dict[str, Any]) -> str:
    answer = await caller.post(url, json=body, headers=new_key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
