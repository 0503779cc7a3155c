"""POST /imports and /mappings/suggest: lists as they come, whatever they are called; nothing is stored garbled."""

from typing import Any

import httpx
import pytest

from services.reports.files.domain.workbooks import SHEET
from tests.support.make.imports import CSV, HEADER, bring_in, counts, send
from tests.support.make.imports import MAPPING as OF_POINTS
from tests.support.make.workbooks import MOMENT, Cell, Sheet, book, one, rows_of, styled

MAPPING: dict[str, Any] = {
    "columns": {"external_reference": "Nr", "occurred_from": "Tid", "category": "Typ", "text": "Anteckning"},
    "values": {"category": {"Klotter": "damage", "Störning": "order"}},
    "defaults": {"category": "other"},
}
HEAD: list[Cell] = ["Nr", "Tid", "Typ", "Anteckning"]
LIST = "Nr;Tid;Typ;Anteckning\r\n1;2026-11-20 10:00;Störning;Målat på väggen\r\n2;2026-11-20 10:00;Klotter;vägg\r\n"


async def stored(reports: httpx.AsyncClient) -> dict[str, tuple[str, str | None]]:
    """Category and text of what is there, by its reference."""
    found = (await reports.get("/reports")).json()["reports"]
    return {each["external_reference"]: (each["category"], each["text"]) for each in found}


async def errors(reports: httpx.AsyncClient, done: Any) -> list[tuple[int, str | None, str]]:
    """Line, column and code of what is wrong."""
    found = (await reports.get(f"/imports/{done['id']}/errors")).json()["errors"]
    return [(each["line"], each["column"], each["code"]) for each in found]


WHOLE = {"1": ("order", "Målat på väggen"), "2": ("damage", "vägg")}


async def test_a_list_in_whatever_encoding(reports: httpx.AsyncClient) -> None:
    """The same reports of each, with the line ends of its system; the later ones change nothing."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    macintosh = LIST.replace("\r\n", "\r").encode("mac-roman")
    files = [LIST.encode(name) for name in ("utf-8", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "cp850")]
    for number, content in enumerate([*files, macintosh, b"sep=;\r\n" + LIST.encode("cp1252")]):
        done = await send(reports, content)
        assert counts(done) == ((2, 0, 2, 0, 0, 2) if number else (2, 2, 0, 0, 0, 2)), number
    assert await stored(reports) == WHOLE


async def test_a_contradiction_is_said_before_anything_is_overwritten(reports: httpx.AsyncClient) -> None:
    """Also where the first letter comes behind the first part; what was there stays."""
    assert (await reports.put("/mappings/m", json=MAPPING | {"encoding": "cp1252"})).is_success
    assert counts(await send(reports, LIST.encode("cp1252")))[1] == 2
    head, rows = LIST.split("\r\n", 1)
    far = f"{head}\r\n" + "9;2026-11-20 10:00;Klotter;x\r\n" * 40_000 + rows
    for content in (LIST, far):
        answer = await reports.post("/imports?mapping=m", content=content.encode(), headers=CSV)
        assert answer.status_code == 422, answer.text
        assert "written in UTF-8, and the mapping reads it as Windows-1252" in answer.json()["detail"]
    assert await stored(reports) == WHOLE
    assert len((await reports.get("/imports")).json()["imports"]) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
async def test_a_contradiction_comes_before_what_it_hides(reports: httpx.AsyncClient, encoding: str) -> None:
    """Nobody looks for a column that is there, in signs that the mapping does not read."""
    assert (await reports.put("/mappings/m", json=MAPPING | {"encoding": "utf-8", "delimiter": ";"})).is_success
    answer = await reports.post("/imports?mapping=m", content=LIST.encode(encoding), headers=CSV)
    assert answer.status_code == 422, answer.text
    assert "written in UTF-16, and the mapping reads it as UTF-8" in answer.json()["detail"]
    assert [each["code"] for each in answer.json()["errors"]] == ["encoding_contradicts"]


async def test_a_formula_that_keeps_noughts_is_its_text(reports: httpx.AsyncClient) -> None:
    """The same list written with it, quoted or not, and without: each row is the one of before."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    rows = "{};2026-11-20 10:00;Klotter;vägg\r\n{};2026-11-20 10:00;Klotter;{}\r\n"
    kept = rows.format('="00991"', '"=""00992"""', '="Sagt ""hej"" igen"')
    for number, text in enumerate((kept, rows.format("00991", "00992", '"Sagt ""hej"" igen"'))):
        done = await send(reports, f"Nr;Tid;Typ;Anteckning\r\n{text}".encode())
        assert counts(done) == ((2, 0, 2, 0, 0, 2) if number else (2, 2, 0, 0, 0, 2)), number
    assert await stored(reports) == {"00991": ("damage", "vägg"), "00992": ("damage", 'Sagt "hej" igen')}


