"""PUT /mappings/{name}, POST /imports, GET /imports/{id}, GET /imports/{id}/errors"""

from typing import Any

import httpx

from tests.support.bus import BusProbe
from tests.support.services import wait_until

MAPPING: dict[str, Any] = {
    "columns": {
        "external_reference": "ref",
        "category": "kind",
        "occurred_from": "at",
        "x": "lon",
        "y": "lat",
        "text": "note",
    },
    "datetime_format": ["%Y-%m-%d %H:%M", "%Y-%m-%d"],
    "crs": "EPSG:4326",
}
HEADER = "ref,kind,at,lon,lat,note\n"
CSV = {"Content-Type": "text/csv"}


async def bring_in(caller: httpx.AsyncClient, body: str | bytes, *, mapping: str = "m", **changes: Any) -> Any:
    """Send a file under a mapping and wait until it is dealt with; returns what became of it."""
    if changes or not (await caller.get(f"/mappings/{mapping}")).is_success:
        answer = await caller.put(f"/mappings/{mapping}", json=MAPPING | changes)
        assert answer.status_code == 200, answer.text
    content = body.encode() if isinstance(body, str) else body
    answer = await caller.post("/imports", params={"mapping": mapping}, content=content, headers=CSV)
    assert answer.status_code == 202, answer.text
    address = answer.headers["location"].removeprefix("/samsyn/v1")

    async def ended() -> Any:
        state = (await caller.get(address)).json()
        return state if state["state"] in ("done", "failed") else None

    return await wait_until(ended, timeout_s=30, what="the import to end")


def counts(ended: Any) -> tuple[int, ...]:
    """Read, new, unchanged, changed, failed, unplaced."""
    return tuple(ended[name] for name in ("read", "new", "unchanged", "changed", "failed", "unplaced"))


async def test_new_unchanged_changed(reports: httpx.AsyncClient, told: BusProbe) -> None:
    """POST /imports: a file, the same again, and one with a row changed and a row added."""
    rows = [f"r{n},order,2026-11-0{n % 9 + 1} 21:30,14.64,63.17,Buller vid torget" for n in range(20)]
    first = await bring_in(reports, HEADER + "\n".join(rows))
    assert (first["state"], counts(first)) == ("done", (20, 20, 0, 0, 0, 0)), first
    again = await bring_in(reports, HEADER + "\n".join(rows))
    assert counts(again) == (20, 0, 20, 0, 0, 0)
    rows[3] = "r3,damage,2026-11-04 21:30,14.64,63.17,Klotter"
    third = await bring_in(reports, HEADER + "\n".join([*rows, "r20,order,2026-11-05,14.64,63.17,"]))
    assert counts(third) == (21, 1, 19, 1, 0, 0)
    listed = (await reports.get("/reports", params={"limit": 100})).json()["reports"]
    assert len(listed) == 21
    changed = next(each for each in listed if each["external_reference"] == "r3")
    assert (changed["category"], changed["area_code"], changed["band"], changed["dark"]) == ("damage", "01", 10, True)
    whole_day = next(each for each in listed if each["external_reference"] == "r20")
    assert (whole_day["band"], whole_day["occurred_from"]) == (None, "2026-11-04T23:00:00Z")
    correction = await told.next("reports.report.v1", key=changed["id"])
    assert (correction.type, correction.message.sequence) == ("report.corrected", 2)  # type: ignore[union-attr]
