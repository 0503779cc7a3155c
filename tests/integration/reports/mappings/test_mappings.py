"""PUT /mappings/{name}, GET /mappings/{name}, GET /mappings"""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from deploy.demo import reports as demo
from deploy.demo.partners import PARTNERS, mapping_of
from services.reports.mappings import commands
from tests.support import ROOT
from tests.support.make.areas import RETIRE
from tests.support.make.imports import MAPPING, bring_in


async def test_kept_as_it_was_put(reports: httpx.AsyncClient) -> None:
    """PUT /mappings/{name}: comes back as it was put, the later in place of the earlier."""
    await reports.put("/mappings/weekly", json=MAPPING | {"crs": "epsg:3006", "encoding": "latin-1"})
    put = await reports.put("/mappings/weekly", json=MAPPING, headers={"If-Match": '"1"'})
    assert put.status_code == 200, put.text
    assert (put.headers["etag"], put.json()["version"]) == ('"2"', 2)
    got = (await reports.get("/mappings/weekly")).json()
    assert got == put.json()
    assert {name: got["mapping"][name] for name in MAPPING} == MAPPING
    await reports.put("/mappings/a", json=MAPPING)
    assert [each["name"] for each in (await reports.get("/mappings")).json()["mappings"]] == ["a", "weekly"]
    assert (await reports.get("/mappings/none")).status_code == 404


async def test_names_of_a_report_are_told_what_they_are_here(reports: httpx.AsyncClient) -> None:
    """PUT /mappings/{name}: lat, lon and area_code have other names in files, whose coordinates have any system."""
    columns = {"occurred_from": "at", "lat": "Lat", "lon": "Lon", "area_code": "Ward"}
    refused = await reports.put("/mappings/weekly", json=MAPPING | {"columns": columns})
    assert refused.status_code == 422
    assert "place_code" in refused.text
    assert "EPSG:4326" in refused.text


def test_the_published_schema_is_of_these_mappings() -> None:
    """docs/mapping.schema.json takes what PUT takes, the example in it too, and no field that is none."""
    schema = json.loads((ROOT / "docs/mapping.schema.json").read_text())
    checked = Draft202012Validator(schema)
    for known in (MAPPING, *schema["examples"], *map(mapping_of, PARTNERS)):
        checked.validate(known)
    assert not checked.is_valid(MAPPING | {"colour": "note"})
    assert not checked.is_valid(MAPPING | {"columns": {"colour": "note"}})
    assert not checked.is_valid(MAPPING | {"delimiter": ":"})


COLUMNS = MAPPING["columns"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"columns": {"category": "kind"}}, "occurred_from"),
        ({"columns": {"occurred_from": "at"}}, "category"),
        ({"columns": COLUMNS | {"colour": "note"}}, "columns"),
        ({"columns": {"category": "kind", "occurred_from": "at", "x": "lon"}}, "x and y"),
        ({"crs": None}, "crs"),
        ({"crs": "EPSG:1"}, "coordinate system"),
        ({"constants": {"category": "order"}}, "both"),
        ({"constants": {"severity": 4}}, "1, 2 or 3"),
        ({"values": {"category": {"Bus": "robbery"}}}, "order"),
        ({"defaults": {"location_kind": "sea"}}, "residential"),
        ({"datetime_format": "%H:%M"}, "leaves out"),
        ({"datetime_format": "%d/%m"}, "leaves out"),
        ({"datetime_format": "%Y-%m-%d %I:%M"}, "before or after noon"),
        ({"datetime_format": ["%Y-%m-%d", "%Y-%m-%d %M"]}, "leaves out the hour"),
        ({"datetime_format": "%Y-%m-%d %H:%M %Z"}, "%z"),
        ({"datetime_format": "%Y-%m-%d %H:%M %p"}, "go together"),
        ({"datetime_format": "%Q"}, "strptime"),
        ({"datetime_format": "%Y-%m-%d %d"}, "strptime"),
        *(({"time_zone": zone}, "time zone") for zone in ("Norrland", "localtime", "Factory", "right/UTC")),
        ({"encoding": "base64"}, "encoding"),
        ({"delimiter": ":"}, "delimiter"),
        ({"color": 1}, "color"),
    ],
)
async def test_refused_with_the_reason(reports: httpx.AsyncClient, changes: dict[str, Any], words: str) -> None:
    """PUT /mappings/{name}: what cannot be meant is refused, and the answer says why."""
    answer = await reports.put("/mappings/m", json=MAPPING | changes)
    assert answer.status_code == 422, answer.text
    assert words in answer.text
    assert (await reports.get("/mappings")).json() == {"mappings": []}


