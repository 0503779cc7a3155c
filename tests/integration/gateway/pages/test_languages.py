"""Every page in Swedish and in English: all of it in the one language, and the switch between them."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.access import people
from tests.support.look.every_page import DATA, at_the_door, page_paths, seen, speaking
from tests.support.look.words import only_in, words_in, words_on
from tests.support.make.days import today
from tests.support.make.forms import send
from tests.support.make.people import Visitor, hidden, visiting
from tests.support.servers.postgres import Database

Visit = Callable[..., Awaitable[Visitor]]
YESTERDAY = (today() - timedelta(days=1)).isoformat()
ACCOUNT = re.compile(r"user_[0-9a-f-]+")


@pytest.mark.parametrize(("spoken", "other"), [("sv", "en"), ("en", "sv")])
async def test_every_page_keeps_to_its_language(
    visit: Visit, gateway_database: Database, gateway_url: str, spoken: str, other: str
) -> None:
    """No word of the other language on any page; its html says which it is; the switch is there and keeps the page."""
    found = await seen(speaking(visit, spoken), gateway_database) | await at_the_door(gateway_url, spoken)
    foreign, data = only_in(other), words_in(DATA)
    assert len(foreign) > 300
    wrong = {name: words_on(ACCOUNT.sub("", text)) & foreign - data for name, text in found.items()}
    assert not {name: words for name, words in wrong.items() if words}
    for name, text in found.items():
        assert f'<html lang="{spoken}">' in text, name
        (switch,) = re.findall(r'<a class="switch" href="([^"]*)" hreflang="(\w+)" lang="(\w+)">', text)
        assert switch[1:] == (other, other), name
        assert unescape(switch[0]).endswith(f"lang={other}"), name


async def test_no_page_is_forgotten(visit: Visit, gateway_database: Database) -> None:
    """What is walked through above holds every address of the pages."""
    walked = {name.partition("?")[0] for name in await seen(visit, gateway_database) if name.startswith("/")}
    by_token = {"/import/file/{token}", "/import/{id}", "/sign-in", "/areas/file/{file_id}"}
    # Of other services: their own tests look at them.
    by_token |= {"/findings/{id}", "/gatherings/{id}"}
    assert by_token <= page_paths()
    asked_for = page_paths() - by_token
    known = {re.sub(r"\{\w+\}", "[^/]+", path) for path in asked_for}
    assert len(known) >= 8
    assert [path for path in known if not any(re.fullmatch(path, each) for each in walked)] == []


async def test_an_answer_that_cannot_be_asked_for_has_no_switch(visit: Visit) -> None:
    """POST /reports/{id}/withdraw with a stale form: no link that would lead to 405; /reports/new has its link."""
    browser = (await visit()).browser
    for address, links in (("/reports/01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18/withdraw", 0), ("/reports/new", 1)):
        refused = await browser.post(address, data={"form_token": "x"}, headers={"Accept": "text/html"})
        assert refused.status_code == 403
        assert refused.text.count('class="switch"') == links, address


@pytest.mark.parametrize("address", ["//evil.example/x", "///evil.example", "/%2F/evil.example", "/\\evil.example"])
async def test_the_switch_leads_to_no_other_host(gateway_url: str, address: str) -> None:
    """An address with two slashes at its beginning would be another host's."""
    host, port = gateway_url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {address} HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n".encode())
    page = (await reader.read()).decode()
    writer.close()
    links = [unescape(found) for found in re.findall(r'class="switch" href="([^"]*)"', page)]
    assert len(links) == 1, page
    assert urlsplit(urljoin("https://samsyn.example/", links[0].replace("\\", "/"))).netloc == "samsyn.example"


async def test_the_switch_leads_to_the_same_page_and_is_remembered(visit: Visit) -> None:
    """Without scripts: the link keeps what the address asks for, the profile keeps the language from then on."""
    browser = (await visit()).browser
    swedish = (await browser.get("/reports?status=accepted&words=a+b")).text
    link = unescape(re.findall(r'class="switch" href="([^"]*)"', swedish)[0])
    assert link == "/reports?status=accepted&words=a+b&lang=en"
    english = await browser.get(link)
    assert '<option value="accepted" selected>accepted</option>' in english.text
    assert not [each for each in english.headers.get_list("set-cookie") if each.startswith("samsyn_language=")]
    assert "How it stands in" in (await browser.get("/")).text
    assert "Läget i" in (await browser.get("/?lang=sv")).text
    assert "Läget i" in (await browser.get("/", headers={"Accept-Language": "en"})).text
    assert "Läget i" in (await browser.get("/?lang=xx")).text
    # Also where nobody asked who it is: an address that is none.
    assert "Sidan finns inte" in (await browser.get("/nowhere", headers={"Accept-Language": "en"})).text


