"""How much of a service one organisation may hold: few requests at once, so that its connections are there for others.

Whoever has its share waits in a queue of its own, for seconds; a service's connections (ten by default) are more than
one organisation ever holds. A gateway of several processes counts in each.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from uuid import UUID

from starlette.requests import HTTPConnection

from shared.access.door import check_still_let_in
from shared.http.costs import HEAVY
from shared.http.edge import SLOW_BODY_S
from shared.turns import Turns

Load = Literal["light", "heavy", "files", "pages"]
# What is shared out is each organisation's own, so there is no end to all of them together.
_ANY = 100_000


class Shares:
    """Whose turn it is, of requests, of those that cost much, of files on their way in or out, and of pages."""

    def __init__(self) -> None:
        self._turns: dict[Load, Turns] = {
            # What turns out to cost more than it says rests too: four pages of some hundred rows, asked for again at
            # once, took a service's loop, and others' p50 from 20 to 210 ms.
            "light": Turns(
                "requests", places=_ANY, share=4, waiting=60, patience_s=10, rest_s=2, rest_times=3, rest_after_s=0.05
            ),
            # One after the other, with rests: two that never end took both cores of a small machine.
            "heavy": Turns("large requests", places=_ANY, share=1, waiting=10, patience_s=20, rest_s=2),
            "files": Turns("files", places=_ANY, share=4, waiting=10, patience_s=20),
            "pages": Turns("pages", places=_ANY, share=4, waiting=20, patience_s=10),
        }

    @asynccontextmanager
    async def turn(self, request: HTTPConnection, load: Load, *, where: str, who: UUID | str) -> AsyncIterator[None]:
        """One of a share at a service, or at the gateway itself, while the block runs.

        Raises TooMany, and Unauthenticated for whoever ended while they waited.
        """
        began = time.monotonic()
        async with self._turns[load].turn((where, who)):
            if time.monotonic() - began > SLOW_BODY_S:  # as behind a body that took so long
                await check_still_let_in(request.scope)
            yield


def load_of(path: str, *, cost: int, streamed: bool) -> Load:
    """Which share a forwarded operation is of; a file is long on its way, and keeps nothing else waiting."""
    return "files" if streamed or path.endswith(".csv") else "heavy" if cost >= HEAVY else "light"
