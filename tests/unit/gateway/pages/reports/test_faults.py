"""What a refused form says: nobody is asked to confirm where nothing can be confirmed."""

import pytest

from services.gateway.pages.reports.refusals import faults_of

STRONG = {"field": "/text", "code": "strong_personnummer", "place": [1, 12]}
WEAK = {"field": "/text", "code": "weak_email", "place": [20, 36]}


@pytest.mark.parametrize(("errors", "asked"), [([WEAK], True), ([STRONG, WEAK], False), ([STRONG], False), ([], False)])
def test_confirming_is_spoken_of_where_there_is_a_box_for_it(errors: list[dict[str, object]], asked: bool) -> None:
    """Beside something certain what is likely can only be taken out."""
    faults = faults_of(errors)
    said = " ".join(words for many in faults.said.values() for words in many)
    assert (faults.confirmable, "confirm" in said) == (asked, asked)
    assert len(faults.said.get("text", [])) == len(errors)
