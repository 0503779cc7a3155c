"""POST /areas/imports, POST /areas/grid, GET /areas, GET /areas/{code}"""

import json
from copy import deepcopy
from itertools import product
from typing import Any
from uuid import uuid4

import httpx
import orjson
from fastapi import FastAPI

from services.reports.app import build
from services.reports.settings import Settings
from shared.bus import Bus
from shared.messages.reports import AreaChanged
from tests.support.look.bus import BusProbe
from tests.support.make.areas import RETIRE, new_code, square
from tests.support.make.hostile import BROKEN, MARKER, OTHERS, TEXTS
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database
from tests.support.servers.services import INTERNAL_PUBLIC, client, make_principal, running, wait_until


def collection(*areas: tuple[str, str | None, dict[str, Any]]) -> dict[str, Any]:
    """A file of areas from (code, parent, geometry)."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": c, "name": f"Område {c}", "parent": p}, "geometry": g}
            for c, p, g in areas
        ],
    }


def a_tree(prefix: str) -> dict[str, Any]:
    """A municipality of two districts; codes that no other test has, because the bus remembers."""
    return collection(
        (prefix, None, square(14.5, 63.0, 0.4)),
        (f"{prefix}1", prefix, square(14.5, 63.0, 0.2)),
        (f"{prefix}2", prefix, square(14.7, 63.0, 0.2)),
    )


async def post_report(caller: httpx.AsyncClient, lon: float, lat: float) -> Any:
    """The receipt of a report at a point."""
    body = make_report(point={"lon": lon, "lat": lat})
    return (await caller.post("/reports", json=body, headers={"Idempotency-Key": uuid4().hex})).json()


async def test_a_key_that_stands_twice_in_a_file_is_no_area(reports: httpx.AsyncClient) -> None:
    """Neither the last of two lists of features nor of two codes is taken in silence."""
    one = json.dumps(a_tree(new_code()))
    for twice in (one[:-1] + ', "features": []}', one.replace('"parent": null', '"parent": null, "code": "other"', 1)):
        answer = await reports.post("/areas/imports", content=twice, headers={"Content-Type": "application/geo+json"})
        assert answer.status_code == 400, answer.text
        assert "twice" in answer.json()["detail"]


async def test_a_code_is_no_path(reports: httpx.AsyncClient) -> None:
    """What could not be asked for again by its address is refused."""
    for code in (".", "..", "a/b", "a\\b", "..."):
        answer = await reports.post(
            "/areas/imports", params=RETIRE, json=collection((code, None, square(14.5, 63.0, 0.4)))
        )
        assert [each["code"] for each in answer.json()["errors"]] == ["unusable-text"], (code, answer.text)


async def test_a_tree_takes_the_place_of_the_one_before(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports: counts say what was added, changed, retired and left as it was."""
    prefix = new_code()
    answer = await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))
    assert answer.status_code == 200, answer.text
    first = answer.json()
    assert {name: first[name] for name in ("added", "changed", "retired", "unchanged")} == {
        "added": 3,
        "changed": 0,
        "retired": 1,
        "unchanged": 0,
    }
    again = (await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))).json()
    same = {"added": 0, "changed": 0, "retired": 0, "unchanged": 3, "reports_to_move": 0}
    assert again == {"version": first["version"]} | same
    moved = collection(
        (prefix, None, square(14.5, 63.0, 0.4)),
        (f"{prefix}1", prefix, square(14.5, 63.0, 0.1)),
        (f"{prefix}3", prefix, square(14.7, 63.0, 0.2)),
    )
    third = (await reports.post("/areas/imports", params=RETIRE, json=moved)).json()
    assert (third["added"], third["changed"], third["retired"], third["unchanged"]) == (1, 1, 1, 1)
    listed = (await reports.get("/areas")).json()
    assert listed["version"] == third["version"]
    assert [(a["code"], a["level"], a["parent"]) for a in listed["areas"]] == [
        (prefix, 0, None),
        (f"{prefix}1", 1, prefix),
        (f"{prefix}3", 1, prefix),
    ]
    assert listed["areas"][1]["path"] == [prefix, f"{prefix}1"]
    assert listed["areas"][0]["geometry"] is None
    whole = (await reports.get("/areas", params={"retired": True, "geometry": True})).json()["areas"]
    assert {a["code"] for a in whole if not a["active"]} == {"01", f"{prefix}2"}
    assert all(a["geometry"]["type"] == "Polygon" for a in whole)


