"""GET /lagesbild"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from shared.access import Kind, Principal, Role
from tests.support.look.statements import statements_of
from tests.support.make.areas import RETIRE, square
from tests.support.make.days import ZONE, today
from tests.support.make.publications import publish
from tests.support.make.reports import Stored, store_reports
from tests.support.servers.postgres import Database
from tests.support.servers.services import client, make_principal

DAY = date(2026, 3, 25)  # in the cycle from 23 March, in which the clock changes
FIRST = date(2026, 3, 23)
TREE = {"k": None, "k1": "k", "k2": "k", "k11": "k1", "k12": "k1"}
SQUARES = {
    "k": square(14.0, 63.0, 0.8),
    "k1": square(14.0, 63.0, 0.4),
    "k2": square(14.4, 63.0, 0.4),
    "k11": square(14.0, 63.0, 0.2),
    "k12": square(14.2, 63.0, 0.2),
}
HOUSING, POLICE, GUARD = uuid4(), uuid4(), uuid4()


@pytest.fixture
async def tree(reports: httpx.AsyncClient) -> httpx.AsyncClient:
    """A municipality of two districts, one of which has two neighbourhoods."""
    features = [
        {"type": "Feature", "properties": {"code": code, "name": code, "parent": parent}, "geometry": SQUARES[code]}
        for code, parent in TREE.items()
    ]
    answer = await reports.post(
        "/areas/imports", params=RETIRE, json={"type": "FeatureCollection", "features": features}
    )
    assert answer.status_code == 200, answer.text
    return reports


def some_reports(seed: int, *, periods: int, each: int) -> list[Stored]:
    """Reports of some cycles up to the one of FIRST, everywhere and nowhere, some of which do not count."""
    chance = random.Random(seed)
    return [
        Stored(
            organisation_id=chance.choice((HOUSING, POLICE, GUARD)),
            category=chance.choice(("order", "order", "damage", "theft")),
            occurred_on=FIRST - timedelta(days=14 * back) + timedelta(days=chance.randrange(14)),
            hour=chance.choice((None, *range(24))),
            area_code=chance.choice((None, *TREE, "k12", "k12")),
            counts=chance.random() > 0.1,
        )
        for back in range(periods)
        for _ in range(chance.randrange(each + 1))
    ]


def above(code: str | None) -> list[str]:
    """An area and all around it."""
    return [code, *above(TREE[code])] if code else []


def counted(rows: Sequence[Stored], back: int, category: str | None) -> int:
    """Plain counting: reports of a period that count, of a category or of all."""
    first = FIRST - timedelta(days=14 * back)
    return sum(
        row.counts and first <= row.occurred_on < first + timedelta(days=14) and category in (None, row.category)
        for row in rows
    )


HORIZON = FIRST - timedelta(days=26 * 14)


def heard_since(rows: Sequence[Stored]) -> dict[UUID, date]:
    """The first day of each sender, no earlier than the means go back."""
    began: dict[UUID, date] = {}
    for row in rows:
        if row.counts:
            began[row.organisation_id] = min(row.occurred_on, began.get(row.organisation_id, row.occurred_on))
    return {who: max(first, HORIZON) for who, first in began.items()}


def check(table: Any, rows: Sequence[Stored], *, began: dict[UUID, date]) -> None:
    """A table of the answer against plain counts of these rows."""
    inside = [row for row in rows if row.counts and row.occurred_on >= HORIZON]
    assert set(table["categories"]) == {row.category for row in inside}
    assert table["mean_from"] == min(began[row.organisation_id] for row in inside).isoformat()
    assert table["problems"] == table["total"]  # nothing here is a positive observation
    for category, cell in [(None, table["total"]), *table["categories"].items()]:
        earlier = [row for row in inside if row.occurred_on < FIRST and category in (None, row.category)]
        mean = sum(14 / (FIRST - began[row.organisation_id]).days for row in earlier)
        assert (cell["count"], cell["previous"]) == (counted(rows, 0, category), counted(rows, 1, category))
        assert cell["mean"] == pytest.approx(mean)
        assert not cell["rounded"]


@pytest.mark.parametrize(("periods", "earlier"), [(40, 26), (27, 26), (9, 8)])
async def test_counts_are_those_of_plain_python(
    tree: httpx.AsyncClient, reports_database: Database, periods: int, earlier: int
) -> None:
    """GET /lagesbild: every area's own and whole counts, by category, now, before and on average; and the moments."""
    rows = some_reports(periods, periods=periods, each=40)
    # A history exactly as long as wanted, however the dice fell.
    oldest = FIRST - timedelta(days=14 * (periods - 1))
    rows.append(Stored(organisation_id=POLICE, category="order", occurred_on=oldest, hour=3, area_code="k"))
    await store_reports(reports_database, rows, zone=ZONE)
    found = (await tree.get("/lagesbild", params={"from": DAY.isoformat()})).json()
    assert found["period"] == {"from": "2026-03-23", "to": "2026-04-05"}
    assert found["previous"] == {"from": "2026-03-09", "to": "2026-03-22"}
    began = heard_since(rows)
    assert (found["earlier_periods"], found["data_from"]) == (earlier, min(began.values()).isoformat())
    check(found["total"], rows, began=began)
    check(found["unplaced"], [row for row in rows if row.area_code is None], began=began)
    assert [area["code"] for area in found["areas"]] == list(TREE)
    for area in found["areas"]:
        check(area["own"], [row for row in rows if row.area_code == area["code"]], began=began)
        check(area["whole"], [row for row in rows if area["code"] in above(row.area_code)], began=began)
    now = [row for row in rows if row.counts and row.occurred_on >= FIRST]
    hours = Counter((row.occurred_on.weekday(), row.hour) for row in now)
    assert found["weekdays"]["resolution_h"] == 1
    assert found["weekdays"]["matrix"] == [[hours[day, hour] for hour in range(24)] for day in range(7)]
    assert found["weekdays"]["unknown_hour"] == sum(row.hour is None for row in now)
    quality = found["quality"]
    told = {UUID(each["organisation_id"]): each["reports"] for each in quality["organisations"]}
    assert {each["organisation_id"]: each["mean_from"] for each in quality["organisations"]} == {
        str(who): began[who].isoformat() for who in told
    }
    assert told == Counter(row.organisation_id for row in now)
    assert quality["unplaced_share_pct"] == pytest.approx(100 * sum(not r.area_code for r in now) / len(now), abs=0.06)


