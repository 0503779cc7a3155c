"""What receivers answer, as it is stored and shown: without what the personal-data screen finds in it."""

import asyncio
from dataclasses import replace
from uuid import UUID

from services.notify.webhooks.ladder import Answer
from services.notify.webhooks.sender import EXCERPT_BYTES
from shared.errors import Refusal
from shared.privacy import mask, screen
from shared.turns import Turns

_SHORT = 64
"""Characters that are read at once; a whole excerpt may take 5 ms."""


def turns() -> Turns:
    """Turns in which excerpts are read beside the loop: one of an organisation at a time."""
    return Turns("answers being read", places=2, share=1, waiting=10_000, patience_s=5)


async def screened(answer: Answer, *, of: UUID, within: Turns) -> Answer:
    """The answer with what looks like personal data struck out; without its text where that cannot be told soon.

    of: the organisation whose receiver answered; its answers are read in its turns.
    """
    text = answer.excerpt
    if len(text) <= _SHORT:
        return replace(answer, excerpt=struck(text)) if text else answer
    try:
        async with within.turn(of):
            return replace(answer, excerpt=await asyncio.to_thread(struck, text))
    except Refusal:
        return replace(answer, excerpt="")


def struck(text: str) -> str:
    """The first 1 kB of a text with every hit of the screen struck out, weak ones too, and whole across its end."""
    hits = [hit for hit in screen(text) if hit.start < EXCERPT_BYTES]
    return mask(text[: max([EXCERPT_BYTES, *(hit.end for hit in hits)])], hits)