async def test_all_columns_that_are_missing_are_named(reports: httpx.AsyncClient) -> None:
    """Not one at each try; and a file of nothing but NUL bytes is not called empty."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    answer = await reports.post("/imports?mapping=m", content=b"Foo;Tid\r\n1;2026-11-20 10:00\r\n", headers=CSV)
    told = answer.json()["detail"]
    assert [name in told for name in ("no columns", "'Nr'", "'Typ'", "'Anteckning'")] == [True] * 4, told
    answer = await reports.post("/imports?mapping=m", content=b"\0" * 300, headers=CSV)
    assert [each["code"] for each in answer.json()["errors"]] == ["no_text"], answer.text


async def test_one_bad_byte_is_its_own_lines_fault(reports: httpx.AsyncClient) -> None:
    """All others are in as they were written."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    lines = [f"{number};2026-11-20 10:00;Störning;vägg\n".encode() for number in range(4000)]
    lines[1234] = b"1234;2026-11-20 10:00;St\xf6rning;\n"
    done = await send(reports, b"Nr;Tid;Typ;Anteckning\n" + b"".join(lines))
    assert counts(done) == (4000, 3999, 0, 0, 1, 3999)
    assert await errors(reports, done) == [(1236, None, "encoding")]


async def test_points_that_are_left_out_are_named_with_their_rows(reports: httpx.AsyncClient) -> None:
    """As notes of a trial and of the import: their rows are in, and not among those that failed."""
    points = ["14.64,63.17", "63.17,14.64", "2.35,48.85", ",", "x,63.17"]
    body = HEADER + "".join(f"r{n},order,2026-11-03 21:30,{each},Buller\n" for n, each in enumerate(points))
    assert (await reports.put("/mappings/m", json=OF_POINTS)).is_success
    for trial in (True, False):
        done = await send(reports, body, dry_run=trial)
        assert (done["new"], done["failed"]) == (4, 1)
        found = (await reports.get(f"/imports/{done['id']}/errors")).json()["errors"]
        assert [(each["line"], each["column"], each["code"], each["failed"]) for each in found] == [
            (6, "lon", "not_a_coordinate", True),
            (3, "lon", "point_turned", False),
            (4, "lon", "point_outside", False),
        ]


async def test_a_suggestion_goes_round(reports: httpx.AsyncClient) -> None:
    """Line breaks in headings, titles above, a total below, no letters to tell the encoding by: all rows are in."""
    table = '"Ärende\nnr";Datum;Kl;Typ\nrb-1;2026-11-20;10:00;Klotter\nrb-2;2026-11-20;11:00;Klotter\n'
    files = {
        "breaks": table,
        "titles": f"Klagomål\nUtskrivet;2026-11-21\n\n{table}Summa;;;2\n",
        "plain": table.replace("Ä", "A"),
    }
    for name, content in files.items():
        suggested = (await reports.post("/mappings/suggest", content=content.encode(), headers=CSV)).json()
        first = 3 if name != "titles" else 6
        assert suggested["lines"] == [first, first + 1], name
        kept = await reports.put(f"/mappings/{name}", json=suggested["mapping"])
        assert kept.is_success, kept.text
        done = await send(reports, content, mapping=name)
        assert (done["state"], done["read"], done["failed"]) == ("done", 2, 0), done
        assert done["passed_over"] == (name == "titles")


