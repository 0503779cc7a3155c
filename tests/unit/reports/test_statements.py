"""Statements of lists are kept for who asks for such a page again, and hold nothing that their askers typed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.reports.intake.filters import Filter
from services.reports.intake.listing import Sort, order_of, statement_of
from tests.support.servers.services import make_principal

READERS = {
    "coordinator": make_principal(),
    "member": make_principal(kind="housing", role="member", areas=("0101",)),
}
WAYS = (
    {"words": "cykel -stulen"},
    {"external_reference": "V47-0012"},
    {"external_reference": "row:00ff:1"},
    {"updated_since": datetime(2026, 11, 20, tzinfo=UTC)},
    {"words": "porten", "external_reference": "V47-0012", "updated_since": datetime(2026, 11, 20, tzinfo=UTC)},
)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("sort", ["received", "occurred", "updated"])
@pytest.mark.parametrize("asked", WAYS, ids="+".join)
def test_words_come_with_each_call(asked: dict[str, Any], sort: Sort, reader: str) -> None:
    """One statement for all who ask in this way; its own values hold nothing of the first one's words."""
    principal, wanted = READERS[reader], Filter(**asked)
    order = order_of(sort, "asc", wanted=wanted, principal=principal)
    kept = statement_of(wanted.kind, principal, order, is_behind=True, limit=10)
    assert not set(map(str, asked.values())) & set(map(str, kept.values))
    assert wanted.told.keys() <= kept.named.keys()
    other: dict[str, Any] = {
        name: "annat" if isinstance(value, str) else datetime(2020, 1, 1, tzinfo=UTC) for name, value in asked.items()
    }
    assert statement_of(Filter(**other).kind, principal, order, is_behind=True, limit=10) is kept
