"""Who sees what of walks and findings: every role, operation and field, against the one table"""

from typing import Any
from uuid import UUID, uuid4

import httpx

from shared.access import TABLE, Principal
from tests.integration.walks.safety.walks import answered, found, take_part, walked
from tests.support.look.sharing import check_row
from tests.support.make.things import KIND_OF_ROLE, ROLES, WHOSE
from tests.support.servers.postgres import Database
from tests.support.servers.services import client, make_principal, new_key


def principal_of(role: Any, *, organisation_id: UUID | None = None) -> Principal:
    """Somebody in a role, whose area is 01."""
    return make_principal(kind=KIND_OF_ROLE[role], role=role, organisation_id=organisation_id, areas=("01",))


async def closed(
    walks_database: Database, walks_url: str, *, organisation_id: UUID, area_code: str, owner_id: UUID
) -> dict[str, str]:
    """A walk that was closed and a finding of it that was declined, so that every field has a value."""
    await take_part(walks_database, owner_id)
    lead = make_principal(organisation_id=organisation_id, role="member", kind="housing")
    coordinator = make_principal()
    async with (
        client(walks_url, service="walks", principal=lead) as leading,
        client(walks_url, service="walks", principal=coordinator) as deciding,
    ):
        walk_id = await walked(leading, area_code=area_code)
        finding_id = await found(leading, walk_id, owner_id=str(owner_id))
        no = await answered(deciding, finding_id, status="declined", reason="Inte v\u00e5r mark.")
        assert no.status_code == 200, no.text
        done = await leading.post(f"/walks/{walk_id}/close", json={"reason": "Klart."}, headers=new_key())
        assert done.status_code == 200, done.text
    return {"walk": walk_id, "finding": finding_id}


async def test_every_role_gets_what_the_table_gives(clean: None, walks_database: Database, walks_url: str) -> None:
    """GET /walks, /walks/{id}, /findings, /findings/{id}: row by row, field by field."""
    others = {
        whose: await closed(walks_database, walks_url, organisation_id=uuid4(), area_code=area, owner_id=uuid4())
        for whose, area in (("own_areas", "0101"), ("elsewhere", "02"))
    }
    for role in ROLES:
        reader = principal_of(role)
        # Its own walk lies elsewhere, and so does a finding of others that it must answer.
        mine = reader.organisation_id
        own = await closed(walks_database, walks_url, organisation_id=mine, area_code="02", owner_id=uuid4())
        to_answer = await closed(walks_database, walks_url, organisation_id=uuid4(), area_code="02", owner_id=mine)
        async with client(walks_url, service="walks", principal=reader) as caller:
            for thing, ids in (
                ("walk", others | {"own": own}),
                ("finding", others | {"own": own}),
                ("finding", {"own": to_answer}),
            ):
                await check(caller, thing, {whose: made[thing] for whose, made in ids.items()}, role)


async def check(caller: httpx.AsyncClient, thing: Any, ids: dict[str, str], role: Any) -> None:
    """List and get agree, and give what the table does."""
    listed = {row["id"]: row for row in (await caller.get(f"/{thing}s", params={"limit": 100})).json()[f"{thing}s"]}
    for whose in (each for each in WHOSE if each in ids):
        sight = getattr(TABLE[thing][role], whose)
        answer = await caller.get(f"/{thing}s/{ids[whose]}")
        assert answer.status_code in (200, 404)
        got = answer.json() if answer.status_code == 200 else None
        assert listed.get(ids[whose]) == got, (thing, whose, role)
        check_row(got, thing, sight)


async def test_a_filter_tells_no_more_than_the_field(clean: None, walks_database: Database, walks_url: str) -> None:
    """GET /findings?owner_id=: finds only where the caller may know whose a finding is."""
    owner = uuid4()
    made = await closed(walks_database, walks_url, organisation_id=uuid4(), area_code="01", owner_id=owner)
    member = principal_of("member")
    async with client(walks_url, service="walks", principal=member) as caller:
        params = {"owner_id": str(owner)}
        assert (await caller.get("/findings", params=params)).json()["findings"] == []
        params = {"walk_id": made["walk"]}
        assert [row["id"] for row in (await caller.get("/findings", params=params)).json()["findings"]] == [
            made["finding"]
        ]
