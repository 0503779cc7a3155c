"""What a form's fields become: nothing that was chosen is dropped on the way to the service."""

import pytest

from services.gateway.pages.reports.fields import Typed, report_of


@pytest.mark.parametrize(
    ("typed", "clock"),
    [("14:30", "14:30:00"), ("14.30", "14:30:00"), ("9.05", "09:05:00"), ("23:59:58", "23:59:58")]
    + [(each, None) for each in ("14,30", "1430", "14", "14.3", "24.00", "12.60", "14:30+01:00", "１４:30", "-1:30")],
)
def test_a_clock_is_read_as_swedes_write_it_or_not_at_all(typed: str, clock: str | None) -> None:
    """Python reads 14.30 as 14:00, and a part of a second."""
    body, wrong = report_of(Typed(what="order", day="2026-11-20", clock_from=typed, severity="1"))
    assert body.get("occurred_from") == (clock and f"2026-11-20T{clock}")
    assert [each["code"] for each in wrong] == ([] if clock else ["unreadable"])


@pytest.mark.parametrize("point", [{}, {"lat": "63,17", "lon": "14.64"}])
def test_an_area_is_sent_beside_a_point_too(point: dict[str, str]) -> None:
    """The service refuses one that there is not."""
    body, wrong = report_of(Typed(what="order", day="2026-11-20", severity="1", area="none-such", **point))
    assert (body["area_code"], "point" in body, wrong) == ("none-such", bool(point), [])
