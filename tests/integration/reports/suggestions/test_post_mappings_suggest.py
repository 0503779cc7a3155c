"""POST /mappings/suggest, and files whose dialect is found out"""

import httpx
import pytest

from tests.integration.reports.sheets import workbook
from tests.support.make.imports import CSV, send

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ["Ärendenr", "Datum", "Kl", "Ärendetyp", "Öst (X)", "Nord (Y)", "Angelägenhet", "Anteckning"]
ROWS = [
    ["GR-1", "2026-11-16", "20:00", "Klotter", "481875,5", "7005305,0", "Låg", "Klotter på väntsalen"],
    ["GR-2", "2026-11-17", "21:30", "Buller", "481880,0", "7005300,5", "Hög", "Hög musik, länge"],
    ["GR-3", "2026-11-18", "23:15", "Nedskräpning", "", "", "Medel", "Fullt av skräp på gården"],
]


def swedish_excel(encoding: str = "cp1252", mark: bytes = b"") -> bytes:
    """What "Save as CSV" gives in a Swedish Excel."""
    return mark + "".join(";".join(line) + "\r\n" for line in [HEADER, *ROWS]).encode(encoding)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (swedish_excel(), "text/csv"),
        (swedish_excel("utf-8", b"\xef\xbb\xbf"), "text/csv"),
        (swedish_excel("utf-16"), "text/csv"),
        (swedish_excel("utf-8").replace(b";", b"\t"), "text/csv"),
        (workbook([HEADER, *ROWS]), SHEET),
    ],
    ids=["windows-1252", "utf-8 with mark", "utf-16", "tabs", "xlsx"],
)
async def test_what_excel_saves_just_works(reports: httpx.AsyncClient, content: bytes, kind: str) -> None:
    """POST /mappings/suggest, PUT, POST /imports: every row is in, placed, in its category; again: unchanged."""
    answer = await reports.post("/mappings/suggest", content=content, headers={"Content-Type": kind})
    assert answer.status_code == 200, answer.text
    suggested = answer.json()
    assert suggested["header"] == HEADER
    assert suggested["mapping"]["crs"] == "EPSG:3006"
    assert suggested["mapping"]["columns"]["occurred_from"] == ["Datum", "Kl"]
    kept = await reports.put("/mappings/weekly", json=suggested["mapping"])
    assert kept.status_code == 200, kept.text
    done = await send(reports, content, mapping="weekly", kind=kind)
    assert (done["state"], done["new"], done["failed"], done["unplaced"]) == ("done", 3, 0, 1), done
    stored = {each["external_reference"]: each for each in (await reports.get("/reports")).json()["reports"]}
    assert [stored[name]["category"] for name in ("GR-1", "GR-2", "GR-3")] == ["damage", "order", "environment"]
    assert [stored[name]["severity"] for name in ("GR-1", "GR-2", "GR-3")] == [1, 3, 2]
    assert stored["GR-1"]["area_code"] == "01"
    assert stored["GR-1"]["text"] == "Klotter på väntsalen"
    assert stored["GR-1"]["occurred_from"] == "2026-11-16T19:00:00Z"
    assert (await send(reports, content, mapping="weekly", kind=kind))["unchanged"] == 3


async def test_clocks_in_columns_of_their_own_are_read(reports: httpx.AsyncClient) -> None:
    """A day with a database's midnight, rows without a clock, an end beside its begin, and a clock too many."""
    content = (
        "Nr;Typ;Datum;Start;Slut;Larm\n"
        "1;Klotter;2026-11-16 00:00:00;20:00;21:30;20:05\n"
        "2;Buller;2026-11-17 00:00:00;21:30;23:00;21:35\n"
    )
    answer = await reports.post("/mappings/suggest", content=content.encode(), headers=CSV)
    assert answer.json()["doubt_codes"] == ["clock_unused", "reference_counts"], answer.text
    assert answer.json()["doubt_columns"] == ["Larm", "Nr"]
    assert "'Larm'" in answer.json()["doubts"][0]
    gaps = (
        content.replace("21:30;23:00", ";").replace("Slut", "Notis").replace("\n1;", "\n31;").replace("\n2;", "\n32;")
    )
    days = (("whole", content, "", "2026-11-17T22:00:00Z"), ("gaps", gaps, "3", "2026-11-17T23:00:00Z"))
    for name, file, begin, ends in days:
        suggested = await reports.post("/mappings/suggest", content=file.encode(), headers=CSV)
        kept = await reports.put(f"/mappings/{name}", json=suggested.json()["mapping"])
        assert kept.status_code == 200, kept.text
        done = await send(reports, file, mapping=name)
        assert (done["state"], done["failed"]) == ("done", 0), done
        stored = {each["external_reference"]: each for each in (await reports.get("/reports")).json()["reports"]}
        assert stored[f"{begin}1"]["occurred_from"] == "2026-11-16T19:00:00Z"
        assert stored[f"{begin}2"]["occurred_to"] == ends


