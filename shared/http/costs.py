"""What an operation costs of a caller's quota, said where the operation is and counted by the gateway; else it is one.

Roughly one for each 5 ms of processor time, and the more where it holds a connection or writes much.
"""

from collections.abc import Mapping
from typing import Any

COST = "x-cost"
# From here on a request is heavy: an organisation has one of them on the way at once.
HEAVY = 5
# From here on an operation may be sent a large body.
LARGE = 10
_ROWS, _WORDS = 100, 10


def costing(requests: int) -> dict[str, Any]:
    """As `openapi_extra` of an operation that counts as so many requests."""
    return {COST: requests}


def cost_of(operation: int, query: Mapping[str, str]) -> int:
    """What a request costs: its operation, one for each hundred rows beyond the first, and a search through texts.

    operation: as its description says. query: of the request's address, not checked yet.
    """
    limit = query.get("limit", "")
    rows = int(limit) if limit.isascii() and limit.isdigit() and len(limit) <= 4 else 0
    return operation + max(0, rows - 1) // _ROWS + (_WORDS if query.get("words") else 0)
