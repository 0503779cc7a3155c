"""Whoever is nobody's partner is answered late when they ask too often: a wrong token, an address that there is not.

Nobody's quota counts such a request, so without it a thousand of them a second are answered, for half of a processor
(measured). Lateness loses nobody anything, also where many people have one address.
"""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.access.door import is_let_in
from shared.http.addresses import counted_as
from shared.http.problems import LATE_S

# A page with all that belongs to it, for a room full of people; then some more every second.
AT_ONCE, A_SECOND = 100, 20
_MOST_REMEMBERED = 10_000


@dataclass(slots=True)
class Patience:
    """How many answers each address was given that nobody answers for. `now`: seconds. Pure."""

    _given: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def is_left(self, address: str, *, now: float) -> bool:
        """Count one more of this address; whether it may be given at once."""
        given, at = self._given.pop(address, (0.0, now))
        given = max(0.0, given - (now - at) * A_SECOND) + 1
        # One that is answered late counts no further: who stops is well again five seconds later.
        self._given[address] = min(given, AT_ONCE + 1), now
        if len(self._given) > _MOST_REMEMBERED:
            self._given.popitem(last=False)
        return given <= AT_ONCE


class Strangers:
    """ASGI middleware within whatever knows the caller's own address, round everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._patience = app, Patience()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as ASGI calls it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})  # one for all: who is let in is written into it
        address = counted_as((scope.get("client") or ("", 0))[0])

        async def give(message: Message) -> None:
            begins = message["type"] == "http.response.start"
            if begins and not is_let_in(scope) and not self._patience.is_left(address, now=time.monotonic()):
                await asyncio.sleep(LATE_S)
            await send(message)

        await self._app(scope, receive, give)
