"""GET /reports: orders, their pages, and what is asked of references and changes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.make.reports import make_report
from tests.support.servers.services import client, make_principal, new_key

SENDER = make_principal(kind="housing", role="member")
NEIGHBOUR = make_principal(kind="school", role="member", areas=("01",))
TIMES = (
    "2026-11-20T16:30:00+01:00", "2026-11-20T16:05:00+01:00", "2026-11-20", "2026-11-18T23:10:00+01:00",
    "2026-11-20T00:10:00+01:00", "2026-11-21T06:00:00+01:00", "2026-11-18", "2026-11-20T17:59:00+01:00",
)  # fmt: skip
Row = Mapping[str, Any]


@pytest.fixture
async def sent(reports: httpx.AsyncClient, reports_url: str) -> list[str]:
    """Reports of a housing company, as they were sent: their ids."""
    ids = []
    async with client(reports_url, service="reports", principal=SENDER) as sender:
        for number, time in enumerate(TIMES):
            report = make_report(occurred_from=time, occurred_to=None, external_reference=f"V-{number}")
            answer = await sender.post("/reports", json=report, headers=new_key())
            assert answer.status_code == 201, answer.text
            ids.append(answer.json()["id"])
    return ids


async def pages(caller: httpx.AsyncClient, **asked: Any) -> list[Row]:
    """The rows of all pages of three."""
    rows: list[Row] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await caller.get("/reports", params={"limit": 3, **asked, **cursor})
        assert answer.status_code == 200, answer.text
        rows += answer.json()["reports"]
        if (after := answer.json()["next_cursor"]) is None:
            return rows
        cursor = {"cursor": after}


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["received", "occurred", "updated"])
async def test_each_order_gives_each_report_once(
    reports: httpx.AsyncClient, sent: list[str], sort: str, direction: str
) -> None:
    """However small its pages; to the minute for who sees each minute."""
    rows = await pages(reports, sort=sort, direction=direction)
    assert sorted(row["id"] for row in rows) == sorted(sent)
    key = {"received": "id", "occurred": "occurred_from", "updated": "updated_at"}[sort]
    inorder = all(a[key] <= b[key] if direction == "asc" else a[key] >= b[key] for a, b in pairwise(rows))
    assert inorder, [row[key] for row in rows]


async def test_who_sees_a_report_coarsely_is_not_told_the_minute_by_its_place(
    reports: httpx.AsyncClient, reports_url: str, sent: list[str]
) -> None:
    """By day and two-hour band, a whole day before its bands; within a band in the order of the ids."""
    async with client(reports_url, service="reports", principal=NEIGHBOUR) as school:
        rows = await pages(school, sort="occurred", direction="asc")
    told = [(row["occurred_on"], -1 if row["band"] is None else row["band"], row["id"]) for row in rows]
    assert told == sorted(told)
    assert len(told) == len(sent)
    assert {row["updated_at"] for row in rows} == {None}


async def test_a_cursor_is_good_for_its_own_order_alone(reports: httpx.AsyncClient, sent: list[str]) -> None:
    """400 where the order was changed between pages."""
    first = await reports.get("/reports", params={"limit": 1, "sort": "occurred"})
    for other in ({}, {"sort": "occurred", "direction": "asc"}, {"sort": "updated"}):
        answer = await reports.get("/reports", params={"cursor": first.json()["next_cursor"], **other})
        assert answer.status_code == 400, other


async def test_a_report_is_found_by_the_senders_own_reference(
    reports: httpx.AsyncClient, reports_url: str, sent: list[str]
) -> None:
    """Whole, by its sender and who sees everything; by others not at all."""
    async with client(reports_url, service="reports", principal=SENDER) as sender:
        for caller in (sender, reports):
            rows = await pages(caller, external_reference="V-3")
            assert [row["id"] for row in rows] == [sent[3]]
            assert await pages(caller, external_reference="V-") == []
        assert await pages(sender, external_reference="row:00ff:1") == []
    async with client(reports_url, service="reports", principal=NEIGHBOUR) as school:
        assert await pages(school, external_reference="V-3") == []
    personal = await reports.get("/reports", params={"external_reference": "811218-9876"})
    assert personal.status_code == 422


async def test_changes_are_followed_from_where_one_stood(
    reports: httpx.AsyncClient, reports_url: str, sent: list[str]
) -> None:
    """updated_since: what changed since comes again, once, with its version; for others' reports nothing is told."""
    rows = await pages(reports, updated_since="2026-01-01")
    assert [row["version"] for row in rows] == [1] * len(sent)
    last = datetime.fromisoformat(rows[-1]["updated_at"]) + timedelta(microseconds=1)
    assert await pages(reports, updated_since=last.isoformat()) == []
    for outcome, reason in (("question", "Vilken sida?"), ("accepted", None)):
        body = {"outcome": outcome} | ({"reason": reason} if reason else {})
        answer = await reports.post(f"/reports/{sent[2]}/review", json=body, headers=new_key())
        assert answer.status_code == 200, answer.text
    since = last.isoformat()
    assert [(row["id"], row["version"]) for row in await pages(reports, updated_since=since)] == [(sent[2], 3)]
    assert [row["id"] for row in await pages(reports, updated_since=since, sort="occurred")] == [sent[2]]
    assert (await pages(reports, sort="updated"))[0]["id"] == sent[2]
    async with client(reports_url, service="reports", principal=SENDER) as sender:
        assert [row["id"] for row in await pages(sender, updated_since=since)] == [sent[2]]
        assert [UUID(row["id"]) for row in await pages(sender, updated_since=since, status="question")] == []
    async with client(reports_url, service="reports", principal=NEIGHBOUR) as school:
        assert await pages(school, updated_since=since) == []
        assert await pages(school, sort="updated") == []


