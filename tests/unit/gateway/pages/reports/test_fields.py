"""The fields of a report's form, as anybody may send them."""

import pytest

from services.gateway.pages.reports.fields import Typed, report_of


@pytest.mark.parametrize("clock", ["10:00Z", "10:00+01:00", "25:00", "x", "²"])
@pytest.mark.parametrize("field", ["clock_from", "clock_to"])
def test_what_is_no_time_of_the_wall_is_a_fault_of_its_field(field: str, clock: str) -> None:
    """A time with an offset too: beside one without it cannot be compared."""
    typed = Typed(what="order", day="2026-11-20", clock_from="10:00").model_copy(update={field: clock})
    _, wrong = report_of(typed)
    assert [each["code"] for each in wrong] == ["unreadable"]
