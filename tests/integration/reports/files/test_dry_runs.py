"""POST /imports?dry_run=true: what would become of a file, told without doing it"""

import random
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.reports.mappings import commands as mappings
from tests.support.look.bus import BusProbe
from tests.support.make.imports import CSV, HEADER, MAPPING, address_of, bring_in, counts, ended, send
from tests.support.servers.postgres import Database, connected

KNOWN = [f"r{n},order,2026-11-0{n % 9 + 1} 21:30,14.64,63.17,Buller vid torget" for n in range(20)]


def file_of(rows: list[str]) -> str:
    """A file of these rows."""
    return HEADER + "\n".join(rows)


async def everything(database: Database) -> list[Any]:
    """What the service keeps of reports, and has told or will tell of them."""
    async with connected(database.admin_url) as admin:
        return [
            await admin.fetch("SELECT * FROM reports ORDER BY id"),
            await admin.fetch("SELECT * FROM report_history ORDER BY 1, 2"),
            await admin.fetchval("SELECT last_value FROM outbox_id_seq"),
        ]


async def test_it_tells_what_the_import_then_does(
    reports: httpx.AsyncClient, reports_database: Database, told: BusProbe
) -> None:
    """The same counts and errors as the import after it, of a file with every kind of row, and nothing of it stays."""
    await bring_in(reports, file_of(KNOWN))
    listed = (await reports.get("/reports", params={"limit": 100})).json()["reports"]
    gone = next(each["id"] for each in listed if each["external_reference"] == "r1")
    assert (
        await reports.post(
            f"/reports/{gone}/withdraw", json={"reason": "Sent twice."}, headers={"Idempotency-Key": uuid4().hex}
        )
    ).is_success
    before = await everything(reports_database)
    rows = [
        *KNOWN,
        "r2,damage,2026-11-03 21:30,14.64,63.17,Klotter",  # repeated, and says something else
        "r3,order,2026-11-04 21:30,14.64,63.17,Buller vid torget",  # repeated, the same
        "new1,order,2026-11-05,14.64,63.17,Ring 070-174 06 05",
        "new1,order,2026-11-05,14.64,63.17,Ring 070-174 06 05",
        "new2,order,2026-11-05,,,",
        "bad,robbery,2026-11-05,,,",
        "bad,order,2026-11-05,,,",
    ]
    rows[1] = rows[1].replace("order", "damage")  # withdrawn
    rows[5] = rows[5].replace("order", "damage")
    tried = await send(reports, file_of(rows), dry_run=True)
    assert (tried["state"], tried["dry_run"]) == ("done", True)
    assert await everything(reports_database) == before
    done = await send(reports, file_of(rows))
    assert counts(tried) == counts(done) == (27, 2, 21, 1, 3, 1)
    assert (tried["masked"], tried["masked_kinds"]) == (done["masked"], done["masked_kinds"]) == (2, {"phone": 2})
    errors = [(await reports.get(f"/imports/{each['id']}/errors")).json()["errors"] for each in (tried, done)]
    assert errors[0] == errors[1]
    codes = {each["line"]: each["code"] for each in errors[0] if each["failed"]}
    assert codes == {22: "repeated_reference", 27: "unknown_category", 28: "repeated_reference"}
    noted = [(each["line"], each["column"], each["code"]) for each in errors[0] if not each["failed"]]
    assert noted == [(3, None, "was_withdrawn"), (24, "note", "masked"), (25, "note", "masked")]
    assert "070" not in str(errors[0])


