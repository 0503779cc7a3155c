"""POST /imports?snapshot=…: the file is all that its sender has, and what it has no more is told, or withdrawn."""

from typing import Any

import httpx
import pytest

from tests.support.look.bus import BusProbe
from tests.support.make.imports import CSV, HEADER, MAPPING, address_of, counts, ended
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database
from tests.support.servers.services import new_key

ROWS = [f"r{n},order,2026-11-{n % 10 + 1:02},14.64,63.17,Buller {n}" for n in range(130)]


async def send(caller: httpx.AsyncClient, rows: list[str], **query: str) -> Any:
    """A file of these rows, and what became of it."""
    await caller.put("/mappings/m", json=MAPPING)
    wanted = {"mapping": "m"} | query
    answer = await caller.post("/imports", params=wanted, content=HEADER + "\n".join(rows), headers=CSV)
    assert answer.status_code == 202, answer.text
    return await ended(caller, address_of(answer))


async def status_of(caller: httpx.AsyncClient, *, status: str) -> set[str]:
    """References of the reports that are in a status."""
    found = await caller.get("/reports", params={"status": status, "limit": 100})
    return {each["external_reference"] for each in found.json()["reports"]}


async def missing_of(caller: httpx.AsyncClient, done: Any) -> set[str]:
    """References of those that a file has no more, page by page."""
    told: set[str] = set()
    cursor: dict[str, str] = {}
    while True:
        page = (await caller.get(f"/imports/{done['id']}/missing", params={"limit": 40, **cursor})).json()
        told |= {each["external_reference"] for each in page["missing"]}
        if page["next_cursor"] is None:
            return told
        cursor = {"cursor": page["next_cursor"]}


async def test_how_far_a_snapshot_goes_needs_one(reports: httpx.AsyncClient) -> None:
    """snapshot_of=all alone: who says it expects something to be missed, and nothing would be."""
    await reports.put("/mappings/m", json=MAPPING)
    query = {"mapping": "m", "snapshot_of": "all"}
    refused = await reports.post("/imports", params=query, content=HEADER + ROWS[0], headers=CSV)
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (422, ["snapshot"])


async def test_what_is_no_more_in_the_file_is_told(reports: httpx.AsyncClient) -> None:
    """snapshot=report: counted and listed, by the file's days, nothing withdrawn; then withdrawn when that is asked."""
    await send(reports, ROWS)
    await send(reports, ["x,order,2026-12-24,14.64,63.17,"], dry_run="true")
    left = [row for row in ROWS if "2026-11-10" not in row][7:]
    done = await send(reports, left, snapshot="report")
    assert (counts(done)[2], done["missing"], done["withdrawn"]) == (len(left), 7, 0)
    assert await missing_of(reports, done) == {f"r{n}" for n in range(7)}
    everything = await send(reports, left, snapshot="report", snapshot_of="all")
    assert everything["missing"] == len(ROWS) - len(left)
    earlier = await reports.post(f"/imports/{done['id']}/withdrawals")
    assert (earlier.status_code, "later file" in earlier.json()["detail"]) == (409, True)
    asked = await reports.post(f"/imports/{everything['id']}/withdrawals")
    assert asked.status_code == 202, asked.text
    assert (await ended(reports, f"/imports/{everything['id']}"))["withdrawn"] == everything["missing"]
    assert await status_of(reports, status="withdrawn") == await missing_of(reports, everything)
    assert (await reports.post(f"/imports/{everything['id']}/withdrawals")).status_code == 409


async def test_exactly_what_is_missing_is_withdrawn(reports: httpx.AsyncClient, told: BusProbe) -> None:
    """snapshot=withdraw: with a reason and the usual messages, by batches; a row that fails is still in the file."""
    await send(reports, ROWS)
    gone = {f"r{n}" for n in range(60)}
    left = [row for row in ROWS if row.split(",")[0] not in gone]
    left[5] = left[5].replace("order", "none")
    left[6] = left[6].replace("Buller", "Rop")
    tried = await send(reports, left, snapshot="withdraw", snapshot_of="all", dry_run="true")
    assert (tried["missing"], tried["withdrawn"], tried["withheld"]) == (60, 0, "failed_rows")
    left[5] = left[5].replace("none", "order")
    done = await send(reports, left, snapshot="withdraw")
    assert (done["missing"], done["withdrawn"], done["withheld"], counts(done)[3]) == (60, 60, None, 1)
    assert await status_of(reports, status="withdrawn") == gone == await missing_of(reports, done)
    [one] = (await reports.get("/reports", params={"status": "withdrawn", "limit": 1})).json()["reports"]
    history = (await reports.get(f"/reports/{one['id']}/history")).json()["events"]
    assert history[-1]["reason"] == "No longer in the file."
    assert (await told.next("reports.report.v1", key=one["id"])).type == "report.removed"


