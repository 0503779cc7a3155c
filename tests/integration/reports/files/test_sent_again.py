"""POST /imports: files sent again, beside what people corrected, decided and sent by other mappings meanwhile."""

from typing import Any

import httpx
import pytest

from tests.support.make.imports import CSV, HEADER, MAPPING, address_of, counts, ended
from tests.support.make.reports import make_report
from tests.support.servers.services import new_key

ROWS = [f"r{n},order,2026-11-{n % 10 + 1:02} 21:30,14.64,63.17,Buller {n}" for n in range(9)]
SHORT = {field: column for field, column in MAPPING["columns"].items() if field not in ("text", "x", "y")}
NOTES = {"withdraw": "was_withdrawn", "rejected": "was_rejected", "duplicate": "is_duplicate"}


async def send(caller: httpx.AsyncClient, rows: list[str], *, mapping: str = "m", **query: str) -> Any:
    """What became of a file of these rows, which its trial told before."""
    known = await caller.get(f"/mappings/{mapping}")
    if not known.is_success:
        assert (await caller.put(f"/mappings/{mapping}", json=MAPPING)).is_success
    told = []
    for trial in ("true", "false"):
        asked = {"mapping": mapping, "dry_run": trial} | query
        answer = await caller.post("/imports", params=asked, content=HEADER + "\n".join(rows), headers=CSV)
        assert answer.status_code == 202, answer.text
        told.append(await ended(caller, address_of(answer)))
    tried, done = told
    of_itself = {"id", "dry_run", "rows_per_s", "received_at", "started_at", "finished_at", "withdrawn"}
    assert {k: v for k, v in tried.items() if k not in of_itself} == {
        k: v for k, v in done.items() if k not in of_itself
    }
    assert await faults_of(caller, tried) == await faults_of(caller, done)
    return done


async def faults_of(caller: httpx.AsyncClient, done: Any) -> list[dict[str, Any]]:
    """What is told of rows of a file."""
    faults: list[dict[str, Any]] = (await caller.get(f"/imports/{done['id']}/errors")).json()["errors"]
    return faults


async def notes_of(caller: httpx.AsyncClient, done: Any) -> list[tuple[int, str, bool]]:
    """Line, code and whether it failed, of what is told of rows of a file."""
    return [(each["line"], each["code"], each["failed"]) for each in await faults_of(caller, done)]


async def report_of(caller: httpx.AsyncClient, reference: str = "r1") -> Any:
    """The report of a reference."""
    [one] = (await caller.get("/reports", params={"external_reference": reference})).json()["reports"]
    return one


async def correct(caller: httpx.AsyncClient, reference: str = "r1", **changes: Any) -> None:
    """By hand, some fields of a report."""
    one = await report_of(caller, reference)
    read = await caller.get(f"/reports/{one['id']}")
    answer = await caller.put(
        f"/reports/{one['id']}", json=read.json() | changes, headers={"If-Match": read.headers["etag"]}
    )
    assert answer.status_code == 200, answer.text


async def decide(caller: httpx.AsyncClient, reference: str, decision: str) -> None:
    """Have a report count no more."""
    one, other = await report_of(caller, reference), await report_of(caller, "r0")
    body: dict[str, Any] = {"outcome": decision, "reason": "Inte hos oss."}
    if decision == "duplicate":
        body = {"outcome": decision, "duplicate_of": other["id"]}
    address = "withdraw" if decision == "withdraw" else "review"
    body = {"reason": "Sänt av misstag."} if decision == "withdraw" else body
    answer = await caller.post(f"/reports/{one['id']}/{address}", json=body, headers=new_key())
    assert answer.status_code == 200, answer.text


async def changes_of(caller: httpx.AsyncClient, reference: str = "r1") -> list[str]:
    """What became of a report."""
    one = await report_of(caller, reference)
    return [each["change"] for each in (await caller.get(f"/reports/{one['id']}/history")).json()["events"]]


async def test_a_row_that_says_the_same_undoes_no_correction(reports: httpx.AsyncClient) -> None:
    """Corrected, answered, placed elsewhere by hand: the same file changes nothing of it, today or the next time."""
    await send(reports, ROWS)
    await correct(reports, category="damage", text="Klotter")
    await correct(reports, "r2", severity=3)
    for _time in range(2):
        again = await send(reports, ROWS)
        assert (counts(again)[:5], again["corrections_replaced"]) == ((9, 0, 9, 0, 0), 0)
    one = await report_of(reports)
    assert (one["category"], one["text"], (await report_of(reports, "r2"))["severity"]) == ("damage", "Klotter", 3)
    assert await changes_of(reports) == ["received", "corrected"]


