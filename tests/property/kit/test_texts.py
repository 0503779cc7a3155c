"""Laws of texts: of what is written into a CSV file no reader calculates anything."""

import csv
import io
import unicodedata
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.texts import defused, is_plain, is_typed, plain

SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
hostile = st.text(alphabet="".join(SIGNS) + ";,|\n\"' kö1", max_size=12)


def written(cells: list[str]) -> str:
    """A line as PostgreSQL's COPY and Python write it: for a comma, with quotes where they are needed."""
    sheet = io.StringIO()
    csv.writer(sheet).writerow(cells)
    return sheet.getvalue()


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_NONE])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@given(reference=hostile, text=hostile)
@example(reference="k;=1+1;k", text="Klotter\n=HYPERLINK(1)")
@example(reference='k;"=1+1";k', text='k;""=1+1')
@example(reference="\t=1", text="k,\t=1")
def test_no_cell_begins_with_what_calculates(delimiter: str, quoting: Literal[0, 3], reference: str, text: str) -> None:
    """Whatever separator a reader takes, and whether or not it honours quotes at the ends of lines."""
    line = written(["01936f5e", defused(reference), defused(text), "1"])
    for row in csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, quoting=quoting):
        assert not [cell for cell in row if cell.startswith(SIGNS)]


@given(st.text(alphabet="kö1 .:-+=@", max_size=20).map("k{}".format))
def test_a_text_without_separators_stays_as_it_is(text: str) -> None:
    """A sign within a sentence begins no cell."""
    assert defused(text) == text


@given(
    letter=st.sampled_from("aåя–"),
    mark=st.sampled_from([sign for sign in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(sign)]),
    count=st.integers(1, 60),
)
@example(letter="a", mark="\u0301", count=30)
@example(letter="–", mark="\U0001e944", count=31)
def test_a_heap_of_marks_is_found_whatever_marks_they_are(letter: str, mark: str, count: int) -> None:
    """As many as Unicode's stream-safe format allows stay, also of the marks beyond the first 65,536 signs."""
    text = f"kö {letter}{mark * count} gata"
    assert is_typed(text) == (count <= 30)
    kept, sent = (len(unicodedata.normalize("NFD", each)) for each in (plain(text), text))
    assert sent - kept == max(0, count - 30)
    assert count <= 30 or not is_plain(text)