async def test_a_duplicate_stands_for_what_a_file_has_no_more(reports: httpx.AsyncClient) -> None:
    """As where somebody takes a report back: the first of its duplicates counts then."""
    await send(reports, ROWS[:5])
    ids = {}
    for name in ("r0", "r1"):
        [ids[name]] = (await reports.get("/reports", params={"external_reference": name})).json()["reports"]
    decision = {"outcome": "duplicate", "duplicate_of": ids["r0"]["id"]}
    answer = await reports.post(f"/reports/{ids['r1']['id']}/review", json=decision, headers=new_key())
    assert answer.status_code == 200, answer.text
    done = await send(reports, ROWS[1:5], snapshot="withdraw", snapshot_of="all")
    assert (done["missing"], done["withdrawn"]) == (1, 1)
    assert await status_of(reports, status="duplicate") == set()
    assert await status_of(reports, status="received") == {f"r{n}" for n in range(1, 5)}


async def test_what_was_joined_meanwhile_goes_all_the_same(reports: httpx.AsyncClient) -> None:
    """A report and its duplicate that a file has no more: neither stands for the other, but who is still there."""
    await send(reports, ROWS[:9])
    done = await send(reports, ROWS[2:9], snapshot="report", snapshot_of="all")
    found = (await reports.get("/reports", params={"limit": 20})).json()["reports"]
    ids = {each["external_reference"]: each["id"] for each in found}
    for name in ("r1", "r2"):
        decision = {"outcome": "duplicate", "duplicate_of": ids["r0"]}
        answer = await reports.post(f"/reports/{ids[name]}/review", json=decision, headers=new_key())
        assert answer.status_code == 200, answer.text
    assert (await reports.post(f"/imports/{done['id']}/withdrawals")).status_code == 202
    assert (await ended(reports, f"/imports/{done['id']}"))["withdrawn"] == 2
    assert await status_of(reports, status="withdrawn") == {"r0", "r1"}
    assert await status_of(reports, status="received") == {f"r{n}" for n in range(2, 9)}


@pytest.mark.parametrize(("leader", "other"), [("r0", "r1"), ("r1", "r0")])
async def test_an_incident_ends_with_all_that_tell_of_it(
    reports: httpx.AsyncClient, told: BusProbe, leader: str, other: str
) -> None:
    """A report and its only duplicate that a file has no more, whichever of them stood for the incident."""
    await send(reports, ROWS[:5])
    found = (await reports.get("/reports", params={"limit": 20})).json()["reports"]
    ids = {each["external_reference"]: each["id"] for each in found}
    decision = {"outcome": "duplicate", "duplicate_of": ids[leader]}
    answer = await reports.post(f"/reports/{ids[other]}/review", json=decision, headers=new_key())
    assert answer.status_code == 200, answer.text
    done = await send(reports, ROWS[2:5], snapshot="report", snapshot_of="all")
    assert (await reports.post(f"/imports/{done['id']}/withdrawals")).status_code == 202
    assert (await ended(reports, f"/imports/{done['id']}"))["withdrawn"] == 2
    assert await status_of(reports, status="withdrawn") == {leader, other}
    assert await status_of(reports, status="received") == {"r2", "r3", "r4"}
    for name in (leader, other):
        shown = (await reports.get(f"/reports/{ids[name]}")).json()
        assert (shown["status"], shown["incident_id"]) == ("withdrawn", None)
    story = await told.story("reports.report.v1", key=ids[leader], length=3)
    assert [each.type for each in story] == ["report.submitted", "report.withdrawn", "report.removed"]


async def test_what_a_file_has_again_counts_again(reports: httpx.AsyncClient, told: BusProbe) -> None:
    """A list that lacked rows by mistake, then the whole one: as a trial foresees it, told, with its history."""
    await send(reports, ROWS[:40])
    await send(reports, ROWS[:30], snapshot="withdraw", snapshot_of="all")
    assert await status_of(reports, status="withdrawn") == {f"r{n}" for n in range(30, 40)}
    whole = [*ROWS[:39], ROWS[39].replace("Buller", "Rop")]
    [one] = (await reports.get("/reports", params={"status": "withdrawn", "limit": 1})).json()["reports"]
    for query in ({"dry_run": "true"}, {"snapshot": "withdraw", "snapshot_of": "all"}):
        done = await send(reports, whole, **query)
        assert counts(done)[:5] == (40, 0, 30, 10, 0), query
    assert await status_of(reports, status="withdrawn") == set()
    assert len(await status_of(reports, status="received")) == 40
    events = (await reports.get(f"/reports/{one['id']}/history")).json()["events"]
    assert [each["change"] for each in events][:3] == ["received", "withdrawn", "received"]
    assert events[2]["reason"] == "In the file again."
    story = await told.story("reports.report.v1", key=one["id"], length=5)
    assert [each.type for each in story][:5] == [
        "report.submitted", "report.withdrawn", "report.removed", "report.reviewed", "report.returned",
    ]  # fmt: skip
    again = await send(reports, whole)
    assert counts(again)[:5] == (40, 0, 40, 0, 0)


