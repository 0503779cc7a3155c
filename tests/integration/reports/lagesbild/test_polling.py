"""GET /lagesbild, asked after every single report of others for eight weeks: the differences tell of none of them"""

import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from services.reports.publications.work import publish_due
from shared.access.rounding import Number, rounded
from tests.support.make.areas import SQUARE
from tests.support.make.days import ZONE, today
from tests.support.make.reports import Stored, store_reports
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal

WEEKS, EACH_DAY = 8, 1
AREAS = {"p": None, "p1": "p", "p2": "p", "q": None}
PLACES, KINDS = ("p1", "p1", "p1", "p2", "q"), ("order", "order", "damage")
OTHER = uuid4()
Leaf = tuple[str | None, str]


@pytest.fixture
async def rows(reports: httpx.AsyncClient, reports_database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The reports service's tables, with two districts, one of two neighbourhoods."""
    async with connected(reports_database.admin_url) as admin:
        for code, parent in AREAS.items():
            path = [code] if parent is None else [parent, code]
            await admin.execute(
                "INSERT INTO areas (code, name, parent, level, path, geometry, active, version)"
                " VALUES ($1, $1, $2, $3, $4, $5, true, 1)",
                code, parent, len(path) - 1, path, json.dumps(SQUARE),
            )  # fmt: skip
        yield admin


def numbers(answer: Any) -> dict[tuple[str, str, str, str], int | None]:
    """Every number of an answer by where it stands."""
    tables = {("all", "whole"): answer["total"], ("none", "own"): answer["unplaced"]}
    tables |= {(area["code"], what): area[what] for area in answer["areas"] for what in ("own", "whole")}
    return {
        (place, what, kind, field): cell[field]
        for (place, what), table in tables.items()
        for kind, cell in {"": table["total"], **table["categories"]}.items()
        for field in ("count", "previous")
    }


def shown_live(counts: Mapping[Leaf, int]) -> dict[Number, int]:
    """What a reader of counts would be shown of live counts: the control, rounded each time anew."""
    return rounded(counts, parents=AREAS, key=bytes(32))


def recovered(before: Mapping[Any, int | None], after: Mapping[Any, int | None]) -> bool:
    """Whether a number that is shown both times differs by one or two: so many reports, there and of that kind."""
    return any(
        new is not None and (old := before.get(name, 0)) is not None and abs(new - old) in (1, 2)
        for name, new in after.items()
    )


def events(begin: date) -> Iterator[tuple[date, Stored | None]]:
    """Day by day the reports of somebody else, one in six late by a week; None: one of those before is withdrawn."""
    chance = random.Random(5)
    for day in (begin + timedelta(days=n) for n in range(7 * WEEKS)):
        for _ in range(EACH_DAY):
            late = timedelta(days=7) if chance.random() < 1 / 6 and day > begin + timedelta(days=7) else timedelta()
            place, kind = chance.choice(PLACES), chance.choice(KINDS)
            hour = chance.choice((21, 22, None))
            report = Stored(organisation_id=OTHER, category=kind, occurred_on=day - late, hour=hour, area_code=place)
            yield day, None if chance.random() < 0.1 else report


async def test_eight_weeks_of_polling_recover_no_report(
    rows: asyncpg.Connection, reports_app: FastAPI, reports_database: Database, reports_url: str
) -> None:
    """A member elsewhere and a night walker there ask after each report: what they see moves by publications alone."""
    cycle_days = reports_app.state.settings.municipality.cycle_days
    start = reports_app.state.settings.municipality.cycle_start
    begin = start + timedelta(days=((today() - start).days // cycle_days + 1) * cycle_days)
    live: Counter[Leaf] = Counter()
    naive = changed = seen = 0
    readers = (make_principal(kind="housing", role="member", areas=("q9",)),
               make_principal(kind="night_walk", role="night_walker", areas=("p",)))  # fmt: skip
    async with AsyncExitStack() as stack:
        callers = [
            await stack.enter_async_context(client(reports_url, service="reports", principal=each)) for each in readers
        ]

        async def ask(day: date) -> list[Any]:
            found = [(await each.get("/lagesbild", params={"from": day.isoformat()})).json() for each in callers]
            return [{name: part for name, part in each.items() if name != "complete"} for each in found]

        last, before = begin, await ask(begin)
        for day, report in events(begin):
            if day != last:
                before = await ask(day)
                published = await publish_due(reports_app, now=datetime.combine(day, time(1), ZONE).astimezone(UTC))
                after = await ask(day)
                assert published is not None or before == after
                told = [(numbers(a), numbers(b)) for a, b in zip(before, after, strict=True)]
                assert not any(recovered(a, b) for a, b in told), day
                seen += any(a != b for a, b in told)
                last, before = day, after
            shown = shown_live(live)
            if report is None:
                gone = await rows.fetchrow(
                    "UPDATE reports SET status = 'withdrawn', counts = false WHERE id = (SELECT id FROM reports"
                    " WHERE counts ORDER BY occurred_on DESC, id LIMIT 1) RETURNING area_code, category"
                )
                live[gone["area_code"], gone["category"]] -= 1 if gone else 0
            else:
                await store_reports(reports_database, [report], zone=ZONE)
                live[report.area_code, report.category] += 1
            naive += shown != shown_live(live)
            changed += before != await ask(day)
    assert changed == 0
    assert seen >= WEEKS - 1  # publications do tell something
    assert naive > 5  # and live counts, however rounded, would have told that there was one, and where