async def test_what_changed_is_told_with_the_areas_own_sequence(reports: httpx.AsyncClient, bus: Bus) -> None:
    """POST /areas/imports: changed areas travel with a grown sequence, retired ones inactive, others stay silent."""
    prefix = new_code()
    probe = await BusProbe(bus, ["reports.area.v1"]).start()
    await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))
    await reports.post(
        "/areas/imports",
        params=RETIRE,
        json=collection((prefix, None, square(14.5, 63.0, 0.4)), (f"{prefix}1", prefix, square(14.5, 63.0, 0.1))),
    )
    await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))

    async def told() -> Any:
        here = [each for each in await probe.pull() if each.key.startswith(prefix)]
        return here if len(here) >= 7 else None

    seen: dict[str, list[AreaChanged]] = {}
    for received in await wait_until(told, what="seven messages about areas"):
        message = AreaChanged.model_validate_json(received.value)
        seen.setdefault(message.code, []).append(message)
    await probe.stop()
    assert [m.sequence for m in seen[prefix]] == [1]
    assert [m.sequence for m in seen[f"{prefix}1"]] == [1, 2, 3]
    assert [(m.sequence, m.active) for m in seen[f"{prefix}2"]] == [(1, True), (2, False), (3, True)]
    assert seen[f"{prefix}1"][0].path == [prefix, f"{prefix}1"]
    assert seen[f"{prefix}1"][0].level == 1