async def test_what_somebody_withdrew_stays_so_and_is_told(reports: httpx.AsyncClient) -> None:
    """In a file and in a batch, though they say the same as before."""
    await send(reports, ROWS[:3])
    [one] = (await reports.get("/reports", params={"external_reference": "r1"})).json()["reports"]
    back = {"reason": "Sent by mistake."}
    assert (await reports.post(f"/reports/{one['id']}/withdraw", json=back, headers=new_key())).status_code == 200
    for query in ({"dry_run": "true"}, {}):
        done = await send(reports, ROWS[:3], **query)
        assert (counts(done)[:5], done["still_withdrawn"]) == ((3, 0, 3, 0, 0), 1), query
    assert await status_of(reports, status="withdrawn") == {"r1"}
    sent = [make_report(external_reference=f"r{n}") for n in range(2)]
    answer = await reports.post("/reports/batch", json={"reports": sent}, headers=new_key())
    kept, gone = answer.json()["results"]
    assert (kept["status"], gone["status"], gone["conflicts_with"]) == ("refused", "refused", [one["id"]])
    assert "withdrawn" in gone["faults"][0]["detail"]
    assert "withdrawn" not in kept["faults"][0]["detail"]


async def test_nothing_is_withdrawn_unsure(reports: httpx.AsyncClient) -> None:
    """More than half, rows that fail, a file that breaks off: told, and withdrawn only when somebody says so."""
    await send(reports, ROWS)
    few = await send(reports, ROWS[:50], snapshot="withdraw", snapshot_of="all")
    assert (few["missing"], few["withdrawn"], few["withheld"]) == (80, 0, "more_than_half")
    broken = await send(reports, [*ROWS[:100], '"'], snapshot="withdraw", snapshot_of="all")
    assert (broken["state"], broken["missing"], broken["withdrawn"]) == ("failed", None, 0)
    assert (await reports.post(f"/imports/{broken['id']}/withdrawals")).status_code == 409
    bad = [row.replace("order", "none") for row in ROWS[:3]]
    failed = await send(reports, [*bad, *ROWS[3:120]], snapshot="withdraw", snapshot_of="all")
    assert (failed["failed"], failed["missing"], failed["withheld"]) == (3, 10, "failed_rows")
    assert await status_of(reports, status="withdrawn") == set()
    unasked = await send(reports, ROWS[:120])
    assert unasked["missing"] is None
    assert (await reports.post(f"/imports/{unasked['id']}/withdrawals")).status_code == 409


async def test_other_mappings_and_single_reports_stay(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """What came in by another mapping or by itself is in no file of this one, and not missing from it."""
    await send(reports, ROWS[:20])
    await reports.put("/mappings/other", json=MAPPING)
    await send(reports, [row.replace("r", "o", 1) for row in ROWS[:5]], mapping="other")
    alone = {"category": "order", "occurred_from": "2026-11-03", "external_reference": "single"}
    assert (await reports.post("/reports", json=alone, headers={"Idempotency-Key": "single-1"})).status_code == 201
    done = await send(reports, ROWS[:18], snapshot="withdraw", snapshot_of="all")
    assert (done["missing"], done["withdrawn"]) == (2, 2)
    assert await status_of(reports, status="withdrawn") == {"r18", "r19"}


async def test_a_row_that_says_more_answers_what_was_asked(reports: httpx.AsyncClient) -> None:
    """As a correction by hand does: the coordinator finds it among the answers."""
    await send(reports, ROWS[:1])
    [one] = (await reports.get("/reports")).json()["reports"]
    asked = {"outcome": "question", "reason": "Vilken port?"}
    answer = await reports.post(f"/reports/{one['id']}/review", json=asked, headers=new_key())
    assert answer.status_code == 200, answer.text
    await send(reports, [f"{ROWS[0]} i port 3"])
    events = (await reports.get(f"/reports/{one['id']}/history")).json()["events"]
    assert [each["change"] for each in events] == ["received", "question", "answered"]
    [waits] = (await reports.get("/review-queue")).json()["reports"]
    assert (waits["id"], waits["answered"]) == (one["id"], True)
