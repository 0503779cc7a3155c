"""Whether reports still stand in the areas of before these were drawn anew: said wherever numbers of areas are."""

from typing import Any

from fastapi import Request

from services.gateway.pages.frame.asking import ask, may
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.visitors import Person


async def standing(request: Request, person: Person) -> dict[str, Any] | None:
    """How many still do, and whether they are being moved; None where none does, and while nobody can say so."""
    if not may(person, "GET", "/areas/placements"):
        return None
    answer = await beside(ask(request, person, "GET", "/areas/placements"), of="/areas/placements")
    if answer is None or not answer.taken or not (answer.body["waiting"] or answer.body["moving"]):
        return None
    return {**answer.body, "movable": may(person, "POST", "/areas/placements") and not answer.body["moving"]}
