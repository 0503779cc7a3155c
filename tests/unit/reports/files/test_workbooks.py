"""What partners' workbooks hold, and what is read of it: each row in the line that Excel shows."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from services.reports.files.domain.csvfile import CsvFile
from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.workbooks import Told, sheet_as_csv, told_of
from tests.support.make.workbooks import (
    AS_IS,
    DAY,
    FIVE_DIGITS,
    MOMENT,
    MONTH,
    SECONDS,
    WITH_LETTERS,
    WITH_YEAR,
    YEAR_AND_MONTH,
    Cell,
    Raw,
    Sheet,
    book,
    one,
    rows_of,
    serial,
    styled,
)

HEADER = ["Nr", "Tid", "Typ"]
NOON = datetime(2026, 11, 20, 12)  # noqa: DTZ001 - workbooks know no zones
MIDNIGHT = datetime(2026, 11, 20)  # noqa: DTZ001
ERROR = Raw('t="e"', "<v>#N/A</v>")


def read(content: bytes, **asked: Any) -> tuple[Told, dict[int, list[str]]]:
    """What is told of a workbook, and its rows by their numbers; headings under the number 0."""
    first, *parts = sheet_as_csv(io.BytesIO(content), **asked)
    told = told_of(first)
    file = CsvFile(parts, delimiter=";", encoding="utf-8", row=told.row, wanted=asked.get("wanted", ()))
    return told, {0: list(file.header)} | {row.line: list(row.cells) for row in file}


def cells(*values: Any) -> list[str]:
    """The texts of a column of these values, in a table of two columns."""
    found = read(one(["Nr", "Värde"], *(["a", value] for value in values)))[1]
    return [found[number][1] for number in range(2, len(values) + 2)]


VALUES: dict[str, tuple[Sequence[Any], Sequence[str]]] = {
    "midnight among moments": ([NOON, MIDNIGHT], ["2026-11-20 12:00", "2026-11-20 00:00"]),
    "midnight among moments, as another program writes them": (
        [Raw('cm="1" s="2"', f"<v>{serial(each)}</v>") for each in (NOON, MIDNIGHT)],
        ["2026-11-20 12:00", "2026-11-20 00:00"],
    ),
    "midnight alone, shown with its clock": ([MIDNIGHT], ["2026-11-20 00:00"]),
    "midnight, shown with seconds": ([styled(serial(MIDNIGHT), SECONDS)], ["2026-11-20 00:00"]),
    "days": ([date(2026, 11, 20), date(2026, 11, 21)], ["2026-11-20", "2026-11-21"]),
    "a day without a clock beside a moment": ([NOON, date(2026, 11, 20)], ["2026-11-20 12:00", "2026-11-20"]),
    "months": (
        [styled(46327, MONTH), styled(46327, YEAR_AND_MONTH), styled(46345, MONTH), date(2026, 11, 1)],
        ["2026-11", "2026-11", "2026-11-19", "2026-11-01"],
    ),
    "seconds": ([NOON.replace(second=15)], ["2026-11-20 12:00:15"]),
    "the last of a day": ([styled(serial(MIDNIGHT) + 0.99999999999, MOMENT)], ["2026-11-21 00:00"]),
    "the last of a day, as Excel counts": ([styled(46346.99999999, MOMENT)], ["2026-11-21 00:00"]),
    "half a second before": ([styled(46346.99999, MOMENT)], ["2026-11-20 23:59:59"]),
    "the last second": ([NOON.replace(hour=23, minute=59, second=59)], ["2026-11-20 23:59:59"]),
    "a minute that no fraction says": ([styled(46345.41666666, MOMENT)], ["2026-11-19 10:00"]),
    "clocks": ([time(9, 5), time(21, 30, 15)], ["09:05", "21:30:15"]),
    "hours as a duration": ([timedelta(hours=21, minutes=30)], ["21:30"]),
    "more hours than a day": ([timedelta(hours=25, minutes=30)], ["25:30"]),
    "serials without a format": ([styled(46346.5, AS_IS)], ["46346.5"]),
    "errors": ([ERROR, Raw('t="e"', "<v>#REF!</v>")], ["", ""]),
    "booleans": ([True, False], ["TRUE", "FALSE"]),
    "numbers as texts": (["0112", "1,5"], ["0112", "1,5"]),
    "whole numbers": ([112.0, 0.0], ["112", "0"]),
    "noughts before a number": (
        [Raw(f's="{FIVE_DIGITS}"', "<v>773</v>"), styled(123456, FIVE_DIGITS), styled(7.5, FIVE_DIGITS), "x", ""],
        ["00773", "123456", "7.5", "x", ""],
    ),
    "noughts before some numbers": ([styled(773, FIVE_DIGITS), 12, "x"], ["773", "12", "x"]),
    "letters before a number": ([styled(12, WITH_LETTERS), styled(7, WITH_LETTERS)], ["GR-012", "GR-007"]),
    "a sign before a number": ([styled(2, WITH_YEAR)], ["V-02"]),
    "numbers shown in two ways": ([styled(2, WITH_YEAR), styled(2, WITH_LETTERS)], ["2", "2"]),
    "a heading in the format of its numbers": (
        [Raw(f's="{FIVE_DIGITS}" t="inlineStr"', "<is><t>Nr</t></is>"), 12, styled(7, FIVE_DIGITS)], ["Nr", "12", "7"]
    ),
    "very long numbers": ([1e15, 1.23456789012345e19], ["1.00000000000000E+15", "1.23456789012345E+19"]),
    "very small numbers": ([0.0000015], ["0.0000015"]),
    "coordinates": ([Raw("", "<v>63.179000000000002</v>")], ["63.179"]),
    "rich text": ([Raw('t="inlineStr"', "<is><r><t>Klot</t></r><r><t>ter</t></r></is>")], ["Klotter"]),
    "line breaks": (["rad ett\nrad två\r\ntre"], ["rad ett\nrad två\ntre"]),
    "a formula with its result": ([Raw("", "<f>1+1</f><v>2</v>")], ["2"]),
    "a formula without, that nobody asks for": ([Raw("", "<f>1+1</f>")], [""]),
    "a date as a text of the format": ([Raw('t="d"', "<v>2026-11-20T00:00:00</v>"), NOON],
                                       ["2026-11-20 00:00", "2026-11-20 12:00"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
def test_a_cell_says_what_excel_shows(kind: str) -> None:
    """Days, moments, clocks, numbers, texts."""
    values, texts = VALUES[kind]
    assert cells(*values) == list(texts)


def test_midnight_is_a_day_where_the_mapping_reads_days() -> None:
    """A database writes days with a clock that they do not have."""
    content = one(["Nr", "Dag"], ["a", MIDNIGHT])
    assert read(content, formats=["%Y-%m-%d"])[1][2] == ["a", "2026-11-20"]
    assert read(content, formats=["%Y-%m-%d %H:%M"])[1][2] == ["a", "2026-11-20 00:00"]


def test_a_month_is_none_of_its_days_whatever_the_mapping_reads() -> None:
    """Also where it is merged over rows, and the sheet's table does not begin in its corner."""
    rows = rows_of(["Nr", "Månad"], ["a", styled(46327, MONTH)], ["b", None], first=3)
    content = book(Sheet(rows=rows, left=2, merged=["D4:D5"]))
    found = read(content, formats=["%Y-%m-%d"])[1]
    assert [found[4], found[5]] == [["a", "2026-11"], ["b", "2026-11"]]


