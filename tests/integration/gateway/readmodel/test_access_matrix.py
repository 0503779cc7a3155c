"""Who gets what through the gateway: overview, feed and pages, for every kind and role, field by field"""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.access import people
from services.reports.areas.work import load_areas
from shared.access import ROLES_OF_KIND, TABLE, Kind, Role, Sight
from shared.access.telling import coarse_facts
from shared.messages.reports import ReportSubmitted
from tests.integration.gateway.proxy.test_one_report_through import overview_of, send
from tests.integration.gateway.readmodel.test_get_feed import told_to
from tests.support.make.people import PASSWORD, letters, visiting
from tests.support.make.publications import publish
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import wait_until

READERS = [(kind, role) for kind in ROLES_OF_KIND for role in ROLES_OF_KIND[kind]]
HERE, ELSEWHERE = {"lon": 14.64, "lat": 63.1765}, {"lon": 15.05, "lat": 63.1765}
WHOSE = ("own", "own_areas", "elsewhere")


@dataclass(frozen=True)
class Reader:
    """A system and a person of one organisation, and the report it sent itself."""

    kind: Kind
    role: Role
    caller: httpx.AsyncClient
    name: str
    ids: dict[str, str]

    def sight(self, whose: str) -> Sight:
        """What the table gives of a report."""
        return getattr(TABLE["report"][self.role], whose)  # type: ignore[no-any-return]


@pytest.fixture
async def readers(
    partner: Any, gateway_app: FastAPI, gateway_database: Database, reports_database: Database, behind: Any
) -> list[Reader]:
    """One of each kind and role with area 01, and its own report there; two reports of others there, two in 02."""
    for database, column in ((reports_database, "version"), (gateway_database, "sequence")):
        async with connected(database.admin_url) as admin:
            await admin.execute(
                f"INSERT INTO areas (code, name, level, path, geometry, active, {column})"
                " SELECT '02', 'Bortom', 1, '{2380,02}',"
                " replace(replace(geometry::text, '14.6', '15.0'), '14.7', '15.1')::jsonb, true, 1 FROM areas"
            )
    await load_areas(behind[0])
    others = {}
    for whose, point in (("own_areas", HERE), ("elsewhere", ELSEWHERE)):
        sender = await partner(kind="guard", role="member")
        for _ in range(2):
            sent = await send(sender, category="violence", subcategory=None, point=point, text=f"Skylten {whose}")
            others[whose] = sent.json()["id"]
    found = []
    for kind, role in READERS:
        caller = await partner(kind=kind, role=role, areas=("01",))
        own = (await send(caller, point=HERE, text="Skylten own")).json()["id"]
        name = await person(gateway_app, UUID(caller.headers["X-Test-Organisation"]), kind, role)
        found.append(Reader(kind, role, caller, name, others | {"own": own}))

    async def counted() -> bool:
        return bool((await overview_of(found[0].caller))["totals"]["reports"] == len(READERS) + 4)

    await wait_until(counted, what="the read model to have every report")
    # The municipality's own counts are live; for those of others a week must be over.
    await publish(behind[0], now=datetime.now(UTC) + timedelta(days=7))

    async def published() -> bool:
        return bool((await overview_of(found[-1].caller))["published_through"])

    await wait_until(published, what="the publication to have come")
    return found


async def person(app: FastAPI, organisation_id: UUID, kind: Kind, role: Role) -> str:
    """An account in an organisation that is there."""
    name = f"{role}-{letters()}"
    async with app.state.database.sessions() as session, session.begin():
        await people.add_user(
            session, organisation_id=organisation_id, kind=kind, name=name, role=role, password=PASSWORD, actor="test"
        )
    return name


