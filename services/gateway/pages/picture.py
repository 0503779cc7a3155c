"""The lägesbild of a cycle, fetched from the reports service as the signed-in person, and made ready to show.

The page is whole without it: a service that is down, slow or refuses costs the page this part and no other.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import Request

from services.gateway.clients import Services
from shared.access import Principal
from shared.errors import Unavailable
from shared.http import request_id

# Longer than any lägesbild takes, and short enough to wait for a page.
_PATIENCE_S = 5.0


async def fetch(
    request: Request, principal: Principal, *, area: str | None, period: date | None
) -> tuple[Any, Mapping[str, str]]:
    """The lägesbild (None where it cannot be had) and the Swedish labels of categories by code (then none)."""
    return await _asked(request, principal, "/lagesbild"), {}


def view(lagesbild: Any, *, categories: Mapping[str, str]) -> Any:
    return None


async def _asked(request: Request, principal: Principal, path: str) -> Any:
    services: Services = request.app.state.services
    try:
        async with asyncio.timeout(_PATIENCE_S):
            return await services.get_json("reports", path, principal=principal, request_id=request_id(request))
    except (Unavailable, TimeoutError):
        return None
