"""Rows that add up the others: none of them becomes a report, whatever else stands in it."""

import pytest

from services.reports.files.domain.totals import is_total, totals_in
from services.reports.mappings.domain.mapping import Mapping

FIELDS = ("external_reference", "occurred_from", "category", "text")
MAPPING = Mapping(
    columns={name: (name,) for name in FIELDS}, constants={}, values={"category": {"Antal": "order"}}, defaults={}
)


def is_refused(row: str) -> bool:
    """Whether a row of these four cells is refused as a total."""
    cells = row.split(";")
    texts = {name: [cell] for name, cell in zip(FIELDS, cells, strict=True)}
    return bool(list(totals_in([cells], texts, mapping=MAPPING)))


@pytest.mark.parametrize(
    "row",
    [
        "Summa;2026-11-20;Klotter;",
        "Totalt:;2026-11-30;;12",
        "Total 12;2026-11-30;Klotter;5",
        "Delsumma;;Klotter;3 st",
        "Grand Total;;;12 ärenden",
        ";2026-11-30;Summa;12",
        ";2026-11-30;Klotter Totalt;12",
        "Klotter Summa;2026-11-30;;12",
        "Antal ärenden;2026-11-30;Klotter;",
        "Totalt: 3 ärenden;2026-11-30;Klotter;",
        "Yhteensä;30.11.2026;;",
    ],
)
def test_a_total_with_a_day_or_a_category_is_no_report(row: str) -> None:
    """It is named as wrong, for nobody else would see that it was left out."""
    assert is_refused(row)
    assert not is_total(row.split(";"))


@pytest.mark.parametrize(
    "row",
    [
        "SUM12;2026-11-20;Klotter;",
        "A-17;2026-11-20;Klotter;Det blev totalt",
        "A-17;2026-11-20;Totalskada;",
        "A-17;2026-11-20;Antal;en kategori som mappningen känner",
        "Summarum;2026-11-20;Klotter;",
        "Del 3;2026-11-20;Klotter;Summa",
    ],
)
def test_what_only_looks_like_a_total_is_a_report(row: str) -> None:
    """A reference with the same letters, a word that the mapping has a code for, what somebody wrote."""
    assert not is_refused(row)


@pytest.mark.parametrize("first", ["Totalt: 3 ärenden", "Summa 12 st", "Antal: 1 200 rader", "Total = 3 reports"])
def test_a_total_may_say_of_what(first: str) -> None:
    """A number and what is counted behind the word, and nothing but numbers beside it: passed over."""
    assert is_total([first, "", "", "12"])
    assert not is_total([first, "2026-11-20", "Klotter", ""])
    assert not is_total(["Totalt 3 fönster", "", "", ""])
