"""The form of a mapping, as anybody may send it."""

from typing import Any, get_args

import pytest

from services.gateway.pages.imports.mapping_form import (
    DOUBTS,
    columns_of,
    document_of,
    doubts_of,
    formats_of,
    values_of,
)
from services.reports.suggestions.doubts import DoubtCode


@pytest.mark.parametrize("code", ["²", "9" * 5000, "x", "1.0", "0"])
def test_a_severity_that_is_none_stays_a_text(code: str) -> None:
    """For the service to refuse: reading it as a number is no fault of ours."""
    sent = {"column_severity": "Allvar", "field_0": "severity", "text_0": "x", "code_0": code}
    assert document_of({"columns": {}, "values": {}}, sent)["values"]["severity"] == {"x": code}
    assert document_of({"columns": {}, "values": {}}, sent | {"code_0": "2"})["values"]["severity"] == {"x": 2}


def test_every_doubt_has_words() -> None:
    """Each code of the service once, and what is not known here as something; a column by its name, signs and all."""
    assert set(get_args(DoubtCode)) < set(DOUBTS)
    assert doubts_of(["no_date", "no_date", "nothing-known"], [None] * 3) == [DOUBTS["no_date"], DOUBTS["other"]]
    named = doubts_of(["clock_unused"] * 3, ["Kl", "Andel %s", "Kl"])
    assert ["“Kl”" in named[0], "“Andel %s”" in named[1], len(named)] == [True, True, 2]


def test_what_the_form_does_not_show_stays() -> None:
    """A kept mapping sent back as it was shown is the same, whatever of it the form has no field for."""
    kept: dict[str, Any] = {
        "columns": {"occurred_from": ["Dag", "Kl", "Zon"], "category": "Typ", "place_code": "Var", "text": ["A", "B"]},
        "values": {"category": {"Buller": "order", "Ingen": None}, "place_code": {"Torget": "01"}},
        "datetime_format": ["%Y-%m-%d %H:%M", "%d/%m %Y"],
        "time_zone": "Europe/Oslo",
        "encoding": "cp1252",
        "defaults": {"category": "order"},
        "constants": {"location_kind": "public"},
    }
    sent = {"datetime_format": formats_of(kept), "crs": ""}
    for row in columns_of(kept):
        sent |= {f"column_{row['field']}": row["chosen"][0], f"column_{row['field']}_2": row["chosen"][1]}
    for number, line in enumerate(values_of(kept, ["Typ"], [["Buller"]])):
        sent |= {f"{name}_{number}": line[name] for name in ("field", "text", "code")}
    assert document_of(kept, sent, kept=True) == kept
    changed = document_of(kept, sent | {"column_text": "C", "code_0": ""}, kept=True)
    assert changed == kept | {
        "columns": kept["columns"] | {"text": "C"},
        "values": {"category": {"Ingen": None}, "place_code": {"Torget": "01"}},
    }
