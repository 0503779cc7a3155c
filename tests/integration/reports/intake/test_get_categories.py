"""GET /categories, and reports sent with codes that are out of use"""

from datetime import date
from typing import Any, cast

import httpx
import pytest

from services.reports.taxonomy import RETIRED, Retired
from tests.support.make.imports import HEADER, bring_in, counts
from tests.support.make.reports import make_report
from tests.support.servers.services import new_key


async def sent(reports: httpx.AsyncClient, **changes: Any) -> Any:
    """The receipt of a report."""
    body = {"subcategory": None, "occurred_to": None} | changes
    answer = await reports.post("/reports", json=make_report(**body), headers=new_key())
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_what_is_in_use_and_what_was(reports: httpx.AsyncClient) -> None:
    """GET /categories: codes in use; with retired=true those of before too, with their last day and their successor."""
    now = (await reports.get("/categories")).json()["categories"]
    assert {each["valid_to"] for each in now} == {None}
    every = {each["code"]: each for each in (await reports.get("/categories?retired=true")).json()["categories"]}
    assert set(every) - {each["code"] for each in now} == {"youth", "litter", "dark_place"}
    assert every["litter"]["valid_to"] == "2025-12-31"
    assert every["litter"]["replaced_by"] == {"category": "environment", "subcategory": "litter"}
    epa = next(each for each in every["traffic"]["subcategories"] if each["code"] == "epa")
    assert epa["replaced_by"] == {"category": "traffic", "subcategory": "a_traktor"}


async def test_a_code_out_of_use_is_mapped_and_told(reports: httpx.AsyncClient) -> None:
    """POST /reports: after its last day it is kept as its successor, and the receipt says so; before, as it was."""
    after = await sent(reports, category="litter", occurred_from="2026-03-01")
    assert after["recoded"] == {"category": "environment", "subcategory": "litter"}
    kept = (await reports.get(f"/reports/{after['id']}")).json()
    assert (kept["category"], kept["subcategory"]) == ("environment", "litter")
    before = await sent(reports, category="litter", occurred_from="2025-12-31")
    assert before["recoded"] is None
    assert (await reports.get(f"/reports/{before['id']}")).json()["category"] == "litter"
    current = await sent(reports, category="environment", occurred_from="2025-12-31")
    assert current["recoded"] is None
    unknown = await reports.post("/reports", json=make_report(category="litter", subcategory="x"), headers=new_key())
    assert [each["code"] for each in unknown.json()["errors"]] == ["unknown_subcategory"]


async def test_in_batches_and_corrections(reports: httpx.AsyncClient) -> None:
    """POST /reports/batch and PUT /reports/{id}: the same."""
    body = make_report(category="traffic", subcategory="epa")
    batch = (await reports.post("/reports/batch", json={"reports": [body]}, headers=new_key())).json()
    receipt = batch["results"][0]["receipt"]
    assert receipt["recoded"] == {"category": "traffic", "subcategory": "a_traktor"}
    body = make_report(category="drugs", subcategory="needles")
    put = await reports.put(f"/reports/{receipt['id']}", json=body, headers={"If-Match": '"1"'})
    assert put.json()["recoded"] == {"category": "drugs", "subcategory": "paraphernalia"}


async def test_years_are_compared_under_one_name(reports: httpx.AsyncClient) -> None:
    """GET /lagesbild: what was called otherwise counts in the category it belongs to now."""
    await sent(reports, category="litter", occurred_from="2025-12-31")
    await sent(reports, category="environment", occurred_from="2025-12-30")
    found = (await reports.get("/lagesbild", params={"from": "2025-12-31"})).json()
    assert {name: cell["count"] for name, cell in found["total"]["categories"].items()} == {"environment": 2}


async def test_in_files(reports: httpx.AsyncClient) -> None:
    """POST /imports: rows with a code out of use on their day are kept as its successor; sent again, unchanged."""
    rows = HEADER + "a,litter,2026-03-01,14.64,63.17,\nb,litter,2025-03-01,14.64,63.17,\nc,order,2026-03-01,,,\n"
    assert counts(await bring_in(reports, rows)) == (3, 3, 0, 0, 0, 1)
    listed = {each["external_reference"]: each for each in (await reports.get("/reports")).json()["reports"]}
    assert (listed["a"]["category"], listed["a"]["subcategory"]) == ("environment", "litter")
    assert (listed["b"]["category"], listed["b"]["subcategory"]) == ("litter", None)
    assert counts(await bring_in(reports, rows)) == (3, 0, 3, 0, 0, 1)


async def test_a_list_finds_what_was_called_otherwise(reports: httpx.AsyncClient) -> None:
    """GET /reports: a code in use finds reports of its earlier names too; an earlier name finds its own alone."""
    old, day = "2025-06-01", "2026-03-01"
    made = {
        "litter": await sent(reports, category="litter", occurred_from=old),
        "environment/litter": await sent(reports, category="environment", subcategory="litter", occurred_from=day),
        "environment": await sent(reports, category="environment", occurred_from=day),
        "epa": await sent(reports, category="traffic", subcategory="epa", occurred_from=old),
        "a_traktor": await sent(reports, category="traffic", subcategory="a_traktor", occurred_from=day),
        "moped": await sent(reports, category="traffic", subcategory="moped", occurred_from=day),
    }

    async def found(**wanted: str) -> set[str]:
        listed = (await reports.get("/reports", params=wanted)).json()["reports"]
        names = {receipt["id"]: name for name, receipt in made.items()}
        return {names[each["id"]] for each in listed}

    assert await found(category="environment") == {"litter", "environment/litter", "environment"}
    assert await found(category="environment", subcategory="litter") == {"litter", "environment/litter"}
    assert await found(subcategory="litter") == {"litter", "environment/litter"}
    assert await found(category="litter") == {"litter"}
    assert await found(category="traffic") == {"epa", "a_traktor", "moped"}
    assert await found(category="traffic", subcategory="a_traktor") == {"epa", "a_traktor"}
    assert await found(subcategory="epa") == {"epa"}
    never = await reports.get("/reports", params={"category": "order", "subcategory": "litter"})
    assert [each["code"] for each in never.json()["errors"]] == ["unknown_subcategory"]


async def test_a_code_that_moved_house_takes_no_neighbours_along(
    reports: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GET /reports: of a category that only one sub-category came from, a list finds that one and no other."""
    moved = Retired("Klotter", "Graffiti", None, date(2025, 12, 31), "environment", "maintenance")
    monkeypatch.setitem(cast("dict[object, Retired]", RETIRED), ("damage", "tagging"), moved)
    old = await sent(reports, category="damage", subcategory="tagging", occurred_from="2025-06-01")
    await sent(reports, category="damage", occurred_from="2025-06-01")
    for wanted in ({"category": "environment"}, {"category": "environment", "subcategory": "maintenance"}):
        listed = (await reports.get("/reports", params=wanted)).json()["reports"]
        assert [each["id"] for each in listed] == [old["id"]], wanted
