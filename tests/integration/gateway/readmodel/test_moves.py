"""What moves: whoever is told of things one by one has at last what its list shows, however they moved"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI

from services.notify.matching.commands import bodies_of
from services.notify.subscriptions.domain import Filter
from services.reports.areas.work import load_areas
from shared.access import Principal
from shared.messages import BY_TYPE
from tests.support.look.told import made_of, twice
from tests.support.make.areas import square
from tests.support.make.days import today
from tests.support.make.imports import HEADER, bring_in
from tests.support.make.reports import make_report
from tests.support.make.things import KIND_OF_ROLE, arrived
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import make_principal, wait_until

POINTS = {"01": {"lon": 14.64, "lat": 63.1765}, "02": {"lon": 15.05, "lat": 63.1765}, "": {"lon": 15.5, "lat": 63.1765}}
PATHS = {code: ["2380", code] for code in ("01", "02")}
AT = datetime(2026, 11, 22, tzinfo=UTC)
READERS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "here": ("member", ("01",)),
    "there": ("member", ("02",)),
    "both": ("member", ("01", "02")),
    "walker": ("night_walker", ("01", "02")),
    "leader": ("coordinator", ()),
}
Move = Callable[[str], Awaitable[None]]


@pytest.fixture
async def ways(
    partner: Any, behind: tuple[FastAPI, str], gateway_database: Database, reports_database: Database, gateway_url: str
) -> dict[str, Move]:
    """Two areas, and the ways in which a report moves to one of them or to none ("")."""
    for database, column in ((reports_database, "version"), (gateway_database, "sequence")):
        async with connected(database.admin_url) as admin:
            await admin.execute(
                f"INSERT INTO areas (code, name, level, path, geometry, active, {column})"
                " VALUES ('02', 'Bortom', 1, '{2380,02}', $1, true, 1)",
                json.dumps(square(15.0, 63.1, 0.1)),
            )
    await load_areas(behind[0])
    sender, coordinator = await partner(kind="guard", role="member"), await partner()
    sender.base_url = coordinator.base_url = httpx.URL(f"{gateway_url}/samsyn/v1")
    sent = (await send_to(sender, "01")).json()["id"]

    async def corrected(to: str) -> None:
        body = make_report(occurred_from=today().isoformat(), occurred_to=None, point=POINTS[to])
        answer = await sender.put(f"/reports/{sent}", json=body, headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text

    async def sent_again(to: str) -> None:
        row = f"R-1,order,{today()},{POINTS[to]['lon']},{POINTS[to]['lat']},Skräp\n"
        assert (await bring_in(sender, HEADER + row))["failed"] == 0

    async def redrawn(to: str) -> None:
        """Where the reports of the file and the other lie alike, the areas move under them."""
        shapes = {code: square(16.0 if code == "01" else 16.5, 63.1, 0.1) for code in PATHS}
        if to:
            shapes[to] = square(14.5, 63.0, 1.1)
        async with connected(reports_database.admin_url) as admin:
            for code, shape in shapes.items():
                await admin.execute("UPDATE areas SET geometry = $2 WHERE code = $1", code, json.dumps(shape))
        await load_areas(behind[0])
        await placed_anew(coordinator)

    return {"corrected": corrected, "sent again": sent_again, "redrawn": redrawn}


async def send_to(sender: httpx.AsyncClient, area: str) -> httpx.Response:
    """A report in an area."""
    body = make_report(occurred_from=today().isoformat(), occurred_to=None, point=POINTS[area])
    answer = await sender.post("/reports", json=body, headers={"Idempotency-Key": uuid4().hex})
    assert answer.status_code == 201, answer.text
    return answer


async def placed_anew(coordinator: httpx.AsyncClient) -> None:
    """Have all reports placed by the areas as they are now."""
    asked = await coordinator.post("/areas/placements", headers={"Idempotency-Key": uuid4().hex})
    assert asked.status_code == 202, asked.text

    async def done() -> bool:
        answer = await coordinator.get(asked.headers["location"].removeprefix("/samsyn/v1"))
        return bool(answer.json()["state"] == "done")

    await wait_until(done, what="the placement")


async def test_what_is_told_comes_to_what_the_list_shows(
    partner: Any, ways: dict[str, Move], gateway_database: Database
) -> None:
    """GET /samsyn/v1/feed and webhooks against GET /samsyn/v1/reports: each way, into an area, out of it, nowhere."""
    callers = {
        name: await partner(kind=KIND_OF_ROLE[role], role=role, areas=areas) for name, (role, areas) in READERS.items()
    }
    for way, move in ways.items():
        for to in ("02", "", "01"):
            await move(to)
            listed = {name: await list_of(caller) for name, caller in callers.items()}
            for name, caller in callers.items():

                async def agree(caller: httpx.AsyncClient = caller, expected: Any = listed[name]) -> bool:
                    return bool(made_of(await feed_of(caller), of="report") == expected)

                await wait_until(agree, what=f"the feed of {name} after {way} to {to or 'nowhere'}")
            async with connected(gateway_database.admin_url) as admin:
                told = await admin.fetch("SELECT data::text, type FROM feed ORDER BY position")
            for name, caller in callers.items():
                reader = reader_of(caller, *READERS[name])
                assert made_of(webhooks_of(told, reader), of="report") == listed[name], (name, way, to)
                near = made_of(webhooks_of(told, reader, "01"), of="report")
                assert inside(near, "01") == inside(listed[name], "01"), (name, way, to)
    for name, caller in callers.items():
        assert not twice([each for each in await feed_of(caller) if each[0].startswith("report.")]), name


def inside(found: dict[str, str | None], area: str) -> set[str]:
    """Those that lie in an area."""
    return {each for each, lies_in in found.items() if lies_in == area}


def reader_of(caller: httpx.AsyncClient, role: Any, areas: tuple[str, ...]) -> Principal:
    """Somebody who keeps a webhook for this organisation."""
    of = UUID(caller.headers["x-test-organisation"])
    return make_principal(organisation_id=of, kind=KIND_OF_ROLE[role], role=role, areas=areas)


async def list_of(caller: httpx.AsyncClient) -> dict[str, str | None]:
    """The areas of all reports that this caller sees, by their ids."""
    answer = await caller.get("/samsyn/v1/reports", params={"limit": 100})
    assert answer.status_code == 200, answer.text
    return {each["id"]: each["area_code"] for each in answer.json()["reports"]}


async def feed_of(caller: httpx.AsyncClient) -> list[tuple[str, Any]]:
    """Everything that this caller is told."""
    answer = await caller.get("/samsyn/v1/feed", params={"limit": 1000})
    return [(item["type"], item["data"]) for item in answer.json()["items"]]


def webhooks_of(told: Any, reader: Principal, *areas: str) -> list[tuple[str, Any]]:
    """What a webhook of this reader is sent of these facts, all or those of some areas."""
    asked = Filter(
        subscription_id=uuid4(), types=frozenset(), categories=frozenset(), area_codes=frozenset(areas), since=AT
    )
    found = []
    for data, type_ in told:
        message = BY_TYPE[type_].model_validate_json(data)
        for body in bodies_of(arrived(message), message, filters=[(asked, reader)], paths=PATHS):
            found.append((type_, orjson.loads(body.content)["data"]))
    return found
