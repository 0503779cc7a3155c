"""POST /imports, GET /imports/{id}, GET /imports, GET /imports/{id}/errors"""

import asyncio
import random
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.reports.app import build
from services.reports.settings import Settings
from tests.support.look.bus import BusProbe
from tests.support.make.imports import CSV, HEADER, MAPPING, address_of, bring_in, counts, ended
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import INTERNAL_PUBLIC, client, make_principal, running, wait_until


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


def without_reference() -> dict[str, Any]:
    """The mapping of files whose rows have no reference of their own."""
    return {"columns": {field: column for field, column in MAPPING["columns"].items() if column != "ref"}}


async def test_rows_without_a_reference_are_known_again(reports: httpx.AsyncClient) -> None:
    """POST /imports: by what they say, each as often as it stands in the file, in whatever order it comes."""
    rows = [f"order,2026-11-{n % 20 + 1:02},14.{600 + n % 7},63.17,Buller" for n in range(90)]
    rows += rows[:15]
    chance = random.Random(1)
    first = await bring_in(reports, "kind,at,lon,lat,note\n" + "\n".join(rows), **without_reference())
    assert counts(first) == (105, 105, 0, 0, 0, 0)
    chance.shuffle(rows)
    again = await bring_in(reports, "kind,at,lon,lat,note\n" + "\n".join(rows), **without_reference())
    assert counts(again) == (105, 0, 105, 0, 0, 0)
    overlapping = [*rows[50:], rows[0], "damage,2026-11-20,14.65,63.17,Klotter"]
    third = await bring_in(reports, "kind,at,lon,lat,note\n" + "\n".join(overlapping), **without_reference())
    assert (third["new"] + third["unchanged"], third["failed"], third["changed"]) == (57, 0, 0)
    new = sum((Counter(overlapping) - Counter(rows)).values())
    assert third["new"] == new == 1


async def test_a_mended_mapping_corrects_what_the_wrong_one_made(reports: httpx.AsyncClient) -> None:
    """POST /imports: the same rows under another category are changed reports, not new ones."""
    body = "kind,at,lon,lat,note\nBråk,2026-11-02,14.64,63.17,\n"
    words = {"category": {"Bråk": "other"}}
    assert counts(await bring_in(reports, body, values=words, **without_reference()))[1] == 1
    words = {"category": {"Bråk": "order"}}
    assert counts(await bring_in(reports, body, values=words, **without_reference())) == (1, 0, 0, 1, 0, 0)
    (listed,) = (await reports.get("/reports")).json()["reports"]
    assert listed["category"] == "order"
    # What the row is known by is a hash of it, which would tell a guess that is right: nobody gets it.
    assert listed["external_reference"] is None
    assert "row:" not in (await reports.get("/reports.csv")).text


async def test_rows_without_a_usable_point_are_kept_and_counted(reports: httpx.AsyncClient) -> None:
    """POST /imports: no point or no place here: kept without one; in the neighbourhood: with it, and no area."""
    nowhere = [",", "0,0", "200,95", "12.5,56.0"]
    places = [*nowhere, "14.9,63.17", "1464e-2,63.17"]
    body = HEADER + "".join(f"r{n},order,2026-11-02,{place},\n" for n, place in enumerate(places))
    done = await bring_in(reports, body)
    assert counts(done) == (6, 6, 0, 0, 0, 5)
    listed = {each["external_reference"]: each for each in (await reports.get("/reports")).json()["reports"]}
    assert [listed[f"r{n}"]["lon"] for n in range(6)] == [*[None] * len(nowhere), 14.9, 14.64]
    assert [listed[f"r{n}"]["area_code"] for n in range(6)] == [None] * 5 + ["01"]
    by_code = MAPPING["columns"] | {"place_code": "note"}
    rows = HEADER + "a,order,2026-11-02,,,01\nb,order,2026-11-02,,,99\nc,order,2026-11-02,,,1\n"
    coded = await bring_in(reports, rows, columns=by_code)
    assert counts(coded) == (3, 2, 0, 0, 1, 0)
    [unknown] = (await reports.get(f"/imports/{coded['id']}/errors")).json()["errors"]
    assert (unknown["line"], unknown["column"], unknown["code"]) == (3, "note", "unknown_area")
    kept = await bring_in(reports, rows, columns=by_code, defaults={"place_code": None})
    assert counts(kept) == (3, 1, 2, 0, 0, 1)


