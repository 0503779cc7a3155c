"""What stands on a page beside what the page is about: where it cannot be had, the page does without.

What a page is about it fetches itself, and falls with it; all else that it asks for comes through here.
"""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from shared.errors import Forbidden, NotFound, Refusal

log = structlog.get_logger()
T = TypeVar("T")

# Longer than any small answer takes, and short enough to wait for a page.
PATIENCE_S = 2.0


async def beside(part: Awaitable[T], *, of: str, patience_s: float = PATIENCE_S) -> T | None:
    """A part of a page; None where it is refused, away or late. of: what it is, for the log."""
    found, _why = await beside_or_why(part, of=of, patience_s=patience_s)
    return found


async def beside_or_why(
    part: Awaitable[T], *, of: str, patience_s: float = PATIENCE_S
) -> tuple[T | None, Exception | None]:
    """The same, and what stood in its way: that it is not this reader's is another sentence than that it is away."""
    try:
        async with asyncio.timeout(patience_s):
            return await part, None
    except (Refusal, TimeoutError) as why:
        if not is_not_theirs(why):
            log.warning("page.without_part", part=of, reason=type(why).__name__)
        return None, why


def is_not_theirs(why: Exception | None) -> bool:
    """Whether a part is not this reader's to see, or none is there."""
    return isinstance(why, Forbidden | NotFound)
