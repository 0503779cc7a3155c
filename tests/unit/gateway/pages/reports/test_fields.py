"""What a form's fields become: nothing that was chosen is dropped on the way to the service."""

import pytest

from services.gateway.pages.reports.fields import Typed, report_of


@pytest.mark.parametrize("point", [{}, {"lat": "63,17", "lon": "14.64"}])
def test_an_area_is_sent_beside_a_point_too(point: dict[str, str]) -> None:
    """The service refuses one that there is not."""
    body, wrong = report_of(Typed(what="order", day="2026-11-20", severity="1", area="none-such", **point))
    assert (body["area_code"], "point" in body, wrong) == ("none-such", bool(point), [])
