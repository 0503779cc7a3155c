"""Personal data at the door of the reports service: reports one by one and in batches, files, mappings, areas."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.privacy import screen
from tests.support.look.bus import BusProbe
from tests.support.make.areas import RETIRE
from tests.support.make.imports import HEADER, MAPPING, bring_in, counts
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal, new_key

NUMBER = "811218-9876"
STRONG = f"Killen {NUMBER} var där igen"
WEAK = "Ring växeln 063-12 34 56 om lampan"


async def confirmations(database: Database) -> list[Any]:
    """Who confirmed what."""
    async with connected(database.admin_url) as admin:
        rows = await admin.fetch("SELECT subject, field, kind, client_id, at FROM confirmations ORDER BY id")
        return list(rows)


async def test_strong_kinds_are_refused(reports: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /reports: 422 with field, kind and place; a confirmation changes nothing; nothing is stored or told."""
    for sure in ({}, {"confirmed_no_personal_data": True}):
        answer = await reports.post("/reports", json=make_report(text=STRONG) | sure, headers=new_key())
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:samsyn:problem:personal-data"
        (fault,) = answer.json()["errors"]
        assert (fault["field"], fault["code"]) == ("/text", "strong_personnummer")
        assert fault["place"] == [8, 18]
        assert "9876" not in answer.text.replace(answer.json()["request_id"], "")  # random digits, which may be any
    assert (await reports.get("/reports")).json()["reports"] == []
    assert await told.pull() == []


async def test_weak_kinds_are_confirmed_and_written_down(
    clean: None, reports_url: str, reports_database: Database
) -> None:
    """POST /reports: refused until the sender confirms; then the row and who confirmed which kind in which field."""
    sender = make_principal()
    async with client(reports_url, service="reports", principal=sender) as caller:
        before = len(await confirmations(reports_database))
        answer = await caller.post("/reports", json=make_report(text=WEAK), headers=new_key())
        assert [each["code"] for each in answer.json()["errors"]] == ["weak_phone"]
        key = new_key()
        sure = make_report(text=WEAK) | {"confirmed_no_personal_data": True}
        for _ in range(2):  # the same key again confirms nothing anew
            receipt = await caller.post("/reports", json=sure, headers=key)
            assert receipt.status_code == 201
        report = (await caller.get(f"/reports/{receipt.json()['id']}")).json()
        assert report["text"] == WEAK
        (kept,) = (await confirmations(reports_database))[before:]
    assert (kept["subject"], kept["field"], kept["kind"]) == (receipt.json()["id"], "/text", "phone")
    assert kept["client_id"] == sender.client_id
    assert kept["at"] is not None


async def test_confirmations_stay(reports_app: FastAPI, reports_url: str, reports_database: Database) -> None:
    """The role of the service can neither change nor remove what was confirmed."""
    async with connected(reports_database.url) as runtime:
        await runtime.execute(
            "INSERT INTO confirmations (organisation_id, client_id, subject, field, kind)"
            " VALUES (gen_random_uuid(), 'c', 's', '/text', 'phone')"
        )
        for wrong in ("UPDATE confirmations SET kind = 'name'", "DELETE FROM confirmations"):
            with pytest.raises(Exception, match=r"append-only|permission denied"):
                await runtime.execute(wrong)


async def test_a_month_that_nobody_knows(reports: httpx.AsyncClient) -> None:
    """POST /reports: a samordningsnummer of an unknown month is as certain as any other."""
    answer = await reports.post("/reports", json=make_report(text="Sedd igen: 19150072-2390"), headers=new_key())
    assert [each["code"] for each in answer.json()["errors"]] == ["strong_personnummer"]


async def test_a_reference_is_a_code(reports: httpx.AsyncClient) -> None:
    """POST /reports: letters and digits of a reference are no plate; all else that looks like a person's is refused."""
    taken = await reports.post("/reports", json=make_report(external_reference="ABC123"), headers=new_key())
    assert taken.status_code == 201, taken.text
    refused = await reports.post("/reports", json=make_report(external_reference=NUMBER), headers=new_key())
    assert [each["field"] for each in refused.json()["errors"]] == ["/external_reference"]
    phone = make_report(external_reference="070-174 06 05")
    refused = await reports.post("/reports", json=phone, headers=new_key())
    assert [each["code"] for each in refused.json()["errors"]] == ["weak_phone"]
    sure = await reports.post("/reports", json=phone | {"confirmed_no_personal_data": True}, headers=new_key())
    assert sure.status_code == 201, sure.text


