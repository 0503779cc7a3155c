"""POST /imports: rows without a reference are known again, whatever changes in their mapping or beside them."""

import hashlib
import json
from typing import Any

import httpx
import pytest

from tests.support.make.imports import CSV, MAPPING, address_of, bring_in, counts, ended, send
from tests.support.servers.postgres import Database, connected

HEADER = "kind,at,lon,lat,note,nr,Anmält\n"
COLUMNS = {field: column for field, column in MAPPING["columns"].items() if field != "external_reference"}
LESS = {field: column for field, column in COLUMNS.items() if field != "text"}


def rows_of(count: int, note: str = "Buller") -> list[str]:
    """So many rows, a third of them of one hour and place."""
    return [
        f"order,2026-11-{n % 3 + 1:02} 21:3{n % 2},14.6{n % 5},63.17,{note} {n},A-{n},2026-11-20" for n in range(count)
    ]


def file_of(rows: list[str]) -> str:
    """A file of these."""
    return HEADER + "\n".join(rows)


async def known(reports: httpx.AsyncClient) -> dict[str, str]:
    """Ids of the reports that count, by their texts."""
    listed = (await reports.get("/reports", params={"limit": 100})).json()["reports"]
    return {each["text"]: each["id"] for each in listed}


async def test_a_column_added_to_the_mapping_makes_no_row_new(reports: httpx.AsyncClient) -> None:
    """The likeliest correction: a text, an end, then the reference that was overlooked. The same reports throughout."""
    rows = rows_of(40)
    assert counts(await bring_in(reports, file_of(rows), columns=LESS))[:4] == (40, 40, 0, 0)
    assert counts(await bring_in(reports, file_of(rows), columns=COLUMNS))[:4] == (40, 0, 0, 40)
    before = await known(reports)
    assert len(before) == 40
    later = COLUMNS | {"occurred_to": "Anmält"}
    assert counts(await bring_in(reports, file_of(rows), columns=later))[:4] == (40, 0, 0, 40)
    assert counts(await bring_in(reports, file_of(rows), columns=later | {"external_reference": "nr"}))[:3] == (
        40,
        0,
        40,
    )
    assert await known(reports) == before
    listed = (await reports.get("/reports", params={"limit": 100})).json()["reports"]
    assert {each["external_reference"] for each in listed} == {f"A-{n}" for n in range(40)}
    assert counts(await bring_in(reports, file_of(rows), columns=LESS))[:2] == (40, 0), "and back"


async def test_a_corrected_row_takes_the_place_of_its_old_self(reports: httpx.AsyncClient) -> None:
    """Said otherwise, with the same time, place and kind; those beside it that are the same stay, a new one is new."""
    rows = rows_of(6)
    await bring_in(reports, file_of(rows), columns=COLUMNS)
    before = await known(reports)
    rows[2] = rows[2].replace("Buller 2", "Hög musik")
    tried = await bring_in(reports, file_of([*rows[::-1], rows[3].replace("Buller 3", "Rop")]), columns=COLUMNS)
    assert counts(tried)[:5] == (7, 1, 5, 1, 0)
    after = await known(reports)
    assert after["Hög musik"] == before["Buller 2"]
    assert {text: after[text] for text in before if text != "Buller 2"} == {
        text: each for text, each in before.items() if text != "Buller 2"
    }


async def test_rows_that_another_mapping_knows_are_told(reports: httpx.AsyncClient) -> None:
    """By a trial and by the import: which mapping knows them, and how many; not of rows that are known by this one."""
    rows = rows_of(9)
    assert (await bring_in(reports, file_of(rows), columns=LESS))["alike"] == 0
    draft = await reports.post("/mappings/drafts", params={"replacing": "other"}, json=MAPPING | {"columns": COLUMNS})
    query = {"draft": draft.json()["id"], "dry_run": "true"}
    rows.append("order,2026-11-09 21:30,14.60,63.17,Rop,A-99,2026-11-20")
    tried = await ended(
        reports, address_of(await reports.post("/imports", params=query, content=file_of(rows), headers=CSV))
    )
    read = await bring_in(reports, file_of(rows), mapping="other", columns=COLUMNS)
    for found in (tried, read):
        assert (found["new"], found["alike"], found["alike_mapping"]) == (10, 9, "m")
    again = await bring_in(reports, file_of(rows), mapping="other", columns=COLUMNS)
    assert (again["unchanged"], again["alike"], again["alike_mapping"]) == (10, 0, None)