async def test_the_next_report_lies_in_the_new_areas(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports: this process places by the new tree at once, and moves no report that was there."""
    before = await post_report(reports, 14.65, 63.15)
    prefix = new_code()
    await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))
    assert (await post_report(reports, 14.65, 63.15))["area_code"] == f"{prefix}1"
    assert (await post_report(reports, 14.85, 63.35))["area_code"] == prefix
    assert (await post_report(reports, 15.5, 63.35))["area_code"] is None
    assert (await reports.get(f"/reports/{before['id']}")).json()["area_code"] == "01"


async def test_another_process_follows(reports: httpx.AsyncClient, reports_database: Database, bus_url: str) -> None:
    """POST /areas/imports: a second process of the service places by the new tree within its reload time."""
    other: FastAPI = build(
        Settings(
            database_url=reports_database.url,
            bus_url=bus_url,
            internal_public_key=INTERNAL_PUBLIC,
            areas_reload_s=0.1,
        )
    )
    prefix = new_code()
    async with running(other) as url, client(url, service="reports", principal=make_principal()) as there:
        await wait_until(lambda: len(other.state.ground.areas) == 1, what="the areas to be loaded")
        await reports.post("/areas/imports", params=RETIRE, json=a_tree(prefix))
        await wait_until(lambda: f"{prefix}2" in other.state.ground.codes, what="the other process to follow")
        assert (await post_report(there, 14.85, 63.1))["area_code"] == f"{prefix}2"


async def test_areas_in_another_system(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports?crs=: SWEREF 99 TM comes out as longitude and latitude; two worlds mixed up are refused."""
    ring = [[479000, 7004000], [484000, 7004000], [484000, 7009000], [479000, 7009000], [479000, 7004000]]
    body = collection(("2380", None, {"type": "Polygon", "coordinates": [ring]}))
    assert (await reports.post("/areas/imports", params=RETIRE | {"crs": "EPSG:3006"}, json=body)).status_code == 200
    corner = (await reports.get("/areas/2380")).json()["geometry"]["coordinates"][0][0]
    assert 14.5 < corner[0] < 14.7
    assert 63.1 < corner[1] < 63.2
    answer = await reports.post("/areas/imports", params=RETIRE, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "/features/0/geometry"


async def test_wrong_files_change_nothing(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports: all faults come back with their place and code, and the areas stay as they were."""
    wrong = collection(
        ("1", None, square(14.5, 63.0, 0.4)), ("1", "9", square(14.5, 63.0, 0.2)), ("2", None, {"type": "Point"})
    )
    answer = await reports.post("/areas/imports", params=RETIRE, json=wrong)
    assert answer.status_code == 422
    assert {(e["field"], e["code"]) for e in answer.json()["errors"]} == {
        ("/features/1/properties/code", "duplicate"),
        ("/features/1/properties/parent", "unknown-parent"),
        ("/features/2/geometry", "not-a-polygon"),
    }
    assert (await reports.post("/areas/imports", content=b"{no json")).status_code == 400
    assert (
        await reports.post("/areas/imports", params=RETIRE, json={"type": "FeatureCollection", "features": []})
    ).status_code == 422
    assert (await reports.post("/areas/imports", params={"crs": "EPSG:99"}, json=wrong)).status_code == 422
    assert [a["code"] for a in (await reports.get("/areas")).json()["areas"]] == ["01"]


async def test_a_grid_of_squares(reports: httpx.AsyncClient) -> None:
    """POST /areas/grid: squares in metres under one root, from a box in metres or in degrees."""
    grid = {"bbox": [480000, 7004000, 482000, 7006000], "size_m": 1000}
    first = await reports.post("/areas/grid", json=grid | RETIRE)
    assert first.status_code == 200, first.text
    assert (first.json()["added"], first.json()["retired"]) == (5, 1)
    receipt = await post_report(reports, 14.64, 63.1765)
    assert receipt["area_code"] == "E481000N7005000"
    degrees = {"bbox": [14.61, 63.165, 14.63, 63.18], "size_m": 1000, "crs": "EPSG:4326"}
    second = await reports.post("/areas/grid", json=degrees | RETIRE)
    assert second.status_code == 200, second.text
    codes = {a["code"] for a in (await reports.get("/areas")).json()["areas"]}
    assert codes == {"0000", *(f"E{e}N{n}" for e in (480000, 481000) for n in (7004000, 7005000))}
    for wrong in (
        {"size_m": 10}, {"bbox": [5, 5, 1, 1]}, {"crs": "EPSG:1"}, {"bbox": [1, 1, 2, 2]}, {"color": 1},
        {"bbox": [1e300, 1e300, 1.5e300, 1.5e300]}, {"bbox": [480000, 7004000, "482000", 7006000]},
        {"bbox": [-180, -90, 180, 90], "crs": "EPSG:4326", "size_m": 100_000},
        {"bbox": [10, 55, 24, 69], "crs": "EPSG:4326", "size_m": 100_000},
    ):  # fmt: skip
        assert (await reports.post("/areas/grid", json=grid | wrong)).status_code == 422, wrong
    assert len((await reports.get("/areas")).json()["areas"]) == 5
    far = {"bbox": [480000, 5450000, 500000, 5470000], "crs": "EPSG:26910"}
    (fault,) = (await reports.post("/areas/grid", json=grid | far)).json()["errors"]
    assert (fault["field"], "EPSG:26910" in fault["detail"], "far from" in fault["detail"]) == ("/bbox", True, True)


async def test_one_area_or_none(reports: httpx.AsyncClient) -> None:
    """GET /areas/{code}: the area with its polygon; 404 for a code that never was."""
    assert (await reports.get("/areas/01")).json()["geometry"]["type"] == "Polygon"
    assert (await reports.get("/areas/99")).status_code == 404


async def test_only_those_with_the_scope(clean: None, reports_url: str) -> None:
    """POST /areas/imports, POST /areas/grid: 403 without areas:write; 401 without a token."""
    reader = make_principal(scopes=frozenset({"reports:read"}))
    async with client(reports_url, service="reports", principal=reader) as caller:
        assert (await caller.post("/areas/imports", params=RETIRE, json=a_tree("x"))).status_code == 403
        assert (await caller.post("/areas/grid", json={"bbox": [0, 0, 1, 1], "size_m": 100})).status_code == 403
        assert (await caller.get("/areas")).status_code == 200
    async with client(reports_url, service="reports", principal=None) as stranger:
        assert (await stranger.post("/areas/imports", params=RETIRE, json=a_tree("x"))).status_code == 401


def is_json(value: object) -> bool:
    """Whether it can stand in a file at all: no half of a character, nothing infinite."""
    try:
        orjson.loads(json.dumps(value))
    except orjson.JSONDecodeError:
        return False
    return True


async def test_no_value_of_an_area_is_a_fault_of_ours(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports: what nobody should send as code, name, parent, geometry or area, many in one file."""
    for places in (("code",), ("name", "parent", "geometry", "properties", "feature")):
        body = a_tree("h")
        for place, value in product(places, filter(is_json, (*TEXTS, *OTHERS))):
            feature = deepcopy(body["features"][1])
            if place in ("code", "name", "parent"):
                feature["properties"][place] = value
            else:
                feature[place] = value
            body["features"].append(value if place == "feature" else feature)
        answer = await reports.post("/areas/imports", content=json.dumps(body))
        # An area's code is told with what is wrong with it.
        assert (answer.status_code, MARKER in answer.text) == (422, "code" in places)
    for broken in BROKEN[:2]:
        assert (await reports.post("/areas/imports", content=broken)).status_code == 400
    assert [each["code"] for each in (await reports.get("/areas")).json()["areas"]] == ["01"]


async def test_codes_that_differ_in_case_alone_are_two_areas(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports: each is kept, has its own address, and takes the reports that name it."""
    prefix = new_code()
    codes = (f"{prefix}b", f"{prefix}B")
    halves = [(code, prefix, square(14.5 + 0.2 * at, 63.0, 0.2)) for at, code in enumerate(codes)]
    answer = await reports.post(
        "/areas/imports", params=RETIRE, json=collection((prefix, None, square(14.5, 63.0, 0.4)), *halves)
    )
    assert (answer.status_code, answer.json().get("added")) == (200, 3), answer.text
    for code in codes:
        assert (await reports.get(f"/areas/{code}")).json()["name"] == f"Område {code}"
        sent = make_report(point=None, area_code=code)
        answer = await reports.post("/reports", json=sent, headers={"Idempotency-Key": uuid4().hex})
        assert answer.json()["area_code"] == code


async def test_what_is_sent_again_changes_nothing(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports: neither a version nor a line, also where rings turn, have heights, or are one of many."""
    sent = a_tree(new_code())
    first = (await reports.post("/areas/imports", params=RETIRE, json=sent)).json()
    again = deepcopy(sent)
    for feature, written in zip(again["features"], (_turned, _high, _of_many), strict=True):
        feature["geometry"] = written(feature["geometry"]["coordinates"][0])
    for body in (sent, again):
        answer = (await reports.post("/areas/imports", params=RETIRE, json=body)).json()
        assert answer == first | {"added": 0, "changed": 0, "retired": 0, "unchanged": 3}
    assert (await reports.get("/areas/imports")).json()["imports"][0]["undoable"]
    assert (await reports.get("/areas/imports")).json()["imports"][0]["added"] == first["added"]
    again["features"][1]["geometry"]["coordinates"][0][1][0] -= 0.01
    assert (await reports.post("/areas/imports", params=RETIRE, json=again)).json()["changed"] == 1


def _turned(ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring[::-1]]}


def _high(ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[*position, 12.5, 0] for position in ring]]}


def _of_many(ring: list[Any]) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


async def test_a_system_that_there_is_not_is_told_by_its_field(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports?crs=: the refusal names it."""
    answer = await reports.post("/areas/imports", params={"crs": "EPSG:999999"}, json=a_tree(new_code()))
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("/crs", "unknown-crs")]
