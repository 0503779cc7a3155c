"""How many reports still stand in the areas of before these were drawn anew."""

import pytest

from services.reports.placements.domain import NEVER_DRAWN


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({}, 0),
        ({"to_move": 12}, 12),
        ({"to_move": 12, "moved": 5, "running": True}, 7),
        ({"to_move": 12, "moved": 13}, 0),
        ({"to_move": None}, None),
        ({"to_move": 12, "running": True, "overtaken": True}, None),
        ({"to_move": None, "through": True}, 0),
        ({"to_move": 12, "moved": 9, "through": True}, 0),
    ],
)
def test_left(change: dict[str, int | bool | None], left: int | None) -> None:
    """What was counted without what moved since; nothing once all are placed; not known where nobody can tell."""
    assert NEVER_DRAWN._replace(**change).left == left  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "waiting"),
    [
        ({}, False),
        ({"to_move": 12}, True),
        ({"to_move": 12, "moved": 12, "running": True}, True),
        ({"to_move": 12, "moved": 12, "through": True, "untold": True}, True),
        ({"to_move": 12, "moved": 12, "through": True}, False),
    ],
)
def test_waiting(change: dict[str, int | bool | None], waiting: bool) -> None:
    """Until the move is through and told, though the last report has moved: others still count it where it lay."""
    assert NEVER_DRAWN._replace(**change).waiting == waiting  # type: ignore[arg-type]
