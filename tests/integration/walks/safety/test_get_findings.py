"""GET /findings and GET /findings/{id}"""

from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from tests.integration.walks.safety.walks import LATER, OWNER, WALKED_ON, answered, found, walked
from tests.support.look.statements import statements_of
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal


@pytest.mark.parametrize(
    ("organisation_id", "areas", "seen"),
    [
        (UUID(OWNER), (), {"theirs"}),
        (uuid4(), (), set()),
        (uuid4(), ("01",), {"theirs", "others"}),
        (UUID(OWNER), ("02",), {"theirs", "elsewhere"}),
    ],
)
async def test_owners_see_theirs_and_members_their_areas(
    walks: httpx.AsyncClient, walks_url: str, organisation_id: UUID, areas: tuple[str, ...], seen: set[str]
) -> None:
    """GET /findings: what the organisation answers for, wherever it is, and what lies in its areas."""
    here, there = await walked(walks), await walked(walks, area_code="02")
    made = {
        "theirs": await found(walks, here),
        "others": await found(walks, here, owner_id=str(uuid4())),
        "elsewhere": await found(walks, there, owner_id=str(uuid4())),
    }
    principal = make_principal(kind="housing", role="member", organisation_id=organisation_id, areas=areas)
    async with client(walks_url, service="walks", principal=principal) as reader:
        listed = {each["id"] for each in (await reader.get("/findings")).json()["findings"]}
        assert listed == {made[name] for name in seen}
        for name, finding_id in made.items():
            assert (await reader.get(f"/findings/{finding_id}")).status_code == (200 if name in seen else 404)


async def test_filters(walks: httpx.AsyncClient, walks_app: FastAPI, walks_database: Database) -> None:
    """GET /findings: by walk, owner and how they stand; overdue is past its day without an end; one statement."""
    first, second = await walked(walks), await walked(walks)
    other = str(uuid4())
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

    async def ids(**params: str) -> list[str]:
        with statements_of(walks_app) as statements:
            answer = await walks.get("/findings", params=params)
        assert len(statements) == 1
        return [each["id"] for each in answer.json()["findings"]]

    assert await ids() == [in_time, late_done, late_planned, late_open]
    assert await ids(walk_id=first) == [late_done, late_open]
    assert await ids(owner_id=other) == [late_planned]
    assert await ids(status="done") == [late_done]
    assert await ids(overdue="true") == [late_planned, late_open]
    assert await ids(overdue="true", walk_id=first, status="open") == [late_open]


async def test_pages_hold_every_finding_once(walks: httpx.AsyncClient) -> None:
    """GET /findings: following next_cursor gives all, newest first."""
    walk_id = await walked(walks)
    made = [await found(walks, walk_id) for _ in range(3)]
    first = (await walks.get("/findings", params={"limit": 2})).json()
    rest = (await walks.get("/findings", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [each["id"] for each in first["findings"] + rest["findings"]] == made[::-1]
    assert rest["next_cursor"] is None
