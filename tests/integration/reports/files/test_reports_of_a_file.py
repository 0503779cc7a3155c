"""GET /reports?new_in_import=…, changed_in_import, withdrawn_in_import: the reports that a file's counts are of."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.support.make.imports import CSV, HEADER, MAPPING, address_of, ended
from tests.support.servers.services import client, make_principal, new_key

ROWS = [f"r{n},order,2026-11-{n % 10 + 1:02},14.64,63.17,Buller {n}" for n in range(30)]
FATES = ("new", "changed", "withdrawn")
ORDERS = [{"sort": sort, "direction": way} for sort in ("received", "occurred", "updated") for way in ("asc", "desc")]


async def send(caller: httpx.AsyncClient, rows: list[str], **query: str) -> Any:
    """A file of these rows, and what became of it."""
    await caller.put("/mappings/m", json=MAPPING)
    body = HEADER + "\n".join(rows)
    answer = await caller.post("/imports", params={"mapping": "m"} | query, content=body, headers=CSV)
    assert answer.status_code == 202, answer.text
    return await ended(caller, address_of(answer))


async def listed(caller: httpx.AsyncClient, of: Any, fate: str, **asked: str) -> list[str]:
    """References of all reports of a file, page by page."""
    found: list[str] = []
    query: dict[str, Any] = {f"{fate}_in_import": of, "limit": 7, **asked}
    while True:
        answer = await caller.get("/reports", params=query)
        assert answer.status_code == 200, answer.text
        found += [each["external_reference"] for each in answer.json()["reports"]]
        if answer.json()["next_cursor"] is None:
            return found
        query["cursor"] = answer.json()["next_cursor"]


async def test_as_many_are_listed_as_a_file_says(reports: httpx.AsyncClient) -> None:
    """New, changed, withdrawn and there again: in each order, in the count and in the export, whatever came later."""
    first = await send(reports, ROWS)
    told = [f"r0,damage{ROWS[0].removeprefix('r0,order')}", *ROWS[1:20], "n0,order,2026-11-09,14.64,63.17,Nytt"]
    second = await send(reports, told, snapshot="withdraw", snapshot_of="all")
    # r25 was taken back by a file and says something else: two steps, and one report.
    third = await send(reports, [*told, ROWS[20], ROWS[25].replace("Buller", "Rop")])
    same = await send(reports, told)
    which: dict[str, dict[str, set[str]]] = {
        first["id"]: {"new": {f"r{n}" for n in range(30)}, "changed": set(), "withdrawn": set()},
        second["id"]: {"new": {"n0"}, "changed": {"r0"}, "withdrawn": {f"r{n}" for n in range(20, 30)}},
        third["id"]: {"new": set(), "changed": {"r20", "r25"}, "withdrawn": set()},
        same["id"]: {"new": set(), "changed": set(), "withdrawn": set()},
    }
    for done in (first, second, third, same):
        for fate in FATES:
            wanted, asked = which[done["id"]][fate], {f"{fate}_in_import": done["id"]}
            assert len(wanted) == done[fate], (done, fate)
            for order in ({}, *ORDERS):
                assert sorted(await listed(reports, done["id"], fate, **order)) == sorted(wanted), (fate, order)
            assert (await reports.get("/reports/count", params=asked)).json()["reports"] == done[fate]
            assert len((await reports.get("/reports.csv", params=asked)).text.splitlines()) == 1 + done[fate]


async def test_a_trial_makes_none(reports: httpx.AsyncClient) -> None:
    """dry_run: it says that rows are new, and there is nothing to list."""
    tried = await send(reports, ROWS, dry_run="true")
    assert (tried["new"], await listed(reports, tried["id"], "new")) == (30, [])


async def test_what_somebody_took_back_meanwhile_is_not_withdrawn_by_the_file(reports: httpx.AsyncClient) -> None:
    """It is missing, and counted among the withdrawn no more than it is listed."""
    await send(reports, ROWS[:10])
    done = await send(reports, ROWS[:7], snapshot="report", snapshot_of="all")
    [gone] = (await reports.get("/reports", params={"external_reference": "r8"})).json()["reports"]
    taken = await reports.post(f"/reports/{gone['id']}/withdraw", json={"reason": "Fel"}, headers=new_key())
    assert taken.status_code == 200, taken.text
    assert (await reports.post(f"/imports/{done['id']}/withdrawals")).status_code == 202
    done = await ended(reports, f"/imports/{done['id']}")
    assert (done["missing"], done["withdrawn"]) == (3, 2)
    assert sorted(await listed(reports, done["id"], "withdrawn")) == ["r7", "r9"]


@pytest.mark.parametrize("fate", FATES)
async def test_a_file_is_its_senders_alone(reports: httpx.AsyncClient, reports_url: str, fate: str) -> None:
    """Another organisation finds as little by it as by an id of nothing, also one that sees every report."""
    await send(reports, [*ROWS[:9], "old,order,2026-11-02,14.64,63.17,"])
    done = await send(reports, [*ROWS[1:12], "r0,damage,2026-11-01,14.64,63.17,"], snapshot="withdraw")
    assert await listed(reports, done["id"], fate) != []
    coordinator, member = make_principal(), make_principal(kind="housing", role="member", areas=("01",))
    for stranger in (coordinator, member):
        async with client(reports_url, service="reports", principal=stranger) as other:
            assert len((await other.get("/reports", params={"limit": 20})).json()["reports"]) >= 12
            answers = [
                await other.get(path, params={f"{fate}_in_import": str(of)})
                for of in (done["id"], uuid4())
                for path in ("/reports", "/reports/count", "/reports.csv")
            ]
            assert {each.status_code for each in answers} == {200}
            assert [each.text for each in answers[:3]] == [each.text for each in answers[3:]]


async def test_who_took_out_the_reports_of_a_file_is_found(reports: httpx.AsyncClient) -> None:
    """GET /reports/{id}/reads: an export of a file is one of each report in it, and of no other."""
    first, second = await send(reports, ROWS[:3]), await send(reports, ROWS[3:5])
    for done in (first, second):
        exported = await reports.get("/reports.csv", params={"new_in_import": done["id"], "purpose": "follow_up"})
        assert exported.status_code == 200
    [one] = (await reports.get("/reports", params={"external_reference": "r4"})).json()["reports"]
    reads = (await reports.get(f"/reports/{one['id']}/reads")).json()["reads"]
    assert [each["purpose"] for each in reads if each["operation"] == "export"] == ["follow_up"]


@pytest.mark.parametrize("fate", FATES)
async def test_what_is_no_id_is_refused(reports: httpx.AsyncClient, fate: str) -> None:
    """422, naming the parameter and not what was sent."""
    refused = await reports.get("/reports", params={f"{fate}_in_import": "granen"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, f"{fate}_in_import")
    assert "granen" not in refused.text
