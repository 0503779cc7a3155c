"""Every page in Swedish and in English: all of it in the one language, and the switch between them."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from services.gateway import pages
from tests.integration.gateway.test_pages_correct import filled, send
from tests.support.people import Visitor, hidden
from tests.support.postgres import Database, connected
from tests.support.services import wait_until
from tests.support.words import only_in, words_in, words_on

Visit = Callable[..., Awaitable[Visitor]]
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
# Addresses that answer with something else than a page.
ACCOUNT = re.compile(r"user_[0-9a-f-]+")
NO_PAGES = {"/reports.csv", "/import/{id}/errors.csv", "/sign-in/oidc", "/sign-in/oidc/callback"}
# What stands on the pages and is nobody's text: names, a report's words, the columns of a file.
DATA = "Zyx Torget municipality housing night_walk night walk coordinator Östersund kx qx zip date noise"
FILE = b"kx;date;zip\n" + b"".join(b"K-%d;2026-11-%02d;qx\n" % (n, n) for n in range(1, 5)) + b"K-5;2026-99-99;qx\n"


async def seen(visit: Visit, database: Database) -> dict[str, str]:
    """Every page that a coordinator can come to, and what is said when something is wrong: by what it is."""
    visitor = await visit()
    browser = visitor.browser
    await add_facts(database, visitor)
    housing = await visit(kind="housing", role="member")
    report = await send(visitor, lat="63,1501", lon="14,6501", area="", text="Zyx")
    await send(housing, lat="63,1503", lon="14,6503", area="", clock_from="21:40", text="Zyx zyx")
    form = filled((await browser.get(f"{report}/correct")).text)
    token = {"form_token": form["form_token"]}
    bad = form | {"what": "", "text": "121212-1212 070-123 45 67", "lat": "x", "clock_from": "x"}
    found = {
        path: await browser.get(path)
        for path in (
            "/", "/?area=01", "/?order=count", "/reports", "/reports?category=theft", "/reports?from=2026-13-40",
            "/reports/new", report, f"{report}?new=1", f"{report}?corrected=1", f"{report}/correct", "/review",
            f"/review?done={report.rpartition('/')[2]}&outcome=accepted", "/import", "/docs", "/nowhere",
            f"/reports/{uuid4()}", "/import/file/none", "/?period=1980-01-01", "/?order=x",
        )
    }  # fmt: skip
    found["refused form"] = await browser.post("/reports/new", data=bad)
    found["refused correction"] = await browser.post(f"{report}/correct", data=bad)
    weak = form | {"text": "Zyx 070-123 45 67"}
    found["weak"] = await browser.post("/reports/new", data=weak)
    assert (await browser.post(f"{report}/correct", data=form | {"severity": "3"})).status_code == 303
    found["conflict"] = await browser.post(f"{report}/correct", data=form | {"text": "Zyx qx"})
    found["refused withdrawal"] = await browser.post(f"{report}/withdraw", data=token | {"reason": "121212-1212"})
    found["refused question"] = await browser.post(
        "/review", data=token | {"report": report.rpartition("/")[2], "outcome": "question", "reason": ""}
    )
    found["stale form"] = await browser.post("/reports/new", data=form | {"form_token": "x"})
    found |= await imported(browser, token)
    walker = (await visit(kind="night_walk", role="night_walker")).browser
    found |= {"walker": await walker.get("/"), "forbidden": await walker.get("/review")}
    found["walker's list"] = await walker.get("/reports")
    assert {answer.status_code for answer in found.values()} >= {200, 403, 404, 412, 422}
    assert all(answer.headers["content-type"].startswith("text/html") for answer in found.values())
    assert not [name for name, answer in found.items() if answer.status_code >= 500]
    return {name: answer.text for name, answer in found.items()}


async def imported(browser: httpx.AsyncClient, token: dict[str, str]) -> dict[str, httpx.Response]:
    """The pages of a file: its mapping, a mapping that does not fit, its reading."""
    sent = await browser.post("/import", data=token, files={"file": ("zyx.csv", FILE)})
    address = sent.headers["location"]
    found = {"mapping": await browser.get(address)}
    columns = {"column_occurred_from": "date", "column_external_reference": "kx", "column_text": "zip"}
    typed = token | columns | {"name": "zyx", "datetime_format": "%Y-%m-%d"}
    found["refused mapping"] = await browser.post(address, data=typed | {"crs": "EPSG:0"})
    place = (await browser.post(address, data=typed)).headers["location"]

    async def done() -> httpx.Response | None:
        answer = await browser.get(place)
        return None if "refresh" in answer.headers else answer

    found["import"] = await wait_until(done, timeout_s=30, what="the file to be read")
    found["no file"] = await browser.post("/import", data=token, files={"file": ("zyx.csv", b"")})
    return found


async def add_facts(database: Database, visitor: Visitor) -> None:
    """Findings late and planned, and a gathering, in the read model."""
    now = datetime.now(UTC)
    async with connected(database.admin_url) as admin:
        for due_in, status in ((-12, "open"), (-1, "open"), (30, "planned")):
            await admin.execute(
                "INSERT INTO finding_facts VALUES ($1, '01', $2, $3, $4, 1)",
                uuid4(), visitor.organisation_id, status, now.date() + timedelta(days=due_in),
            )  # fmt: skip
        await admin.execute(
            "INSERT INTO gathering_facts (gathering_id, organisation_id, area_code, starts_at, ends_at,"
            " expected_attendance, cancelled, sequence) VALUES ($1, $2, '01', $3, $4, 12500, false, 1)",
            uuid4(), visitor.organisation_id, now + timedelta(days=2), now + timedelta(days=3),
        )  # fmt: skip


@pytest.mark.parametrize(("spoken", "other"), [("sv", "en"), ("en", "sv")])
async def test_every_page_keeps_to_its_language(
    visit: Visit, gateway_database: Database, gateway_url: str, spoken: str, other: str
) -> None:
    """No word of the other language on any page; its html says which it is; the switch is there and keeps the page."""

    async def enter(**who: Any) -> Visitor:
        visitor = await visit(**who)
        await visitor.browser.get("/docs", params={"lang": spoken})
        return visitor

    found = await seen(enter, gateway_database)
    async with httpx.AsyncClient(base_url=gateway_url, headers={"Accept": "text/html"}) as stranger:
        door = await stranger.get("/sign-in", params={"lang": spoken})
        found["door"] = door.text
        sent = {"name": "zyx", "password": "zyx", "form_token": hidden(door.text, "form_token")}
        found["wrong password"] = (await stranger.post("/sign-in", data=sent)).text
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
    by_token = {"/import/file/{token}", "/import/{id}", "/sign-in"}
    routers = [module.router for module in vars(pages).values() if isinstance(getattr(module, "router", 0), APIRouter)]
    routes = [each for router in routers for each in router.routes if isinstance(each, APIRoute)]
    asked_for = {each.path for each in routes if "GET" in (each.methods or ())} - NO_PAGES - by_token
    known = {re.sub(r"\{\w+\}", "[^/]+", path) for path in asked_for}
    assert len(known) >= 8
    assert [path for path in known if not any(re.fullmatch(path, each) for each in walked)] == []


async def test_the_switch_leads_to_the_same_page_and_is_remembered(visit: Visit) -> None:
    """Without scripts: the link keeps what the address asks for, a cookie keeps the language from then on."""
    browser = (await visit()).browser
    swedish = (await browser.get("/reports?status=accepted&words=a+b")).text
    link = unescape(re.findall(r'class="switch" href="([^"]*)"', swedish)[0])
    assert link == "/reports?status=accepted&words=a+b&lang=en"
    english = await browser.get(link)
    assert '<option value="accepted" selected>accepted</option>' in english.text
    cookie = next(each for each in english.headers.get_list("set-cookie") if each.startswith("samsyn_language="))
    assert {"samsyn_language=en", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "How it stands in" in (await browser.get("/")).text
    assert "Läget i" in (await browser.get("/?lang=sv")).text
    assert "Läget i" in (await browser.get("/", headers={"Accept-Language": "en"})).text
    assert "Läget i" in (await browser.get("/?lang=xx")).text


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
        led = await stranger.get("/?area=01&lang=en")
        assert led.headers["location"] == "/sign-in?next=/%3Farea%3D01"
        assert "Sign in" in (await stranger.get(led.headers["location"])).text
