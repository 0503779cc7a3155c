"""Days and times come as text: what pydantic would also read as seconds since 1970 is refused."""

import json

import pytest
from pydantic import BaseModel, ValidationError

from services.reports.intake.schemas import NewReport
from shared.http.times import Day, Moment


class Both(BaseModel):
    """A day and a time."""

    day: Day | None = None
    moment: Moment | None = None


@pytest.mark.parametrize("value", [0, 1700000000, 1.5, True, "0", "1700000000", "20261120", "2026", "", [], {}])
@pytest.mark.parametrize("field", ["day", "moment"])
def test_numbers_are_no_days(field: str, value: object) -> None:
    """As numbers and as digits, of seconds and of a day without its hyphens."""
    with pytest.raises(ValidationError, match="Write a day as"):
        Both.model_validate_json(json.dumps({field: value}))


def test_what_is_written_as_asked_is_read() -> None:
    """A day, a time with and without its zone, and nothing."""
    read = Both.model_validate_json('{"day": "2026-11-20", "moment": "2026-11-20T16:30:00+01:00"}')
    assert str(read.day) == "2026-11-20"
    assert Both.model_validate(read.model_dump()) == read
    assert Both.model_validate_json('{"moment": "2026-11-20 16:30"}').moment is not None
    assert Both.model_validate_json('{"day": null}').day is None


@pytest.mark.parametrize("field", ["occurred_from", "occurred_to"])
def test_a_report_says_which_field_it_was(field: str) -> None:
    """One error, of the field itself."""
    body = {"category": "order", "severity": 1, "occurred_from": "2026-11-20", field: 1700000000}
    with pytest.raises(ValidationError) as refused:
        NewReport.model_validate_json(json.dumps(body))
    assert [each["loc"] for each in refused.value.errors()] == [(field,)]
