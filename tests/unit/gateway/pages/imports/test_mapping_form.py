"""The form of a mapping, as anybody may send it."""

import pytest

from services.gateway.pages.imports.mapping_form import DOUBTS, document_of, doubts_of


@pytest.mark.parametrize("code", ["²", "9" * 5000, "x", "1.0", "0"])
def test_a_severity_that_is_none_stays_a_text(code: str) -> None:
    """For the service to refuse: reading it as a number is no fault of ours."""
    sent = {"column_severity": "Allvar", "field_0": "severity", "text_0": "x", "code_0": code}
    assert document_of({"values": {}}, sent)["values"]["severity"] == {"x": code}
    assert document_of({"values": {}}, sent | {"code_0": "2"})["values"]["severity"] == {"x": 2}


def test_every_doubt_has_words() -> None:
    """Each code of the service once, and what is not known here as something."""
    assert doubts_of(["no_date", "no_date", "nothing-known"]) == [DOUBTS["no_date"], DOUBTS["other"]]
