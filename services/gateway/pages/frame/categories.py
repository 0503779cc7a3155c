"""What kinds of reports there are, as the reports service has them: kept for a while, for every page names some."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Request

from services.gateway.pages.frame.asking import fetch
from services.gateway.pages.frame.visitors import Person
from shared.errors import Unavailable

# They change with a release of the reports service, which need not be the gateway's.
KEPT_S = 600.0
Categories = list[dict[str, Any]]


class KnownCategories:
    """The categories as they were read last. One instance lives as long as the gateway."""

    def __init__(self) -> None:
        self._known: Categories | None = None
        self._until = 0.0

    async def get(self, read: Callable[[], Awaitable[Categories]], *, now: float) -> Categories:
        """Those that are known, read anew when they have been kept for so long; older ones while nobody answers.

        now: seconds of any clock that does not go back. Raises Unavailable while there are none.
        """
        if self._known is None or now >= self._until:
            try:
                self._known, self._until = await read(), now + KEPT_S
            except Unavailable:
                if self._known is None:
                    raise
        return self._known


async def categories(request: Request, person: Person) -> Categories:
    """Codes, names and sub-categories, also those out of use, under which reports of earlier days are kept.

    Raises as `fetch` while none are known.
    """
    known: KnownCategories = request.app.state.pages.categories

    async def read() -> Categories:
        found: Categories = (await fetch(request, person, "/categories", query=[("retired", "true")]))["categories"]
        return found

    return await known.get(read, now=time.monotonic())


def in_use(known: Categories) -> Categories:
    """The categories that there are to choose from, with those of their sub-categories."""
    return [
        each | {"subcategories": [sub for sub in each["subcategories"] if sub["valid_to"] is None]}
        for each in known
        if each["valid_to"] is None
    ]
