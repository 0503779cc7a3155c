"""/gatherings/{id}: one gathering as its readers see it, and what it clashes with."""

from html import unescape
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.events.gatherings import registered
from tests.support.look.words import only_in, words_in, words_on
from tests.support.servers.postgres import Database
from tests.support.servers.services import client, make_principal

Beside = dict[str, tuple[Database, str]]
DATA = "Vintermarknad Luciatåg Stortorget Föreningen Vintertorget Torget municipality coordinator"


async def two(beside: Beside) -> tuple[str, str]:
    """A market and a procession at the same time and place, in the events service; their ids."""
    async with client(beside["events"][1], service="events", principal=make_principal()) as caller:
        market = await registered(caller)
        procession = await registered(caller, name="Luciatåg", kind="procession")
    return str(market["id"]), str(procession["id"])


@pytest.mark.parametrize(("spoken", "other", "yes"), [("sv", "en", "ja"), ("en", "sv", "yes")])
async def test_a_gathering_has_its_page(visit: Any, beside: Beside, spoken: str, other: str, yes: str) -> None:
    """GET /gatherings/{id}: all of it, the way to what it clashes with, and in one language alone."""
    visitor = await visit()
    market, procession = await two(beside)
    page = (await visitor.browser.get(f"/gatherings/{market}", params={"lang": spoken})).text
    assert "<h1>Vintermarknad</h1>" in page
    assert f"<dd>{yes}" in page
    assert all(words in page for words in ("Stortorget", "Föreningen Vintertorget", "Torget"))
    assert f'<a href="/gatherings/{procession}"><strong>Luciatåg</strong></a>' in page
    assert not words_on(page) & only_in(other) - words_in(DATA)


async def test_what_its_reader_may_not_know_is_not_shown(visit: Any, beside: Beside) -> None:
    """GET /gatherings/{id}: another's in part; one that there is not in the frame of all pages."""
    stranger = await visit(kind="housing", role="member")
    market, _procession = await two(beside)
    page = unescape((await stranger.browser.get(f"/gatherings/{market}")).text)
    assert "Föreningen Vintertorget" not in page
    nowhere = await stranger.browser.get(f"/gatherings/{uuid4()}")
    assert (nowhere.status_code, "Sidan finns inte" in nowhere.text, "<nav " in nowhere.text) == (404, True, True)
