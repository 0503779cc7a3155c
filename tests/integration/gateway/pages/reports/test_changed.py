"""`/reports?sort=updated` and `?updated_since=`: what changed last, as the API lists it, with words for both."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import unescape

from tests.support.make.days import today
from tests.support.make.forms import filled, send
from tests.support.make.people import Visitor

Visit = Callable[..., Awaitable[Visitor]]


def listed(page: str) -> list[str]:
    """The reports of the list, in its order."""
    return re.findall(r'<th scope="row">\s*<a href="(/reports/[^"]*)"', page)


async def test_what_changed_last_stands_first(visit: Visit) -> None:
    """The form has the order, the list its heading; turned round it begins with what has stood longest."""
    coordinator = await visit()
    first, second = await send(coordinator), await send(coordinator, clock_from="20:30")
    form = filled((await coordinator.browser.get(f"{first}/correct")).text)
    assert (await coordinator.browser.post(f"{first}/correct", data=form | {"severity": "3"})).status_code == 303
    page = unescape((await coordinator.browser.get("/reports", params={"sort": "updated"})).text)
    assert listed(page) == [first, second]
    assert re.search(r'<option value="updated" selected>när de ändrades, senast ändrade överst</option>', page)
    assert "Rapporter efter när de ändrades, senast ändrade överst" in page
    assert 'href="/reports.csv"' in page, "a file has no order"
    turned = (await coordinator.browser.get("/reports", params={"sort": "updated-asc"})).text
    assert listed(turned) == [second, first]


async def test_since_when_is_said_and_kept(visit: Visit) -> None:
    """A day and a moment; the count, the file and the next choice are of the same reports."""
    coordinator = await visit()
    report = await send(coordinator)
    day = today().isoformat()
    page = unescape((await coordinator.browser.get("/reports", params={"updated_since": day})).text)
    assert listed(page) == [report]
    assert "Bara de som kom in eller ändrades" in page
    assert f'<input type="hidden" name="updated_since" value="{day}">' in page
    assert f'href="/reports.csv?updated_since={day}"' in page
    assert "<strong>1 rapport</strong>" in page
    for later in ((today() + timedelta(days=2)).isoformat(), f"{today() + timedelta(days=2)}T10:00:00Z"):
        none = unescape((await coordinator.browser.get("/reports", params={"updated_since": later})).text)
        assert ("Inga rapporter att visa" in none, "eller senare." in none) == (True, True)


async def test_of_others_nobody_is_told_when_they_changed(visit: Visit) -> None:
    """Whoever does not see everything has their own alone, and the form says so; in the count and the file too."""
    await send(await visit())
    housing = await visit(kind="housing", role="member")
    own = await send(housing)
    for asked in ({"sort": "updated"}, {"updated_since": today().isoformat()}):
        page = unescape((await housing.browser.get("/reports", params=asked)).text)
        assert listed(page) == [own]
        assert '<option value="own" selected>' in page
        assert "<strong>1 rapport</strong>" in page
        assert "sender=own" in page.partition("Hämta alla till Excel")[0].rpartition("/reports.csv")[2]
