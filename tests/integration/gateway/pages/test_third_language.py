"""A third language is a catalogue and nothing else."""

import re
from collections.abc import AsyncIterator
from html import escape, unescape
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.app import build
from services.gateway.languages import tags
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import ENGLISH, speak
from tests.support.make.languages import add_language, made_up
from tests.support.make.people import add_person, visiting
from tests.support.servers.services import running

INVITATIONS = [("en", "In English"), ("sv", "På svenska"), ("pl", made_up("In English"))]


@pytest.fixture
async def polish(gateway_app: FastAPI, clean: None, tmp_path: Path) -> AsyncIterator[tuple[FastAPI, str]]:
    """A gateway whose folder of catalogues has a made-up Polish beside ours."""
    add_language(tmp_path, "pl")
    app = build(gateway_app.state.settings, locale=tmp_path)
    async with running(app) as url:
        yield app, url


def switches(page: str) -> list[tuple[str, str]]:
    """The languages that a page offers, and in which words."""
    found = re.findall(r'<a class="switch" href="[^"]*" hreflang="(\w+)" lang="\w+">([^<]*)</a>', page)
    return [(tag, unescape(invitation)) for tag, invitation in found]


async def test_a_stranger_asks_for_it(polish: tuple[FastAPI, str]) -> None:
    """By the address, by a cookie from then on, and by what the browser prefers; it is offered like the others."""
    async with httpx.AsyncClient(base_url=polish[1], headers={"Accept": "text/html"}) as stranger:
        swedish = (await stranger.get("/sign-in")).text
        assert switches(swedish) == [INVITATIONS[0], INVITATIONS[2]]
        preferred = (await stranger.get("/sign-in", headers={"Accept-Language": "pl-PL,pl;q=0.9"})).text
        asked = (await stranger.get("/sign-in?lang=pl")).text
        for page in (preferred, asked, (await stranger.get("/sign-in")).text):
            assert '<html lang="pl">' in page
            # A translation is text, whatever signs it has.
            assert escape(made_up("User name")) in page
            assert "ż<" not in page
            assert switches(page) == INVITATIONS[:2]


async def test_days_are_those_of_cldr_and_plurals_those_of_the_language(polish: tuple[FastAPI, str]) -> None:
    """Polish months in the genitive, decimal comma, and three forms of a plural."""
    app, url = polish
    async with visiting(url, *await add_person(app, kind="municipality", role="coordinator")) as visitor:
        page = unescape((await visitor.browser.get("/", params={"lang": "pl", "period": "2026-01-15"})).text)
        assert "12–25\u00a0stycznia 2026" in page
        assert "ż<0 reports> (2)" in page
        # Kept in the profile of whoever is signed in.
        assert '<html lang="pl">' in (await visitor.browser.get("/reports")).text
    speak(app.state.pages.languages.known["pl"])
    try:
        assert [saying.reports(n) for n in (1, 3, 5)] == [
            "ż<1 reports> (0)",
            "ż<3 reports> (1)",
            "ż<5 reports> (2)",
        ]
        assert (saying.number(1234567.5, decimals=1), saying.short_weekday(0)) == ("1\u00a0234\u00a0567,5", "pon.")
    finally:
        speak(ENGLISH)


async def test_a_municipality_speaks_it(gateway_app: FastAPI, clean: None, tmp_path: Path) -> None:
    """The setting takes any language there is a catalogue of."""
    add_language(tmp_path, "pl")
    settings = gateway_app.state.settings
    here = settings.municipality.model_copy(update={"language": "pl"})
    app = build(settings.model_copy(update={"municipality": here}), locale=tmp_path)
    async with running(app) as url, httpx.AsyncClient() as stranger:
        assert '<html lang="pl">' in (await stranger.get(f"{url}/sign-in")).text


async def test_it_leaves_nothing_behind(polish: tuple[FastAPI, str], gateway_url: str) -> None:
    """The gateway beside it speaks the languages of the repository."""
    async with httpx.AsyncClient() as stranger:
        page = (await stranger.get(f"{gateway_url}/sign-in", params={"lang": "pl"})).text
    assert '<html lang="sv">' in page
    assert switches(page) == [INVITATIONS[0]]
    assert tags() == ["en", "sv"]
