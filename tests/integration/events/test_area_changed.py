"""area.changed: the events service keeps its own copy of areas, in its database and in memory."""

from uuid import uuid4

import httpx
from fastapi import FastAPI

from shared.bus import Bus
from tests.integration.events.gatherings import registered
from tests.support.look.bus import tell
from tests.support.make.areas import make_area, square
from tests.support.servers.services import wait_until


async def test_an_area_told_takes_points(events: httpx.AsyncClient, events_app: FastAPI, bus: Bus) -> None:
    """A new area is found around points without a restart, and no more once it is retired."""
    code = f"new-{uuid4().hex[:8]}"  # other tests tell their own areas on the same bus
    there = {"lon": 14.32, "lat": 62.92}
    assert (await registered(events, point=there))["area_code"] == "2380"
    area = make_area(code, geometry=square(14.3, 62.9, 0.05))
    await tell(bus, area)
    await wait_until(lambda: code in events_app.state.ground.in_use, what="the new area")
    assert (await registered(events, point=there))["area_code"] == code
    await tell(bus, area.model_copy(update={"sequence": 2, "active": False}))
    await wait_until(lambda: code not in events_app.state.ground.in_use, what="the retired area")
    assert (await registered(events, point=there))["area_code"] == "2380"
