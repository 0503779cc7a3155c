"""Excel workbooks of several sheets, written by hand: formats, merged cells, formulas, all that partners send."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
# By the number of their style: as they are, days, days with a clock, clocks, hours beyond 24, with seconds, months, and
# numbers with noughts before them.
_FORMATS = (0, 14, 22, 20, 170, 171, 17, 172, 173, 174, 175)
AS_IS, DAY, MOMENT, CLOCK, HOURS, SECONDS, MONTH, YEAR_AND_MONTH, FIVE_DIGITS, WITH_LETTERS, WITH_YEAR = range(11)
_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="6"><numFmt numFmtId="170" formatCode="[h]:mm"/>'
    '<numFmt numFmtId="171" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/>'
    '<numFmt numFmtId="172" formatCode="[$-41D]yyyy\\ mmmm;@"/><numFmt numFmtId="173" formatCode="00000"/>'
    '<numFmt numFmtId="174" formatCode="&quot;GR-&quot;000"/><numFmt numFmtId="175" formatCode="\\V\\-00"/>'
    '</numFmts><cellXfs count="11">'
    + "".join(f'<xf numFmtId="{number}"/>' for number in _FORMATS)
    + "</cellXfs></styleSheet>"
)


@dataclass(frozen=True, slots=True)
class Raw:
    """A cell as XML, but for where it stands: attributes, and what is in it."""

    told: str
    content: str


Cell = str | float | bool | date | time | timedelta | Raw | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: its rows by their numbers in Excel; in which column (A is 0) they begin; what is merged (A1:C1)."""

    rows: Mapping[int, Sequence[Cell]]
    name: str = "Blad1"
    left: int = 0
    merged: Sequence[str] = field(default_factory=tuple)
    state: str = ""


def rows_of(*rows: Sequence[Cell], first: int = 1) -> dict[int, Sequence[Cell]]:
    """Rows that follow one another from this number on."""
    return dict(enumerate(rows, first))


def book(*sheets: Sheet, since_1904: bool = False) -> bytes:
    """An .xlsx file with these sheets."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", _TYPES)
        parts.writestr("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.xml")}))
        told = "".join(
            f'<sheet name={quoteattr(each.name)} sheetId="{n}"{f" state={each.state!r}" if each.state else ""}'
            f' r:id="rId{n}"/>'
            for n, each in enumerate(sheets, 1)
        )
        pr = '<workbookPr date1904="1"/>' if since_1904 else "<workbookPr/>"
        parts.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{pr}<sheets>{told}</sheets></workbook>'
        )
        related = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)}
        parts.writestr("xl/_rels/workbook.xml.rels", _relations(related | {"styles": ("styles", "styles.xml")}))
        parts.writestr("xl/styles.xml", _STYLES)
        for n, each in enumerate(sheets, 1):
            parts.writestr(f"xl/worksheets/sheet{n}.xml", _sheet(each))
    return content.getvalue()


def one(*rows: Sequence[Cell], first: int = 1) -> bytes:
    """A workbook with one sheet of these rows."""
    return book(Sheet(rows=rows_of(*rows, first=first)))


def serial(moment: datetime) -> float:
    """A moment as Excel counts it: days since the last of 1899."""
    return (moment - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001 - workbooks know no zones


def styled(value: float, style: int) -> Raw:
    """A number in a format."""
    return Raw(f's="{style}"', f"<v>{value!r}</v>")


def _sheet(sheet: Sheet) -> str:
    lines = "".join(
        f'<row r="{number}">'
        + "".join(_cell(value, f"{_letters(column)}{number}") for column, value in enumerate(row, sheet.left))
        + "</row>"
        for number, row in sorted(sheet.rows.items())
    )
    merged = "".join(f'<mergeCell ref="{each}"/>' for each in sheet.merged)
    merged = f"<mergeCells>{merged}</mergeCells>" if merged else ""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData>{merged}</worksheet>'


def _cell(value: Cell, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Raw):
        raw = value
    elif isinstance(value, str):
        raw = Raw('t="inlineStr"', f'<is><t xml:space="preserve">{escape(value)}</t></is>')
    elif isinstance(value, bool):
        raw = Raw('t="b"', f"<v>{int(value)}</v>")
    elif isinstance(value, datetime):
        raw = styled(serial(value), MOMENT)
    elif isinstance(value, date):
        raw = styled(serial(datetime(value.year, value.month, value.day)), DAY)  # noqa: DTZ001
    elif isinstance(value, time):
        raw = styled((value.hour * 3600 + value.minute * 60 + value.second) / 86400, CLOCK)
    elif isinstance(value, timedelta):
        raw = styled(value / timedelta(days=1), HOURS)
    else:
        raw = Raw("", f"<v>{value!r}</v>")
    return f'<c r="{place}" {raw.told}>{raw.content}</c>'


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def _relations(targets: Mapping[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'
