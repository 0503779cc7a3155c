"""/sign-in and /sign-out: who gets in, what the cookies are, and what a stranger learns."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from services.gateway.app import build
from services.gateway.pages.sign_in.local import MANY_AT_ADDRESS, TRIES_PER_ADDRESS
from services.gateway.settings import Settings
from shared.settings import Municipality
from tests.support.make.people import PASSWORD, add_person, hidden
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import INTERNAL_KEY, INTERNAL_PUBLIC

HTML = {"Accept": "text/html"}
WRONG = "Användarnamnet eller lösenordet stämmer inte."


@pytest.fixture
async def browser(clean: None, gateway_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody not signed in."""
    async with httpx.AsyncClient(base_url=gateway_url, headers=HTML, timeout=30) as caller:
        yield caller


@pytest.fixture
async def name(clean: None, gateway_app: FastAPI) -> str:
    """An account."""
    return (await add_person(gateway_app, kind="municipality", role="coordinator"))[0]


async def enter(browser: httpx.AsyncClient, name: str, password: str, **more: str) -> httpx.Response:
    """Fill in the form and send it."""
    door = await browser.get("/sign-in")
    return await send(browser, name, password, form_token=hidden(door.text, "form_token"), **more)


async def send(browser: httpx.AsyncClient, name: str, password: str, **more: str) -> httpx.Response:
    """Send the form with the tokens given."""
    return await browser.post("/sign-in", data={"name": name, "password": password, **more})


def elsewhere(**settings: Any) -> httpx.AsyncClient:
    """A gateway of other settings, without its database: enough for pages that ask for nobody."""
    app = build(
        Settings(
            database_url="postgresql://127.0.0.1:9/none", bus_url="postgresql://127.0.0.1:9/none",
            internal_public_key=INTERNAL_PUBLIC, internal_key=json.dumps(INTERNAL_KEY.as_dict(private=True)),
            token_key=json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True)),
            pepper="a pepper for tests", **settings,
        )
    )  # fmt: skip
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://samsyn.example", headers=HTML)


async def test_a_page_leads_to_the_sign_in_and_back(browser: httpx.AsyncClient, name: str) -> None:
    """GET / without a session: to the sign-in, and from there to what was asked for; a system gets 401."""
    led = await browser.get("/?area=01&order=count")
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=" + quote("/?area=01&order=count"))
    door = await browser.get(led.headers["location"])
    assert hidden(door.text, "next") == "/?area=01&order=count"
    system = await browser.get("/", headers={"Accept": "application/json"})
    assert (system.status_code, system.headers["content-type"]) == (401, "application/problem+json")
    answer = await enter(browser, name, PASSWORD, next="/?area=01&order=count")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?area=01&order=count")
    assert (await browser.get("/")).status_code == 200


async def test_signing_out_ends_the_session(browser: httpx.AsyncClient, name: str) -> None:
    """POST /sign-out: the cookie is taken back, and worth nothing even to who kept it."""
    answer = await enter(browser, name, PASSWORD)
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("samsyn_session="))
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    kept = browser.cookies["samsyn_session"]
    page = await browser.get("/")
    out = await browser.post("/sign-out", data={"form_token": hidden(page.text, "form_token")})
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert "samsyn_session" not in browser.cookies
    again = await browser.get("/", headers={"Cookie": f"samsyn_session={kept}"})
    assert again.status_code == 303


async def test_a_form_of_another_session_signs_nobody_out(browser: httpx.AsyncClient, name: str) -> None:
    """POST /sign-out without the session's own token: 403 in words, and the session lives on."""
    await enter(browser, name, PASSWORD)
    for token in ("", "x" * 43):
        refused = await browser.post("/sign-out", data={"form_token": token})
        assert refused.status_code == 403
        assert "Formuläret hade blivit för gammalt" in refused.text
    assert (await browser.get("/")).status_code == 200


