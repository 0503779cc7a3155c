"""What cannot be found out of what one may not read: by filters, by statuses, by asking for what is not there"""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal, new_key

MEMBER = make_principal(kind="housing", role="member", areas=("01",))
WALKER = make_principal(kind="night_walk", role="night_walker", areas=("01",))


@pytest.fixture
async def hidden(reports: httpx.AsyncClient, reports_database: Database) -> dict[str, Any]:
    """A report of the police in area 01, put in question by the coordinator."""
    body = make_report(text="Skylten MARKER", external_reference="K-1", certainty="likely", severity=3)
    sender = make_principal(kind="police", role="member")
    base = str(reports.base_url)
    async with client(base, service="reports", principal=sender) as police:
        report = (await police.post("/reports", json=body, headers=new_key())).json()
    question = {"outcome": "question", "reason": "Vilken sida?"}
    answer = await reports.post(f"/reports/{report['id']}/review", json=question, headers=new_key())
    assert answer.status_code == 200, answer.text
    idle = uuid4()
    async with connected(reports_database.admin_url) as admin:
        for each in (sender.organisation_id, idle):
            await admin.execute("INSERT INTO organisations (id, name, sequence) VALUES ($1, 'Made up', 1)", each)
    return {"id": report["id"], "organisation_id": str(sender.organisation_id), "idle": str(idle)}


