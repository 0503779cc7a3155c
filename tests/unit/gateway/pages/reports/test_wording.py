"""What pages of reports say, and what they hold to be so."""

from services.gateway.pages.reports.wording import COUNTING
from services.reports.intake import domain


def test_pages_know_which_statuses_count() -> None:
    """The API does not say it of a report, so both have the rule; this test holds them together."""
    assert COUNTING == domain.COUNTING
