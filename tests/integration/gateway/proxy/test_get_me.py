"""GET /samsyn/v1/me and GET /samsyn/v1/organisations"""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI

from services.gateway.access import partners
from shared.access import SCOPES_OF_ROLE


async def test_a_caller_is_told_who_it_is(partner: Any) -> None:
    """GET /samsyn/v1/me: organisation, role, scopes, areas, limits as the RateLimit fields say them, and until when."""
    caller = await partner(kind="housing", role="member", areas=("01",))
    answer = await caller.get("/samsyn/v1/me")
    told = answer.json()
    assert told["organisation"]["id"] == caller.headers["x-test-organisation"]
    assert (told["organisation"]["kind"], told["role"], told["areas"]) == ("housing", "member", ["01"])
    assert told["scopes"] == sorted(SCOPES_OF_ROLE["member"])
    assert told["name"]
    ends = datetime.fromisoformat(told["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=9) < ends < timedelta(minutes=11)
    limits = told["limits"]
    assert f"q={limits['requests']};w={limits['window_s']}" in answer.headers["ratelimit-policy"]
    assert limits["requests_of_organisation"] >= limits["requests"]


async def test_no_scope_is_needed_to_know_oneself(partner: Any) -> None:
    """GET /samsyn/v1/me: a client of one scope; without a credential 401."""
    caller = await partner(scopes=frozenset({"walks:read"}))
    assert (await caller.get("/samsyn/v1/me")).json()["scopes"] == ["walks:read"]
    del caller.headers["authorization"]
    assert (await caller.get("/samsyn/v1/me")).status_code == 401


async def test_organisations_are_found(partner: Any, gateway_app: FastAPI) -> None:
    """GET /samsyn/v1/organisations: all by name, those that left too, for whoever has a credential."""
    caller = await partner(kind="night_walk", role="night_walker")
    async with gateway_app.state.database.sessions() as session, session.begin():
        gone = await partners.add_organisation(session, name="Alfa", kind="guard", areas=[], actor="test")
        await partners.set_organisation_active(session, gone, active=False, actor="test")
    found = (await caller.get("/samsyn/v1/organisations")).json()["organisations"]
    assert found[0] == {"id": str(gone), "name": "Alfa", "kind": "guard", "active": False}
    assert {each["id"] for each in found if each["active"]} == {caller.headers["x-test-organisation"]}
