"""A table in any encoding, with any delimiter and line ends, is read back the same, or refused; never garbled."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from services.reports.files.domain.csvfile import CsvFile
from services.reports.files.domain.damage import unreadable
from services.reports.files.domain.encodings import Evidence
from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.sniffing import sniff
from services.reports.mappings.domain.mapping import DELIMITERS

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso8859-1", "mac-roman", "cp850")
HEADER = ["Nr", "Tid", "Typ", "Anteckning"]
# Words as the lists of our partners have them, beside whatever is no letter.
WORDS = (
    "vägg", "Målat på väggen", "Störning", "öl", "Åkesgatan 5", "SKADEGÖRELSE", "Café", "hærverk", "Støj", "å", "",
    "a, b; c", 'ett "stort" kalas', "rad ett\nrad två", "5 m", "klotter", "1,5", "|", "Über", "Straße", "pää", "ÄR DET",
)  # fmt: skip
cells = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)
rows = st.tuples(st.integers(1, 999).map(str), st.just("2026-11-20 10:00"), cells, cells).map(list)
tables = st.lists(rows, min_size=1, max_size=12)
anything = st.text(st.characters(min_codepoint=32, max_codepoint=0x2122, exclude_categories=("Cs", "Cc")), max_size=9)
wild = st.lists(st.tuples(st.just("1"), st.just("2026-11-20"), anything, anything).map(list), min_size=1, max_size=6)


def written(table: list[list[str]], *, delimiter: str, end: str) -> str:
    """A table as a spreadsheet writes it."""
    text = io.StringIO(newline="")
    # Where rows end with a bare return, Python's writer leaves a line feed within a cell without quotation marks.
    writer = csv.writer(
        text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL if end == "\r" else csv.QUOTE_MINIMAL
    )
    writer.writerows([HEADER, *table])
    return text.getvalue()


def read(content: bytes, *, named: str = "auto") -> list[list[str]]:
    """The rows of a file that have no fault as a whole, in pieces as they come. Raises Unreadable."""
    evidence = Evidence()
    for at in range(0, len(content), 50):
        evidence.add(content[at : at + 50])
    encoding = evidence.settled(named)
    found = sniff(content, encoding=encoding, wanted=HEADER)
    file = CsvFile([content], delimiter=found.delimiter, encoding=encoding, row=found.row, wanted=HEADER)
    return [list(row.cells) for row in file if unreadable(row, width=len(file.header), encoding=encoding) is None]


@given(tables, st.sampled_from(ENCODINGS), st.sampled_from(DELIMITERS), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_table_is_read_back_or_refused(table: list[list[str]], encoding: str, delimiter: str, end: str) -> None:
    """Looked for: whole in every encoding that shows itself."""
    try:
        content = written(table, delimiter=delimiter, end=end).encode(encoding)
    except UnicodeEncodeError:
        return
    try:
        found = read(content)
    except Unreadable:
        assert not encoding.startswith("utf")
        return
    assert found == table


@given(wild, st.sampled_from(ENCODINGS), st.sampled_from(DELIMITERS))
def test_a_named_encoding_is_right_or_refused(table: list[list[str]], encoding: str, delimiter: str) -> None:
    """Any signs: what comes through is what was written."""
    try:
        content = written(table, delimiter=delimiter, end="\r\n").encode(encoding)
    except UnicodeEncodeError:
        return
    try:
        found = read(content, named=encoding.removesuffix("-sig"))
    except Unreadable:
        return
    assert all(row in table for row in found)
