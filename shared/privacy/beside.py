"""Texts are screened beside the loop where they are long: whoever makes one to be costly keeps nobody else waiting."""

import asyncio

from fastapi import Request
from pydantic import BaseModel

from shared.access import Principal
from shared.access.door import Door
from shared.privacy.free_text import Kinds, admit_texts, length_of

# Characters that are screened in a few milliseconds, whatever they are.
_SHORT = 200


async def admit(request: Request, body: BaseModel, *, principal: Principal) -> Kinds:
    """What `admit_texts` says of a body. Raises PersonalData, TooMany."""
    if length_of(body) <= _SHORT:
        return admit_texts(body)
    door: Door = request.app.state.door
    async with door.screenings.turn(principal.organisation_id):
        return await asyncio.to_thread(admit_texts, body)