def test_days_of_the_other_system_of_excel() -> None:
    """1904: as old Macintoshes count."""
    content = book(Sheet(rows=rows_of(["Nr", "Dag"], ["a", styled(44884, DAY)])), since_1904=True)
    assert read(content)[1][2] == ["a", "2026-11-20"]


TABLE = [HEADER, ["a", "2026-11-20 10:00", "Klotter"], ["b", "2026-11-20 11:00", "Buller"]]
FOUND = {0: HEADER, 2: TABLE[1], 3: TABLE[2]}


def moved(by: int) -> dict[int, list[str]]:
    """The table, so many rows further down."""
    return {number + by if number else 0: row for number, row in FOUND.items()}


PLACES: dict[str, tuple[bytes, int]] = {
    "rows empty above": (one(*TABLE, first=7), 6),
    "columns empty at the left": (book(Sheet(rows=rows_of(*TABLE), left=3)), 0),
    "titles above": (one(["Klagomål november 2026"], [None], ["Utskrivet", "2026-11-21"], *TABLE), 3),
    "a title over all columns": (book(Sheet(rows=rows_of(["Klagomål"], *TABLE), merged=["A1:C1"])), 1),
    "a total below": (one(*TABLE, ["Summa", None, 2.0]), 0),
    "an empty row and a total": (one(*TABLE, [None], ["Totalt antal", None, None], ["Totalt", 2.0]), 0),
    "another sheet before": (book(Sheet(rows=rows_of(["Läs detta först"]), name="Info"),
                                  Sheet(rows=rows_of(*TABLE), name="Data")), 0),
    "a hidden sheet before": (book(Sheet(rows=rows_of(*TABLE, *TABLE[1:]), name="Gammal", state="hidden"),
                                   Sheet(rows=rows_of(*TABLE), name="Data")), 0),
    "a very hidden sheet before": (book(Sheet(rows=rows_of(*TABLE), name="x", state="veryHidden"),
                                        Sheet(rows=rows_of(*TABLE), name="Data")), 0),
    "the headings said again": (one(*TABLE, HEADER), 0),
}  # fmt: skip


@pytest.mark.parametrize("wanted", [(), ("Nr", "Tid")], ids=["for a suggestion", "for a mapping"])
@pytest.mark.parametrize("kind", PLACES)
def test_the_table_is_found_by_what_is_in_it(kind: str, wanted: Sequence[str]) -> None:
    """Wherever it lies, whether its columns are asked for or not; its rows have the numbers of Excel."""
    content, by = PLACES[kind]
    told, found = read(content, wanted=wanted)
    found.pop(5 + by, None) if kind == "an empty row and a total" else None
    assert found == moved(by)
    assert told.row == 1 + by