async def test_three_statements(tree: httpx.AsyncClient, reports_app: FastAPI) -> None:
    """GET /lagesbild: three statements, however many areas; and an empty installation has a lägesbild of nothing."""
    with statements_of(reports_app) as said:
        found = (await tree.get("/lagesbild", params={"from": DAY.isoformat()})).json()
    assert len(said) == 3, said
    nothing: dict[str, Any] = {"count": 0, "previous": 0, "mean": None, "rounded": False}
    assert found["total"] == {"total": nothing, "problems": nothing, "categories": {}, "mean_from": None}
    assert (found["areas"], found["earlier_periods"], found["data_from"]) == ([], 0, None)
    assert found["quality"]["unplaced_share_pct"] is None


async def test_who_began_late_makes_no_mean_too_low(tree: httpx.AsyncClient, reports_database: Database) -> None:
    """GET /lagesbild: ten a day since sixteen days, beside one a day since a year and one report of a wrong year."""

    def daily(who: UUID, days: int, each: int, category: str) -> list[Stored]:
        back = [FIRST - timedelta(days=day) for day in range(1, days + 1)]
        return [
            Stored(organisation_id=who, category=category, occurred_on=day, hour=3, area_code="k11") for day in back
        ] * each

    wrong = Stored(
        organisation_id=POLICE, category="theft", occurred_on=FIRST - timedelta(days=340), hour=3, area_code="k2"
    )
    rows = [*daily(POLICE, 16, 10, "theft"), *daily(HOUSING, 364, 1, "order"), *daily(GUARD, 5, 3, "positive"), wrong]
    await store_reports(reports_database, rows, zone=ZONE)
    found = (await tree.get("/lagesbild", params={"from": DAY.isoformat()})).json()["total"]
    means = {category: cell["mean"] for category, cell in found["categories"].items()}
    assert means.pop("positive") is None
    assert means == pytest.approx({"theft": 140, "order": 14})
    assert (found["total"]["mean"], found["problems"]["mean"]) == pytest.approx((154, 154))
    assert (found["total"]["previous"], found["problems"]["previous"]) == (169, 154)


async def test_without_a_day_it_is_the_running_cycle(tree: httpx.AsyncClient) -> None:
    """GET /lagesbild: the cycle of today, which is not complete; one of last year is."""
    running = (await tree.get("/lagesbild")).json()
    assert running["period"]["from"] <= today().isoformat() <= running["period"]["to"]
    assert not running["complete"]
    assert (await tree.get("/lagesbild", params={"from": "2025-02-01"})).json()["complete"]
    assert (await tree.get("/lagesbild", params={"from": "tomorrow"})).status_code == 422


def reader(kind: Kind, role: Role, organisation_id: UUID) -> Principal:
    """Somebody whose own area is k1."""
    return make_principal(kind=kind, role=role, organisation_id=organisation_id, areas=("k1",))


async def seen_by(url: str, principal: Principal) -> Any:
    """The lägesbild of DAY as this reader gets it."""
    async with client(url, service="reports", principal=principal) as caller:
        answer = await caller.get("/lagesbild", params={"from": DAY.isoformat()})
        assert answer.status_code == 200, answer.text
        return answer.json()


