"""area.changed: walks and their findings follow the areas by themselves, and come back when those do"""

from uuid import UUID

import httpx

from shared.bus import Bus
from shared.messages.walks import FindingChanged, FindingRemoved, WalkChanged
from tests.integration.walks.safety.walks import found, planned, walked
from tests.support.look.bus import BusProbe, tell
from tests.support.make.areas import make_area, new_code, square
from tests.support.servers.services import client, make_principal, wait_until


async def comes_to(caller: httpx.AsyncClient, path: str, area: str, version: int) -> None:
    """Wait until a walk or a finding lies in an area."""

    async def there() -> bool:
        seen = (await caller.get(path)).json()
        return (seen["area_code"], seen["version"]) == (area, version)

    await wait_until(there, timeout_s=30, what=f"{path} in {area}")


async def in_use(caller: httpx.AsyncClient, code: str) -> None:
    """Wait until an area is known."""

    async def known() -> bool:
        return (await caller.get("/walks", params={"area_code": code})).status_code == 200

    await wait_until(known, what="the area")


async def test_walks_and_findings_follow_the_areas_and_come_back(
    walks: httpx.AsyncClient, walks_url: str, bus: Bus, told: BusProbe
) -> None:
    """A walk in an area that is out of use lies in the one around it, its findings by their points in that."""
    old, new = new_code(), new_code()
    within = {"path": ["2380", "01", old], "level": 2}
    await tell(bus, make_area(old, **within))
    await in_use(walks, old)
    walk, staying = await walked(walks, area_code=old), await planned(walks, area_code="02")
    at_point, nowhere = await found(walks, walk), await found(walks, walk, point=None)
    drawn = make_area(new, level=3, path=["2380", "01", new], geometry=square(14.63, 63.17, 0.02))
    await tell(bus, drawn, make_area(old, **within, sequence=2, active=False))
    await comes_to(walks, f"/walks/{walk}", "01", 3)
    await comes_to(walks, f"/findings/{at_point}", new, 2)
    await comes_to(walks, f"/findings/{nowhere}", "01", 2)
    assert (await walks.get(f"/walks/{staying}")).json()["version"] == 1
    moved = (await told.story("walks.walk.v1", key=walk, length=5))[2:]
    assert [each.type for each in moved] == ["walk.changed", "walk.removed", "walk.returned"]
    put_right = moved[0].message
    assert isinstance(put_right, WalkChanged)
    assert (put_right.area_code, put_right.moved_from, put_right.redrawn, put_right.sequence) == ("01", old, True, 3)
    changed, gone = [each.message for each in await told.story("walks.finding.v1", key=at_point, length=4)][1:3]
    assert isinstance(changed, FindingChanged)
    assert isinstance(gone, FindingRemoved)
    assert (changed.moved_from, changed.priority, gone.area_code, gone.moved_to) == (old, 2, old, new)
    await each_sees_it_where_it_lies_now(walks_url, f"/findings/{at_point}", before=old, after=new)
    gone_again = drawn.model_copy(update={"sequence": 2, "active": False})
    await tell(bus, make_area(old, **within, sequence=3), gone_again)
    for path, version in ((f"/walks/{walk}", 4), (f"/findings/{at_point}", 3), (f"/findings/{nowhere}", 3)):
        await comes_to(walks, path, old, version)


async def each_sees_it_where_it_lies_now(url: str, path: str, *, before: str, after: str) -> None:
    """Who sees one area alone no longer finds what moved out of it, and finds what moved into it."""
    for code, status in ((before, 404), (after, 200)):
        reader = make_principal(role="member", organisation_id=UUID(int=7), areas=(code,))
        async with client(url, service="walks", principal=reader) as caller:
            assert (await caller.get(path)).status_code == status
