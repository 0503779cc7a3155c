"""How much waits for review, for the menu of whoever reviews: asked for now and then, not by every page."""

import time
from typing import Any

from services.gateway.pages.frame.asking import fetch, may
from services.gateway.pages.frame.beside import beside
from services.gateway.pages.frame.visitors import Person

KEPT_S = 20.0
# The menu is no reason to wait.
_PATIENCE_S = 0.5


class KnownWaiting:
    """The number as it was told last: all who review see the same. One instance lives as long as the gateway."""

    def __init__(self) -> None:
        self._known: int | None = None
        self._until = 0.0

    async def look(self, request: Any, person: Person) -> None:
        """Ask again where that was long ago. Whoever sends a form may change it: then the next page asks."""
        if request.method == "POST":
            self._until = 0.0
        elif time.monotonic() >= self._until and may(person, "GET", "/review-queue/count"):
            # Before it is asked: others that come meanwhile do not ask as well.
            self._until = time.monotonic() + KEPT_S
            count = fetch(request, person, "/review-queue/count")
            told = await beside(count, of="/review-queue/count", patience_s=_PATIENCE_S)
            self._known = told and told["waiting"]

    def of(self, person: Person | None) -> int | None:
        """The number for this person's menu; None for who does not review, and where it is not known."""
        return self._known if person is not None and may(person, "GET", "/review-queue/count") else None
