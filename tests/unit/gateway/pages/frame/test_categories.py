"""Categories kept for a while."""

import pytest

from services.gateway.pages.frame.categories import KEPT_S, Categories, KnownCategories
from shared.errors import Unavailable


class Service:
    """What the reports service would say: its categories of today, or nothing while it is away."""

    def __init__(self) -> None:
        self.codes = ["order"]
        self.away = False
        self.asked = 0

    async def read(self) -> Categories:
        """As `fetch` gives it."""
        self.asked += 1
        if self.away:
            raise Unavailable("away")
        return [{"code": code} for code in self.codes]


async def test_a_new_category_becomes_known_without_a_restart() -> None:
    """Asked once in so many seconds; then what a release added is there."""
    service, known = Service(), KnownCategories()
    assert await known.get(service.read, now=0) == [{"code": "order"}]
    service.codes.append("water")
    assert await known.get(service.read, now=KEPT_S - 1) == [{"code": "order"}]
    assert service.asked == 1
    assert await known.get(service.read, now=KEPT_S) == [{"code": "order"}, {"code": "water"}]


async def test_what_was_known_serves_while_nobody_answers() -> None:
    """Old names are better than codes; with none at all, the refusal goes on."""
    service, known = Service(), KnownCategories()
    service.away = True
    with pytest.raises(Unavailable):
        await known.get(service.read, now=0)
    service.away = False
    first = await known.get(service.read, now=1)
    service.away = True
    assert await known.get(service.read, now=10 * KEPT_S) == first
    service.away = False
    service.codes = ["other"]
    assert await known.get(service.read, now=10 * KEPT_S + 1) == [{"code": "other"}]