async def test_coordinates_of_another_system_fail_the_file(reports: httpx.AsyncClient) -> None:
    """POST /imports: where no point fits, nothing is stored, and a sentence says what may be wrong."""
    rows = "".join(f"r{n},order,2026-11-02,{63.1 + n / 100},14.6,\n" for n in range(5))  # x and y swapped
    failed = await bring_in(reports, HEADER + rows)
    assert (failed["state"], counts(failed)) == ("failed", (0,) * 6)
    assert "None of the first 5 points" in failed["failure"]
    assert "swapped" in failed["failure"]
    assert failed["failure"].endswith("In EPSG:4326 with north or latitude first, 5 of 5 would lie there.")
    assert failed["failure_code"] == "points_elsewhere"
    metres = "".join(f"r{n},order,2026-11-02,{480000 + n},7005000,\n" for n in range(5))
    elsewhere = (await bring_in(reports, HEADER + metres, crs="EPSG:3021"))["failure"]
    assert "EPSG:3021" in elsewhere
    assert elsewhere.endswith("In EPSG:3006, 5 of 5 would lie there.")
    assert (await reports.get("/reports")).json()["reports"] == []
    assert counts(await bring_in(reports, HEADER + metres, crs="EPSG:3006")) == (5, 5, 0, 0, 0, 0)


async def test_points_of_another_town_fail_the_file(reports: httpx.AsyncClient) -> None:
    """POST /imports: a hundred points that all lie outside all areas are a wrong system; three may be elsewhere."""
    rows = [f"r{n},order,2026-11-02,13.{n:03},55.6,\n" for n in range(120)]
    failed = await bring_in(reports, HEADER + "".join(rows))
    assert "None of the first 120 points lies in the municipality's areas" in failed["failure"]
    assert counts(await bring_in(reports, HEADER + "".join(rows[:3]))) == (3, 3, 0, 0, 0, 3)


ROWS = [
    ("a,order,2026-11-02,14.64,63.17,ok", None),
    ("b,robbery,2026-11-02,14.64,63.17,SECRET", ("kind", "unknown_category")),
    ("c,,2026-11-02,14.64,63.17,", ("kind", "missing")),
    ("d,order,,14.64,63.17,", ("at", "missing")),
    ("e,order,2 november,14.64,63.17,", ("at", "not_a_date")),
    ("f,order,2089-01-01,14.64,63.17,", ("at", "impossible_time")),
    ("row:ab:1,order,2026-11-02,14.64,63.17,", ("ref", "reserved")),
    ("s,order,2026-03-29 02:30,14.64,63.17,", ("at", "skipped_time")),
    ("g,order,2026-11-02,14.64,63.17", None),
    ("h,order,2026-11-02,14.64,63.17,x,y", (None, "columns")),
    ('i,order,2026-11-02,14.64,63.17,"SECRET"SECRET', (None, "quotation_marks")),
    (f"j,order,2026-11-02,14.64,63.17,{'x' * 2001}", ("note", "too_long")),
    (f"{'k' * 101},order,2026-11-02,14.64,63.17,", ("ref", "too_long")),
    ("l,order,2026-11-02,14.64,63.17,\x00", (None, "control_character")),
    ("m,order,2026-11-02,14.64,63.17,a\u202eb", (None, "control_character")),
    ("n,order,2026-11-02,14.64,63.17,a" + "\u0301" * 31, (None, "control_character")),
    ("o,order,0001-01-01,14.64,63.17,", ("at", "impossible_time")),
    ("p,order,9999-12-31,14.64,63.17,", ("at", "impossible_time")),
    (f"q,order,2026-11-02,14.64,63.17,{'x' * 140_000}", (None, "too_long")),
    ("a,order,2026-11-02,14.64,63.17,ok", None),
    ("a,order,2026-11-02,14.64,63.17,other", (None, "repeated_reference")),
    ('m,order,2026-11-02,14.64,63.17,"two\nlines"', None),
    ("n,order,2026-11-02,14.64,63.17,ok,", None),
]


