"""What stands against a request is named in its 409: `conflicts_with`, for who may know of it"""

from typing import Any
from uuid import uuid4

import httpx

from tests.support.make.reports import make_report


def key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"Idempotency-Key": uuid4().hex}


async def send(caller: httpx.AsyncClient, **changes: Any) -> str:
    """Send a report and return its id."""
    answer = await caller.post("/reports", json=make_report(**changes), headers=key())
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def review(caller: httpx.AsyncClient, report_id: str, **said: Any) -> httpx.Response:
    """Decide what becomes of a report."""
    return await caller.post(f"/reports/{report_id}/review", json=said, headers=key())


async def test_a_reference_that_is_taken(reports: httpx.AsyncClient) -> None:
    """POST /reports, and one of a batch: the id of the report that has it."""
    first = await send(reports, external_reference="V47-0099")
    again = make_report(external_reference="V47-0099", severity=3)
    refused = await reports.post("/reports", json=again, headers=key())
    assert (refused.status_code, refused.json()["conflicts_with"]) == (409, [first])
    batch = await reports.post("/reports/batch", json={"reports": [again]}, headers=key())
    (result,) = batch.json()["results"]
    assert (result["status"], result["conflicts_with"]) == ("refused", [first])


async def test_duplicates(reports: httpx.AsyncClient) -> None:
    """POST /reports/{id}/review: the one that counts no more is named, whoever led to it; else nothing is."""
    leader, other, third = [await send(reports, external_reference=None) for _ in range(3)]
    assert (await review(reports, other, outcome="duplicate", duplicate_of=leader)).status_code == 200
    gone = await review(reports, third, outcome="duplicate", duplicate_of=other)
    assert (gone.status_code, gone.json()["conflicts_with"]) == (409, [other])
    led = await review(reports, leader, outcome="duplicate", duplicate_of=third)
    assert led.status_code == 200, led.text
    assert (await reports.get(f"/reports/{other}")).json()["incident_id"] == third
    gone = await review(reports, third, outcome="duplicate", duplicate_of=other)
    assert (gone.status_code, gone.json()["conflicts_with"]) == (409, [other])
    itself = await review(reports, other, outcome="question", reason="Vilken dag?")
    assert itself.status_code == 409
    assert "conflicts_with" not in itself.json()