@pytest.fixture
async def member(reports_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A housing company whose area is 01."""
    async with client(reports_url, service="reports", principal=MEMBER) as caller:
        yield caller


async def found(caller: httpx.AsyncClient, **wanted: Any) -> list[str]:
    """The ids a filter finds, in the list; the CSV finds the same."""
    rows = (await caller.get("/reports", params=wanted)).json()["reports"]
    lines = (await caller.get("/reports.csv", params=wanted)).text.splitlines()[1:]
    assert [line.partition(",")[0] for line in lines] == [row["id"] for row in rows]
    return [row["id"] for row in rows]


async def test_a_filter_on_a_hidden_field_finds_nothing(hidden: dict[str, Any], member: httpx.AsyncClient) -> None:
    """GET /reports: words, status and sender of another's report do not tell it from any other."""
    assert await found(member) == [hidden["id"]]
    for wanted in (
        {"words": "skylten"},
        {"words": "MARKER"},
        {"words": "-cykel"},
        {"status": "question"},
        {"organisation_id": hidden["organisation_id"]},
        {"status": "question", "category": "order", "severity": 3},
        {"words": "skylten", "area": "01"},
    ):
        assert await found(member, **wanted) == [], wanted
    for wrong in ({"status": "received"}, {"status": "withdrawn"}, {"organisation_id": hidden["idle"]}):
        assert await found(member, **wrong) == [], wrong


@pytest.mark.parametrize("path", ["/reports", "/reports/count", "/reports.csv"])
async def test_a_filter_by_what_never_was_is_refused(
    hidden: dict[str, Any], reports: httpx.AsyncClient, member: httpx.AsyncClient, path: str
) -> None:
    """A code of a list, an organisation that there is not: 422 with its field, and for nobody a way to ask who sent."""
    never = {"organisation_id": str(uuid4()), "area": "xyzzy", "category": "xyzzy", "subcategory": "xyzzy"}
    for caller in (reports, member):
        for field, value in never.items():
            answer = await caller.get(path, params={field: value})
            assert answer.status_code == 422, (field, answer.text)
            assert [each["field"] for each in answer.json()["errors"]] == [field]
            assert value not in answer.text
        for known in (hidden["organisation_id"], hidden["idle"]):
            assert (await caller.get(path, params={"organisation_id": known})).status_code == 200


async def test_a_filter_on_a_field_one_may_read_finds_it(
    hidden: dict[str, Any], member: httpx.AsyncClient, reports_url: str
) -> None:
    """GET /reports: severity and dark are coarse, so members may ask; night walkers find only what they sent."""
    for wanted in ({"severity": 3}, {"category": "order"}, {"area": "01"}, {"from": "2026-11-20", "to": "2026-11-20"}):
        assert await found(member, **wanted) == [hidden["id"]], wanted
    async with client(reports_url, service="reports", principal=WALKER) as walker:
        every: list[dict[str, Any]] = [{}, {"severity": 3}, {"dark": True}, {"area": "01"}, {"category": "order"}]
        for each in every:
            assert await found(walker, **each) == [], each


OPERATIONS: list[tuple[str, str, Any, dict[str, str]]] = [
    ("GET", "/reports/{id}", None, {}),
    ("GET", "/reports/{id}/history", None, {}),
    ("GET", "/reports/{id}/reads", None, {}),
    ("GET", "/reports/{id}/similar", None, {}),
    ("PUT", "/reports/{id}", make_report(), {"If-Match": '"1"'}),
    ("PUT", "/reports/{id}", make_report(), {"If-Match": '"2"'}),
    ("POST", "/reports/{id}/withdraw", {"reason": "Fel"}, {}),
    ("POST", "/reports/{id}/review", {"outcome": "accepted"}, {}),
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each[0]} {each[1]}")
@pytest.mark.parametrize("reader", [WALKER, make_principal(kind="housing", role="member", areas=("02",))])
async def test_what_one_may_not_know_of_is_not_there(
    hidden: dict[str, Any], reports_url: str, reader: Any, operation: tuple[str, str, Any, dict[str, str]]
) -> None:
    """Every operation on a report: one that is hidden answers, word for word, like one that does not exist."""
    method, path, body, headers = operation
    answers = []
    async with client(reports_url, service="reports", principal=reader) as caller:
        for report_id in (hidden["id"], str(uuid4())):
            more = headers | (new_key() if method == "POST" else {})
            answer = await caller.request(method, path.format(id=report_id), json=body, headers=more)
            said = {name: value for name, value in answer.json().items() if name != "request_id"}
            kept = {name for name in answer.headers if name not in ("date", "x-request-id")}
            answers.append((answer.status_code, said, kept))
    assert answers[0] == answers[1]
    assert answers[0][0] in (403, 404)


async def test_a_member_sees_no_more_of_it_than_is_coarse(hidden: dict[str, Any], member: httpx.AsyncClient) -> None:
    """PUT, withdraw and history of another's report that one may see coarsely: it is not there."""
    for method, path, body, headers in OPERATIONS[1:]:
        more = headers | (new_key() if method == "POST" else {})
        answer = await member.request(method, path.format(id=hidden["id"]), json=body, headers=more)
        assert answer.status_code in (403, 404), (method, path)
    assert "etag" not in (await member.get(f"/reports/{hidden['id']}")).headers


async def test_who_read_it(hidden: dict[str, Any], reports: httpx.AsyncClient, member: httpx.AsyncClient) -> None:
    """GET /reports/{id}/reads: each full reading with who, when, how and why; a coarse one is none; not for members."""
    await member.get(f"/reports/{hidden['id']}")
    await reports.get(f"/reports/{hidden['id']}", params={"purpose": "review"})
    await reports.get("/reports", params={"words": "skylten"})
    await reports.get("/reports.csv")
    reads = (await reports.get(f"/reports/{hidden['id']}/reads")).json()["reads"]
    assert [(each["operation"], each["purpose"]) for each in reads] == [
        ("export", "daily_work"), ("list", "daily_work"), ("get", "review"),
    ]  # fmt: skip
    assert all(each["at"] and each["client_id"] and each["organisation_id"] for each in reads)
    assert str(MEMBER.organisation_id) not in {each["organisation_id"] for each in reads}
    assert (await member.get(f"/reports/{hidden['id']}/reads")).status_code == 403


async def test_who_took_out_very_many(
    hidden: dict[str, Any], reports: httpx.AsyncClient, reports_database: Database
) -> None:
    """GET /reports/{id}/reads: an export of more reports than are indexed one by one is found too, in its place."""
    async with connected(reports_database.admin_url) as admin:
        await admin.execute(
            "INSERT INTO report_reads (organisation_id, client_id, operation, purpose, report_ids) SELECT"
            " gen_random_uuid(), 'large', 'export', 'daily_work', array_agg(gen_random_uuid()) || $1::uuid"
            " FROM generate_series(1, 1000)",
            hidden["id"],
        )
    await reports.get(f"/reports/{hidden['id']}")
    reads = (await reports.get(f"/reports/{hidden['id']}/reads")).json()["reads"]
    assert [each["operation"] for each in reads] == ["get", "export"]
    assert reads[1]["client_id"] == "large"


async def test_what_was_read_stays_written(hidden: dict[str, Any], reports_database: Database) -> None:
    """The role of the service can add to who read what, and neither change, remove nor empty it, nor its guard."""
    async with connected(reports_database.url) as runtime:
        await runtime.execute(
            "INSERT INTO report_reads (organisation_id, client_id, operation, purpose, report_ids)"
            " VALUES (gen_random_uuid(), 'c', 'get', 'daily_work', ARRAY[gen_random_uuid()])"
        )
        for wrong in (
            "UPDATE report_reads SET client_id = 'nobody'",
            "DELETE FROM report_reads",
            "TRUNCATE report_reads",
            "ALTER TABLE report_reads DISABLE TRIGGER ALL",
            "DROP TABLE report_reads",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runtime.execute(wrong)
        assert await runtime.fetchval("SELECT count(*) FROM report_reads WHERE client_id = 'c'") == 1
