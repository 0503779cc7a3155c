"""What stands in the place of a reference is none, in whatever file; what may be one is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reports.files.domain.csvfile import Row
from services.reports.files.domain.fillers import is_filler, own_of
from tests.property.reports.files.test_files import reading, told

FILLERS = [
    "-", "–", "---", "?", "???", "…", "0", "00000", "0,0", "00-00", "x", "XXX", "xxx", "x-x", "9999", "99999999",
    "9999-9999", "-1", "N/A", "n.a.", "#N/A", "#SAKNAS!", "#DIV/0!", "(null)", "Saknas", "ny", "Ny.", "Nytt ärende",
    "ej angivet", "Ej  angivet", "test", "okänd", "(okänt)", "TBD", "ukjent", "mangler", "puuttuu", "keine",
]  # fmt: skip
REAL = [
    "1", "7", "9", "10", "11", "99", "999", "100", "1111", "AA", "A", "AAA", "10000", "9998", "K-9999", "9999-1", "0-1",
    "X1", "XX-2", "2026-0000", "Test 1", "NY-12", "T", "ny12", "Umeå 0", "000123",
]  # fmt: skip
# A year and a number, a number of three to nine digits, letters before one: as systems of cases count.
series = st.sampled_from(["2026-{:05}", "{}", "K{:04}", "{:06}", "AA-{}", "{}/26"])


@pytest.mark.parametrize("filler", FILLERS)
def test_what_says_that_there_is_none_is_no_reference(filler: str) -> None:
    """Rows with it are told apart by what they say, as those with an empty cell."""
    assert is_filler(filler)
    rows = [Row(2, (filler, "order", "2026-11-01", "", "", "")), Row(3, (filler, "damage", "2026-11-02", "", "", ""))]
    without = [Row(row.line, ("", *row.cells[1:])) for row in rows]
    assert told(reading(references=True), rows) == told(reading(references=True), without)


@pytest.mark.parametrize("real", REAL)
def test_what_may_be_a_reference_is_one(real: str) -> None:
    """Short, of one sign again and again, or with a word for none in it."""
    assert own_of([real]) == ([real], {})


@given(series, st.integers(1, 200_000), st.integers(1, 300))
def test_what_counts_keeps_its_references(form: str, first: int, many: int) -> None:
    """All but nines alone from 9999 on; and what is taken for none is counted, so that it is told."""
    texts = [form.format(number) for number in range(first, first + many)]
    references, fillers = own_of(texts)
    assert [each for each in texts if each not in references] == list(fillers)
    assert set(fillers) <= {"9999", "99999", "009999", "099999", "999999"}


@given(st.lists(st.text(max_size=12)))
def test_a_text_is_a_filler_or_it_is_not_whatever_stands_about_it(texts: list[str]) -> None:
    """So a row is known in the same way in each file, in whatever order."""
    references, fillers = own_of(texts)
    assert references == [own_of([text]).references[0] for text in texts]
    assert fillers.total() == sum(map(is_filler, texts))