async def test_an_answer_stays(reports: httpx.AsyncClient) -> None:
    """Of a question that somebody answered on a page, the same file takes nothing back."""
    await send(reports, ROWS)
    one = await report_of(reports)
    asked = {"outcome": "question", "reason": "Vilken port?"}
    assert (await reports.post(f"/reports/{one['id']}/review", json=asked, headers=new_key())).is_success
    await correct(reports, text="Port 3")
    assert counts(await send(reports, ROWS))[:5] == (9, 0, 9, 0, 0)
    assert (await report_of(reports))["text"] == "Port 3"
    assert await changes_of(reports) == ["received", "question", "answered"]


async def test_a_row_that_says_something_else_stands_over_a_correction(reports: httpx.AsyncClient) -> None:
    """And that is told by its line; back again it is a change as any other."""
    await send(reports, ROWS)
    await correct(reports, category="damage")
    new = [*ROWS[:1], ROWS[1].replace("Buller", "Rop"), *ROWS[2:]]
    done = await send(reports, new)
    assert (counts(done)[:5], done["corrections_replaced"]) == ((9, 0, 8, 1, 0), 1)
    assert await notes_of(reports, done) == [(3, "correction_replaced", False)]
    assert ((await report_of(reports))["category"], (await report_of(reports))["text"]) == ("order", "Rop 1")
    for rows in (ROWS, new):
        back = await send(reports, rows)
        assert (counts(back)[:5], back["corrections_replaced"]) == ((9, 0, 8, 1, 0), 0)


async def test_a_row_that_says_what_was_corrected_changes_nothing(reports: httpx.AsyncClient) -> None:
    """The list was corrected as the report was; what is corrected after that stays too."""
    await send(reports, ROWS)
    await correct(reports, text="Rop")
    new = [*ROWS[:1], ROWS[1].replace("Buller 1", "Rop"), *ROWS[2:]]
    assert counts(await send(reports, new))[:5] == (9, 0, 9, 0, 0)
    await correct(reports, text="Skrik")
    assert counts(await send(reports, new))[:5] == (9, 0, 9, 0, 0)
    assert (await report_of(reports))["text"] == "Skrik"
    await correct(reports, text="Rop")
    assert counts(await send(reports, ROWS))[:5] == (9, 0, 8, 1, 0)
    assert await changes_of(reports) == ["received", *["corrected"] * 4]


async def test_what_a_row_leaves_empty_stays(reports: httpx.AsyncClient) -> None:
    """A text, a place, an end, how sure it is, that somebody filled in: a row that changes else takes none of it."""
    document = MAPPING | {"columns": SHORT}
    assert (await reports.put("/mappings/m", json=document)).is_success
    await send(reports, ROWS)
    filled: dict[str, Any] = {
        "text": "Vid kiosken", "certainty": "certain", "severity": 3, "occurred_to": "2026-11-02T22:00:00Z",
        "point": {"lon": 14.64, "lat": 63.17}, "location_kind": "public", "subcategory": "gathering",
    }  # fmt: skip
    await correct(reports, **filled)
    before = await report_of(reports)
    empty = await send(reports, [*ROWS[:1], ROWS[1].replace("Buller", "Rop"), *ROWS[2:]])
    assert counts(empty)[:5] == (9, 0, 9, 0, 0), "no column of the mapping changed"
    for row, kept in ((ROWS[1].replace("order", "damage"), {"subcategory"}), (ROWS[1], {"subcategory"})):
        done = await send(reports, [*ROWS[:1], row, *ROWS[2:]])
        assert (counts(done)[:5], done["corrections_replaced"]) == ((9, 0, 8, 1, 0), int("damage" in row))
        after = await report_of(reports)
        changed = {name for name in before if before[name] != after[name]} - {"version", "updated_at", "category"}
        assert changed == kept
    read = await reports.get(f"/reports/{before['id']}")
    same = await reports.put(f"/reports/{before['id']}", json=read.json(), headers={"If-Match": read.headers["etag"]})
    assert same.headers["etag"] == read.headers["etag"], "the same facts again are no correction"


@pytest.mark.parametrize("way", ["alone", "batch"])
async def test_a_report_sent_by_itself_keeps_what_a_row_leaves_empty(reports: httpx.AsyncClient, way: str) -> None:
    """POST /reports, /reports/batch; a file names it later: what it says stands, what it does not say stays."""
    sent = make_report(external_reference="r1", text="Vid kiosken", certainty="likely")
    body, address = (sent, "/reports") if way == "alone" else ({"reports": [sent]}, "/reports/batch")
    assert (await reports.post(address, json=body, headers=new_key())).is_success
    done = await send(reports, ["r1,damage,2026-11-02 21:30,14.64,63.17,"])
    assert counts(done)[:5] == (1, 0, 0, 1, 0)
    one = await report_of(reports)
    assert (one["category"], one["text"], one["certainty"]) == ("damage", "Vid kiosken", "likely")
    assert counts(await send(reports, ["r1,damage,2026-11-02 21:30,14.64,63.17,"]))[:5] == (1, 0, 1, 0, 0)


