"""area.changed: gatherings follow the areas by themselves, and come back when those do"""

from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.events.placements import domain
from shared.bus import Bus
from shared.messages.events import GatheringChanged
from tests.integration.events.gatherings import TORGET, make_gathering, registered
from tests.support.look.bus import BusProbe, tell
from tests.support.make.areas import make_area, new_code, square
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal, new_key, wait_until

TOPIC = "events.gathering.v1"


async def lying(caller: httpx.AsyncClient, gathering: Any) -> tuple[str | None, int]:
    """A gathering's area and version."""
    found = (await caller.get(f"/gatherings/{gathering['id']}")).json()
    return found["area_code"], found["version"]


async def comes_to(caller: httpx.AsyncClient, gathering: Any, area: str | None, version: int) -> None:
    """Wait until a gathering lies in an area."""

    async def there() -> bool:
        return await lying(caller, gathering) == (area, version)

    await wait_until(there, what=f"{gathering['id']} in {area}")


async def through(database: Database) -> None:
    """Wait until all gatherings are placed by the areas as they are."""
    async with connected(database.admin_url) as admin:

        async def done() -> bool:
            return bool(
                await admin.fetchval(
                    "SELECT through AND areas_version = (SELECT sum(sequence) FROM areas) FROM area_placing"
                )
            )

        await wait_until(done, what="the placement")


async def test_gatherings_follow_the_areas_and_come_back(
    events: httpx.AsyncClient, events_database: Database, bus: Bus, told: BusProbe
) -> None:
    """A point moves to the area around it, a named area gives way to the one around it; both come back."""
    named, drawn = new_code(), new_code()
    within = {"path": ["2380", "01", named], "level": 2}
    await tell(bus, make_area(named, **within))
    await through(events_database)
    at_point = await registered(events)
    assert at_point["area_code"] == "0101"

    async def takes_it() -> Any:
        answer = await events.post("/gatherings", json=at_named, headers=new_key())
        return answer.json() if answer.status_code == 201 else None

    at_named = {**_asked(at_point), "point": None, "area_code": named}
    by_name = await wait_until(takes_it, what="the area")
    cancelled = await registered(events)
    answer = await events.post(f"/gatherings/{cancelled['id']}/cancel", json={}, headers=new_key())
    assert answer.status_code == 200
    staying = await registered(events, point={"lon": 14.85, "lat": 63.15})
    inner = make_area(drawn, level=3, path=["2380", "01", "0101", drawn], geometry=square(14.63, 63.17, 0.02))
    await tell(bus, inner, make_area(named, **within, sequence=2, active=False))
    await comes_to(events, by_name, "01", 2)
    await comes_to(events, at_point, drawn, 2)
    assert (await lying(events, cancelled), await lying(events, staying)) == ((drawn, 3), ("02", 1))
    changed, gone, come = (await told.story(TOPIC, key=at_point["id"], length=4))[1:]
    assert [each.type for each in (changed, gone, come)] == [
        "gathering.changed", "gathering.removed", "gathering.returned",
    ]  # fmt: skip
    assert isinstance(changed.message, GatheringChanged)
    assert (changed.message.area_code, changed.message.moved_from, changed.message.redrawn) == (drawn, "0101", True)
    assert len([each for each in await told.pull() if each.key == cancelled["id"]]) == 2  # registered, cancelled
    gone_again = inner.model_copy(update={"sequence": 2, "active": False})
    await tell(bus, make_area(named, **within, sequence=3), gone_again)
    await comes_to(events, by_name, named, 3)
    await comes_to(events, at_point, "0101", 3)
    async with connected(events_database.admin_url) as admin:
        assert await admin.fetchval("SELECT count(*) FROM gatherings WHERE said_area IS NOT NULL") == 0


def _asked(gathering: Any) -> dict[str, Any]:
    return {name: gathering[name] for name in make_gathering() if name != "point"}


async def test_each_sees_it_where_it_lies_now(
    events: httpx.AsyncClient, events_url: str, events_database: Database, bus: Bus
) -> None:
    """Who sees one area alone no longer finds what moved out of it, and finds what moved into it."""
    drawn = new_code()
    await through(events_database)
    gathering = await registered(events)
    path = f"/gatherings/{gathering['id']}"
    old, new = (make_principal(role="member", organisation_id=UUID(int=7), areas=(code,)) for code in ("0101", drawn))
    async with (
        client(events_url, service="events", principal=old) as before,
        client(events_url, service="events", principal=new) as after,
    ):
        assert [(await each.get(path)).status_code for each in (before, after)] == [200, 404]
        geometry = square(14.63, 63.17, 0.02)
        await tell(bus, make_area(drawn, level=3, path=["2380", "01", drawn], geometry=geometry))
        await comes_to(events, gathering, drawn, 2)
        assert [(await each.get(path)).status_code for each in (before, after)] == [404, 200]


@pytest.mark.parametrize("stop_at", [0, 1])
async def test_a_stop_moves_nothing_twice_and_forgets_none(
    events: httpx.AsyncClient, events_app: FastAPI, events_database: Database, bus: Bus,
    monkeypatch: pytest.MonkeyPatch, stop_at: int,
) -> None:  # fmt: skip
    """A batch that fails is taken back whole, and goes on from there at the next look."""
    monkeypatch.setattr(domain, "GATHERINGS_AT_ONCE", 2)
    await through(events_database)
    gatherings = [await registered(events, point=TORGET) for _ in range(5)]
    broken = sorted(each["id"] for each in gatherings)[2 * stop_at]
    drawn = new_code()
    async with connected(events_database.admin_url) as admin:
        await admin.execute(f"ALTER TABLE gatherings ADD CONSTRAINT stop CHECK (id <> '{broken}' OR version = 1)")
        path, geometry = ["2380", "01", drawn], square(14.63, 63.17, 0.02)
        await tell(bus, make_area(drawn, level=3, path=path, geometry=geometry))
        await wait_until(lambda: drawn in events_app.state.ground.in_use, what="the new area")
        await admin.execute("ALTER TABLE gatherings DROP CONSTRAINT stop")
    for each in gatherings:
        await comes_to(events, each, drawn, 2)
    await through(events_database)
