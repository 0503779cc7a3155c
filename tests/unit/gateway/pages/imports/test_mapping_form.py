"""The form of a mapping, as anybody may send it."""

from collections.abc import Sequence
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from services.gateway.pages.imports.dates import choices_of, chosen_forms
from services.gateway.pages.imports.doubts import DOUBTS, doubts_of
from services.gateway.pages.imports.mapping_form import columns_of, document_of, whole_of
from services.gateway.pages.imports.readings import Reading, Whole, lacks, reading_of
from services.gateway.pages.imports.words import direction_of, lines_of
from services.reports.suggestions.doubts import DoubtCode

HOME = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize("code", ["²", "9" * 5000, "x", "1.0", "0"])
def test_a_severity_that_is_none_stays_a_text(code: str) -> None:
    """For the service to refuse: reading it as a number is no fault of ours."""
    sent = {"column_severity": "Allvar", "field_0": "severity", "text_0": "x", "code_0": code}
    assert document_of({"columns": {}, "values": {}}, sent)["values"]["severity"] == {"x": code}
    assert document_of({"columns": {}, "values": {}}, sent | {"code_0": "2"})["values"]["severity"] == {"x": 2}


def test_columns_that_make_a_row_the_same_are_ticked() -> None:
    """Those of the form; without a tick there are none, and a form that does not ask leaves them as they are."""
    base = {"columns": {}, "values": {}, "identity": ["Datum"]}
    ticked = {"asks_identity": "1", "identity_2": "Kl", "identity_4": "Plats"}
    assert document_of(base, ticked)["identity"] == ["Kl", "Plats"]
    assert "identity" not in document_of(base, {"asks_identity": "1"})
    assert document_of(base, {})["identity"] == ["Datum"]
    assert lacks(base, ["Kl"]) == ["Datum"]


def test_a_file_holds_everything_only_where_that_is_said() -> None:
    """And of its own days, unless all times are said; what is no choice of the form is none."""
    assert whole_of({}) is whole_of({"snapshot": ""}) is whole_of({"snapshot": "x", "snapshot_of": "all"}) is None
    assert whole_of({"snapshot": "report", "snapshot_of": "all"}) == Whole("report", "all")
    assert whole_of({"snapshot": "withdraw", "snapshot_of": "x"}) == Whole("withdraw", "period")


def test_every_doubt_has_words() -> None:
    """Each code of the service once, and what is not known here as something; a column by its name, signs and all."""
    assert set(get_args(DoubtCode)) < set(DOUBTS)
    found = doubts_of(
        {
            "mapping": {"columns": {}},
            "doubt_codes": ["no_date", "no_date", "nothing-known", "clock_unused", "clock_unused", "column_unused"],
            "doubt_columns": [None, None, None, "Kl", "Andel %s", "Status"],
            "doubt_fields": ["occurred_from", None, None, None, None, None],
        },
        {"occurred_from": []},
    )
    assert found.others[:2] == [DOUBTS["no_date"], DOUBTS["other"]]
    assert ["“Kl”" in found.others[2], "“Andel %s”" in found.others[3], len(found.others)] == [True, True, 4]
    assert found.by_field == {"occurred_from": [DOUBTS["no_date"]]}
    assert found.unused == ["Status"]


def test_a_doubt_is_said_once_and_of_the_column_that_is_chosen() -> None:
    """At its field and not above too; of a column that was changed for another no more; of a field not shown above."""
    suggestion = {
        "mapping": {"columns": {"occurred_from": "Dag"}},
        "doubt_codes": ["field_unsure", "field_unsure", "fillers", "zone_named"],
        "doubt_columns": ["Dag", "Dag", "Nr", "Kl"],
        "doubt_fields": ["occurred_from", "occurred_from", "external_reference", "elsewhere"],
    }
    found = doubts_of(suggestion, {"occurred_from": ["Dag", ""], "external_reference": ["Ärende"]})
    assert found.by_field == {"occurred_from": [DOUBTS["field_unsure"] % {"column": "Dag"}]}
    assert found.others == [DOUBTS["zone_named"] % {"column": "Kl"}]


def test_that_there_is_no_column_is_over_once_one_is_chosen() -> None:
    """And names of areas have no words to be looked up."""
    suggestion = {
        "mapping": {"columns": {"place_code": "Barrio"}},
        "doubt_codes": ["no_reference", "words_unknown"],
        "doubt_columns": [None, "Barrio"],
        "doubt_fields": ["external_reference", "place_code"],
    }
    places = {"place_code": [DOUBTS["places_unknown"] % {"column": "Barrio"}]}
    chosen = {"external_reference": ["", ""], "place_code": ["Barrio"]}
    assert doubts_of(suggestion, chosen).by_field == {"external_reference": [DOUBTS["no_reference"]], **places}
    assert doubts_of(suggestion, chosen | {"external_reference": ["Nr", ""]}).by_field == places