async def test_withdrawn_reports_are_told_to_who_follows_changes_or_asks_by_key(
    reports_url: str, sent: list[str]
) -> None:
    """By updated_since and external_reference, to their sender alone; a list without these leaves them out."""
    async with client(reports_url, service="reports", principal=SENDER) as sender:
        gone = (await sender.get(f"/reports/{sent[0]}")).json()
        body = {"reason": "Sent twice."}
        answer = await sender.post(
            f"/reports/{sent[0]}/withdraw", json=body, headers=new_key() | {"If-Match": f'"{gone["version"]}"'}
        )
        assert answer.status_code == 200, answer.text
        for asked in ({"updated_since": "2026-01-01"}, {"external_reference": gone["external_reference"]}):
            found = {row["id"]: row["status"] for row in await pages(sender, **asked)}
            assert found.get(sent[0]) == "withdrawn"
        assert sent[0] not in {row["id"] for row in await pages(sender)}
    async with client(reports_url, service="reports", principal=NEIGHBOUR) as school:
        assert await pages(school, updated_since="2026-01-01") == []
        assert await pages(school, external_reference=gone["external_reference"]) == []


async def test_a_local_time_that_there_is_not_is_refused(reports: httpx.AsyncClient) -> None:
    """updated_since in the hour that the clocks go forward over."""
    answer = await reports.get("/reports", params={"updated_since": "2026-03-29T02:30:00"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "updated_since"


async def test_another_organisations_report_that_one_sees_is_said_to_be_theirs(
    reports_url: str, sent: list[str]
) -> None:
    """GET /reports/{id}/history and POST .../withdraw: 403 of a report in one's area, 404 of one that is not seen."""
    elsewhere = make_principal(kind="school", role="member", areas=("09",))
    for principal, status in ((NEIGHBOUR, 403), (elsewhere, 404)):
        async with client(reports_url, service="reports", principal=principal) as school:
            assert (await school.get(f"/reports/{sent[0]}/history")).status_code == status
            body = {"reason": "Sent twice."}
            answer = await school.post(f"/reports/{sent[0]}/withdraw", json=body, headers=new_key())
            assert answer.status_code == status
