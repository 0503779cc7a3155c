"""Every page of the gateway, in every state that a visitor can bring it to: for tests that look at all of them."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from fastapi.routing import APIRoute

from services.gateway import pages
from tests.support.make.forms import filled, send
from tests.support.make.people import Visitor, hidden
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import wait_until

Visit = Callable[..., Awaitable[Visitor]]
# What stands on the pages and is nobody's text: names, a report's words, the columns of a file.
# A name as long as one may be, and nowhere to break it.
LONG = "zyx" * 66
DATA = f"{LONG} Zyx Torget municipality housing night_walk night walk coordinator Östersund kx qx zip date noise"
# Addresses that answer with something else than a page.
NO_PAGES = {"/reports.csv", "/import/{id}/errors.csv", "/sign-in/oidc", "/sign-in/oidc/callback"}
# An address of no report, and refusals that are one page with other words.
NOWHERE = "/reports/01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"
ALIKE = (NOWHERE, "/?period=1980-01-01", "/?order=x", "stale form", "forbidden")
FILE = b"kx;date;zip\n" + b"".join(b"K-%d;2026-11-%02d;qx\n" % (n, n) for n in range(1, 5)) + b"K-5;2026-99-99;qx\n"


def speaking(visit: Visit, spoken: str) -> Visit:
    """Visitors who chose a language first."""

    async def enter(**who: Any) -> Visitor:
        visitor = await visit(**who)
        await visitor.browser.get("/docs", params={"lang": spoken})
        return visitor

    return enter


def routes_of(router: Any) -> Iterator[APIRoute]:
    """The routes of a router and of those included in it."""
    for each in router.routes:
        if isinstance(each, APIRoute):
            yield each
        elif inner := getattr(each, "original_router", None):
            yield from routes_of(inner)


def page_paths() -> set[str]:
    """The addresses of all pages that there are."""
    return {each.path for each in routes_of(pages.router) if "GET" in (each.methods or ())} - NO_PAGES


def plain_pages() -> list[str]:
    """Those of them that ask for nothing in their address, but for the door: it shows nobody in."""
    return sorted(path for path in page_paths() if "{" not in path and path != "/sign-in")


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
            "/", "/?area=01", "/?area=02", "/?order=count", "/reports", "/reports?category=theft",
            "/reports?from=2026-13-40", "/reports/new",
            report, f"{report}?new=1", f"{report}?corrected=1", f"{report}/correct", "/review",
            f"/review?done={report.rpartition('/')[2]}&outcome=accepted", "/import", "/docs", "/nowhere",
            NOWHERE, "/import/file/none", "/?period=1980-01-01", "/?order=x", *plain_pages(),
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
    """In the read model: findings late and planned, a gathering, an area whose name is too long for any line."""
    now = datetime.now(UTC)
    async with connected(database.admin_url) as admin:
        await admin.execute(
            "INSERT INTO areas (code, name, level, path, geometry, active, sequence)"
            " SELECT '02', $1, 1, '{01,02}', geometry, true, sequence + 1 FROM areas WHERE code = '01'"
            " ON CONFLICT (code) DO UPDATE SET name = excluded.name, sequence = areas.sequence + 1",
            LONG,
        )
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


async def at_the_door(url: str, spoken: str) -> dict[str, str]:
    """The sign-in page as a stranger has it, and after a wrong password."""
    async with httpx.AsyncClient(base_url=url, headers={"Accept": "text/html"}) as stranger:
        door = await stranger.get("/sign-in", params={"lang": spoken})
        sent = {"name": "zyx", "password": "zyx", "form_token": hidden(door.text, "form_token")}
        return {"door": door.text, "wrong password": (await stranger.post("/sign-in", data=sent)).text}
