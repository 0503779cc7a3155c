"""Laws of texts: of what is written into a CSV file no reader calculates anything."""

import csv
import io
import unicodedata
from typing import Annotated, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from shared.shapes import AreaCode, Line, Lines
from shared.texts import LOST, defused, is_plain, is_typed, one_line, plain, typed

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


FORMATS = [sign for sign in map(chr, range(0x110000)) if unicodedata.category(sign) == "Cf"]
TURNING = {*map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))}
# Drawn about the number behind them: Unicode's Prepended_Concatenation_Mark.
DRAWN = {*"\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"}
# Of other categories, and drawn as nothing.
IGNORED = [*"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180f\u2065\u3164\ufe00\ufe0f\uffa0\ufff0\U000e0080\U000e0100"]
NO_CHARACTERS = [chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF)]
KINDS = [TypeAdapter[str](Annotated[str, mark]) for mark in (Line(40), Line(40, least=0), Lines(40))]


@pytest.mark.parametrize("kind", [*KINDS, TypeAdapter[str](AreaCode)])
def test_what_is_drawn_as_nothing_is_no_part_of_a_text(kind: TypeAdapter[str]) -> None:
    """Of every format character of Unicode: taken out where a text is taken in, refused where it turns the rest."""
    for sign in (*FORMATS, *IGNORED, *NO_CHARACTERS, "\ufdd0"):
        if sign in TURNING or sign in NO_CHARACTERS or sign == "\ufdd0":
            with pytest.raises(ValueError, match="no key types"):
                kind.validate_python(f"q{sign}z")
            assert LOST in typed(f"q{sign}z")
        elif sign not in DRAWN:
            assert kind.validate_python(f"q{sign}z{sign}{sign}ö") == plain(f"q{sign}zö") == "qzö"
            assert not is_plain(f"q{sign}z")


@pytest.mark.parametrize("written", ["می‌خواهم", "क्‍ष", "👨‍👩‍👧", "❤️‍🔥", "👍🏽", "葛\U000e0100", "☺️ ö"])
def test_what_writing_needs_stays(written: str) -> None:
    """Joiners of Persian and Hindi, pictures of several, forms of Chinese signs."""
    assert one_line(written) == plain(written) == unicodedata.normalize("NFC", written)


@given(st.text(alphabet=st.sampled_from([*"qö1 \u0301م‌क❤👩漢⫝Ã", *FORMATS[:30], *IGNORED]), max_size=12))
def test_a_text_that_was_taken_in_stays_as_it_is(text: str) -> None:
    """Whatever stands beside what."""
    assert plain(plain(text)) == plain(text)
