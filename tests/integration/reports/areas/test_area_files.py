"""/areas/files, its trials and imports; GET /areas/imports, POST /areas/imports/{version}/undo."""

import json
from typing import Any
from uuid import uuid4

import httpx

from tests.support.make.areas import new_code, square
from tests.support.make.reports import make_report
from tests.support.servers.services import client, make_principal, new_key


def a_file(*areas: tuple[str, str, dict[str, Any]], **more: Any) -> bytes:
    """A file as it is downloaded: (code, name, geometry) under names of its own."""
    features = [
        {"type": "Feature", "properties": {"DISTRIKTSKOD": code, "DISTRIKT": name}, "geometry": geometry}
        for code, name, geometry in areas
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def districts(prefix: str) -> bytes:
    """Two of them, side by side, over the square that there is."""
    return a_file((f"{prefix}1", "Östra", square(14.6, 63.0, 0.2)), (f"{prefix}2", "Västra", square(14.4, 63.0, 0.2)))


async def held(caller: httpx.AsyncClient, body: bytes, **query: str) -> dict[str, Any]:
    """A file that was sent."""
    answer = await caller.post("/areas/files", params=query, content=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_from_a_downloaded_file_to_areas_and_back(reports: httpx.AsyncClient) -> None:
    """Sent, looked at, tried, imported, listed, undone: reports that move are told before anything is stored."""
    point = make_report(point={"lon": 14.65, "lat": 63.15})
    assert (await reports.post("/reports", json=point, headers=new_key())).json()["area_code"] == "01"
    prefix = new_code()
    found = await held(reports, districts(prefix), name="distrikt.geojson")
    assert (found["form"], found["features"], found["crs"]["why"]) == ("geojson", 2, "degrees")
    assert (found["suggested"]["code"], found["suggested"]["name"]) == ("DISTRIKTSKOD", "DISTRIKT")
    at = f"/areas/files/{found['id']}"
    trial = (await reports.post(f"{at}/trials")).json()
    assert {name: trial[name] for name in ("added", "retired", "retires_most", "fault_count", "reports_to_move")} == {
        "added": 3, "retired": 1, "retires_most": True, "fault_count": 0, "reports_to_move": 1,
    }  # fmt: skip
    assert trial["moves"] == [{"area_from": "01", "area_to": f"{prefix}1", "reports": 1}]
    assert {each["change"] for each in trial["areas"]} == {"added", "retired"}
    assert [each["code"] for each in (await reports.get("/areas")).json()["areas"]] == ["01"]
    refused = await reports.post(f"{at}/imports", json=found["suggested"])
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:samsyn:problem:retires-most")
    done = await reports.post(f"{at}/imports", json={"retire": True})
    assert done.status_code == 200, done.text
    assert (await reports.get(at)).status_code == 404
    listed = (await reports.get("/areas")).json()["areas"]
    assert [(each["code"], each["level"]) for each in listed] == [("0000", 0), (f"{prefix}1", 1), (f"{prefix}2", 1)]
    (past,) = (await reports.get("/areas/imports")).json()["imports"]
    assert (past["file_name"], past["source"], past["undoable"]) == ("distrikt.geojson", "geojson", True)
    undo = f"/areas/imports/{past['version']}/undo"
    refused = await reports.post(undo)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:samsyn:problem:retires-most")
    assert (await reports.post(undo, params={"dry_run": True})).status_code == 409
    counts = ("added", "retired", "reports_to_move")
    seen = (await reports.post(undo, params={"dry_run": True, "retire": True})).json()
    assert [seen[name] for name in counts] == [1, 3, 0]
    assert (await reports.get("/areas")).json()["areas"] == listed
    undone = (await reports.post(undo, params={"retire": True})).json()
    assert [undone[name] for name in counts] == [1, 3, 0]
    before = (await reports.get("/areas")).json()["areas"]
    assert [(each["code"], each["name"], each["path"]) for each in before] == [("01", "Torget", ["2380", "01"])]
    again = await reports.post(undo, params={"dry_run": True})
    assert (again.status_code, again.json()["type"]) == (409, "urn:samsyn:problem:not-undoable")


async def test_one_level_after_the_other(reports: httpx.AsyncClient) -> None:
    """Districts first; then blocks, each into the district where most of it lies, cut off at its border."""
    prefix = new_code()
    first = await held(reports, districts(prefix))
    assert (await reports.post(f"/areas/files/{first['id']}/imports", json={"retire": True})).status_code == 200
    blocks = await held(reports, a_file((f"{prefix}9", "Kvarteret", square(14.55, 63.05, 0.1))))
    reading = {"code": "DISTRIKTSKOD", "name": "DISTRIKT", "level": 2, "parent_from": "place"}
    at = f"/areas/files/{blocks['id']}"
    trial = (await reports.post(f"{at}/trials", json=reading | {"tolerance_m": 0.5})).json()
    assert [(each["code"], each["about"]) for each in trial["faults"]] == [("outside-parent", f"{prefix}9")]
    trial = (await reports.post(f"{at}/trials", json=reading | {"clip": True})).json()
    assert [each["code"] for each in trial["notes"]] == ["clipped"]
    assert {each["code"]: each["clipped_pct"] for each in trial["areas"]}[f"{prefix}9"] > 40
    deeper = await reports.post(f"{at}/trials", json=reading | {"level": 4})
    assert "no-such-level" in {each["code"] for each in deeper.json()["faults"]}
    done = await reports.post(f"{at}/imports", json=reading | {"clip": True})
    assert (done.status_code, done.json()["added"], done.json()["retired"]) == (200, 1, 0), done.text
    paths = {each["code"]: each["path"] for each in (await reports.get("/areas")).json()["areas"]}
    assert paths[f"{prefix}9"][0] == "0000"
    assert len(paths[f"{prefix}9"]) == 3


async def test_blocks_of_districts_in_use_are_a_level_below_them(reports: httpx.AsyncClient) -> None:
    """As it is suggested, without a word; read as all areas, by names of districts, it is told what to do."""
    prefix = new_code()
    first = await held(reports, districts(prefix))
    assert (await reports.post(f"/areas/files/{first['id']}/imports", json={"retire": True})).status_code == 200
    blocks = [(n, square(14.4 + 0.1 * n, 63.05, 0.1), 2 - n // 2) for n in range(4)]
    features = [
        {"type": "Feature", "geometry": geometry, "properties": {
            "KVARTERSKOD": f"{prefix}k{n}", "KVARTER": f"Kvarteret {n}",
            "DELAV": f"{prefix}{district}", "DISTRIKT": ("Östra", "Västra")[district - 1],
        }} for n, geometry, district in blocks
    ]  # fmt: skip
    file = await held(reports, json.dumps({"type": "FeatureCollection", "features": features}).encode())
    suggested = file["suggested"]
    assert (suggested["code"], suggested["parent"], suggested["level"]) == ("KVARTERSKOD", "DELAV", 2)
    at = f"/areas/files/{file['id']}"
    trial = (await reports.post(f"{at}/trials")).json()
    assert (trial["added"], trial["retired"], trial["fault_count"]) == (4, 0, 0)
    by_name = (await reports.post(f"{at}/trials", json=suggested | {"parent": "DISTRIKT"})).json()
    assert [each["code"] for each in by_name["notes"]] == ["parents-by-name"]
    parents = [{each["code"]: each["parent"] for each in one["areas"]} for one in (trial, by_name)]
    assert parents[0] == parents[1]
    told = (await reports.post(f"{at}/trials", json=suggested | {"parent": "DISTRIKT", "level": None})).json()
    assert {each["code"] for each in told["faults"]} == {"unknown-parent"}
    assert [each["code"] for each in told["notes"]] == ["parents-in-use"]


async def test_a_file_is_its_organisations(clean: None, reports_url: str, reports: httpx.AsyncClient) -> None:
    """Nobody else finds it; of six the first is gone; one that is dropped is gone."""
    ids = [(await held(reports, districts("x")))["id"] for _ in range(6)]
    assert [(await reports.get(f"/areas/files/{each}")).status_code for each in ids] == [404, 200, 200, 200, 200, 200]
    assert (await reports.delete(f"/areas/files/{ids[1]}")).status_code == 204
    assert (await reports.get(f"/areas/files/{ids[1]}")).status_code == 404
    async with client(reports_url, service="reports", principal=make_principal(organisation_id=uuid4())) as other:
        assert (await other.get(f"/areas/files/{ids[2]}")).status_code == 404
        assert (await other.post(f"/areas/files/{ids[2]}/trials", json={})).status_code == 404


async def test_a_raw_file_can_be_tried(reports: httpx.AsyncClient) -> None:
    """POST /areas/imports: with properties of other names and dry_run; nothing is stored."""
    query: dict[str, str | bool] = {
        "code": "DISTRIKTSKOD",
        "name": "DISTRIKT",
        "parent": "none",
        "dry_run": True,
        "retire": True,
    }
    answer = await reports.post("/areas/imports", params=query, content=districts("x"))
    assert (answer.status_code, answer.json()["added"], answer.json()["retired"]) == (200, 2, 1), answer.text
    assert (await reports.get("/areas/imports")).json()["imports"] == []


async def test_a_file_whose_names_are_odd_is_held_tried_and_told(reports: httpx.AsyncClient) -> None:
    """Line breaks, signs that turn, NUL, halves of pairs and long names are no fault of ours, at any place."""
    odd = ("kod\nx", "kod\u202ex", "\x00", "\ud800", "", "k" * 500)
    said = {"kod": "A1\x00", **{each: each for each in odd}}
    area = {"type": "Feature", "properties": said, "geometry": square(14.4, 63.0, 0.2)}
    found = await held(reports, json.dumps({"type": "FeatureCollection", "name": odd[0], "features": [area]}).encode())
    assert (found["layer"], len(found["properties"])) == ("kod x", 1 + len(odd))
    trial = await reports.post(f"/areas/files/{found['id']}/trials", json={"code": "kod", "name": "kod x"})
    assert trial.status_code == 200, trial.text
    assert [each["code"] for each in trial.json()["faults"]] == ["unusable-text"]