async def test_overview_feed_and_pages(readers: list[Reader], gateway_url: str) -> None:
    """GET /samsyn/v1/overview, /feed, and the pages /, /reports, /reports/{id}, /reports.csv: as the table says."""
    for reader in readers:
        check_overview(reader, await overview_of(reader.caller))
        check_feed(reader, await told_to(reader.caller))
    # The pages of all at once: most of the time goes into hashing their passwords.
    await asyncio.gather(*(check_pages(reader, gateway_url) for reader in readers))


def check_overview(reader: Reader, found: Any) -> None:
    """Two reports of others: two for who may see each of them, none or three for who gets counts only."""
    areas = {area["code"]: area for area in found["areas"]}
    for whose, code in (("own_areas", "01"), ("elsewhere", "02")):
        counted = reader.sight(whose) == "counts"
        assert areas[code]["by_category"].get("violence", 0) in ((0, 3) if counted else (2,)), reader
        assert areas[code]["rounded"] is counted, reader
    assert areas["02"]["reports"] % 3 == 0 if areas["02"]["rounded"] else areas["02"]["reports"] == 2, reader
    assert found["totals"]["rounded"] is (reader.sight("elsewhere") == "counts"), reader


def check_feed(reader: Reader, items: list[dict[str, Any]]) -> None:
    """A message for each report one may see, whole where everything may be seen, else what is coarse of it."""
    data = {item["data"]["report_id"]: item["data"] for item in items}
    for whose in WHOSE:
        sight, seen = reader.sight(whose), data.get(reader.ids[whose])
        assert (seen is not None) is (sight in ("everything", "coarse")), (reader, whose)
        if seen is not None:
            whole = {"organisation_id"} if sight == "everything" else set()
            assert set(seen) <= coarse_facts(ReportSubmitted) | whole, (reader, whose)
            assert ("organisation_id" in seen) is (sight == "everything"), (reader, whose)


async def check_pages(reader: Reader, url: str) -> None:
    """A link to each report that may be seen, its text where everything may; the others are not found."""
    async with visiting(url, reader.name, UUID(int=0)) as visitor:
        listed = unescape((await visitor.browser.get("/reports")).text)
        table = await wait_until(partial(export_of, visitor.browser), what="an export's turn")
        front = unescape((await visitor.browser.get("/")).text)
        counts = dict(re.findall(r'data-area="([^"]+)"><title>[^:]*: ([^,]*)', front))
        assert counts["02"].startswith("omkring") is (reader.sight("elsewhere") == "counts"), reader
        assert "Skylten" not in front
        for whose in WHOSE:
            sight, report_id = reader.sight(whose), reader.ids[whose]
            page = await visitor.browser.get(f"/reports/{report_id}")
            visible = sight in ("everything", "coarse")
            assert page.status_code == (200 if visible else 404), (reader, whose)
            for text in (listed, table):
                assert (report_id in text) is visible, (reader, whose)
            for text in (listed, table, unescape(page.text)):
                assert (f"Skylten {whose}" in text) is (sight == "everything"), (reader, whose)


async def export_of(browser: httpx.AsyncClient) -> str | None:
    """The table of reports; None while it is the turn of others' exports."""
    answer = await browser.get("/reports.csv")
    return answer.text if answer.status_code == 200 else None


async def test_how_a_report_was_judged_is_not_told(partner: Any) -> None:
    """GET /samsyn/v1/feed: of a decision on another's report in one's own areas comes that it counts no more."""
    coordinator = await partner()
    housing = await partner(kind="housing", role="member", areas=("01",))
    report = (await send(coordinator, point=HERE)).json()["id"]
    decided = await coordinator.post(
        f"/samsyn/v1/reports/{report}/review", json={"outcome": "rejected", "reason": "Fel ort"},
        headers={"Idempotency-Key": report},
    )  # fmt: skip
    assert decided.status_code == 200, decided.text

    async def heard() -> Any:
        return next((item for item in await told_to(housing) if item["type"] == "report.removed"), None)

    item = await wait_until(heard, what="that it no longer counts")
    assert item["data"] == {"report_id": report, "sequence": 2, "category": "order", "area_code": "01"}
