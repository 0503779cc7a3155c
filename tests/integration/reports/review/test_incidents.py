"""POST /reports/{id}/review and /withdraw of a report that others are duplicates of: the incident goes on without it"""

import random
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.reports.review.test_reports_lifecycle import key, send
from tests.support.make.reports import make_report
from tests.support.servers.services import client, make_principal

End = Callable[[httpx.AsyncClient, str, str], Awaitable[httpx.Response]]


async def decide(caller: httpx.AsyncClient, report_id: str, outcome: str, **said: Any) -> httpx.Response:
    """Decide what becomes of a report."""
    return await caller.post(f"/reports/{report_id}/review", json={"outcome": outcome} | said, headers=key())


async def rejected(caller: httpx.AsyncClient, report_id: str, _third: str) -> httpx.Response:
    """Put aside."""
    return await decide(caller, report_id, "rejected", reason="Hör inte hit.")


async def withdrawn(caller: httpx.AsyncClient, report_id: str, _third: str) -> httpx.Response:
    """Taken back."""
    return await caller.post(f"/reports/{report_id}/withdraw", json={"reason": "Av misstag."}, headers=key())


async def joined(caller: httpx.AsyncClient, report_id: str, third: str) -> httpx.Response:
    """Marked as a duplicate itself."""
    return await decide(caller, report_id, "duplicate", duplicate_of=third)


async def states(caller: httpx.AsyncClient, ids: list[str]) -> dict[str, tuple[str, str | None]]:
    """Of each report how it stands, and which one stands for it."""
    found = [(await caller.get(f"/reports/{each}")).json() for each in ids]
    return {each["id"]: (each["status"], each["incident_id"]) for each in found}


@pytest.mark.parametrize(("end", "by_another"), [(rejected, False), (withdrawn, False), (joined, True)])
async def test_an_incident_outlives_the_report_that_stood_for_it(
    reports: httpx.AsyncClient, end: End, by_another: bool
) -> None:
    """The first of its duplicates stands, the others behind it; or all go to the report that it is a duplicate of."""
    ids = [await send(reports, external_reference=None) for _ in range(4)]
    leader, first, second, third = ids
    for each in (first, second):
        assert (await decide(reports, each, "duplicate", duplicate_of=leader)).status_code == 200
    answer = await end(reports, leader, third)
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 2, '"2"'), answer.text
    after = await states(reports, ids)
    stands = third if by_another else first
    assert after[stands] == ("received", None)
    assert {after[each] for each in (first, second) if each != stands} == {("duplicate", stands)}
    counted = (await reports.get("/reports", params={"counted": "true"})).json()["reports"]
    assert {each["id"] for each in counted} == {stands, third}


async def test_whatever_is_decided_each_duplicate_has_a_report_that_counts(reports: httpx.AsyncClient) -> None:
    """Any decisions in any order: no incident is left without the report that it counts through."""
    chance = random.Random(7)
    ids = [await send(reports, external_reference=None) for _ in range(5)]
    taken: set[str] = set()
    for _ in range(60):
        one, other = chance.sample(ids, 2)
        outcome = chance.choice(["duplicate", "duplicate", "duplicate", "rejected", "accepted", "received", "question"])
        said = {"duplicate_of": other} if outcome == "duplicate" else {"reason": "Vet ej."}
        answer = await decide(reports, one, outcome, **said)
        assert answer.status_code in (200, 409), answer.text
        taken |= {outcome} if answer.status_code == 200 else set()
        stand = await states(reports, ids)
        leaders = {leader for status, leader in stand.values() if status == "duplicate" and leader}
        assert all(stand[leader][0] in ("received", "accepted", "question") for leader in leaders)
    assert {"duplicate", "rejected", "received"} <= taken


async def test_duplicates_are_listed_for_those_who_may_know_of_them(reports: httpx.AsyncClient, clean: None) -> None:
    """GET /reports?incident_id=: for who sees everything all, for a sender its own; the leader's sender finds none."""
    url = str(reports.base_url)
    housing, guard = (
        client(url, service="reports", principal=make_principal(kind=kind, role="member", areas=("01",)))
        for kind in ("housing", "guard")
    )
    leader, theirs, ours = await send(housing), await send(guard), await send(reports)
    for each in (theirs, ours):
        assert (await decide(reports, each, "duplicate", duplicate_of=leader)).status_code == 200

    async def behind(caller: httpx.AsyncClient) -> set[str]:
        found = await caller.get("/reports", params={"incident_id": leader})
        return {each["id"] for each in found.json()["reports"]}

    assert (await behind(reports), await behind(guard), await behind(housing)) == ({theirs, ours}, {theirs}, set())
    assert (await reports.get("/reports/count", params={"incident_id": leader})).json()["reports"] == 2


async def test_a_duplicate_of_no_report_names_the_field(reports: httpx.AsyncClient) -> None:
    """POST /reports/{id}/review: which of the two there is not."""
    report_id = await send(reports)
    answer = await decide(reports, report_id, "duplicate", duplicate_of=str(uuid4()))
    assert answer.status_code == 422, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == ["/duplicate_of"]
    itself = await decide(reports, report_id, "duplicate", duplicate_of=report_id)
    assert (itself.status_code, "conflicts_with" in itself.json()) == (409, False), itself.text
    assert "no duplicate of itself" in itself.json()["detail"]
    assert (await decide(reports, str(uuid4()), "accepted")).status_code == 404
    assert (await reports.post("/reports", json=make_report(), headers=key())).headers["etag"] == '"1"'
