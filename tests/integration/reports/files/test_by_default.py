"""POST /imports: words that a mapping does not know are never taken for its default without a word."""

from typing import Any

import httpx

from tests.support.make.imports import send

MAPPING: dict[str, Any] = {
    "columns": {"external_reference": "Nr", "occurred_from": "Tid", "category": "Typ", "place_code": "Område",
                "severity": "Allvar", "subcategory": "Typ"},
    "values": {"category": {"Klotter": "damage"}, "severity": {"Hög": 3}, "place_code": {"Torget": "01"}},
    "defaults": {"category": "other", "severity": None, "place_code": None, "subcategory": None},
}  # fmt: skip
ROWS = [
    "1;2026-11-20 10:00;Klotter;Torget;Hög",
    "2;2026-11-20 11:00;Mordbrand;01;Hög",
    "3;2026-11-20 12:00;mordbrand;Nirgends;Okänd",
    "4;2026-11-20 13:00;Mordbrand;;",
    "5;2026-11-20 14:00;811218-9876;;",
    "6;igår;Gurka;;",
]


async def test_rows_that_were_taken_by_a_default_are_counted_named_and_noted(reports: httpx.AsyncClient) -> None:
    """Of a trial and of the import alike; words of rows that failed are not among them, nor what is about a person."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    for trial in (True, False):
        done = await send(reports, "\n".join(["Nr;Tid;Typ;Område;Allvar", *ROWS]), dry_run=trial)
        assert (done["new"], done["failed"], done["by_default"]) == (5, 1, 4)
        words = [(each["field"], each["text"], each["count"]) for each in done["words_by_default"]]
        assert words[0] == ("category", "Mordbrand", 2)
        assert {("place_code", "Nirgends", 1), ("severity", "Okänd", 1), ("category", "mordbrand", 1)} < set(words)
        assert len(words) == 5
        assert not any("811218" in text for _, text, _ in words)
        found = (await reports.get(f"/imports/{done['id']}/errors")).json()["errors"]
        noted = [(each["line"], each["column"]) for each in found if each["code"] == "by_default"]
        assert noted == [(3, "Typ"), (4, "Typ"), (4, "Allvar"), (4, "Område"), (5, "Typ"), (6, "Typ")]
        assert not any(each["failed"] for each in found if each["code"] == "by_default")
    kept = (await reports.get("/reports")).json()["reports"]
    placed = {each["external_reference"]: each["area_code"] for each in kept}
    assert (placed["1"], placed["2"], placed["3"]) == ("01", "01", None)


async def test_a_row_without_a_category_is_told(reports: httpx.AsyncClient) -> None:
    """It has the mapping's default, and a note with its line, of a trial and of the import; it is no unknown word."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    rows = ["1;2026-11-20 10:00;Klotter;01;Hög", "2;2026-11-20 11:00;;01;", "3;2026-11-20 12:00;  ;01;"]
    for trial in (True, False):
        done = await send(reports, "\n".join(["Nr;Tid;Typ;Område;Allvar", *rows]), dry_run=trial)
        assert (done["new"], done["failed"], done["by_default"]) == (3, 0, 0)
        (kind,) = done["fault_kinds"]
        assert (kind["code"], kind["column"], kind["failed"], kind["count"]) == ("missing", "Typ", False, 2)
        found = (await reports.get(f"/imports/{done['id']}/errors")).json()["errors"]
        assert [(each["line"], each["code"], each["failed"]) for each in found] == [
            (3, "missing", False), (4, "missing", False),
        ]  # fmt: skip
    kept = (await reports.get("/reports")).json()["reports"]
    assert {each["external_reference"]: each["category"] for each in kept} == {
        "1": "damage",
        "2": "other",
        "3": "other",
    }