def order(found: Any, code: str) -> tuple[int | None, bool]:
    """A lägesbild's number of one category in an area and below, and whether it is rounded."""
    whole: Any = next((area["whole"] for area in found["areas"] if area["code"] == code), {"categories": {}})
    cell = whole["categories"].get("order", {"count": 0, "rounded": True})
    return cell["count"], cell["rounded"]


async def test_others_are_rounded_where_counts_are_all_one_gets(
    tree: httpx.AsyncClient, reports_database: Database, reports_url: str, reports_app: FastAPI
) -> None:
    """GET /lagesbild: a member sees its own and those at home as they are, others' to threes; a walker all."""

    def of(who: UUID, area: str, *, times: int, hour: int | None = 21) -> list[Stored]:
        return [Stored(organisation_id=who, category="order", occurred_on=FIRST, hour=hour, area_code=area)] * times

    await store_reports(
        reports_database,
        of(POLICE, "k11", times=2) + of(POLICE, "k2", times=2, hour=8) + of(HOUSING, "k2", times=2, hour=10),
        zone=ZONE,
    )
    assert await publish(reports_app) == 1
    whole = await seen_by(reports_url, reader("municipality", "coordinator", uuid4()))
    assert [order(whole, code) for code in ("k11", "k1", "k2", "k")] == [(2, False), (2, False), (4, False), (6, False)]
    member = await seen_by(reports_url, reader("housing", "member", HOUSING))
    assert [order(member, code) for code in ("k11", "k1")] == [(2, False), (2, False)]
    assert order(member, "k2") in ((2, True), (5, True))  # two of its own, and two of others
    assert order(member, "k")[0] == 2 + (order(member, "k2")[0] or 0)  # what it sees at home beside them
    assert (member["weekdays"]["resolution_h"], member["weekdays"]["matrix"][0][10]) == (2, 2)
    assert member["weekdays"]["matrix"][0][4:6] == [0, 2]  # at eight elsewhere: none of its business; at ten its own
    assert (member["weekdays"]["rounded"], member["quality"]["organisations"]) == (False, None)
    police = await seen_by(reports_url, reader("police", "member", POLICE))
    assert order(police, "k2") in ((2, True), (5, True))
    walker = await seen_by(reports_url, reader("night_walk", "night_walker", uuid4()))
    two, same, four = ((order(walker, code)[0] or 0) for code in ("k11", "k1", "k2"))
    assert (two in (0, 3), same == two, four in (0, 3, 6)) == (True, True, True)  # of the police and of the landlord
    assert two + four == (order(walker, "k")[0] or 0) in (3, 6, 9)
    assert walker["total"]["total"] == {"count": two + four, "previous": 0, "mean": None, "rounded": True}
    assert {n for row in walker["weekdays"]["matrix"] for n in row} in ({0}, {0, 3})
    assert (walker["weekdays"]["unknown_hour"], walker["weekdays"]["rounded"]) == (0, True)


async def test_what_is_not_published_yet_is_no_number(
    tree: httpx.AsyncClient, reports_database: Database, reports_url: str
) -> None:
    """GET /lagesbild: null and not nought, but where each is seen; one's own are no count of all."""
    await store_reports(
        reports_database,
        [Stored(organisation_id=HOUSING, category="order", occurred_on=FIRST, hour=3, area_code=code) for code in TREE],
        zone=ZONE,
    )
    member = await seen_by(reports_url, reader("housing", "member", HOUSING))
    assert [order(member, code) for code in ("k1", "k2", "k")] == [(3, False), (None, True), (None, True)]
    assert member["total"]["total"] == {"count": None, "previous": None, "mean": None, "rounded": True}
    walker = await seen_by(reports_url, reader("night_walk", "night_walker", uuid4()))
    assert walker["areas"] == []
    assert walker["weekdays"]["matrix"] == [[None] * 12] * 7


@pytest.mark.parametrize("day", ["0001-01-01", "1989-12-31", "9999-12-31"])
async def test_days_that_no_report_can_be_of_are_refused(reports: httpx.AsyncClient, day: str) -> None:
    """GET /lagesbild: neither a fault at the ends of the calendar, nor a picture of nothing."""
    answer = await reports.get("/lagesbild", params={"from": day})
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, ["from"])


async def test_a_day_to_come_has_its_cycle(reports: httpx.AsyncClient) -> None:
    """GET /lagesbild: an empty one, for who plans ahead."""
    ahead = today() + timedelta(days=300)
    answer = await reports.get("/lagesbild", params={"from": ahead.isoformat()})
    assert answer.status_code == 200, answer.text
    assert answer.json()["period"]["from"] <= ahead.isoformat() <= answer.json()["period"]["to"]