async def test_a_correction_is_screened(reports: httpx.AsyncClient) -> None:
    """PUT /reports/{id} and the reason of a withdrawal: as when it was sent."""
    made = (await reports.post("/reports", json=make_report(), headers=new_key())).json()
    answer = await reports.put(f"/reports/{made['id']}", json=make_report(text=STRONG), headers={"If-Match": '"1"'})
    assert answer.json()["errors"][0]["code"] == "strong_personnummer"
    answer = await reports.post(f"/reports/{made['id']}/withdraw", json={"reason": STRONG}, headers=new_key())
    assert answer.json()["errors"][0]["field"] == "/reason"


async def test_a_batch_is_screened_report_by_report(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """POST /reports/batch: the one with a number is refused, the confirmed and the clean one are taken."""
    batch = [
        make_report(text=STRONG),
        make_report(text=WEAK) | {"confirmed_no_personal_data": True},
        make_report(text=WEAK),
        make_report(text="Klotter på gaveln"),
    ]
    before = len(await confirmations(reports_database))
    answer = await reports.post("/reports/batch", json={"reports": batch}, headers=new_key())
    assert answer.status_code == 200, answer.text
    assert [each["status"] for each in answer.json()["results"]] == ["refused", "created", "refused", "created"]
    assert answer.json()["results"][0]["faults"][0]["code"] == "strong_personnummer"
    full = {"reports": [make_report(text=f"{NUMBER} " * 100)]}
    (result,) = (await reports.post("/reports/batch", json=full, headers=new_key())).json()["results"]
    assert [fault["code"] for fault in result["faults"]] == ["strong_personnummer"] * 5 + ["more"]
    assert NUMBER not in answer.text
    kept = (await confirmations(reports_database))[before:]
    assert [each["subject"] for each in kept] == [answer.json()["results"][1]["receipt"]["id"]]


async def test_a_file_is_masked_and_counted(reports: httpx.AsyncClient) -> None:
    """POST /imports: rows go in without what was struck out of them; the same file again changes nothing."""
    notes = [
        "Klotter på gaveln",
        f"Killen {NUMBER} och 070-174 06 05",
        f"Killen {NUMBER.replace('-', chr(0x2013))} igen",
        "Grannen Anders ringde",
        f"{NUMBER} {NUMBER}",
    ]
    rows = [f"r{n},order,2026-11-02 21:30,14.64,63.17,{note}" for n, note in enumerate(notes)]
    body = HEADER + "\n".join([*rows, f"{NUMBER},order,2026-11-03 21:30,14.64,63.17,Buller"])
    done = await bring_in(reports, body)
    assert (done["state"], counts(done)) == ("done", (6, 6, 0, 0, 0, 0)), done
    assert (done["masked"], done["masked_kinds"]) == (5, {"name": 1, "personnummer": 5, "phone": 1})
    listed = (await reports.get("/reports", params={"limit": 100})).json()["reports"]
    assert not [each for each in listed if screen(each["text"]) or "9876" in str(each)]
    texts = {each["external_reference"]: each["text"] for each in listed}
    assert texts["r3"] == "Grannen [struket: personnamn] ringde"
    assert texts["r0"] == "Klotter på gaveln"
    again = await bring_in(reports, body)
    assert counts(again) == (6, 0, 6, 0, 0, 0)
    assert again["masked"] == 5


async def test_numbers_late_in_a_file_are_masked_too(reports: httpx.AsyncClient) -> None:
    """POST /imports: rows beyond the first batch; the counts of all batches are added up."""
    rows = [f"r{n},order,2026-11-02 21:30,14.64,63.17,Buller {n}" for n in range(6_000)]
    for place in (10, 4_500, 5_999):
        rows[place] += f" {NUMBER}"
    done = await bring_in(reports, HEADER + "\n".join(rows), timeout_s=60)
    assert (done["new"], done["masked"], done["masked_kinds"]) == (6_000, 3, {"personnummer": 3})


async def test_what_a_file_calls_a_report_by_is_masked(reports: httpx.AsyncClient) -> None:
    """POST /imports: a reference that is a telephone number is dropped, one that looks like a plate is kept."""
    rows = [f"{known},order,2026-11-02 21:30,14.64,63.17,Buller" for known in ("070-174 06 05", "ABC123")]
    done = await bring_in(reports, HEADER + "\n".join(rows))
    assert (done["new"], done["masked"], done["masked_kinds"]) == (2, 1, {"phone": 1})
    listed = (await reports.get("/reports")).json()["reports"]
    assert {each["external_reference"] for each in listed} == {None, "ABC123"}


async def test_a_text_that_is_too_long_is_refused_unread(reports: httpx.AsyncClient) -> None:
    """POST /imports: a cell of half a megabyte of numbers costs nobody anything: its row is wrong, being long."""
    rows = [
        f"r{n},order,2026-11-02 21:30,14.64,63.17,{text}" for n, text in enumerate(("Buller", f"{NUMBER} " * 40_000))
    ]
    done = await bring_in(reports, HEADER + "\n".join(rows))
    assert (done["new"], done["failed"], done["masked"]) == (1, 1, 0)


async def test_a_mapping_can_be_confirmed(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """PUT /mappings/{name}: what looks like a name is confirmed by whoever knows that it is none, and written down."""
    body = MAPPING | {"values": {"category": {"grannen Anders": "order"}}}
    refused = await reports.put("/mappings/m", json=body)
    assert [each["code"] for each in refused.json()["errors"]] == ["weak_name"]
    before = len(await confirmations(reports_database))
    kept = await reports.put("/mappings/m", json=body | {"confirmed_no_personal_data": True})
    assert kept.status_code == 200, kept.text
    assert "confirmed_no_personal_data" not in kept.text + (await reports.get("/mappings/m")).text
    rows = (await confirmations(reports_database))[before:]
    assert [(each["subject"], each["kind"]) for each in rows] == [("mapping m", "name")]


async def test_a_suggestion_shows_no_number(reports: httpx.AsyncClient) -> None:
    """POST /mappings/suggest: neither in the header, nor in a cell, nor among the words it makes of cells."""
    file = f"Nr;Datum;Typ;Text {NUMBER}\n1;2026-11-16;{NUMBER}: Klotter;Killen {NUMBER}\n"
    answer = await reports.post("/mappings/suggest", content=file.encode(), headers={"Content-Type": "text/csv"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["header"][3] == "Text [struket: personnummer eller samordningsnummer]"
    assert "9876" not in answer.text


async def test_mappings_are_screened(reports: httpx.AsyncClient) -> None:
    """PUT /mappings/{name}: a number as name, as column, as word of the sender's."""
    for name, body in (
        (NUMBER, MAPPING),
        ("m", MAPPING | {"columns": MAPPING["columns"] | {"text": NUMBER}}),
        ("m", MAPPING | {"values": {"category": {STRONG: "order"}}}),
    ):
        answer = await reports.put(f"/mappings/{name}", json=body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["code"] == "strong_personnummer"
        assert NUMBER not in answer.text


async def test_names_of_areas_are_screened(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports: a number in a name is refused; a street named after a person is not; a name is confirmed."""
    ring = [[[14.5, 63.1], [14.8, 63.1], [14.8, 63.3], [14.5, 63.3], [14.5, 63.1]]]
    for name, sure, status in (
        (f"Hos {NUMBER}", True, 422),
        ("Karin Testssons plats", False, 200),
        ("Karin Testsson", False, 422),
        ("Karin Testsson", True, 200),
    ):
        feature = {
            "type": "Feature",
            "properties": {"code": "2380", "name": name, "parent": None},
            "geometry": {"type": "Polygon", "coordinates": ring},
        }
        answer = await reports.post(
            "/areas/imports",
            params={"confirmed_no_personal_data": sure} | RETIRE,
            json={"type": "FeatureCollection", "features": [feature]},
        )
        assert answer.status_code == status, answer.text
        assert NUMBER not in answer.text


@pytest.mark.parametrize("path", ["/reports", "/reports.csv"])
@pytest.mark.parametrize("name", ["words", "area"])
async def test_nobody_is_searched_for(reports: httpx.AsyncClient, path: str, name: str) -> None:
    """GET of a list or file with a personnummer where people write: 422 at that parameter, without repeating it."""
    answer = await reports.get(path, params={name: f"hej OR {NUMBER}"})
    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(name, "strong_personnummer")]
    assert "9876" not in answer.text.replace(answer.json()["request_id"], "")


@pytest.mark.parametrize("between", [" OR ", " or ", " or, ", " OR. ", " som ", '" "', " -"])
async def test_halves_of_a_number_are_one_again(reports: httpx.AsyncClient, between: str) -> None:
    """GET /reports: what stands between words for the search alone hides nothing."""
    answer = await reports.get("/reports", params={"words": NUMBER.replace("-", between)})
    assert [each["code"] for each in answer.json()["errors"]] == ["strong_personnummer"]


async def test_words_that_look_like_a_persons_are_kept_masked(
    reports: httpx.AsyncClient, reports_database: Database
) -> None:
    """GET /reports.csv: what is only likely is found, kept struck out, and the reading is told as a possible one."""
    sure = make_report(text=WEAK) | {"confirmed_no_personal_data": True}
    report_id = (await reports.post("/reports", json=sure, headers=new_key())).json()["id"]
    assert len((await reports.get("/reports.csv", params={"words": '"063-12 34 56"'})).text.splitlines()) == 2
    async with connected(reports_database.admin_url) as admin:
        (asked,) = await admin.fetch("SELECT asked::text FROM report_reads WHERE asked IS NOT NULL")
    assert "[struket: telefonnummer]" in asked[0]
    assert "12 34" not in asked[0]
    (read,) = (await reports.get(f"/reports/{report_id}/reads")).json()["reads"]
    assert (read["operation"], read["possible"]) == ("export", True)