def sent_as_shown(document: dict[str, Any], words: Sequence[dict[str, Any]] = ()) -> dict[str, str]:
    """The form of a mapping as a browser sends it with nothing changed."""
    sent = {"datetime_format": choices_of(document, (), zone=HOME)[0].value, "crs": document.get("crs", "")}
    for row in columns_of(document):
        names = ["", *(f"_{number}" for number in range(2, row["most"] + 1))]
        sent |= {f"column_{row['field']}{name}": each for name, each in zip(names, row["chosen"], strict=False)}
    for number, line in enumerate(lines_of(document, words=words)):
        sent |= {f"field_{number}": line.field, f"text_{number}": line.text, f"code_{number}": line.code}
    return sent


KEPT: dict[str, Any] = {
    "columns": {"occurred_from": ["Dag", "Kl", "Zon"], "category": "Typ", "place_code": "Var", "text": ["A", "B"]},
    "values": {"category": {"Buller": "order", "Ingen": None}, "place_code": {"Torget": "01"}},
    "datetime_format": ["%Y-%m-%d %H:%M", "%d/%m %Y"],
    "time_zone": "Europe/Oslo",
    "encoding": "cp1252",
    "defaults": {"category": "order"},
    "constants": {"location_kind": "public"},
}


def test_what_the_form_does_not_show_stays() -> None:
    """A kept mapping sent back as it was shown is the same, whatever of it the form has no field for."""
    sent = sent_as_shown(KEPT)
    assert document_of(KEPT, sent, kept=True) == KEPT
    changed = document_of(KEPT, sent | {"column_text": "C", "column_text_2": "", "code_0": ""}, kept=True)
    assert changed == KEPT | {
        "columns": KEPT["columns"] | {"text": "C"},
        "values": {"category": {"Ingen": None}, "place_code": {"Torget": "01"}},
    }


@pytest.mark.parametrize(("kept", "sent", "read"), [
    ("auto", "2026", "2026"), (2, "2", 2), (2, "2026", "2026"), ("Blad1", "", ""), ("auto", "", ""),
])  # fmt: skip
def test_a_sheet_may_be_called_as_a_number_is(kept: str | int, sent: str, read: str | int) -> None:
    """A name is one as it comes from the select; a number that was kept stays one."""
    document = document_of(KEPT | {"sheet": kept}, sent_as_shown(KEPT) | {"asks_sheet": "1", "sheet": sent}, kept=True)
    assert document["sheet"] == read


def test_a_word_may_mean_a_category_alone() -> None:
    """Also where a kept reading has one column for both from now on: rows with it are not refused for the other."""
    base = {"columns": {"occurred_from": "Dag"}, "values": {}, "datetime_format": "ymd"}
    both = {"column_occurred_from": "Dag", "column_category": "Typ", "column_subcategory": "Typ"}
    words = {
        f"{name}_{n}": value
        for n, (text, code) in enumerate([("Hurto", "theft"), ("Pintada", "damage/graffiti")])
        for name, value in (("field", "category"), ("text", text), ("code", code))
    }
    document = document_of(base, both | words, kept=True)
    assert document["values"] == {
        "category": {"Hurto": "theft", "Pintada": "damage"}, "subcategory": {"Pintada": "graffiti"},
    }  # fmt: skip
    assert document["defaults"] == {"subcategory": None}


def test_five_columns_are_joined() -> None:
    """In their order, whichever selects were left empty."""
    parts = {f"column_occurred_from_{number}": name for number, name in enumerate(["", "B", "C", "D"], start=2)}
    document = document_of(KEPT, sent_as_shown(KEPT) | {"column_occurred_from": "A"} | parts, kept=True)
    assert document["columns"]["occurred_from"] == ["A", "B", "C", "D"]


def test_one_choice_says_category_and_subcategory() -> None:
    """Where both stand in one column; a category alone takes the sub-category off."""
    base = {
        "columns": {"occurred_from": "Dag", "category": "Typ", "subcategory": "Typ"},
        "values": {"category": {"Klotter": "damage"}, "subcategory": {"Klotter": "graffiti"}},
        "datetime_format": "ymd",
    }
    words = [
        {"field": "category", "column": "Typ", "text": text, "count": n} for text, n in (("Rån", 9), ("Klotter", 2))
    ]
    sent = sent_as_shown(base, words)
    assert [(sent[f"text_{n}"], sent[f"code_{n}"]) for n in (0, 1)] == [("Rån", ""), ("Klotter", "damage/graffiti")]
    assert document_of(base, sent)["values"] == base["values"]
    values = document_of(base, sent | {"code_0": "violence/robbery", "code_1": "damage"})["values"]
    assert values == {"category": {"Rån": "violence", "Klotter": "damage"}, "subcategory": {"Rån": "robbery"}}


