"""Whether reports still stand in the areas of before these were drawn anew: said wherever numbers of areas are."""

import asyncio
from typing import Any

from fastapi import Request

from services.gateway.pages.frame.asking import ask, may
from services.gateway.pages.frame.visitors import Person
from shared.errors import Refusal

# One small query, beside others that a page waits for.
_PATIENCE_S = 2.0


async def standing(request: Request, person: Person) -> dict[str, Any] | None:
    """How many still do, and whether they are being moved; None where none does, and while nobody can say so."""
    if not may(person, "GET", "/areas/placements"):
        return None
    try:
        async with asyncio.timeout(_PATIENCE_S):
            answer = await ask(request, person, "GET", "/areas/placements")
    except (Refusal, TimeoutError):
        return None
    if not answer.taken or not (answer.body["waiting"] or answer.body["moving"]):
        return None
    return {**answer.body, "movable": may(person, "POST", "/areas/placements") and not answer.body["moving"]}
