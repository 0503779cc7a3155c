"""GET /findings and GET /findings/{id}"""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from tests.integration.walks.safety.walks import LATER, WALKED_ON, answered, found, take_part, walked
from tests.support.look.statements import statements_of
from tests.support.servers.postgres import Database, connected


async def test_filters(walks: httpx.AsyncClient, walks_app: FastAPI, walks_database: Database) -> None:
    """GET /findings: by walk, owner and how they stand; overdue is past its day without an end; one statement."""
    first, second = await walked(walks), await walked(walks)
    other = str(uuid4())
    await take_part(walks_database, UUID(other))
    past = WALKED_ON.isoformat()
    late_open = await found(walks, first, due_on=past)
    late_planned = await found(walks, second, owner_id=other)
    late_done = await found(walks, first, due_on=past)
    in_time = await found(walks, second)
    await answered(walks, late_done)
    await answered(walks, late_planned, status="planned", due_on=LATER.isoformat())
    async with connected(walks_database.admin_url) as admin:  # the day it was planned for has passed
        await admin.execute(
            "UPDATE findings SET due_on = $1 WHERE id = $2", WALKED_ON + timedelta(days=1), UUID(late_planned)
        )

    async def ids(**params: str) -> set[str]:
        with statements_of(walks_app) as statements:
            answer = await walks.get("/findings", params=params)
        assert len(statements) == 1
        return {each["id"] for each in answer.json()["findings"]}

    assert await ids() == {in_time, late_done, late_planned, late_open}
    assert await ids(walk_id=first) == {late_done, late_open}
    assert await ids(owner_id=other) == {late_planned}
    assert await ids(status="done") == {late_done}
    assert await ids(overdue="true") == {late_planned, late_open}
    assert await ids(overdue="true", walk_id=first, status="open") == {late_open}


async def test_findings_of_an_area_and_a_kind(walks: httpx.AsyncClient) -> None:
    """GET /findings: also of areas below it; an area that there is not is refused, with its nearest."""
    walk_id = await walked(walks)
    light = await found(walks, walk_id, kind="lighting")
    litter = await found(walks, walk_id, kind="litter")

    async def ids(**params: str) -> set[str]:
        return {each["id"] for each in (await walks.get("/findings", params=params)).json()["findings"]}

    area = (await walks.get(f"/findings/{light}")).json()["area_code"]
    for whole in (area, area[:2]):
        assert await ids(area_code=whole) == {light, litter}
        assert await ids(area_code=whole, kind="litter") == {litter}
    none = await walks.get("/findings", params={"area_code": area.lstrip("0")})
    assert (none.status_code, none.json()["errors"][0]["detail"].split("?")[0][-len(area) :]) == (422, area)
    other = await walks.get("/findings", params={"area": area})
    assert "Did you mean area_code?" in other.json()["errors"][0]["detail"]


async def test_pages_hold_every_finding_once(walks: httpx.AsyncClient) -> None:
    """GET /findings: following next_cursor gives all, the newest days first."""
    walk_id = await walked(walks)
    made = [await found(walks, walk_id) for _ in range(3)]
    first = (await walks.get("/findings", params={"limit": 2})).json()
    rest = (await walks.get("/findings", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in first["findings"] + rest["findings"]] == sorted(made, reverse=True)
    assert rest["next_cursor"] is None