def test_levels_in_numbers_are_turned_round() -> None:
    """And words beside them stay; the direction as it was shown changes nothing."""
    base = {
        "columns": {"severity": "Prio"},
        "values": {"severity": {"1": 3, "2": 2, "3": 1, "Akut": 3}},
        "datetime_format": "ymd",
    }
    assert direction_of(base) == "falling"
    sent = sent_as_shown(base)
    assert document_of(base, sent | {"severity_direction": "falling"})["values"] == base["values"]
    turned = document_of(base, sent | {"severity_direction": "rising"})["values"]["severity"]
    assert turned == {"1": 1, "2": 2, "3": 3, "Akut": 3}


def test_forms_of_dates_are_chosen_by_what_they_read() -> None:
    """The mapping's own first, with the first date of the file read back; what is written by hand under other."""
    dates = [{"format": "%d/%m/%Y", "first": "2026-04-03"}, {"format": "mdy", "first": "2026-03-04 21:30:00"}]
    found = choices_of({"datetime_format": "%d/%m/%Y"}, dates, zone=HOME)
    assert (found[0].example, found[0].first) == ("20/11/2026 (day-month-year)", "Friday, 3\xa0April 2026")
    assert next(each.first for each in found if each.value == "mdy") == "Wednesday, 4\xa0March 2026 at\xa021:30"
    assert chosen_forms({}, {"datetime_format": "other", "datetime_other": "%d.%m.%y"}) == "%d.%m.%y"
    assert chosen_forms({"datetime_format": ["a", "b"]}, {"datetime_format": "a | b"}) == ["a", "b"]
    assert choices_of({"datetime_format": "%"}, (), zone=HOME)[0].example == "%"
    weeks = [{"format": "week", "first": "2026-11-16/2026-11-22"}]
    assert choices_of({"datetime_format": "week"}, weeks, zone=HOME)[0].first


def test_days_that_were_turned_can_be_turned_back() -> None:
    """The forms of the mapping with day and month in each other's place, where the service reads the file so."""
    given = ["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"]
    dates: list[dict[str, Any]] = [
        {"format": given[0], "first": "2026-03-04 21:30:00"},
        {"format": given[1], "first": None},
        {"format": "%Y-%d-%m %H:%M", "first": "2026-04-03 21:30:00"},
    ]
    turned = choices_of({"datetime_format": given}, dates, zone=HOME)[1]
    assert (turned.value, turned.first) == (
        "%Y-%d-%m %H:%M | %d.%m.%Y %H:%M", "Friday, 3\xa0April 2026 at\xa021:30",
    )  # fmt: skip
    assert "turned" in turned.example


def test_a_first_row_is_said_as_it_is_kept() -> None:
    """On the municipality's clock, whatever stands in the file: another offset, or a reading that says UTC."""
    kept = "Saturday, 21\xa0November 2026 at\xa000:30"
    for first, zone in (("2026-11-20 23:30:00", "UTC"), ("2026-11-20 18:30:00-05:00", None)):
        document = {"datetime_format": "iso", "time_zone": zone}
        assert choices_of(document, [{"format": "iso", "first": first}], zone=HOME)[0].first == kept


def test_a_kept_reading_is_found_by_its_headings() -> None:
    """In another order, with a column more, with one renamed; one of which most is missing is of another file."""
    known = [{"name": "granen", "changed_at": "2026-11-22", "mapping": KEPT | {"columns": {
        "occurred_from": ["Dag", "Kl"], "category": "Typ", "text": "A"}}}]  # fmt: skip

    def found(*header: str) -> Reading:
        suggestion = {"header": list(header), "mapping": {"columns": {}}}
        return reading_of(None, tried=None, suggestion=suggestion, known=known)

    assert found("A", "Typ", "Ny", "Kl", "Dag").mark == "kept:granen"
    renamed = found("Dag", "Kl", "Typ", "Anteckning")
    assert (renamed.mark, lacks(renamed.document, ["Dag", "Kl", "Typ"])) == ("kept:granen", ["A"])
    assert found("Dag", "Kategori", "Anteckning").mark == "suggested"