async def test_a_workbook_whatever_it_is_called(reports: httpx.AsyncClient) -> None:
    """Midnight is a moment, errors have the rows of Excel, and the sheet with the table is found."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    table = rows_of(
        ["Lista över klotter"],
        HEAD,
        ["a", styled(46345.5, MOMENT), "Klotter", "rad ett\nrad två"],
        ["b", styled(46346.0, MOMENT), "Klotter", "midnatt"],
        ["c", "i går", "Klotter", "x"],
        ["Summa", None, None, 3.0],
    )
    content = book(Sheet(rows=rows_of(["Läs mig"]), name="Info"), Sheet(rows=table, name="Data"))
    suggested = await reports.post("/mappings/suggest", content=content, headers=CSV)
    assert (suggested.json()["sheets"], suggested.json()["lines"]) == (["Info", "Data"], [3, 4, 5])
    assert suggested.json()["mapping"]["header_row"] == 2
    for kind in (SHEET, "text/csv", "application/vnd.ms-excel"):
        done = await send(reports, content, kind=kind)
        assert (done["read"], done["failed"], done["passed_over"]) == (3, 1, 1)
        assert await errors(reports, done) == [(5, "Tid", "not_a_date")]
    listed = {each["external_reference"]: each for each in (await reports.get("/reports")).json()["reports"]}
    assert (listed["b"]["occurred_from"], listed["b"]["band"]) == ("2026-11-19T23:00:00Z", 0)
    assert listed["a"]["text"] == "rad ett\nrad två"


@pytest.mark.parametrize("path", ["/imports?mapping=m", "/mappings/suggest"])
async def test_other_kinds_are_told_at_both_doors(reports: httpx.AsyncClient, path: str) -> None:
    """What they are, whatever they are called; nothing is kept of them."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    tries = {
        "PDF": b"%PDF-1.7\n", "(.xls)": ole + "Workbook".encode("utf-16-le"), "web page": b"<html><table>",
        "password": ole + "EncryptedPackage".encode("utf-16-le"), "empty": b"", "rows": b"Nr;Tid;Typ;Anteckning\n",
        "damaged": b"PK\x03\x04 no", "GeoJSON": b'{"type": "FeatureCollection"}',
    }  # fmt: skip
    for kind in ("text/csv", SHEET):
        for words, content in tries.items():
            answer = await reports.post(path, content=content, headers={"Content-Type": kind})
            assert answer.status_code == 422, (words, answer.text)
            assert words in answer.json()["detail"]
    for empty in (one(), one(HEAD)):
        assert (await reports.post(path, content=empty, headers={"Content-Type": SHEET})).status_code == 422
    assert (await reports.get("/imports")).json()["imports"] == []


async def test_where_the_table_lies_is_kept_in_the_mapping(reports: httpx.AsyncClient) -> None:
    """A sheet by name or number, a row of headings or none; what is no row or sheet is refused in words."""
    first = Sheet(rows=rows_of(HEAD, ["a", "2026-11-20", "Klotter", "x"]), name="Ett")
    second = Sheet(rows=rows_of(["-"], HEAD, ["b", "2026-11-20", "Klotter", "y"]), name="Två")
    for sheet, reference in (("auto", "a"), ("Ett", "a"), (2, "b"), ("två", "b")):
        name = f"of-{str(sheet).replace('å', 'a').lower()}"
        assert (await reports.put(f"/mappings/{name}", json=MAPPING | {"sheet": sheet})).is_success
        assert (await send(reports, book(first, second), mapping=name, kind=SHEET))["failed"] == 0
        assert reference in await stored(reports)
    columns = {"external_reference": "Column 1", "occurred_from": "Column 2", "category": "Column 3"}
    assert (
        await reports.put(
            "/mappings/bare", json=MAPPING | {"header_row": 0, "datetime_format": "ymd", "columns": columns}
        )
    ).is_success
    assert counts(await send(reports, "n1;2026-11-20;Klotter\nn2;2026-11-21\n", mapping="bare"))[:2] == (2, 2)
    for wrong in ({"sheet": 0}, {"sheet": ""}, {"header_row": -1}, {"header_row": "two"}, {"encoding": "klingon"}):
        answer = await reports.put("/mappings/wrong", json=MAPPING | wrong)
        assert answer.status_code == 422, wrong
        assert next(iter(wrong)) in str(answer.json()["errors"])