async def test_a_day_and_a_district_are_no_incident(reports: httpx.AsyncClient) -> None:
    """A second report of a day, a district and a kind is another one, unless its sender says which columns tell."""
    coarse = {"occurred_from": "at", "category": "kind", "place_code": "lon", "text": "note"}
    header = "kind,at,lon,note,nr\n"
    await bring_in(reports, header + "order,2026-11-02,01,Buller,1\n", columns=coarse)
    other = await bring_in(reports, header + "order,2026-11-02,01,Rop,2\n", columns=coarse)
    assert counts(other)[:4] == (1, 1, 0, 0)
    chosen: dict[str, Any] = {"columns": coarse, "identity": ["nr"]}
    assert counts(await bring_in(reports, header + "order,2026-11-02,01,Rop,2\n", **chosen))[:4] == (1, 0, 1, 0)
    assert counts(await bring_in(reports, header + "order,2026-11-03,01,Skrik,2\n", **chosen))[:4] == (1, 0, 0, 1)
    assert set(await known(reports)) == {"Buller", "Skrik"}


async def test_a_trial_tells_the_same(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """Of a draft in the place of a mapping: which rows would be new, before anything is stored."""
    rows = rows_of(20)
    await bring_in(reports, file_of(rows), columns=LESS)
    draft = await reports.post("/mappings/drafts", params={"replacing": "m"}, json=MAPPING | {"columns": COLUMNS})
    query = {"draft": draft.json()["id"], "dry_run": "true"}
    rows[4] = rows[4].replace("63.17", "63.18")
    tried = await ended(
        reports, address_of(await reports.post("/imports", params=query, content=file_of(rows), headers=CSV))
    )
    assert counts(tried)[:5] == (20, 1, 0, 19, 0)
    async with connected(reports_database.admin_url) as admin:
        assert await admin.fetchval("SELECT count(*) FROM reports WHERE text IS NOT NULL") == 0
    assert counts(await bring_in(reports, file_of(rows), columns=COLUMNS)) == counts(tried)


async def test_rows_of_before_identities_are_known(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """An upgrade doubles nothing, nor does the first change of a mapping after it."""
    rows = [*rows_of(12), rows_of(12)[0]]
    await bring_in(reports, file_of(rows), columns=LESS)
    for columns in (LESS, COLUMNS):
        await forget_identities(reports_database, rows)
        done = await bring_in(reports, file_of(rows), columns=columns)
        assert counts(done)[:2] == (13, 0), columns
    async with connected(reports_database.admin_url) as admin:
        assert await admin.fetchval("SELECT count(*) FROM reports") == 13


async def forget_identities(database: Database, rows: list[str]) -> None:
    """As an earlier release left it: references are hashes over all that the mapping reads, and nobody wrote more."""
    seen: dict[str, int] = {}
    async with connected(database.admin_url) as admin:
        ids = [each["id"] for each in await admin.fetch("SELECT id FROM reports ORDER BY occurred_from, lon, lat")]
        told = sorted((row.split(",") for row in rows), key=lambda cells: (cells[1], float(cells[2])))
        for report_id, (kind, at, lon, lat, *_) in zip(ids, told, strict=True):
            said = "\x1f".join((kind, at, lon, lat))
            seen[said] = seen.get(said, 0) + 1
            digest = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
            await admin.execute(
                "UPDATE reports SET external_reference = $2, mapping = NULL WHERE id = $1",
                report_id, f"row:{digest}:{seen[said]}",
            )  # fmt: skip
        await admin.execute("UPDATE mappings SET identity = NULL")
        document = await admin.fetchval("SELECT document FROM mappings")
        columns = {**json.loads(document), "columns": LESS}
        await admin.execute("UPDATE mappings SET document = $1::jsonb", json.dumps(columns))


WRITTEN = {
    "seconds and a T": "Klotter,2026-05-01T10:00:00,14.64,63.17,Form X",
    "an offset": "klotter,2026-05-01T10:00:00+02:00,14.64,63.17,form X",
    "another order": "klotter,1.5.2026 kl 10,14.64,63.17,form X",
    "numbers and spaces": "KLOTTER,2026-05-01 10:00,14.640,63.1700,form  x",
}


@pytest.mark.parametrize("row", WRITTEN.values(), ids=WRITTEN)
async def test_a_row_written_in_another_way_is_the_same_row(reports: httpx.AsyncClient, row: str) -> None:
    """By when, where, of what kind and in which words; in another hour or place it is another."""
    said: dict[str, Any] = {
        "columns": COLUMNS,
        "values": {"category": {"Klotter": "damage"}},
        "datetime_format": ["iso", "ymd", "dmy"],
    }
    header, first = "kind,at,lon,lat,note\n", "klotter,2026-05-01 10:00,14.64,63.17,form X"
    assert counts(await bring_in(reports, header + first, **said))[:2] == (1, 1)
    again = await bring_in(reports, header + row, **said)
    assert (counts(again)[:2], again["changed"] + again["unchanged"]) == ((1, 0), 1)
    other = await bring_in(reports, header + row.replace("10:00", "11:00").replace("kl 10", "kl 11"), **said)
    assert counts(other)[:2] == (1, 1)


async def test_a_date_that_was_misread_makes_no_row_new(reports: httpx.AsyncClient) -> None:
    """A form in the place of another: the reports are put right."""
    header, row = "kind,at,lon,lat,note\n", "order,05/01/2026 10:00,14.64,63.17,x"
    await bring_in(reports, header + row, columns=COLUMNS, datetime_format="dmy")
    assert counts(await bring_in(reports, header + row, columns=COLUMNS, datetime_format="mdy"))[:4] == (1, 0, 0, 1)


async def test_rows_of_before_meanings_are_known(reports: httpx.AsyncClient, reports_database: Database) -> None:
    """An upgrade from where rows were known by how they were written: none is new, and a corrected one is that one."""
    rows = rows_of(12)
    await bring_in(reports, file_of(rows), columns=COLUMNS)
    before = await known(reports)
    async with connected(reports_database.admin_url) as admin:
        kept = json.loads(await admin.fetchval("SELECT identity FROM mappings"))
        del kept["forms"], kept["ways"][0]["meant"]
        await admin.execute("UPDATE mappings SET identity = $1::jsonb", json.dumps(kept))
        (way,) = kept["ways"]
        for row in rows:
            cells = dict(zip(HEADER.strip().split(","), row.split(","), strict=True))
            kin = hashlib.blake2b("\x1f".join(cells[name] for name in way["kin"]).encode(), digest_size=8).hexdigest()
            said = "\x1f".join(cells[name] for name in ("kind", "at", "lon", "lat", "note"))
            rest = hashlib.blake2b((said + kin).encode(), digest_size=8).hexdigest()
            await admin.execute(
                "UPDATE reports SET external_reference = $1 WHERE text = $2", f"row:{kin}{rest}:1", cells["note"]
            )
    rows[2] = rows[2].replace("Buller 2", "Hög musik")
    done = await send(reports, file_of(rows))
    assert counts(done)[:4] == (12, 0, 11, 1)
    after = await known(reports)
    assert after.pop("Hög musik") == before.pop("Buller 2")
    assert after == before
    assert counts(await send(reports, file_of(rows)))[:4] == (12, 0, 12, 0)


async def test_what_is_told_of_a_file(reports: httpx.AsyncClient) -> None:
    """GET /imports: its name, what it repeats, codes that were mended; errors with the sender's own reference."""
    await reports.put("/mappings/m", json=MAPPING)
    body = (
        "ref,kind,at,lon,lat,note\n"
        "a,order,2026-11-02,14.64,63.17,x\n"
        "a,order,2026-11-02,14.64,63.17,x\n"
        "a,order,2026-11-02,14.64,63.17,y\n"
        "b,none,2026-11-02,14.64,63.17,x\n"
        "19121212-1212,none,2026-11-02,14.64,63.17,x\n"
    )
    query = {"mapping": "m", "file_name": "Vecka 47, ring 070-174 06 05.csv"}
    done = await ended(reports, address_of(await reports.post("/imports", params=query, content=body, headers=CSV)))
    assert (counts(done)[:5], done["repeated"]) == ((5, 1, 1, 0, 3), 1)
    assert done["file_name"].startswith("Vecka 47, ring ")
    assert "070" not in done["file_name"]
    assert (await reports.get("/imports")).json()["imports"][0]["file_name"] == done["file_name"]
    errors = (await reports.get(f"/imports/{done['id']}/errors")).json()["errors"]
    assert [(each["line"], each["reference"]) for each in errors] == [(4, "a"), (5, "b"), (6, None)]
    assert errors[0]["detail"].startswith("Line 2 ")
    table = (await reports.get(f"/imports/{done['id']}/errors.csv")).text
    assert table.splitlines()[0].removeprefix("\ufeff") == "line,column,code,detail,reference,failed"


async def test_a_filler_overwrites_no_report(reports: httpx.AsyncClient) -> None:
    """The same sign for none in file after file: each row is an incident of its own, the same row is the same one."""
    rows = "{},order,2026-11-0{} 21:30,14.64,63.17,Buller"
    said = [rows.format(ref, day) for day in (1, 2) for ref in ("0", "XXX", "ny")]
    files = ["\n".join(["ref,kind,at,lon,lat,note", *said[n : n + 3], f"r{n},order,2026-11-03,,,"]) for n in (0, 3)]
    for body in files:
        tried = await bring_in(reports, body)
        assert (counts(tried)[:2], tried["fillers"], tried["filler"]) == ((4, 4), 3, "0")
    assert counts(await bring_in(reports, files[0]))[:4] == (4, 0, 4, 0)
    listed = (await reports.get("/reports", params={"limit": 100})).json()["reports"]
    assert len(listed) == 8
    assert {each["external_reference"] for each in listed} == {None, "r0", "r3"}
