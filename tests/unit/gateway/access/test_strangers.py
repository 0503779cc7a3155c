"""Whoever is nobody's partner: some answers at once, then so many a second, each address by itself."""

import pytest

from services.gateway.access import strangers
from services.gateway.access.strangers import A_SECOND, AT_ONCE, Patience


def test_each_address_has_some_answers_at_once_and_then_some_a_second() -> None:
    """What is over is late; a second brings the next ones; who keeps on asking is no worse off than who began."""
    patience = Patience()
    assert [patience.is_left("a", now=0) for _ in range(AT_ONCE + 500)] == [True] * AT_ONCE + [False] * 500
    assert patience.is_left("b", now=0)
    assert sum(patience.is_left("a", now=1) for _ in range(100)) == A_SECOND - 1
    assert sum(patience.is_left("a", now=1000) for _ in range(AT_ONCE + 1)) == AT_ONCE


def test_what_is_remembered_of_addresses_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that asked longest ago is forgotten first."""
    monkeypatch.setattr(strangers, "_MOST_REMEMBERED", 3)
    patience = Patience()
    for _ in range(AT_ONCE):
        patience.is_left("a", now=0)
    for address in ("b", "c", "d"):
        patience.is_left(address, now=0)
    assert patience.is_left("a", now=0)