async def test_a_sign_in_form_belongs_to_its_browser(browser: httpx.AsyncClient, name: str, gateway_url: str) -> None:
    """POST /sign-in with the form of another browser, or with none: a new form, and nobody is signed in."""
    async with httpx.AsyncClient(base_url=gateway_url, headers=HTML) as other:
        foreign = hidden((await other.get("/sign-in")).text, "form_token")
    await browser.get("/sign-in")
    for token in (foreign, ""):
        refused = await send(browser, name, PASSWORD, form_token=token)
        assert refused.status_code == 403
        assert "Sidan hade stått öppen för länge" in refused.text
    assert "samsyn_session" not in browser.cookies


async def test_a_stranger_learns_nothing_from_a_wrong_name(browser: httpx.AsyncClient, name: str) -> None:
    """POST /sign-in: a wrong name and a wrong password get the same page. That they cost the same: test_tries."""
    token = hidden((await browser.get("/sign-in")).text, "form_token")
    known, unknown = [
        await send(browser, who, "fel lösenord, helt enkelt", form_token=token) for who in (name, "nobody-by-that-name")
    ]
    assert (known.status_code, unknown.status_code) == (403, 403)
    assert WRONG in known.text
    assert known.text.replace(name, "NAME") == unknown.text.replace("nobody-by-that-name", "NAME")
    for odd in ("", "x" * 200, "x" * 201, "a\x00b", "räksmörgås"):
        assert (await enter(browser, odd, "y" * 30)).status_code == 403
    for long in (1000, 1001, 10_000):
        answer = await enter(browser, f"nobody {long}", "y" * long)
        assert (answer.status_code, WRONG in answer.text) == (403, True), long


async def test_too_many_tries_lock_an_account_for_a_while(
    browser: httpx.AsyncClient, name: str, gateway_database: Database
) -> None:
    """POST /sign-in: after eight wrong tries even the right password waits ten minutes, and so does an unknown name."""
    for _ in range(8):
        assert (await enter(browser, name, "fel lösenord, helt enkelt")).status_code == 403
    await enter(browser, "nobody-by-that-name", PASSWORD)
    async with connected(gateway_database.admin_url) as admin:
        # Of the unknown name here, and of it anywhere.
        assert await admin.execute("UPDATE sign_in_tries SET tries = 8 WHERE tries = 1") == "UPDATE 2"
        for who in (name, "nobody-by-that-name"):
            locked = await enter(browser, who.upper(), PASSWORD)
            assert locked.status_code == 429
            assert 0 < int(locked.headers["retry-after"]) <= 600
            assert "För många försök. Vänta 10 minuter" in locked.text
        await admin.execute("UPDATE sign_in_tries SET since = since - interval '11 minutes'")
        assert (await enter(browser, name, PASSWORD)).status_code == 303
        assert await admin.fetchval("SELECT count(*) FROM sign_in_tries WHERE tries > 0") == 0


async def test_tries_side_by_side_count_too(browser: httpx.AsyncClient, name: str) -> None:
    """POST /sign-in twenty times at once: eight are looked at."""
    token = hidden((await browser.get("/sign-in")).text, "form_token")
    answers = await asyncio.gather(*(send(browser, name, f"{n:>30}", form_token=token) for n in range(20)))
    assert sorted(answer.status_code for answer in answers) == [403] * 8 + [429] * 12


