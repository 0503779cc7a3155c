"""The menu's number of what waits for review."""

import re
from collections.abc import Awaitable, Callable

from tests.support.make.forms import send
from tests.support.make.people import Visitor

_IN_MENU = re.compile(r'href="/review"[^>]*>Granskning\s*<span class="waiting">(\d+)')


def in_menu(page: str) -> list[str]:
    """The number in a page's menu, if there is one."""
    return _IN_MENU.findall(page)


async def test_who_reviews_sees_how_much_waits(visit: Callable[..., Awaitable[Visitor]]) -> None:
    """On every page, also that of a refusal; who does not review has no such number."""
    coordinator, housing = await visit(), await visit(kind="housing", role="member")
    await send(coordinator, lat="63,1501", lon="14,6501", area="", text="Glas på gången.")
    assert in_menu((await coordinator.browser.get("/reports")).text) == ["1"]
    assert in_menu((await coordinator.browser.get("/nowhere")).text) == ["1"]
    assert in_menu((await housing.browser.get("/reports")).text) == []
