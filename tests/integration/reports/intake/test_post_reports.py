"""POST /reports"""

import asyncio
from uuid import uuid4

import httpx
from fastapi import FastAPI

from shared.messages.reports import ReportSubmitted
from tests.support.look.bus import BusProbe
from tests.support.look.statements import statements_of
from tests.support.make.reports import make_report


def key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"Idempotency-Key": uuid4().hex}


async def test_a_report_is_placed_stored_and_told(reports: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /reports: area, cell and band come back; the message holds them and no free text."""
    answer = await reports.post("/reports", json=make_report(text="MARKER vid väntsalen"), headers=key())
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert (receipt["area_code"], receipt["band"], receipt["cell"][0]) == ("01", 8, "E")
    assert answer.headers["location"] == f"/samsyn/v1/reports/{receipt['id']}"
    incoming = await told.next("reports.report.v1", key=receipt["id"])
    assert isinstance(incoming.message, ReportSubmitted)
    assert (incoming.message.area_code, incoming.message.cell) == ("01", receipt["cell"])
    assert b"MARKER" not in incoming.received.value
    kept = await reports.get(f"/reports/{receipt['id']}")
    assert kept.json()["text"] == "MARKER vid väntsalen"


async def test_fifty_identical_posts_make_one_report(reports: httpx.AsyncClient) -> None:
    """POST /reports: 50 in parallel with one key get the same answer, and there is one report."""
    headers, body = key(), make_report()
    answers = await asyncio.gather(*(reports.post("/reports", json=body, headers=headers) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len((await reports.get("/reports")).json()["reports"]) == 1


async def test_same_key_with_another_body_is_refused(reports: httpx.AsyncClient) -> None:
    """POST /reports: one key means one request."""
    headers = key()
    await reports.post("/reports", json=make_report(), headers=headers)
    answer = await reports.post("/reports", json=make_report(severity=3), headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:samsyn:problem:idempotency-key-reused")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Idempotency-Key" in answer.json()["detail"]


async def test_a_taken_reference_is_a_conflict_that_uses_up_nothing(reports: httpx.AsyncClient) -> None:
    """POST /reports: an organisation's own reference stands for one report; the refused key is still free."""
    headers = key()
    await reports.post("/reports", json=make_report(external_reference="week-47-1"), headers=key())
    refused = await reports.post("/reports", json=make_report(external_reference="week-47-1"), headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:samsyn:problem:reference-known")
    batch = {"reports": [make_report(external_reference="week-47-1", severity=3)]}
    (result,) = (await reports.post("/reports/batch", json=batch, headers=key())).json()["results"]
    assert [(each["code"], each["field"]) for each in result["faults"]] == [("reference_taken", "/external_reference")]
    taken = await reports.post("/reports", json=make_report(external_reference="week-47-2"), headers=headers)
    assert taken.status_code == 201
    assert len((await reports.get("/reports")).json()["reports"]) == 2


async def test_one_statement_and_one_more_for_a_repeat(reports: httpx.AsyncClient, reports_app: FastAPI) -> None:
    """POST /reports: key, report and message are one statement, and so one transaction."""
    headers, body = key(), make_report()
    with statements_of(reports_app) as said:
        first = await reports.post("/reports", json=body, headers=headers)
        assert len(said) == 1, said
    with statements_of(reports_app) as said:
        again = await reports.post("/reports", json=body, headers=headers)
        assert len(said) == 2, said
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]


async def test_letters_that_were_spoilt_are_refused(reports: httpx.AsyncClient) -> None:
    """POST /reports and its batches: who sends them can mend them now, later nobody can. No other text is touched."""
    for spoilt in ("SkadegÃ¶relse pÃ¥ torget", "Nedskr\ufffdpning"):
        answer = await reports.post("/reports", json=make_report(text=spoilt), headers=key())
        assert answer.status_code == 422, answer.text
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("/text", "spoilt_letters")]
    sent = make_report(external_reference="GRÃ¶N-1")
    assert (await reports.post("/reports", json=sent, headers=key())).status_code == 422
    good = make_report(text="« À côté » – ”blå”… IRMÃ!")
    assert (await reports.post("/reports", json=good, headers=key())).status_code == 201
