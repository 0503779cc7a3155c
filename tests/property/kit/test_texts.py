"""Laws of texts: of what is written into a CSV file no reader calculates anything."""

import csv
import io
from typing import Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.texts import defused

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
