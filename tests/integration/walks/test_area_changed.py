"""area.changed: the walks service keeps its own copy of areas."""

from uuid import uuid4

import httpx
from fastapi import FastAPI

from shared.bus import Bus
from shared.geo.areas import load_areas
from tests.integration.walks.safety.walks import make_walk, planned
from tests.support.look.bus import tell
from tests.support.make.areas import make_area
from tests.support.servers.services import new_key, wait_until


async def test_an_area_told_is_an_area_walked_in(walks: httpx.AsyncClient, walks_app: FastAPI, bus: Bus) -> None:
    """A new area takes walks, an older version changes nothing, and a retired one takes none."""
    code = f"new-{uuid4().hex[:8]}"  # other tests tell their own areas on the same bus

    async def named(name: str) -> bool:
        async with walks_app.state.database.sessions() as session:
            areas = await load_areas(session)
        return code in areas and areas[code].name == name

    await tell(bus, make_area(code, sequence=2, name="Två"))
    await wait_until(lambda: named("Två"), what="the new area")
    await planned(walks, area_code=code)
    # Messages of one key arrive in order: when the third is here, the first one was handled.
    await tell(bus, make_area(code, sequence=1, name="Ett"), make_area(code, sequence=3, name="Tre", active=False))
    await wait_until(lambda: named("Tre"), what="the retired area")
    assert (await walks.post("/walks", json=make_walk(area_code=code), headers=new_key())).status_code == 422