async def test_what_is_wrong_with_rows_is_told_by_line_and_column(reports: httpx.AsyncClient) -> None:
    """GET /imports/{id}/errors: line, column and code of each, paged in their order, and nothing of what they say."""
    done = await bring_in(reports, HEADER + "\n\n".join(row for row, _ in ROWS))  # blank lines are passed over
    wrong = [(3 + 2 * n - 1, *fault) for n, (_, fault) in enumerate(ROWS) if fault]
    assert counts(done) == (len(ROWS), 4, 1, 0, len(wrong), 0)
    told: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await reports.get(f"/imports/{done['id']}/errors", params={"limit": 5, **cursor})).json()
        assert "SECRET" not in str(page)
        told += page["errors"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert [(each["line"], each["column"], each["code"]) for each in told] == wrong
    assert all(each["detail"].endswith(".") for each in told)


async def test_bytes_of_another_encoding_cost_their_rows(reports: httpx.AsyncClient) -> None:
    """POST /imports: Windows-1252 read as UTF-8 fails the rows with other letters; read as itself it is whole."""
    body = (HEADER + "a,order,2026-11-02,14.64,63.17,Väntsalen\nb,order,2026-11-02,14.64,63.17,Torget\n").encode(
        "cp1252"
    )
    done = await bring_in(reports, body)
    assert counts(done) == (2, 1, 0, 0, 1, 0)
    assert (await reports.get(f"/imports/{done['id']}/errors")).json()["errors"][0]["code"] == "encoding"
    assert counts(await bring_in(reports, body, encoding="windows-1252")) == (2, 1, 1, 0, 0, 0)
    wide = (HEADER + "c,order,2026-11-02,14.64,63.17,Väntsalen\n").encode("utf-16")
    assert counts(await bring_in(reports, wide, encoding="utf-16")) == (1, 1, 0, 0, 0, 0)
    texts = {each["external_reference"]: each["text"] for each in (await reports.get("/reports")).json()["reports"]}
    assert texts == {"a": "Väntsalen", "b": "Torget", "c": "Väntsalen"}


@pytest.mark.parametrize(
    ("body", "sentence", "told"),
    [
        (
            HEADER + 'a,order,2026-11-02,14.64,63.17,ok\nb,order,2026-11-02,14.64,63.17,"open',
            "In line 3 a quotation mark",
            ["quotation_mark_open", 3, None, None],
        ),
        (
            HEADER + "".join(f"{n},order,11/02/26,14.64,63.17,\n" for n in range(9)),
            "None of the first 9 rows can be used",
            ["no_row_usable", 2, "at", "not_a_date"],
        ),
    ],
)
async def test_what_is_no_table_fails_in_a_sentence(
    reports: httpx.AsyncClient, body: str, sentence: str, told: list[str | int | None]
) -> None:
    """POST /imports: an open quotation mark, dates that are none: the file fails, and says why, also in codes."""
    failed = await bring_in(reports, body)
    assert failed["state"] == "failed"
    assert sentence in failed["failure"], failed["failure"]
    assert [failed[f"failure_{of}"] for of in ("code", "line", "column", "fault")] == told


async def test_rows_before_a_fault_are_in(reports: httpx.AsyncClient) -> None:
    """POST /imports: what stands before the place where a file breaks is stored and counted."""
    rows = "".join(f"r{n},order,2026-11-02,14.64,63.17,\n" for n in range(1500))
    failed = await bring_in(reports, HEADER + rows + '"')
    assert (failed["state"], counts(failed)) == ("failed", (1500, 1500, 0, 0, 0, 0))
    assert "The first 1500 rows are in." in failed["failure"]


async def test_refused_at_the_door(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """POST /imports: no file, no rows, a missing column, no mapping, another kind of body; and nothing is kept."""
    await reports.put("/mappings/m", json=MAPPING)

    async def send(content: bytes, mapping: str = "m", kind: str = "text/csv") -> httpx.Response:
        headers = {"Content-Type": kind}
        return await reports.post("/imports", params={"mapping": mapping}, content=content, headers=headers)

    row = b"a,order,2026-11-02,14.64,63.17,\n"
    tries = [
        (await send(b""), 422, "empty"),
        (await send(HEADER.encode()), 422, "no rows"),
        (await send(b"x" * 2_500_000 + b"\na,order"), 422, "The header has a cell"),
        (await send(b"ref,kind,at,lon\n" + row), 422, "no columns 'lat', 'note'"),
        (await send(HEADER.replace(",", ";").encode() + row), 422, "delimiter"),
        (await send(HEADER.encode() + row, mapping="other"), 404, "mapping"),
        (await send(HEADER.encode() + row, kind="multipart/form-data; boundary=x"), 400, "text/csv"),
    ]
    for answer, status, words in tries:
        assert answer.status_code == status, answer.text
        assert words in answer.json()["detail"], answer.text
    async with connected(reports_database.admin_url) as admin:
        assert await admin.fetchval("SELECT count(*) FROM imports") == 0
        assert await admin.fetchval("SELECT count(*) FROM import_chunks") == 0


async def test_too_large_or_broken_off_leaves_nothing(clean: None, reports_database: Database, bus_url: str) -> None:
    """POST /imports: beyond the limit 413, and a sender that goes away in the middle: no trace of either."""
    small: FastAPI = build(
        Settings(
            database_url=reports_database.url,
            bus_url=bus_url,
            internal_public_key=INTERNAL_PUBLIC,
            import_limit_bytes=3_000_000,
        )
    )
    row = b"a,order,2026-11-02,14.64,63.17,\n"

    async def endless() -> Any:
        yield HEADER.encode()
        for _ in range(200):
            yield row * 1000

    async def broken() -> Any:
        yield HEADER.encode() + row * 50_000
        raise ConnectionError

    async with running(small) as url, client(url, service="reports", principal=make_principal()) as caller:
        await caller.put("/mappings/m", json=MAPPING)
        answer = await caller.post("/imports", params={"mapping": "m"}, content=endless(), headers=CSV)
        assert answer.status_code == 413
        with pytest.raises(ConnectionError):
            await caller.post("/imports", params={"mapping": "m"}, content=broken(), headers=CSV)
        async with connected(reports_database.admin_url) as admin:

            async def gone() -> bool:
                return bool(await admin.fetchval("SELECT count(*) FROM imports") == 0)

            await wait_until(gone, what="what was broken off to be forgotten")
            assert await admin.fetchval("SELECT count(*) FROM import_chunks") == 0


async def test_a_large_file_and_its_successor(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """POST /imports: several megabytes in several batches; two files sent at once are worked off in their order."""
    rows = [f"r{n},order,2026-11-{n % 20 + 1:02} 21:30,14.64,63.17,{'å' * 60}" for n in range(12_000)]
    later = [row.replace("order", "damage") for row in rows[:5000]]
    await reports.put("/mappings/m", json=MAPPING)
    first, second = await asyncio.gather(
        bring_in(reports, HEADER + "\n".join(rows)), bring_in(reports, HEADER + "\n".join(later))
    )
    assert first["read"] + second["read"] == 17_000
    assert first["new"] + second["new"] == 12_000
    assert first["changed"] + second["changed"] == 5000
    assert first["rows_per_s"] > 0
    assert first["size_bytes"] == len((HEADER + "\n".join(rows)).encode())
    async with connected(reports_database.admin_url) as admin:
        assert await admin.fetchval("SELECT count(*) FROM import_chunks") == 0
        assert await admin.fetchval("SELECT count(*) FROM reports") == 12_000


async def test_files_are_their_organisations_own(reports: httpx.AsyncClient, reports_url: str) -> None:
    """GET /imports: newest first, paged; another organisation finds none of it, nor the mapping."""
    made = [await bring_in(reports, HEADER + f"r{n},order,2026-11-02,,,") for n in range(3)]
    page = (await reports.get("/imports", params={"limit": 2})).json()
    rest = (await reports.get("/imports", params={"limit": 2, "cursor": page["next_cursor"]})).json()
    listed = [each["id"] for each in page["imports"] + rest["imports"]]
    assert listed == [each["id"] for each in reversed(made)]
    assert rest["next_cursor"] is None
    async with client(reports_url, service="reports", principal=make_principal()) as other:
        assert (await other.get("/imports")).json()["imports"] == []
        for address in (f"/imports/{made[0]['id']}", f"/imports/{made[0]['id']}/errors", "/mappings/m"):
            assert (await other.get(address)).status_code == 404
        assert (await other.get("/mappings")).json() == {"mappings": []}
    reading = make_principal(scopes=frozenset({"reports:read"}))
    async with client(reports_url, service="reports", principal=reading) as reader:
        assert (await reader.post("/imports", params={"mapping": "m"}, content=b"", headers=CSV)).status_code == 403
    assert (await reports.get(f"/imports/{uuid4()}")).status_code == 404


async def test_files_wait_up_to_a_number(
    reports: httpx.AsyncClient, reports_url: str, reports_database: Database
) -> None:
    """POST /imports: the 51st that waits is told to come again, and another organisation's is taken."""
    full, other = make_principal(), make_principal()
    async with connected(reports_database.admin_url) as admin:
        await admin.execute(
            "INSERT INTO imports (id, organisation_id, client_id, mapping, document, state)"
            " SELECT gen_random_uuid(), $1, 'c', 'm', '{}', 'receiving' FROM generate_series(1, 50)",
            full.organisation_id,
        )
    for principal, status in ((full, 429), (other, 202)):
        async with client(reports_url, service="reports", principal=principal) as caller:
            assert (await caller.put("/mappings/weekly", json=MAPPING)).status_code == 200
            row = "r1,order,2026-11-01 21:30,14.64,63.17,Buller"
            answer = await caller.post("/imports?mapping=weekly", content=HEADER + row, headers=CSV)
            assert answer.status_code == status, answer.text
    async with client(reports_url, service="reports", principal=other) as caller:
        assert (await ended(caller, address_of(answer)))["state"] == "done"