async def test_a_refusal_leads_back_to_a_page_that_can_be_asked_for(visit: Visit) -> None:
    """The switch on the answer to a form: an address that GET knows."""
    visitor = await visit()
    path = await send(visitor)
    token = hidden((await visitor.browser.get(path)).text, "form_token")
    refused = await visitor.browser.post(f"{path}/withdraw", data={"form_token": token, "reason": "121212-1212"})
    assert refused.status_code == 422
    link = unescape(re.findall(r'class="switch" href="([^"]*)"', refused.text)[0])
    assert link == f"{path}?lang=en"
    assert (await visitor.browser.get(link)).status_code == 200


async def test_the_browser_chooses_until_somebody_does(clean: None, gateway_app: FastAPI, gateway_url: str) -> None:
    """Accept-Language, and Swedish where it says nothing; the way through the sign-in keeps the choice."""
    async with httpx.AsyncClient(base_url=gateway_url, headers={"Accept": "text/html"}) as stranger:
        assert "Logga in" in (await stranger.get("/sign-in")).text
        assert "Sign in" in (await stranger.get("/sign-in", headers={"Accept-Language": "en-GB,en;q=0.9"})).text
        lines = [("Accept-Language", "pl"), ("Accept-Language", "en;q=0.5")]
        assert "Sign in" in (await stranger.get("/sign-in", headers=lines)).text
        led = await stranger.get("/?area=01&lang=en")
        assert led.headers["location"] == "/sign-in?next=/%3Farea%3D01"
        cookie = next(each for each in led.headers.get_list("set-cookie") if each.startswith("samsyn_language="))
        assert {"samsyn_language=en", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert "Sign in" in (await stranger.get(led.headers["location"])).text


@pytest.mark.parametrize(
    ("asked", "profile", "cookie", "accept", "spoken"),
    [
        (None, None, None, None, "sv"),
        (None, None, None, "en", "en"),
        (None, None, "sv", "en", "sv"),
        (None, None, "en", "sv", "en"),
        (None, "sv", "en", "en", "sv"),
        (None, "en", "sv", "sv", "en"),
        (None, "en", None, None, "en"),
        ("sv", "en", "en", "en", "sv"),
        ("en", "sv", "sv", "sv", "en"),
        ("xx", "en", "sv", "sv", "en"),
        # A language that there was once.
        (None, "fi", "en", "sv", "en"),
        (None, None, "fi", "en", "en"),
    ],
)
async def test_address_then_profile_then_cookie_then_browser_then_municipality(
    visit: Visit, gateway_app: FastAPI, asked: str | None, profile: str | None, cookie: str | None,
    accept: str | None, spoken: str,
) -> None:  # fmt: skip
    """The first of these that names a language there is, on a page and on the page of an address that is none."""
    visitor = await visit()
    async with gateway_app.state.database.sessions() as session, session.begin():
        assert await people.set_language(session, visitor.name, profile, actor="test")
    if cookie:
        visitor.browser.cookies.set("samsyn_language", cookie)
    headers = {"Accept-Language": accept} if accept else {}
    for path in ("/reports", "/nowhere") if asked is None else ("/reports",):
        page = (await visitor.browser.get(path, params={"lang": asked} if asked else {}, headers=headers)).text
        assert f'<html lang="{spoken}">' in page, path


async def test_whoever_is_signed_in_keeps_a_choice_elsewhere_too(visit: Visit, gateway_url: str) -> None:
    """Chosen in one browser, spoken in another of the same person; their cookie says nothing."""
    visitor = await visit()
    await visitor.browser.get("/reports", params={"lang": "en"})
    assert "samsyn_language" not in visitor.browser.cookies
    async with visiting(gateway_url, visitor.name, visitor.organisation_id) as elsewhere:
        elsewhere.browser.cookies.set("samsyn_language", "sv")
        assert "Sign out" in (await elsewhere.browser.get("/reports")).text


@pytest.mark.parametrize(
    ("headers", "stays"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Referer": "https://elsewhere.example/page"}, False),
        ({"Referer": "nonsense"}, False),
    ],
)
async def test_a_foreign_link_changes_one_page_alone(
    visit: Visit, gateway_url: str, headers: dict[str, str], stays: bool
) -> None:
    """`?lang=en` from another site speaks English once: neither a profile nor a cookie keeps it."""
    async with httpx.AsyncClient(base_url=gateway_url, headers={"Accept-Language": "sv"}) as stranger:
        for browser, page in (((await visit()).browser, "/reports"), (stranger, "/docs")):
            asked = await browser.get(page, params={"lang": "en"}, headers=headers)
            assert '<html lang="en">' in asked.text
            assert ('<html lang="en">' in (await browser.get(page)).text) == stays