async def test_words_are_counted_over_all_of_a_file(reports: httpx.AsyncClient) -> None:
    """However it is cut on its way; and notes leave room for what is wrong in rows behind them."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    rows = [f"{n};2026-11-20 10:00;{'Gurka' if n % 3 else 'Mordbrand'};01;Hög" for n in range(6000)]
    done = await send(reports, "\n".join(["Nr;Tid;Typ;Område;Allvar", *rows, "x;igår;Klotter;01;Hög"]))
    words = [(each["text"], each["count"]) for each in done["words_by_default"]]
    assert (done["by_default"], words) == (6000, [("Gurka", 4000), ("Mordbrand", 2000)])
    csv = (await reports.get(f"/imports/{done['id']}/errors.csv")).text
    assert "not_a_date" in csv
    assert csv.count("by_default") == 5000


async def test_an_empty_cell_keeps_a_severity_that_was_corrected(reports: httpx.AsyncClient) -> None:
    """Cell by cell, as for all other fields; a cell that says one stands."""
    columns = MAPPING["columns"] | {"text": "Anteckning"}
    assert (await reports.put("/mappings/m", json=MAPPING | {"columns": columns})).is_success
    head, row = "Nr;Tid;Typ;Område;Allvar;Anteckning\n", "1;2026-11-20 10:00;Klotter;01"
    await send(reports, f"{head}{row};;Buller")
    [one] = (await reports.get("/reports")).json()["reports"]
    read = await reports.get(f"/reports/{one['id']}")
    held = {"If-Match": read.headers["etag"]}
    assert (await reports.put(f"/reports/{one['id']}", json=read.json() | {"severity": 2}, headers=held)).is_success
    for cell, severity in (("", 2), ("Okänd", 2), ("Hög", 3)):
        assert (await send(reports, f"{head}{row};{cell};Nytt {cell}"))["changed"] == 1
        assert (await reports.get(f"/reports/{one['id']}")).json()["severity"] == severity


async def test_of_rows_that_are_all_wrong_the_most_frequent_fault_is_named(reports: httpx.AsyncClient) -> None:
    """By the first line that has it: the first row may be wrong in a way of its own."""
    assert (await reports.put("/mappings/m", json=MAPPING)).is_success
    rows = ["1;;Klotter;;", *[f"{n};igår;Klotter;;" for n in range(2, 6)]]
    done = await send(reports, "\n".join(["Nr;Tid;Typ;Område;Allvar", *rows]))
    assert (done["failure_code"], done["failure_line"], done["failure_fault"]) == ("no_row_usable", 3, "not_a_date")


async def test_words_that_rows_are_refused_for_are_named_before_all_notes(reports: httpx.AsyncClient) -> None:
    """Over all of a file, with how many rows each; also where thousands of notes stand in lines before them."""
    values = {
        "values": MAPPING["values"] | {"severity": {"Hög": 3}},
        "defaults": {"severity": None, "subcategory": None},
    }
    assert (await reports.put("/mappings/m", json=MAPPING | values)).is_success
    noted = [f"{n};2026-11-20 10:00;Klotter;01;Okänd" for n in range(1500)]
    words = ["Gurka", "Gurka", "811218-9876", "Mordbrand"]
    refused = [f"{n};2026-11-20 10:00;{word};01;Hög" for n, word in enumerate(words, 1500)]
    done = await send(reports, "\n".join(["Nr;Tid;Typ;Område;Allvar", *noted, *refused]), dry_run=True)
    assert (done["new"], done["failed"], done["unknown_words"], done["by_default"]) == (1500, 4, 4, 1500)
    assert [(each["field"], each["count"]) for each in done["words_unknown"]] == [("category", n) for n in (2, 1, 1)]
    assert done["words_unknown"][0]["text"] == "Gurka"
    assert "811218" not in str(done)
    kinds = [(each["code"], each["column"], each["failed"], each["count"]) for each in done["fault_kinds"]]
    assert kinds == [("unknown_word", "Typ", True, 4), ("by_default", "Allvar", False, 1500)]
    assert done["fault_kinds"][0]["lines"] == [1502, 1503, 1504, 1505]
    first = (await reports.get(f"/imports/{done['id']}/errors", params={"limit": 2})).json()
    behind = {"limit": 3, "cursor": first["next_cursor"]}
    rest = (await reports.get(f"/imports/{done['id']}/errors", params=behind)).json()
    assert [each["line"] for each in first["errors"] + rest["errors"]] == [1502, 1503, 1504, 1505, 2]
    notes = (await reports.get(f"/imports/{done['id']}/errors", params={"failed": "false"})).json()["errors"]
    assert [each["line"] for each in notes] == list(range(2, 22))
    csv = (await reports.get(f"/imports/{done['id']}/errors.csv")).text.splitlines()
    assert csv[1].startswith("1502,Typ,unknown_word")
    assert [line.rsplit(",", 1)[1] for line in csv[1:7]] == ["true"] * 4 + ["false"] * 2