async def test_rows_far_apart_are_known_for_each_other(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """A reference of thousands of rows before is one that would be there; and the next dry run begins anew."""
    rows = [f"r{n},order,2026-11-{n % 20 + 1:02},14.64,63.17," for n in range(6000)]
    again = random.Random(1).sample(rows, 50)
    other = [row.replace("order", "damage") for row in random.Random(2).sample(rows, 30)]
    for _time in range(2):
        tried = await send_first(reports, file_of([*rows, *again, *other]))
        assert counts(tried) == (6080, 6000, 50, 0, 30, 0)
    async with connected(reports_database.admin_url) as admin:
        assert await admin.fetchval("SELECT count(*) FROM reports") == 0


async def send_first(caller: httpx.AsyncClient, body: str) -> Any:
    """A dry run under MAPPING."""
    assert (await caller.put("/mappings/m", json=MAPPING)).is_success
    return await send(caller, body, dry_run=True)


async def test_what_no_import_could_read_fails_the_dry_run_too(reports: httpx.AsyncClient) -> None:
    """The same sentence as an import gives."""
    rows = [f"r{n},order,2026-11-02,13.{n:03},55.6," for n in range(120)]
    tried = await send_first(reports, file_of(rows))
    assert tried["state"] == "failed"
    assert "lies in the municipality's areas" in tried["failure"]


async def test_one_taken_up_again_begins_anew(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """What an earlier process counted and wrote down of a dry run is counted again, not added to."""
    tried = await send_first(reports, file_of([*KNOWN, "bad,robbery,2026-11-05,,,"]))
    async with connected(reports_database.admin_url) as admin:
        # As a kill in its middle leaves it: counted, and not yet at its end.
        await admin.execute("UPDATE imports SET state = 'running', finished_at = NULL")
        await admin.execute(
            "INSERT INTO import_chunks SELECT id, 0, convert_to($1, 'UTF8') FROM imports",
            file_of([*KNOWN, "bad,robbery,2026-11-05,,,"]),
        )
        await send_first(reports, file_of(KNOWN))  # it is older, and so worked off first
        again = (await reports.get(f"/imports/{tried['id']}")).json()
        assert (again["state"], counts(again)) == ("done", (21, 20, 0, 0, 1, 0))
        assert await admin.fetchval("SELECT count(*) FROM import_errors") == 1


async def test_a_draft_is_tried_and_no_mapping_changes(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """POST /mappings/drafts: what is kept stays as it was, whatever becomes of the trial; only a trial takes one."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    before = (await reports.get("/mappings")).json()
    draft = await reports.post("/mappings/drafts", json=MAPPING | {"delimiter": ";"})
    assert draft.status_code == 201, draft.text
    query = {"draft": draft.json()["id"], "dry_run": "true"}
    tried = await reports.post("/imports", params=query, content=file_of(KNOWN).replace(",", ";"), headers=CSV)
    assert tried.status_code == 202, tried.text
    told = await ended(reports, address_of(tried))
    assert (told["mapping"], told["dry_run"], counts(told)) == (None, True, (20, 20, 0, 0, 0, 0))
    unfit = await reports.post("/imports", params=query, content="a;b\n1;2\n", headers=CSV)
    assert unfit.status_code == 422
    for wrong in ({"draft": query["draft"]}, {**query, "mapping": "m"}, {"dry_run": "true"}):
        refused = await reports.post("/imports", params=wrong, content=file_of(KNOWN), headers=CSV)
        assert (refused.status_code, len(refused.json()["errors"])) == (422, 1), refused.text
    gone = await reports.post("/imports", params=query | {"draft": str(uuid4())}, content="a", headers=CSV)
    assert (gone.status_code, "draft" in gone.json()["detail"]) == (404, True)
    assert (await reports.get("/mappings")).json() == before
    async with connected(reports_database.admin_url) as admin:
        assert await admin.fetchval("SELECT count(*) FROM reports") == 0


async def test_the_newest_drafts_are_held(reports: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """POST /mappings/drafts: nobody has to tidy up after a trial."""
    monkeypatch.setattr(mappings, "MOST_DRAFTS", 2)
    ids = [(await reports.post("/mappings/drafts", json=MAPPING)).json()["id"] for _ in range(3)]
    query = [{"draft": each, "dry_run": "true"} for each in ids]
    answers = [await reports.post("/imports", params=each, content=file_of(KNOWN), headers=CSV) for each in query]
    assert [each.status_code for each in answers] == [404, 202, 202]
