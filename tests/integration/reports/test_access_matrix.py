"""Who sees what of reports: every kind of organisation, role, operation and field, against the one table"""

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any, get_args
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.reports.areas.work import load_areas
from services.reports.intake.schemas import ReportPage
from shared.access import COARSE, ROLES_OF_KIND, TABLE, Kind, Role, Sight
from shared.access.table import SAID_BY
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal

HERE = {"lon": 14.64, "lat": 63.1765}
ELSEWHERE = {"lon": 15.05, "lat": 63.1765}
READERS = [(kind, role) for kind in get_args(Kind) for role in ROLES_OF_KIND[kind]]
WHOSE = ("own", "own_areas", "elsewhere")
FIELDS = (
    "id", "category", "subcategory", "occurred_on", "band", "cell", "area_code", "dark", "severity", "location_kind",
    "organisation_id", "external_reference", "occurred_from", "occurred_to", "lon", "lat", "text", "certainty",
    "status", "version", "received_at",
)  # fmt: skip

Rows = dict[str, dict[str, Any]]


@pytest.fixture
async def sent(reports_app: FastAPI, reports_url: str, reports_database: Database, clean: None) -> dict[str, Any]:
    """A report of the reader's organisation and one of another, both in area 01, and one of a third in area 02."""
    async with connected(reports_database.admin_url) as admin:
        await admin.execute(
            "INSERT INTO areas (code, name, level, path, geometry, active, version) SELECT '02', 'Bortom', 1,"
            " '{2380,02}', replace(replace(geometry::text, '14.6', '15.0'), '14.7', '15.1')::jsonb, true, 1 FROM areas"
        )
    await load_areas(reports_app)
    made: dict[str, Any] = {"organisation_id": uuid4(), "ids": {}}
    for whose, organisation, point in (
        ("own", made["organisation_id"], HERE),
        ("own_areas", uuid4(), HERE),
        ("elsewhere", uuid4(), ELSEWHERE),
    ):
        sender = make_principal(kind="guard", role="member", organisation_id=organisation)
        async with client(reports_url, service="reports", principal=sender) as caller:
            body = make_report(
                point=point, external_reference=f"R-{whose}", certainty="likely", text=f"Skylten MARKER {whose}"
            )
            answer = await caller.post("/reports", json=body, headers={"Idempotency-Key": uuid4().hex})
            assert answer.status_code == 201, answer.text
            made["ids"][whose] = answer.json()["id"]
    return made


async def listed(caller: httpx.AsyncClient, _: dict[str, str]) -> Rows:
    """GET /reports."""
    found = (await caller.get("/reports")).json()
    # The list is written without the model that describes it.
    assert ReportPage.model_validate(found).model_dump(mode="json") == found
    return {row["id"]: row for row in found["reports"]}


async def got(caller: httpx.AsyncClient, ids: dict[str, str]) -> Rows:
    """GET /reports/{id} of each."""
    answers = [await caller.get(f"/reports/{each}") for each in ids.values()]
    assert {answer.status_code for answer in answers} <= {200, 404}
    return {answer.json()["id"]: answer.json() for answer in answers if answer.status_code == 200}


async def exported(caller: httpx.AsyncClient, _: dict[str, str]) -> Rows:
    """GET /reports.csv."""
    text = (await caller.get("/reports.csv")).text
    return {
        row["id"]: {name: value or None for name, value in row.items()} for row in csv.DictReader(io.StringIO(text))
    }


async def searched(caller: httpx.AsyncClient, _: dict[str, str]) -> Rows:
    """GET /reports?words=: finds only where the text may be read."""
    found = (await caller.get("/reports", params={"words": "skylt"})).json()["reports"]
    return {row["id"]: row for row in found}


OPERATIONS: dict[str, Callable[[httpx.AsyncClient, dict[str, str]], Awaitable[Rows]]] = {
    "list": listed,
    "get": got,
    "export": exported,
    "search": searched,
}


def sight_of(role: Role, whose: str) -> Sight:
    """What the table gives."""
    return getattr(TABLE["report"][role], whose)  # type: ignore[no-any-return]


def check(row: dict[str, Any] | None, sight: Sight, *, searching: bool) -> None:
    """Compare a row with what the table gives, field by field."""
    visible = sight == "everything" or (sight == "coarse" and not searching)
    assert (row is not None) is visible
    if row is None:
        return
    for name in FIELDS:
        given = sight == "everything" or name in COARSE["report"]
        assert (row[name] is not None) is given, name
    told = {name for name, value in row.items() if value is not None}
    coarse = COARSE["report"] | SAID_BY["report"].keys() & row.keys()
    assert told == coarse if sight == "coarse" else told > coarse


@pytest.mark.parametrize(("kind", "role"), READERS, ids=str)
async def test_every_reader_gets_what_the_table_gives(
    sent: dict[str, Any], reports_url: str, kind: Kind, role: Role
) -> None:
    """GET /reports, /reports/{id}, /reports.csv and the search, for one kind of reader: row by row, field by field."""
    reader = make_principal(kind=kind, role=role, organisation_id=UUID(str(sent["organisation_id"])), areas=("01",))
    async with client(reports_url, service="reports", principal=reader) as caller:
        for name, operation in OPERATIONS.items():
            rows = await operation(caller, sent["ids"])
            for whose in WHOSE:
                check(rows.get(sent["ids"][whose]), sight_of(role, whose), searching=name == "search")


async def test_unknown_and_forbidden_look_alike(sent: dict[str, Any], reports_url: str) -> None:
    """GET /reports/{id}: a report one may not know of answers as one that is not there."""
    reader = make_principal(kind="housing", role="member", areas=("01",))
    async with client(reports_url, service="reports", principal=reader) as caller:
        hidden = await caller.get(f"/reports/{sent['ids']['elsewhere']}")
        missing = await caller.get(f"/reports/{uuid4()}")
        volatile = ("request_id",)
        assert hidden.status_code == missing.status_code == 404
        assert {k: v for k, v in hidden.json().items() if k not in volatile} == {
            k: v for k, v in missing.json().items() if k not in volatile
        }


@pytest.mark.parametrize("ended", ["rejected", "duplicate", "withdrawn"])
async def test_what_does_not_count_is_not_there_for_who_sees_coarsely(
    sent: dict[str, Any], reports_url: str, ended: str
) -> None:
    """GET /reports, /reports/{id}, /reports.csv: a list has as many as the counts say, whatever the decision was."""
    member, leader = make_principal(kind="housing", role="member", areas=("01",)), make_principal()
    ids, key = sent["ids"], {"Idempotency-Key": uuid4().hex}
    async with (
        client(reports_url, service="reports", principal=member) as caller,
        client(reports_url, service="reports", principal=leader) as leading,
    ):
        whole = (await leading.get(f"/reports/{ids['own_areas']}")).json()
        if ended == "withdrawn":
            sender = make_principal(kind="guard", role="member", organisation_id=UUID(whole["organisation_id"]))
            async with client(reports_url, service="reports", principal=sender) as sending:
                done = await sending.post(f"/reports/{whole['id']}/withdraw", json={"reason": "Fel"}, headers=key)
        else:
            body = {"outcome": ended} | ({"duplicate_of": ids["own"]} if ended == "duplicate" else {"reason": "Fel"})
            done = await leading.post(f"/reports/{whole['id']}/review", json=body, headers=key)
        assert done.status_code == 200, done.text
        for name in ("list", "get", "export"):
            assert set(await OPERATIONS[name](caller, ids)) == {ids["own"]}, name
        assert whole["id"] in await got(leading, ids)