async def test_the_files_of_the_demonstration_are_read(reports: httpx.AsyncClient, tmp_path: Path) -> None:
    """POST /imports: seven partners, each with its own columns, words, encoding and coordinates: no row fails."""
    made = demo.write(tmp_path, today=date(2026, 11, 22))
    areas = (ROOT / "deploy/demo/areas.geojson").read_bytes()
    assert (await reports.post("/areas/imports", params=RETIRE, content=areas)).status_code == 200
    read = 0
    for partner in json.loads((tmp_path / "organisations.json").read_text()):
        mapping = json.loads((tmp_path / f"{partner['key']}.mapping.json").read_text())
        body = (tmp_path / f"{partner['key']}.csv").read_bytes()
        done = await bring_in(reports, body, mapping=partner["key"], **({"crs": None} | mapping))
        assert (done["failed"], done["unplaced"], done["new"]) == (0, 0, done["read"]), (partner, done)
        read += done["read"]
    assert read == len(made)


async def test_an_organisation_has_so_many_and_no_more(
    reports: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUT /mappings/{name}: of six at once two are kept, one in the place of another always; none of 256 kB."""
    monkeypatch.setattr(commands, "MOST_MAPPINGS", 2)
    puts = await asyncio.gather(*(reports.put(f"/mappings/m{n}", json=MAPPING) for n in range(6)))
    assert sorted(each.status_code for each in puts) == [200] * 2 + [409] * 4
    kept = [each["name"] for each in (await reports.get("/mappings")).json()["mappings"]]
    assert (await reports.put(f"/mappings/{kept[0]}", json=MAPPING)).status_code == 200
    words = {f"{n:05} {'x' * 90}": "order" for n in range(3000)}
    large = await reports.put(f"/mappings/{kept[0]}", json=MAPPING | {"values": {"category": words}})
    assert (large.status_code, large.json()["title"]) == (413, "Too large")
    monkeypatch.setattr(commands, "MOST_BYTES_OF_ALL", 300)
    more = await reports.put(f"/mappings/{kept[0]}", json=MAPPING | {"decimal": ","}, headers={"If-Match": "*"})
    assert more.status_code == 409


async def test_none_is_replaced_unseen(reports: httpx.AsyncClient) -> None:
    """PUT /mappings/{name}: one that says something else gives way to whoever read it, of two at once to one."""
    first = await reports.put("/mappings/m", json=MAPPING)
    assert first.headers["etag"] == '"1"'
    mine, theirs = MAPPING | {"decimal": ","}, MAPPING | {"delimiter": ";"}
    unseen = await reports.put("/mappings/m", json=mine)
    assert (unseen.status_code, "ETag" in unseen.json()["detail"]) == (428, True)
    assert (await reports.get("/mappings/m")).json() == first.json()
    assert (await reports.put("/mappings/m", json=MAPPING)).json() == first.json(), "the same again changes nothing"
    for same in (first.json()["mapping"], MAPPING | {"constants": {}, "time_zone": None}):
        again = await reports.put("/mappings/m", json=same)
        assert again.json() == first.json(), "the same with what goes without saying, too"
    seen = {"If-Match": first.headers["etag"]}
    both = await asyncio.gather(*(reports.put("/mappings/m", json=each, headers=seen) for each in (mine, theirs)))
    assert sorted(each.status_code for each in both) == [200, 412]
    assert (await reports.get("/mappings/m")).json()["version"] == 2
    for nothing in ('"1"', '"abc"', "*"):
        answer = await reports.put("/mappings/new", json=MAPPING, headers={"If-Match": nothing})
        assert (answer.status_code, "Leave If-Match out" in answer.json()["detail"]) == (412, True)


async def test_who_changed_it_is_told(reports: httpx.AsyncClient) -> None:
    """GET /mappings: who, of the organisation, and when."""
    put = (await reports.put("/mappings/m", json=MAPPING)).json()
    [listed] = (await reports.get("/mappings")).json()["mappings"]
    assert listed == put
    assert put["changed_by"]
