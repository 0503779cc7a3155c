"""Lists among 20,000 reports read few of them, whatever they are asked for: the kind of the plan, not its time."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from services.reports.intake import listing
from services.reports.intake.filters import Filter
from services.reports.intake.listing import Order, order_of, statement_of
from shared.access import Principal
from tests.bench.million import LAST_DAY, ORGANISATIONS, fill
from tests.support.servers.postgres import Database, connected, empty
from tests.support.servers.services import make_principal

ROWS, PAGE, FEW = 20_000, 20, 200
LAST = date.fromisoformat(LAST_DAY)
SQUARES = tuple(f"01{number:02}" for number in range(100))  # 200 reports each
FORTNIGHT = {"first": LAST - timedelta(days=200), "last": LAST - timedelta(days=187)}
READERS = {
    "coordinator": make_principal(),
    "member": make_principal(kind="housing", role="member", organisation_id=ORGANISATIONS[4], areas=SQUARES[:1]),
    "school": make_principal(kind="school", role="member", areas=SQUARES[:1]),
    "walker": make_principal(kind="night_walk", role="night_walker"),
}
ASKED: Mapping[str, Mapping[str, Any]] = {
    "nothing": {},
    "one area": {"area": SQUARES[0]},
    "all areas": {"area": "01"},
    "no such area": {"area": "99"},
    "common category": {"category": "order"},
    "rare category": {"category": "rumour"},
    "sub-category that there is not": {"category": "theft", "subcategory": "burglary"},
    "fortnight": FORTNIGHT,
    "fortnight in an area": FORTNIGHT | {"area": SQUARES[0]},
    "fortnight of a category": FORTNIGHT | {"category": "theft"},
    "days to come": {"first": LAST + timedelta(days=10), "last": LAST + timedelta(days=20)},
    "severity": {"severity": 2},
    "question": {"status": "question"},
    "accepted": {"status": "accepted"},
    "withdrawn": {"status": "withdrawn"},
    "sender": {"organisation_id": ORGANISATIONS[4]},
    "much at once": FORTNIGHT | {"area": "01", "category": "order", "severity": 1, "status": "accepted"},
}


@pytest.fixture(scope="module")
async def filled(reports_database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Reports of a year in a hundred areas."""
    async with connected(reports_database.admin_url) as admin:
        await empty(admin)
        await admin.execute(
            "INSERT INTO areas (code, name, parent, level, path, geometry, active, version)"
            " SELECT code, code, nullif('01', code), length(code) / 2, CASE code WHEN '01' THEN '{01}' ELSE "
            " ARRAY['01', code] END, '{}', true, 1 FROM unnest($1::text[]) AS code",
            ["01", *SQUARES],
        )
    await fill(reports_database, rows=ROWS)
    async with connected(reports_database.url) as reader:
        yield reader
    async with connected(reports_database.admin_url) as admin:
        await empty(admin)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as would be 8,000 among a million."""
    monkeypatch.setattr(listing, "FEW", FEW)
    listing.statement_of.cache_clear()


def rows_read(plan: Mapping[str, Any]) -> int:
    """How many rows the scans of reports took up, those that did not fit too."""
    own = 0
    if plan.get("Relation Name") == "reports":
        each = (
            plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        )
        own = round(each * plan["Actual Loops"])
    return own + sum(map(rows_read, plan.get("Plans", ())))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("sort", ["received", "occurred"])
@pytest.mark.parametrize("asked", ASKED)
async def test_a_page_is_found_among_few_rows(
    filled: asyncpg.Connection, few: None, asked: str, sort: Any, reader: str
) -> None:
    """What is counted beforehand, what is sorted, and what is passed over: a tenth of all at most."""
    principal: Principal = READERS[reader]
    wanted = Filter(**ASKED[asked])
    order: Order = order_of(sort, None, wanted=wanted, principal=principal)
    statement = statement_of(wanted, principal, order, is_behind=False, limit=PAGE)
    explained = await filled.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.statement}", *statement.values)
    read = rows_read(json.loads(explained)[0]["Plan"])
    assert read <= 5 * FEW + 50 * PAGE, (read, explained)


def test_more_is_seen() -> None:
    """The measure itself: a scan of all, with what it passed over."""
    scan = {"Relation Name": "reports", "Actual Rows": 1, "Rows Removed by Filter": 9, "Actual Loops": 3, "Plans": []}
    assert (
        rows_read(
            {"Node Type": "Limit", "Plans": [scan, {"Relation Name": "areas", "Actual Rows": 5, "Actual Loops": 1}]}
        )
        == 30
    )