def test_a_sheet_and_a_row_can_be_named() -> None:
    """By name in any letters, by number; a hidden one too; and what is not there is said."""
    content = book(
        Sheet(rows=rows_of(*TABLE), name="Nu"),
        Sheet(rows=rows_of(HEADER, ["old", "2025-01-01", "Buller"]), name="Då", state="hidden"),
    )
    for sheet in ("Då", "då", 2):
        assert read(content, sheet=sheet)[1][2][0] == "old"
    assert read(content, row=2)[0].row == 2
    for asked, sentence in (
        ({"sheet": "Sen"}, "no sheet 'Sen'"),
        ({"sheet": 3}, "has 2 sheets, and no sheet 3"),
        ({"row": 9}, "nothing in row 9"),
    ):
        with pytest.raises(Unreadable, match=sentence):
            read(content, **asked)


def test_several_tables_are_told() -> None:
    """The sheet is then named in what is suggested."""
    other = Sheet(rows=rows_of(HEADER, ["c", "2025-01-01", "Buller"]), name="Två")
    told = read(book(Sheet(rows=rows_of(*TABLE), name="Ett"), other))[0]
    assert (told.sheet, told.several, list(told.names)) == ("Ett", True, ["Ett", "Två"])
    assert list(told.alike) == ["Två"]
    assert not read(book(Sheet(rows=rows_of(*TABLE), name="Ett")))[0].several
    another = Sheet(rows=rows_of(["Ort", "År"], ["a", "2025"], ["b", "2026"]), name="Två")
    assert not read(book(Sheet(rows=rows_of(*TABLE), name="Ett"), another))[0].alike


def test_two_rows_of_headings_are_joined() -> None:
    """The group and the name, where groups stand above several columns: merged, or with gaps between them."""
    names: list[Cell] = [None, "Datum", "Typ", "X", "Y"]
    row: list[Cell] = ["a", "2026-11-20", "Klotter", 1.0, 2.0]
    groups: list[Cell] = ["Nr", "Händelse", None, "Plats", None]
    joined = ["Nr", "Händelse / Datum", "Händelse / Typ", "Plats / X", "Plats / Y"]
    merged = ["A1:A2", "B1:C1", "D1:E1"]
    for marks in ((), merged):
        told, found = read(book(Sheet(rows=rows_of(groups, names, row), merged=marks)))
        assert (found[0], told.row) == (joined, 2)
        assert found[3] == ["a", "2026-11-20", "Klotter", "1", "2"]
    asked = ["Datum", "Typ"]
    assert read(book(Sheet(rows=rows_of(groups, names, row))), wanted=asked)[1][0][1:3] == asked


def test_what_is_merged_downwards_stands_in_each_row() -> None:
    """One night for three reports; sideways a value stays in its first column."""
    rows: list[list[Cell]] = [
        [*HEADER],
        ["a", "2026-11-20", "Klotter"],
        ["b", None, "Buller"],
        ["c", None, "Buller"],
        ["d", "långt", None],
    ]
    found = read(book(Sheet(rows=rows_of(*rows), merged=["B2:B4", "B5:C5"])))[1]
    assert [found[number][1] for number in (2, 3, 4)] == ["2026-11-20"] * 3
    assert found[5] == ["d", "långt", ""]


def test_formulas_without_results_are_told_where_they_are_asked_for() -> None:
    """What a program wrote that does not calculate would be rows without a date."""
    content = one(HEADER, ["a", Raw("", "<f>TODAY()</f>"), "Klotter"], ["b", Raw("", "<f>A1</f><v></v>"), "Buller"])
    with pytest.raises(Unreadable, match=r"'Tid' holds formulas without their results \(row 2\)"):
        read(content, wanted=HEADER)
    assert read(content, wanted=["Nr"])[1][2] == ["a", "", "Klotter"]


def test_headings_are_named_apart() -> None:
    """The same twice, and none at all."""
    found = read(one(["Nr", "Datum", "Datum", None, "Typ"], ["a", "2026-11-20", "2026-11-21", "x", "Klotter"]))[1]
    assert found[0] == ["Nr", "Datum", "Datum (2)", "Column 4", "Typ"]


def test_the_rows_are_lines_of_csv() -> None:
    """However many breaks their cells have: a row is a line, an empty one too."""
    _, *parts = sheet_as_csv(io.BytesIO(one(HEADER, ["a\nb", "c\rd", "e;f"], [None], ["g", "", ""])))
    lines = b"".join(parts).decode().split("\n")
    assert [next(csv.reader([line], delimiter=";"), []) for line in lines] == [
        HEADER, ["a\u2028b", "c\u2028d", "e;f"], [], ["g", "", ""], [],
    ]  # fmt: skip