async def test_letters_that_were_spoilt_before_cost_their_rows_or_are_mended(reports: httpx.AsyncClient) -> None:
    """Nothing is ever stored garbled: a row is refused with its column, or taken back where the mapping says so."""
    rows = ["a,order,2026-11-01,,,Stökigt på torget – ”igen”", "b,order,2026-11-01,,,BÃ¤nken pÃ¥ torget â€“ igen",
            "c,order,2026-11-01,,,N\ufffdra torget", "KÃ¶-1,order,2026-11-01,,,x"]  # fmt: skip
    body = "ref,kind,at,lon,lat,note\n" + "\n".join(rows)
    refused = await bring_in(reports, body)
    errors = (await reports.get(f"/imports/{refused['id']}/errors")).json()["errors"]
    assert [(each["line"], each["column"], each["code"]) for each in errors] == [
        (3, "note", "encoding"), (4, "note", "encoding"), (5, "ref", "encoding"),
    ]  # fmt: skip
    mended = await bring_in(reports, body, mend_letters=True)
    assert (mended["new"], mended["unchanged"], mended["failed"]) == (2, 1, 1)
    listed = (await reports.get("/reports")).json()["reports"]
    assert {each["text"] for each in listed} == {"Stökigt på torget – ”igen”", "Bänken på torget – igen", "x"}
    assert {each["external_reference"] for each in listed} == {"a", "b", "Kö-1"}


async def test_dates_and_points_in_signs_that_look_like_those_of_a_keyboard(reports: httpx.AsyncClient) -> None:
    """A hyphen that breaks no line, a ratio for a colon, wide digits, degrees with a decimal comma: all are read."""
    columns = {"external_reference": "Nr", "occurred_from": "Tid", "x": "X", "y": "Y"}
    mapping = {"columns": columns, "constants": {"category": "other"}, "crs": "EPSG:4326"}
    assert (await reports.put("/mappings/m", json=mapping)).is_success
    days = ["2026-11-20 14:30", "2026\u201111\u201120 14\u223630", "2026\u221211\u221220\u00a0\uff11\uff14:30"]
    rows = [f"{n};{day};14,64°;63,1765°" for n, day in enumerate(days)]
    assert counts(await send(reports, "\n".join(["Nr;Tid;X;Y", *rows])))[:2] == (3, 3)
    found = (await reports.get("/reports")).json()["reports"]
    told = {(each["occurred_from"], each["lon"], each["lat"]) for each in found}
    assert told == {("2026-11-20T13:30:00Z", 14.64, 63.1765)}


@pytest.mark.parametrize(("named", "delimiter"), [("", "^"), ("sep=,\n", ";"), ("sep=^\n", "^"), ("", "¤")])
async def test_a_delimiter_that_is_named_wrongly_or_seldom(
    reports: httpx.AsyncClient, named: str, delimiter: str
) -> None:
    """It is found, or the doubt says that there is one column only, and which sign may part it."""
    text = named + "\n".join(["Ref;Tid;Typ", *(f"G{n};2026-11-20 10:00;Klotter" for n in range(4))])
    answer = await reports.post("/mappings/suggest", content=text.replace(";", delimiter).encode(), headers=CSV)
    told = answer.json()
    if delimiter == "¤":
        assert "'¤' stands equally often" in told["doubts"][told["doubt_codes"].index("one_column")]
    else:
        assert (told["header"], told["mapping"]["delimiter"]) == (["Ref", "Tid", "Typ"], delimiter)
