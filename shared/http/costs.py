"""What an operation costs of a caller's quota, said where the operation is and counted by the gateway; else it is one.

Roughly one for each 5 ms of processor time, and the more where it holds a connection or writes much.
"""

from collections.abc import Mapping
from typing import Any

COST = "x-cost"
# From here on an operation is heavy: an organisation has few of them on the way at once.
HEAVY = 10
_ROWS = 100


def costing(requests: int) -> dict[str, Any]:
    """As `openapi_extra` of an operation that counts as so many requests."""
    return {COST: requests}


def cost_of(operation: int, query: Mapping[str, str]) -> int:
    """What a request costs: its operation, one for each hundred rows beyond the first, and a search through texts.

    operation: as its description says. query: of the request's address, not checked yet.
    """
    limit = query.get("limit", "")
    rows = int(limit) if limit.isascii() and limit.isdigit() and len(limit) <= 4 else 0
    return operation + max(0, rows - 1) // _ROWS + (HEAVY if query.get("words") else 0)