async def test_many_accounts_tried_from_one_address_leave_each_two_tries(
    browser: httpx.AsyncClient, name: str, gateway_database: Database
) -> None:
    """POST /sign-in for many names: each has two tries more, which is enough for who knows the password. A sign-in that
    succeeds is not counted. After 400 nobody is looked at."""
    assert (await enter(browser, name, PASSWORD)).status_code == 303
    browser.cookies.clear()
    token = hidden((await browser.get("/sign-in")).text, "form_token")
    for n in range(MANY_AT_ADDRESS + 20):
        assert (await send(browser, f"name-{n}", "x", form_token=token)).status_code == 403
    for status in (403, 403, 429):
        assert (await send(browser, "guessed", "x", form_token=token)).status_code == status
    assert (await send(browser, name, "x", form_token=token)).status_code == 403
    assert (await send(browser, name, PASSWORD, form_token=token)).status_code == 303
    async with connected(gateway_database.admin_url) as admin:
        # The address has them all, each name has one or two.
        most = f"UPDATE sign_in_tries SET tries = {TRIES_PER_ADDRESS} WHERE tries > {MANY_AT_ADDRESS}"
        assert await admin.execute(most) == "UPDATE 1"
    token = hidden((await browser.get("/docs")).text, "form_token")
    await browser.post("/sign-out", data={"form_token": token})
    token = hidden((await browser.get("/sign-in")).text, "form_token")
    assert (await send(browser, name, PASSWORD, form_token=token)).status_code == 429


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example/", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/\t/evil.example", "",
     "/%2f%2fevil.example", "/%5cevil.example", "/.//evil.example", "/..//evil.example", "/a/%2e%2e//evil.example",
     "/a b", "/\r\nX: y", "\\/evil.example", "/" + "a" * 999 + "é"],
)  # fmt: skip
async def test_a_link_leads_nowhere_else(browser: httpx.AsyncClient, name: str, wanted: str) -> None:
    """GET /sign-in?next= and POST: what is no path of ours leads to the overview."""
    door = await browser.get("/sign-in", params={"next": wanted})
    assert hidden(door.text, "next") == "/"
    assert (await enter(browser, name, PASSWORD, next=wanted)).headers["location"] == "/"


async def test_over_https_cookies_are_bound_to_it() -> None:
    """GET /sign-in where the public address is https: the cookie is Secure and carries the __Host- prefix."""
    async with elsewhere(public_url="https://samsyn.example") as caller:
        answer = await caller.get("/sign-in")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-samsyn_form=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"]


async def test_made_up_data_is_labelled_on_every_page() -> None:
    """GET /sign-in, /docs and a page that is not there: the label stands where the municipality is fictive."""
    label = "Påhittade uppgifter – demonstration"
    async with elsewhere(municipality=Municipality(name="Ås & Berg", fictive=True)) as caller:
        for path in ("/sign-in", "/docs", "/nowhere"):
            text = (await caller.get(path)).text
            assert label in text, path
            assert "Ås &amp; Berg" in text, path
    async with elsewhere(municipality=Municipality(name="Ås", fictive=False)) as caller:
        assert label not in (await caller.get("/sign-in")).text


async def test_pages_carry_their_policy_and_the_api_does_not(browser: httpx.AsyncClient) -> None:
    """Every page and file: a policy without scripts; the API's answers stay as they were."""
    style = (await browser.get("/sign-in")).text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    for path in ("/sign-in", "/docs", "/nowhere", style):
        answer = await browser.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "<script" not in answer.text
        assert " style=" not in answer.text
    assert "immutable" in (await browser.get(style)).headers["cache-control"]
    # What a shared cache may keep gives nobody a language.
    assert "set-cookie" not in (await browser.get(f"{style}&lang=en")).headers
    assert (await browser.get("/sign-in")).headers["cache-control"] == "no-store"
    api = await browser.get("/samsyn/v1/nowhere")
    assert (api.status_code, api.headers["content-type"]) == (404, "application/problem+json")
    assert "content-security-policy" not in api.headers


async def test_a_browser_reads_what_went_wrong_in_swedish(browser: httpx.AsyncClient) -> None:
    """GET of an address that is not there: a page with the id to name; a system gets problem+json."""
    page = await browser.get("/nowhere", headers={"X-Request-Id": "0123456789abcdef"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "Sidan finns inte" in page.text
    assert "0123456789abcdef" in page.text
    assert page.headers["x-request-id"] == "0123456789abcdef"
    system = await browser.get("/nowhere", headers={"Accept": "*/*"})
    assert system.headers["content-type"] == "application/problem+json"


async def test_an_old_session_ends(browser: httpx.AsyncClient, name: str, gateway_database: Database) -> None:
    """GET / after the session's lifetime: sign in again; what is stored of the cookie does not open a session."""
    await enter(browser, name, PASSWORD)
    async with connected(gateway_database.admin_url) as admin:
        digest = await admin.fetchval("SELECT digest FROM sessions")
        forged = await browser.get("/", headers={"Cookie": f"samsyn_session={digest.hex()}"})
        assert forged.status_code == 303
        await admin.execute("UPDATE sessions SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    assert (await browser.get("/")).status_code == 303
