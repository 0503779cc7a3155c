"""Who sees what of gatherings: every role, operation and field, against the one table"""

from typing import Any
from uuid import UUID, uuid4

from shared.access import TABLE
from tests.integration.events.gatherings import registered
from tests.support.look.sharing import check_row
from tests.support.make.things import KIND_OF_ROLE, ROLES, WHOSE
from tests.support.servers.services import client, make_principal, new_key

# In area 0101, and in the municipality beside its areas.
HERE, ELSEWHERE = {"lon": 14.64, "lat": 63.1765}, {"lon": 14.3, "lat": 62.9}


async def called_off(events_url: str, *, organisation_id: UUID, point: dict[str, float]) -> str:
    """A gathering that was called off with a reason, so that every field has a value; its id."""
    registrant = make_principal(organisation_id=organisation_id, role="member", kind="association")
    async with client(events_url, service="events", principal=registrant) as caller:
        made = (await registered(caller, point=point))["id"]
        answer = await caller.post(f"/gatherings/{made}/cancel", json={"reason": "Storm."}, headers=new_key())
        assert answer.status_code == 200, answer.text
    return str(made)


async def test_every_role_gets_what_the_table_gives(clean: None, events_url: str) -> None:
    """GET /gatherings, /gatherings/{id}: row by row, field by field; an ETag only with the version."""
    others = {
        whose: await called_off(events_url, organisation_id=uuid4(), point=point)
        for whose, point in (("own_areas", HERE), ("elsewhere", ELSEWHERE))
    }
    for role in ROLES:
        reader: Any = make_principal(kind=KIND_OF_ROLE[role], role=role, areas=("01",))
        ids = others | {"own": await called_off(events_url, organisation_id=reader.organisation_id, point=ELSEWHERE)}
        async with client(events_url, service="events", principal=reader) as caller:
            answer = await caller.get("/gatherings", params={"limit": 100})
            listed = {row["id"]: row for row in answer.json()["gatherings"]}
            for whose in WHOSE:
                sight = getattr(TABLE["gathering"][role], whose)
                answer = await caller.get(f"/gatherings/{ids[whose]}")
                assert answer.status_code in (200, 404)
                got = answer.json() if answer.status_code == 200 else None
                assert listed.get(ids[whose]) == got, (whose, role)
                check_row(got, "gathering", sight)
                assert ("etag" in answer.headers) is (sight == "everything")