async def test_a_batch_sent_again_undoes_no_correction_either(reports: httpx.AsyncClient) -> None:
    """POST /reports/batch: unchanged, where it says what it said; with something else refused, as before."""
    sent = make_report(external_reference="r1")
    for _time in range(2):
        answer = await reports.post("/reports/batch", json={"reports": [sent]}, headers=new_key())
        assert answer.json()["refused"] == 0
        if not _time:
            await correct(reports, text="Rättad")
    assert answer.json()["unchanged"] == 1
    assert (await report_of(reports))["text"] == "Rättad"
    other = await reports.post("/reports/batch", json={"reports": [sent | {"severity": 3}]}, headers=new_key())
    assert other.json()["refused"] == 1
    one, told = await report_of(reports), other.json()["results"][0]
    alone = [await reports.post("/reports", json=each, headers=new_key()) for each in (sent, sent | {"severity": 3})]
    assert [(each.status_code, each.json()["conflicts_with"]) for each in alone] == [(409, [one["id"]])] * 2
    assert alone[0].json()["detail"].endswith("It is there.")
    assert alone[1].json()["detail"] == told["faults"][0]["detail"]


@pytest.mark.parametrize("decision", list(NOTES))
async def test_a_report_that_counts_no_more_is_no_failure(reports: httpx.AsyncClient, decision: str) -> None:
    """Told as a note, which says why; it holds nothing back, and a repeated row of it is none either."""
    await send(reports, ROWS)
    await decide(reports, "r3", decision)
    edited = [*ROWS[:3], ROWS[3].replace("Buller", "Rop"), *ROWS[4:8], ROWS[3].replace("Buller", "Rop")]
    done = await send(reports, edited, snapshot="withdraw", snapshot_of="all")
    assert (counts(done)[:5], done["not_corrected"], done["withheld"]) == ((9, 0, 9, 0, 0), 2, None)
    assert (done["missing"], done["withdrawn"]) == (1, 1)
    assert await notes_of(reports, done) == [(5, NOTES[decision], False), (10, NOTES[decision], False)]
    assert (await report_of(reports, "r3"))["text"] == "Buller 3"


async def test_a_decision_that_is_taken_back_lets_the_row_correct(reports: httpx.AsyncClient) -> None:
    """What a row said of a rejected report is not forgotten: once it counts again, the next file corrects it."""
    await send(reports, ROWS)
    await decide(reports, "r3", "rejected")
    edited = [*ROWS[:3], ROWS[3].replace("Buller", "Rop"), *ROWS[4:]]
    assert (await send(reports, edited))["not_corrected"] == 1
    await decide(reports, "r3", "received")
    assert counts(await send(reports, edited))[:5] == (9, 0, 8, 1, 0)
    assert (await report_of(reports, "r3"))["text"] == "Rop 3"


async def test_two_lists_that_number_alike_do_not_overwrite_each_other(reports: httpx.AsyncClient) -> None:
    """Asked first: counted, told by line with the other mapping's name, and stored only where that is said."""
    await send(reports, ROWS)
    others = [ROWS[0], ROWS[1].replace("Buller", "Rop"), "r2,damage,2026-11-20 08:00,14.64,63.17,Ruta"]
    others += [others[1], "new,order,2026-11-20 08:00,14.64,63.17,"]
    done = await send(reports, others, mapping="other")
    assert counts(done)[:5] == (5, 1, 1, 0, 3)
    assert (done["of_other_mapping"], done["other_mapping"], done["takes_over"]) == (3, "m", False)
    assert await notes_of(reports, done) == [(line, "other_mapping", True) for line in (3, 4, 5)]
    assert counts(await send(reports, ROWS))[:5] == (9, 0, 9, 0, 0)
    over = await send(reports, others[:3], mapping="other", takes_over="true", snapshot="report", snapshot_of="all")
    assert (counts(over)[:5], over["of_other_mapping"], over["missing"]) == ((3, 0, 1, 2, 0), 0, 1)
    assert ((await report_of(reports, "r2"))["category"], over["takes_over"]) == ("damage", True)
    back = await send(reports, ROWS)
    assert (back["of_other_mapping"], back["other_mapping"]) == (2, "other")


async def test_a_row_of_another_list_brings_nothing_back(reports: httpx.AsyncClient) -> None:
    """What a file took of its own stays taken, whatever another list calls by the same number."""
    await send(reports, ROWS)
    await send(reports, ROWS[:8], snapshot="withdraw", snapshot_of="all")
    done = await send(reports, ["r8,damage,2026-11-20 08:00,14.64,63.17,Ruta"], mapping="other")
    assert (counts(done)[:5], done["other_mapping"]) == ((1, 0, 0, 0, 1), "m")
    assert (await report_of(reports, "r8"))["status"] == "withdrawn"
    assert counts(await send(reports, ROWS))[:5] == (9, 0, 8, 1, 0)
