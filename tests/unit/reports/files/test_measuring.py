"""How a workbook is measured: as it streams by, no further than it must be, and by what is in it."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.formats import shown_in
from services.reports.files.domain.headings import Numbered, heading_of
from services.reports.files.domain.measuring import MOST_UNPACKED_BYTES, first_sheet
from tests.integration.reports.files.hostile import BOOK, CORNERS, GOOD, RELATIONS, SHEET, UNNAMED, changed, row
from tests.integration.reports.sheets import MAIN

ROWS = "".join(row(n, "A1", "B1") for n in range(100_000))


class Counted(io.BytesIO):
    """A file that counts what is read of it."""

    given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """As a file does."""
        part = super().read(size)
        self.given += len(part)
        return part


def stored(data: str) -> Counted:
    """A workbook whose sheet is not packed, so that bytes read are bytes looked at."""
    body = f'<worksheet xmlns="{MAIN}"><sheetData>{data}</sheetData></worksheet>'
    return Counted(changed({SHEET: body}, method=zipfile.ZIP_STORED))


def test_a_sheet_is_looked_at_until_it_is_too_large() -> None:
    """Corners of the grid before megabytes of rows: the first are enough. An honest sheet is looked at to its end."""
    honest = stored(ROWS)
    assert first_sheet(honest) == SHEET
    assert honest.given > len(ROWS)
    far = stored(CORNERS + ROWS)
    with pytest.raises(Unreadable, match="1048576 rows by 16384 columns or more"):
        first_sheet(far)
    assert far.given < len(ROWS) / 3


@pytest.mark.parametrize(
    "data",
    [
        CORNERS,
        CORNERS.replace("<c ", "<x:c "),
        CORNERS.replace("<c ", "<c x='>' "),
        CORNERS.replace('"A1"', "'a1'").replace("r=", "r\n=\n"),
        f'<row r="1">{UNNAMED * 16_384}</row><row r="1048576">{UNNAMED}</row>',
        f'<row r="1">{UNNAMED}</row>' + CORNERS,
        f"<row>{UNNAMED * 2}</row>" * 1_000_001,
    ],
    ids=["plain", "prefix", "quoted sign", "small letters", "unnamed", "some unnamed", "many small rows"],
)
def test_cells_are_found_however_they_are_written(data: str) -> None:
    """What the library reads as a cell counts as one."""
    with pytest.raises(Unreadable, match="2,000,000 cells are read at most"):
        first_sheet(stored(data))


@pytest.mark.parametrize(
    "data",
    [f"<row>{UNNAMED * 1001}</row>", f"<row>{UNNAMED * 300_000}</row>", row(1, "A1", "ALM1") + row(9, "B9")],
    ids=["one too many", "a row without an end", "far from the table"],
)
def test_no_row_is_wider_than_a_table_may_be(data: str) -> None:
    """It is seen before anything is laid out: all that is done with columns costs more by each of them."""
    with pytest.raises(Unreadable, match=r"columns or more .* 1,000 are read at most") as refused:
        first_sheet(stored(data))
    assert refused.value.errors[0].code == "too_many_columns"
    assert first_sheet(stored(f"<row>{UNNAMED * 1000}</row>")) == SHEET


def test_parts_are_found_as_the_library_finds_them() -> None:
    """In any letters, with either slash; and where no first sheet is to be found, every part is measured."""
    body = f'<worksheet xmlns="{MAIN}"><sheetData>{CORNERS}</sheetData></worksheet>'
    for renamed in (str.upper, lambda name: name.replace("/", "\\"), lambda name: name.replace("workbook", "book")):
        content = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(changed({SHEET: body}))) as good, zipfile.ZipFile(content, "w") as made:
            for name in good.namelist():
                made.writestr(renamed(name) if name in (BOOK, RELATIONS, SHEET) else name, good.read(name))
        with pytest.raises(Unreadable, match="1048576 rows"):
            first_sheet(content)


def test_what_is_not_read_is_not_measured() -> None:
    """A second sheet as large as may be is no reason to refuse the first."""
    other = zipfile.ZipInfo("xl/worksheets/sheet2.xml")
    content = io.BytesIO(GOOD)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as made, made.open(other, "w") as part:
        for _ in range(MOST_UNPACKED_BYTES // 1_000_000 + 1):
            part.write(b" " * 1_000_000)
    assert first_sheet(content) == SHEET


class Looked(list[tuple[int, int]]):
    """A list that counts how often one goes through it."""

    times = 0

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """As a list does."""
        self.times += 1
        return super().__iter__()


def test_what_is_merged_is_gone_through_once_a_reading() -> None:
    """However many columns there are: a file may say of a row again and again what is merged in it."""
    merged = Looked([(0, 1), (0, 4), (5, 9)] * 20)
    above, below = ["Plats", *[""] * 4, "Tid", *[""] * 4], list("abcdefghij")
    found = heading_of([Numbered(1, above), Numbered(2, below)], row=2, merged={1: merged})
    assert found is not None
    assert found.names == (*(f"Plats / {each}" for each in "abcde"), *(f"Tid / {each}" for each in "fghij"))
    assert merged.times <= 4


def test_a_number_format_costs_no_more_than_excel_takes() -> None:
    """One of brackets that are never closed would cost the square of its length."""
    styles = f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="170" formatCode="{"[" * 300_000}h"/></numFmts>'
    styles += '<cellXfs><xf numFmtId="170"/><xf numFmtId="22"/></cellXfs></styleSheet>'
    book = changed({"xl/styles.xml": styles, SHEET: '<c r="A1" s="0"><v>1</v></c><c r="B1" s="1"><v>1</v></c>'})
    assert shown_in(io.BytesIO(book), SHEET, ["A", "B"]).clocked == {"B"}
