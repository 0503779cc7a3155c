"""What a report may say of when, where and in which words: by one, in a batch, as a correction and as a file."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.support.make.days import today
from tests.support.make.imports import bring_in, counts
from tests.support.make.reports import make_report
from tests.support.servers.services import new_key

HEADER = "ref,kind,at,end,lon,lat,note\n"
COLUMNS = {
    "external_reference": "ref", "category": "kind", "occurred_from": "at", "occurred_to": "end", "text": "note",
}  # fmt: skip
# Each with what makes a report wrong, the field, and the code of the fault.
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"occurred_to": "9999-12-31T23:59:59Z"}, "/occurred_to", "impossible_time"),
    ({"occurred_to": f"{today() + timedelta(days=2)}"}, "/occurred_to", "impossible_time"),
    ({"occurred_to": f"{today() + timedelta(days=400)}T10:00:00+01:00"}, "/occurred_to", "impossible_time"),
    ({"occurred_from": "0001-01-01T00:00:00", "occurred_to": None}, "/occurred_from", "impossible_time"),
    ({"occurred_from": "1989-12-31", "occurred_to": None}, "/occurred_from", "impossible_time"),
    ({"occurred_from": "1989-12-31T12:00", "occurred_to": None}, "/occurred_from", "impossible_time"),
    ({"occurred_from": "1989-12-31T12:00+01:00", "occurred_to": None}, "/occurred_from", "impossible_time"),
    ({"occurred_from": "2026-03-29T02:30:00", "occurred_to": None}, "/occurred_from", "skipped_time"),
    ({"occurred_from": "2026-03-29T01:30:00", "occurred_to": "2026-03-29T02:59:59"}, "/occurred_to", "skipped_time"),
    ({"occurred_from": "2026-W47-5"}, "/occurred_from", "not_a_date"),
    ({"text": "a\x00b"}, "/text", "untypable"),
    ({"text": "\x1b[31m"}, "/text", "untypable"),
    ({"external_reference": " \u200b"}, "/external_reference", "blank"),
    ({"external_reference": "a\nb"}, "/external_reference", "untypable"),
    ({"external_reference": "row:00:1"}, "/external_reference", "reserved"),
    ({"area_code": "\u3164", "point": None}, "/area_code", "blank"),
    ({"area_code": "no such area"}, "/area_code", "unknown_area"),
    ({"point": {"lon": True, "lat": 63.17}}, "/point/lon", "not_a_number"),
    ({"point": {"lon": 14.64, "lat": "63.17"}}, "/point/lat", "not_a_number"),
    ({"point": {"lon": 18.0686, "lat": 59.3293}}, "/point", "impossible_place"),  # Stockholm
    ({"point": {"lon": 63.17, "lat": 14.64}}, "/point", "impossible_place"),
    ({"point": {"lon": 0, "lat": 0}}, "/point", "impossible_place"),
    ({"severity": True}, "/severity", "not_a_whole_number"),
]


@pytest.mark.parametrize(("changes", "field", "code"), WRONG, ids=str)
async def test_what_cannot_be_is_refused_at_its_field(
    reports: httpx.AsyncClient, changes: dict[str, Any], field: str, code: str
) -> None:
    """POST /reports, PUT /reports/{id}: 422. POST /reports/batch: the good one beside it goes in."""
    good = make_report()
    body = {**good, **changes}
    alone = await reports.post("/reports", json=body, headers=new_key())
    assert alone.status_code == 422
    assert [(each["field"], each["code"]) for each in alone.json()["errors"]] == [(field, code)]
    batch = await reports.post("/reports/batch", json={"reports": [body, good]}, headers=new_key())
    assert (batch.status_code, batch.json()["created"], batch.json()["refused"]) == (200, 1, 1)
    (fault,) = batch.json()["results"][0]["faults"]
    assert (fault["field"], fault["code"]) == (field, code)
    sent = batch.json()["results"][1]["receipt"]["id"]
    put = await reports.put(f"/reports/{sent}", json=body, headers={"If-Match": "*"})
    # A correction changes no reference, whatever it is written as.
    told = "read_only" if field == "/external_reference" else code
    assert [(each["field"], each["code"]) for each in put.json()["errors"]] == [(field, told)]
    assert len((await reports.get("/reports")).json()["reports"]) == 1


async def test_a_day_alone_is_the_whole_day(reports: httpx.AsyncClient) -> None:
    """POST, PUT and file say the same of it: 24 hours, no band, nobody knows whether it was dark."""
    alone = make_report(occurred_from="2026-11-20", occurred_to=None)
    sent = (await reports.post("/reports", json=alone, headers=new_key())).json()
    assert (sent["occurred_on"], sent["band"], sent["dark"]) == ("2026-11-20", None, None)
    exact = (await reports.post("/reports", json=make_report(), headers=new_key())).json()
    await reports.put(f"/reports/{exact['id']}", json=alone, headers={"If-Match": "*"})
    await bring_in(
        reports, HEADER + "a,order,2026-11-20,,14.64,63.1765,\n", columns=COLUMNS, datetime_format="%Y-%m-%d"
    )
    for report in (await reports.get("/reports")).json()["reports"]:
        assert (report["occurred_from"], report["occurred_to"]) == ("2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z")
        assert (report["occurred_on"], report["band"], report["dark"]) == ("2026-11-20", None, None)


@pytest.mark.parametrize("begin", ["2026-11-20", "2026-11-20T00:00", "2026-11-20T00:00:00+01:00", "2026-11-20T16:30"])
async def test_no_report_ends_on_the_day_before(reports: httpx.AsyncClient, begin: str) -> None:
    """POST: the midnight between two days is the end of one and the beginning of the other."""
    body = make_report(occurred_from=begin, occurred_to="2026-11-19")
    refused = await reports.post("/reports", json=body, headers=new_key())
    assert refused.status_code == 422, refused.text
    assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [("/occurred_to", "before_start")]


async def test_a_day_as_the_end_is_the_end_of_that_day(reports: httpx.AsyncClient) -> None:
    """POST: also of the day it began on; today may be named, though it is not over."""
    for begin, end, expected in (
        ("2026-11-20T16:30:00+01:00", "2026-11-20", "2026-11-20T23:00:00Z"),
        ("2026-11-20", "2026-11-22", "2026-11-22T23:00:00Z"),
    ):
        body = make_report(occurred_from=begin, occurred_to=end)
        sent = (await reports.post("/reports", json=body, headers=new_key())).json()
        assert (await reports.get(f"/reports/{sent['id']}")).json()["occurred_to"] == expected
    body = make_report(occurred_from=f"{today()}", occurred_to=f"{today()}")
    assert (await reports.post("/reports", json=body, headers=new_key())).status_code == 201


async def test_a_file_loses_the_rows_that_are_wrong_and_no_other(reports: httpx.AsyncClient) -> None:
    """POST /imports: years at both ends of time, as a beginning and as an end."""
    days = [
        ("2026-11-20", ""),
        ("0001-01-01", ""),
        ("9999-12-31", ""),
        ("2026-11-20", "9999-12-31"),
        ("2026-11-21", ""),
        ("1989-12-30", ""),
    ]
    rows = [f"r{n},order,{begin} 10:00,{end and f'{end} 23:59'},14.64,63.17,x" for n, (begin, end) in enumerate(days)]
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        done = await bring_in(
            reports, HEADER + "\n".join(rows), columns=COLUMNS, datetime_format="%Y-%m-%d %H:%M", time_zone=zone
        )
        assert counts(done)[4] == 4
    errors = (await reports.get(f"/imports/{done['id']}/errors")).json()["errors"]
    assert [(each["line"], each["column"], each["code"]) for each in errors] == [
        (3, "at", "impossible_time"), (4, "at", "impossible_time"), (5, "end", "impossible_time"),
        (7, "at", "impossible_time"),
    ]  # fmt: skip
    assert (await reports.get("/reports")).status_code == 200


async def test_a_point_in_the_neighbourhood_is_kept_and_marked(reports: httpx.AsyncClient) -> None:
    """POST /reports: outside all areas and near them; its point is kept, its area is none."""
    body = make_report(point={"lon": 14.95, "lat": 63.2})
    sent = (await reports.post("/reports", json=body, headers=new_key())).json()
    assert (sent["area_code"], sent["cell"] is not None) == (None, True)
    picture = (await reports.get("/lagesbild", params={"from": "2026-11-20"})).json()
    assert picture["unplaced"]["total"]["count"] == 1


async def test_a_text_is_kept_in_one_form_of_writing(reports: httpx.AsyncClient) -> None:
    """POST /reports: NFC, trimmed; blank is none. The same in a file."""
    said = "  A\u030angslupen\r\nla\u030ag still \u200b"
    sent = (await reports.post("/reports", json=make_report(text=said), headers=new_key())).json()
    assert (await reports.get(f"/reports/{sent['id']}")).json()["text"] == "Ångslupen\nlåg still"
    blank = (await reports.post("/reports", json=make_report(text=" \u3164"), headers=new_key())).json()
    assert (await reports.get(f"/reports/{blank['id']}")).json()["text"] is None
    header = HEADER.replace("note", "a\u030arende")
    columns = COLUMNS | {"text": "\u00e5rende"}
    row = "r1,order,2026-11-20 10:00,,14.64,63.17,\ufeffA\u030angslupen \n"
    await bring_in(reports, header + row, columns=columns, datetime_format="%Y-%m-%d %H:%M")
    listed = (await reports.get("/reports")).json()["reports"]
    assert [each["text"] for each in listed if each["external_reference"] == "r1"] == ["Ångslupen"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"category": "order", }', ""),
        (b'{"category": "order", "occurred_from": {"date": 1}}', "/occurred_from"),
        (
            b'{"category": "order", "occurred_from": "2026-11-20", "point": {"lon": 14, "lat": 63, "Kim Ek": 1}}',
            "/point",
        ),
        (b"[]", ""),
    ],
)
async def test_a_fault_is_told_where_it_is(reports: httpx.AsyncClient, body: bytes, field: str) -> None:
    """POST /reports: a pointer into what was sent, without pydantic's words, no farther than it can be named."""
    answer = await reports.post("/reports", content=body, headers={"Content-Type": "application/json", **new_key()})
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_nothing_of_an_id_is_repeated(reports: httpx.AsyncClient) -> None:
    """GET /reports/{id}: pydantic's sentence names the first character that is wrong."""
    answer = await reports.get("/reports/\u3299")
    assert (answer.status_code, "\u3299" in answer.text) == (422, False)


async def test_a_batch_holds_so_much_text(reports: httpx.AsyncClient) -> None:
    """POST /reports/batch: half a million characters together; more is refused unread, in a sentence."""
    long = [make_report(text="Buller vid torget. " * 50) for _ in range(600)]
    answer = await reports.post("/reports/batch", json={"reports": long}, headers=new_key())
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["field"], fault["code"]) == (422, "/reports", "too_much_text")
