"""GET /walks and GET /walks/{id}"""

from uuid import uuid4

import httpx

from tests.integration.walks.safety.walks import planned, walked
from tests.support.servers.services import client, make_principal


async def test_an_organisation_sees_its_own_walks_everywhere(walks: httpx.AsyncClient, walks_url: str) -> None:
    """GET /walks: a member without areas sees the walk that its organisation planned, and no other."""
    await planned(walks)
    principal = make_principal(kind="housing", role="member")
    async with client(walks_url, service="walks", principal=principal) as member:
        own = await planned(member, area_code="02")
        assert [walk["id"] for walk in (await member.get("/walks")).json()["walks"]] == [own]


async def test_filters(walks: httpx.AsyncClient) -> None:
    """GET /walks: by how they stand, and by area with what lies below it."""
    below, beside, done = (
        await planned(walks, area_code="0101"),
        await planned(walks, area_code="02"),
        await walked(walks),
    )

    async def ids(**params: str) -> set[str]:
        return {walk["id"] for walk in (await walks.get("/walks", params=params)).json()["walks"]}

    assert await ids() == {done, beside, below}
    assert await ids(status="planned") == {beside, below}
    assert await ids(area_code="01") == {done, below}
    assert await ids(area_code="01", status="walked") == {done}
    unknown = await walks.get("/walks", params={"area_code": "unknown"})
    assert [(each["field"], each["code"]) for each in unknown.json()["errors"]] == [("area_code", "unknown_area")]


async def test_pages_hold_every_walk_once(walks: httpx.AsyncClient) -> None:
    """GET /walks: following next_cursor gives all, the newest days first, and ends with null."""
    made = [await planned(walks) for _ in range(5)]
    seen: list[str] = []
    params: dict[str, str | int] = {"limit": 2}
    while True:
        page = (await walks.get("/walks", params=params)).json()
        seen += [walk["id"] for walk in page["walks"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert seen == sorted(made, reverse=True)


async def test_wrong_questions(walks: httpx.AsyncClient) -> None:
    """GET /walks: a cursor from elsewhere is 400, an unknown status 422, an unknown walk 404."""
    assert (await walks.get("/walks", params={"cursor": "bm9uc2Vuc2U"})).status_code == 400
    assert (await walks.get("/walks", params={"status": "lost"})).status_code == 422
    assert (await walks.get(f"/walks/{uuid4()}")).status_code == 404