async def test_what_is_no_table_is_refused_in_words(reports: httpx.AsyncClient) -> None:
    """POST /mappings/suggest: a header alone, a damaged workbook and another kind of file."""
    alone = await reports.post("/mappings/suggest", content=b"Nr;Datum\r\n", headers={"Content-Type": "text/csv"})
    assert alone.status_code == 422
    broken = await reports.post("/mappings/suggest", content=b"PK\x03\x04 no", headers={"Content-Type": SHEET})
    assert (broken.status_code, broken.json()["type"]) == (422, "urn:samsyn:problem:unreadable-file")
    other = await reports.post("/mappings/suggest", content=b"{}", headers={"Content-Type": "application/json"})
    assert other.status_code == 400


async def test_a_personnummer_is_struck_out_of_the_rows_shown(reports: httpx.AsyncClient) -> None:
    """POST /mappings/suggest: header and first rows come back without what they may hold of a person."""
    rows = [HEADER, [*ROWS[0][:-1], "Killen 811218-9876 ring 070-174 06 05"], *ROWS[1:]]
    content = "\n".join(";".join(row) for row in rows).encode()
    answer = await reports.post("/mappings/suggest", content=content, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 200, answer.text
    shown = "Killen [struket: personnummer eller samordningsnummer] ring [struket: telefonnummer]"
    assert answer.json()["rows"][0][-1] == shown
    assert not {"811218", "174 06"} & {answer.text[at : at + 6] for at in range(len(answer.text))}
    assert answer.json()["rows"][1] == ROWS[1]


async def test_no_half_of_a_number_is_shown_where_a_cell_is_cut(reports: httpx.AsyncClient) -> None:
    """Wherever in it the cut falls; and what stands beyond the header is in no column."""
    for ahead in range(285, 301):
        content = f"Nr;Anteckning\n1;{'a ' * (ahead // 2)}{'b' * (ahead % 2)} 811218-9876;811218-9876\n"
        answer = await reports.post("/mappings/suggest", content=content, headers={"Content-Type": "text/csv"})
        assert answer.status_code == 200, answer.text
        assert "8112" not in answer.text, ahead
        assert [len(row) for row in answer.json()["rows"]] == [2]


async def test_each_doubt_has_a_code(reports: httpx.AsyncClient) -> None:
    """POST /mappings/suggest: what could not be told, as sentences and, in their order, as codes for programs."""
    content = b"Vad;Datum;Lon;Lat\nKlotter;i somras;1;2\nGurka;2026-11-17;3;4\n"
    answer = await reports.post("/mappings/suggest", content=content, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 200, answer.text
    doubts, codes = answer.json()["doubts"], answer.json()["doubt_codes"]
    assert codes == ["dates_unread", "words_unknown", "system_unknown", "no_reference"]
    assert len(doubts) == len(codes)
    assert answer.json()["doubt_columns"] == ["Datum", "Vad", "Lon + Lat", None]
    bare = await reports.post("/mappings/suggest", content=b"A;B\n1;2\n", headers={"Content-Type": "text/csv"})
    assert bare.json()["doubt_codes"] == [
        "no_date", "no_category", "no_reference", "column_unused", "column_unused",
    ]  # fmt: skip
    assert bare.json()["doubt_columns"][3:] == ["A", "B"]


async def test_all_words_of_the_rows_are_offered(reports: httpx.AsyncClient) -> None:
    """POST /mappings/suggest: also those of the last of a thousand rows, with their counts, and known areas by name."""
    rows = "".join(f"{n};2026-11-16;{'Gurka' if n == 900 else 'Bilinbrott'};01\n" for n in range(1, 901))
    answer = await reports.post("/mappings/suggest", content=f"Nr;Datum;Typ;Område\n{rows}".encode(), headers=CSV)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["looked_at"] == 900
    words = [(each["field"], each["text"], each["count"], each["code"]) for each in told["words"]]
    assert words[:2] == [("category", "Bilinbrott", 899, "theft"), ("category", "Gurka", 1, None)]
    assert told["mapping"]["values"]["subcategory"] == {"Bilinbrott": "vehicle_crime"}
    assert told["doubt_fields"][told["doubt_codes"].index("words_unknown")] == "category"
    assert "'Gurka' (1)" in " ".join(told["doubts"])


async def test_a_word_about_a_person_is_not_offered(reports: httpx.AsyncClient) -> None:
    """POST /mappings/suggest: what the screen strikes out of rows is struck out of words and doubts too."""
    content = "Nr;Datum;Typ\n1;2026-11-16;Klotter\n2;2026-11-16;Ring 070-174 06 05\n"
    answer = await reports.post("/mappings/suggest", content=content.encode(), headers=CSV)
    assert answer.status_code == 200, answer.text
    assert "174 06" not in answer.text
    assert "[struket" in answer.json()["words"][1]["text"]
