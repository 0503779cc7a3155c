"""What GET gives can be sent back whole: /reports/{id}, /mappings/{name}"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.support.make.imports import MAPPING, ended, hand_in
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected

TODAY = datetime.now(ZoneInfo("Europe/Stockholm")).date().isoformat()
# Whole days, also by the clock's changes and of today; an end that is a midnight, or none; a point, an area, nothing.
REPORTS: list[dict[str, Any]] = [
    {},
    {"occurred_to": None},
    {"occurred_from": "2026-11-20", "occurred_to": None},
    {"occurred_from": "2026-03-29", "occurred_to": "2026-03-30"},
    {"occurred_from": "2025-10-26", "occurred_to": None},
    {"occurred_from": "2026-11-20", "occurred_to": "2026-11-20T17:00:00+01:00"},
    {"occurred_from": "2026-11-20T16:30:00.123456+01:00", "occurred_to": "2026-11-20"},
    {"occurred_from": "2026-11-20T00:00:00", "occurred_to": "2026-11-21T00:00:00"},
    {"occurred_from": TODAY, "occurred_to": None},
    {"occurred_from": "2026-11-20T16:30:00", "occurred_to": TODAY},
    {"point": None, "area_code": "01"},
    {"point": None},
    {"text": None, "severity": None, "location_kind": None, "subcategory": None},
    {"text": "Anna Andersson stod där.", "confirmed_no_personal_data": True},
    {"certainty": "likely", "external_reference": "V47-0100"},
]


def key() -> dict[str, str]:
    """A new Idempotency-Key."""
    return {"Idempotency-Key": uuid4().hex}


@pytest.mark.parametrize("said", REPORTS)
async def test_a_report_can_be_sent_back(reports: httpx.AsyncClient, said: dict[str, Any]) -> None:
    """PUT of what GET gave: the same report at the same version; and with one fact put right, all others stay."""
    made = await reports.post("/reports", json=make_report(**said), headers=key())
    assert made.status_code == 201, made.text
    here = f"/reports/{made.json()['id']}"
    read = await reports.get(here)
    again = await reports.put(here, json=read.json(), headers={"If-Match": read.headers["etag"]})
    assert again.status_code == 200, again.text
    assert (await reports.get(here)).json() == read.json()
    right = await reports.put(here, json=read.json() | {"severity": 3}, headers={"If-Match": read.headers["etag"]})
    assert right.status_code == 200, right.text
    now = (await reports.get(here)).json()
    assert {name for name, value in now.items() if value != read.json()[name]} == {"severity", "version", "updated_at"}


async def test_what_is_fixed_of_a_report_is_refused(reports: httpx.AsyncClient) -> None:
    """PUT with another reference, place in numbers, state: each is refused, none is passed over."""
    made = await reports.post("/reports", json=make_report(external_reference="V47-0101"), headers=key())
    here = f"/reports/{made.json()['id']}"
    read = (await reports.get(here)).json()
    others = {
        "external_reference": "V47-0102",
        "lon": 14.7,
        "status": "accepted",
        "version": 9,
        "cell": None,
        "band": 3,
    }
    for name, other in others.items():
        refused = await reports.put(here, json=read | {name: other, "severity": 3}, headers={"If-Match": "*"})
        assert refused.status_code == 422, name
        assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [(f"/{name}", "read_only")]
    assert (await reports.get(here)).json() == read


async def test_a_whole_day_is_said_or_written(reports: httpx.AsyncClient) -> None:
    """POST /reports: `whole_day` beside a moment is its local day; a date alone cannot be a moment."""
    late = "2026-11-20T23:30:00Z"  # the day after, here
    made = await reports.post("/reports", json=make_report(occurred_from=late, occurred_to=None, whole_day=True),
                              headers=key())  # fmt: skip
    assert (made.json()["occurred_on"], made.json()["band"]) == (date(2026, 11, 21).isoformat(), None)
    refused = await reports.post("/reports", json=make_report(occurred_from="2026-11-20", occurred_to=None,
                                                              whole_day=False), headers=key())  # fmt: skip
    assert [each["field"] for each in refused.json()["errors"]] == ["/whole_day"]
    later = (date.fromisoformat(TODAY) + timedelta(days=1)).isoformat()
    for ends in (later, f"{later}T12:00:00"):
        to_come = await reports.post("/reports", json=make_report(occurred_to=ends), headers=key())
        assert [each["field"] for each in to_come.json()["errors"]] == ["/occurred_to"]


async def test_a_mapping_can_be_sent_back(reports: httpx.AsyncClient) -> None:
    """PUT of what GET gave: the same version; with a word put right the next; what is fixed is refused."""
    await reports.put("/mappings/m", json=MAPPING)
    read = await reports.get("/mappings/m")
    again = await reports.put("/mappings/m", json=read.json())
    assert (again.status_code, again.json()) == (200, read.json()), again.text
    listed = (await reports.get("/mappings")).json()["mappings"][0]
    assert (await reports.put("/mappings/m", json=listed)).json() == read.json()
    other = read.json()["mapping"] | {"delimiter": ";"}
    assert (await reports.put("/mappings/m", json=read.json() | {"mapping": other})).status_code == 428
    seen = {"If-Match": read.headers["etag"]}
    changed = await reports.put("/mappings/m", json=read.json() | {"mapping": other}, headers=seen)
    assert (changed.json()["version"], changed.json()["mapping"]["delimiter"]) == (2, ";"), changed.text
    now = changed.json()
    for name, wrong in (("name", "n"), ("version", 9), ("changed_at", "2026-11-22T08:15:00Z"), ("changed_by", None)):
        refused = await reports.put("/mappings/m", json=now | {name: wrong}, headers={"If-Match": "*"})
        assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [(f"/{name}", "read_only")]
    broken = await reports.put("/mappings/m", json=now | {"mapping": other | {"delimiter": ":"}})
    assert [each["field"] for each in broken.json()["errors"]] == ["/mapping/delimiter"]


async def test_a_mapping_that_a_file_waits_with_stays(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """DELETE /mappings/{name} while a file is on its way in: 409 with its id; then it goes, and the reports stay."""
    await reports.put("/mappings/m", json=MAPPING)
    file = "ref,kind,at,lon,lat,note\nA1,order,2026-11-20 16:30,14.64,63.1765,\n"
    async with connected(reports_database.admin_url) as admin, admin.transaction():
        await admin.execute("LOCK TABLE reports IN EXCLUSIVE MODE")
        address = await hand_in(reports, file, mapping="m")
        refused = await reports.delete("/mappings/m", headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["conflicts_with"]) == (409, [address.rpartition("/")[2]])
    assert (await ended(reports, address))["new"] == 1
    assert (await reports.delete("/mappings/m", headers={"If-Match": "*"})).status_code == 204
    assert len((await reports.get("/reports")).json()["reports"]) == 1


async def test_a_mapping_is_deleted(reports: httpx.AsyncClient) -> None:
    """DELETE /mappings/{name}: at the version that was read; then it is not there, and its name is free."""
    await reports.put("/mappings/m", json=MAPPING)
    assert (await reports.delete("/mappings/m")).status_code == 428
    assert (await reports.delete("/mappings/m", headers={"If-Match": '"2"'})).status_code == 412
    assert (await reports.delete("/mappings/m", headers={"If-Match": '"1"'})).status_code == 204
    assert (await reports.get("/mappings/m")).status_code == 404
    assert (await reports.delete("/mappings/m", headers={"If-Match": "*"})).status_code == 404
    assert (await reports.put("/mappings/m", json=MAPPING)).json()["version"] == 1
