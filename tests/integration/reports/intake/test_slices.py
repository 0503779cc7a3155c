"""GET /reports of one number: what is counted is what is listed, for whoever sees reports one by one."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.access import Principal
from tests.support.make.areas import square
from tests.support.make.days import ZONE
from tests.support.make.reports import Stored, make_report, store_reports
from tests.support.servers.postgres import Database
from tests.support.servers.services import client, make_principal

FIRST = date(2026, 3, 23)  # of a cycle in which the clock changes
HOUSING, POLICE = uuid4(), uuid4()
CYCLE = {"from": "2026-03-23", "to": "2026-04-05"}
READERS = {
    "coordinator": make_principal(kind="municipality", role="coordinator", organisation_id=uuid4()),
    "member": make_principal(kind="housing", role="member", organisation_id=HOUSING, areas=("k1",)),
}


@pytest.fixture
async def stored(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """Two areas, and reports of every kind around a cycle."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": code, "parent": None},
            "geometry": square(14.0 + n / 2, 63.0, 0.4),
        }
        for n, code in enumerate(("k1", "k2"))
    ]
    whole = {"type": "FeatureCollection", "features": features}
    answer = await reports.post("/areas/imports", params={"retire": "true"}, json=whole)
    assert answer.status_code == 200, answer.text
    chance = random.Random(8)
    rows = [
        Stored(
            organisation_id=chance.choice((HOUSING, POLICE)),
            category=chance.choice(("order", "damage", "positive")),
            occurred_on=FIRST + timedelta(days=chance.randrange(-14, 28)),
            hour=chance.choice((None, *range(24))),
            area_code=chance.choice((None, "k1", "k2")),
            counts=chance.random() > 0.2,
        )
        for _ in range(400)
    ]
    await store_reports(reports_database, rows, zone=ZONE)


async def listed(caller: httpx.AsyncClient, **asked: Any) -> int:
    """How many rows a list has in all, which is what its count says."""
    found, cursor = 0, None
    while True:
        params = CYCLE | asked | {"limit": 100} | ({"cursor": cursor} if cursor else {})
        answer = await caller.get("/reports", params=params)
        assert answer.status_code == 200, answer.text
        found += len(answer.json()["reports"])
        if (cursor := answer.json()["next_cursor"]) is None:
            counted = await caller.get("/reports/count", params=CYCLE | asked)
            assert counted.json() == {"reports": found, "at_least": False}
            return found


def numbers(found: Mapping[str, Any], *, by_hour: bool) -> dict[tuple[tuple[str, str], ...], int]:
    """The lägesbild's exact numbers of the period, by what a list of their reports is asked for."""
    places = [({}, found["total"]), ({"placed": "false"}, found["unplaced"])]
    places += [({"area": area["code"]}, area["whole"]) for area in found["areas"]]
    cells = [
        (place | asked, cell)
        for place, table in places
        for asked, cell in (
            ({}, table["total"]),
            ({"positive": "false"}, table["problems"]),
            *(({"category": category}, cell) for category, cell in table["categories"].items()),
        )
    ]
    exact = {tuple(sorted(asked.items())): cell["count"] for asked, cell in cells if not cell["rounded"]}
    clock, slot = found["weekdays"], "hour" if by_hour else "band"
    if by_hour:
        exact[(("timed", "false"),)] = clock["unknown_hour"]
        for weekday, row in enumerate(clock["matrix"], start=1):
            for n, count in enumerate(row):
                exact[((slot, str(n)), ("weekday", str(weekday)))] = count
    return exact


@pytest.mark.parametrize("who", READERS)
async def test_a_number_is_as_many_as_its_rows(stored: None, reports_url: str, who: str) -> None:
    """Every number of a lägesbild that counts what its reader sees one by one, and the list that it is of."""
    reader: Principal = READERS[who]
    async with client(reports_url, service="reports", principal=reader) as caller:
        found = (await caller.get("/lagesbild", params={"from": CYCLE["from"]})).json()
        exact = numbers(found, by_hour=who == "coordinator")
        assert sum(map(bool, exact.values())) > 3
        wrong = {
            asked: (n, rows)
            for asked, n in exact.items()
            if n != (rows := await listed(caller, counted="true", **dict(asked)))
        }
        assert wrong == {}


async def test_what_does_not_count_is_found_too(stored: None, reports_url: str) -> None:
    """counted=false is the rest; a member finds of others' nothing there, for it may not know that they fell out."""
    whole, member = READERS["coordinator"], READERS["member"]
    async with client(reports_url, service="reports", principal=whole) as caller:
        assert await listed(caller) == await listed(caller, counted="true") + await listed(caller, counted="false")
    async with client(reports_url, service="reports", principal=member) as caller:
        own = {"counted": "false", "organisation_id": str(HOUSING)}
        assert await listed(caller, counted="false") == await listed(caller, **own) > 0


@pytest.mark.parametrize(
    "asked", [{"weekday": "8"}, {"band": "12"}, {"hour": "-1"}, {"cell": "E1"}, {"counted": "yes"}, {"placed": ""}]
)
async def test_what_no_number_is_of_is_refused(reports: httpx.AsyncClient, asked: dict[str, str]) -> None:
    """By its name, with what may stand there."""
    answer = await reports.get("/reports", params=asked)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, list(asked))


async def test_squares_have_the_reports_of_their_area(reports: httpx.AsyncClient) -> None:
    """GET /lagesbild/cells: the reports of the area by square, each as many as the list of that square."""
    day = CYCLE["from"]
    points = Counter({(14.64, 63.1765): 3, (14.66, 63.18): 2})
    for (lon, lat), times in points.items():
        for n in range(times):
            body = make_report(
                occurred_from=f"{day}T1{n}:00:00+01:00", occurred_to=None, point={"lon": lon, "lat": lat},
                category="positive" if n == 2 else "order", subcategory=None,
            )  # fmt: skip
            answer = await reports.post("/reports", json=body, headers={"Idempotency-Key": uuid4().hex})
            assert answer.status_code == 201, answer.text
    area = (await reports.get("/reports", params={"limit": 1})).json()["reports"][0]["area_code"]
    found = (await reports.get("/lagesbild/cells", params={"area": area, "from": day})).json()
    assert (found["area_code"], found["size_m"], found["complete"], found["without_cell"]) == (area, 250, True, 0)
    assert sorted((each["reports"], each["problems"]) for each in found["cells"]) == [(2, 2), (3, 2)]
    for each in found["cells"]:
        assert await listed(reports, area=area, cell=each["cell"], counted="true") == each["reports"]
    for path in ("/lagesbild", "/lagesbild/cells"):
        assert (await reports.get(path, params={"area": "no such"})).status_code == 422
