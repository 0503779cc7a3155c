"""Builders of gatherings."""

from typing import Any

import httpx

from tests.support.servers.services import new_key

# Steps of longitude at 63° north: 0.001° is about 50 m.
TORGET = {"lon": 14.64, "lat": 63.1765}


def make_gathering(**changes: Any) -> dict[str, Any]:
    """A gathering as its organiser registers it: a market on a Saturday, inside the test area."""
    gathering = {
        "name": "Vintermarknad",
        "kind": "market",
        "place_name": "Stortorget",
        "point": TORGET,
        "starts_at": "2026-12-12T10:00:00+01:00",
        "ends_at": "2026-12-12T18:00:00+01:00",
        "organiser": "Föreningen Vintertorget",
        "expected_attendance": 1500,
        "outdoor": True,
        "alcohol": False,
    }
    return {name: value for name, value in (gathering | changes).items() if value is not None}


async def registered(caller: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Register a gathering; the answer."""
    answer = await caller.post("/gatherings", json=make_gathering(**changes), headers=new_key())
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found
