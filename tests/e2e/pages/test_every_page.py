"""Every page in every state and in both languages, in a real browser: axe finds nothing, no screen is too narrow."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Route

from tests.support.look.every_page import ALIKE, Visit, at_the_door, seen, speaking
from tests.support.make.forms import send
from tests.support.servers.postgres import Database

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
# 400 % and 200 % zoom of 1280 pixels, a phone, and all of it.
WIDTHS = {"sv": (320, 390, 640, 1280), "en": (320, 640)}
# The API's description has dozens of operations of one make: three of each chapter tell as much as all, in a tenth of
# the time.
CONTEXT = {"exclude": [["article.operation ~ article.operation ~ article.operation ~ article.operation"]]}

# What has the focus, and whether it shows: by an outline, or by a thicker line around an area of a map.
FOCUSED = """() => {
    const at = document.activeElement, style = getComputedStyle(at), map = at.querySelector('.map-area');
    return {
        end: at === document.body, at: [...document.querySelectorAll('*')].indexOf(at),
        href: at.getAttribute('href'), html: at.outerHTML.slice(0, 80),
        ring: (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
            || (map !== null && parseFloat(getComputedStyle(map).strokeWidth) >= 4),
    };
}"""
# How many stops there are; the parts of a date or a time are stops of their own, and counted as one.
REACHABLE = """() => [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]'
)].filter(each => each.checkVisibility()).length"""


@pytest.fixture
async def page(chromium: Browser, gateway_url: str) -> AsyncIterator[Page]:
    """A page that may only ask the gateway."""
    context = await chromium.new_context(base_url=gateway_url)
    page = await context.new_page()
    page.set_default_timeout(15_000)
    yield page
    await context.close()


async def put(page: Page, text: str) -> None:
    """Show an answer of the gateway as a page of it, with its style sheets."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=text, content_type="text/html; charset=utf-8")

    await page.unroute("**/looked-at")
    await page.route("**/looked-at", answer)
    await page.goto("/looked-at")


async def violations(page: Page) -> list[str]:
    """What axe-core has to say, a line for each kind of fault with the first place where it is."""
    found = await Axe().run(page, context=CONTEXT, options=RULES)
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]]


async def keep_picture(page: Page, name: str, width: int) -> None:
    """Into the folder SAMSYN_PICTURES, if that is set, for people to look at."""
    if folder := os.environ.get("SAMSYN_PICTURES"):
        called = "".join(sign if sign.isalnum() else "-" for sign in name).strip("-") or "overview"
        await page.screenshot(path=Path(folder) / f"{called[:30]}-{width}.png", full_page="docs" not in called)


@pytest.mark.parametrize("spoken", ["sv", "en"])
async def test_every_page_is_accessible_at_every_width(
    page: Page, visit: Visit, gateway_database: Database, gateway_url: str, spoken: str
) -> None:
    """axe-core, WCAG 2.1 A and AA: no violation; at no width anything to scroll sideways."""
    found = await seen(speaking(visit, spoken), gateway_database) | await at_the_door(gateway_url, spoken)
    faults: list[str] = []
    for name, text in found.items():
        await put(page, text)
        for width in WIDTHS[spoken]:
            await page.set_viewport_size({"width": width, "height": 900})
            over = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            faults += [f"{name}: {over} px too wide at {width}"] if over > 0 else []
            await keep_picture(page, f"{spoken} {name}", width)
        if name not in ALIKE and (spoken == "sv" or not name.startswith("refused")):
            faults += [f"{name}: {each}" for each in await violations(page)]
    assert not faults, "\n".join(faults)
    assert len(found) > 30


async def test_axe_finds_a_planted_fault(page: Page, gateway_url: str) -> None:
    """A field without its label and a grey that nobody can read: two violations, so the test above can fail."""
    text = (await at_the_door(gateway_url, "sv"))["door"]
    await put(page, text)
    assert await violations(page) == []
    broken = text.replace('<label for="name">', "<label>").replace('class="lead"', 'style="color: #ccc"')
    assert broken != text
    await put(page, broken)
    assert {each.partition(":")[0] for each in await violations(page)} == {"label", "color-contrast"}


async def test_by_keyboard_alone(page: Page, visit: Visit, gateway_url: str) -> None:
    """Tab from the top: the skip link first, then everything in the order it is read, each with a ring to see."""
    visitor = await visit(kind="housing", role="member")
    path = await send(visitor)
    await page.context.add_cookies(
        [{"name": "samsyn_session", "value": visitor.browser.cookies["samsyn_session"], "url": gateway_url}]
    )
    for address in ("/reports", "/reports/new", path, f"{path}/correct"):
        await page.goto(address)
        steps: list[dict[str, Any]] = []
        while len(steps) < 60:
            await page.keyboard.press("Tab")
            step = await page.evaluate(FOCUSED)
            if step["end"]:
                break
            if not steps or step["at"] != steps[-1]["at"]:
                steps.append(step)
            assert step["ring"], (address, step["html"])
        assert steps[0]["href"] == "#main", address
        assert [each["at"] for each in steps] == sorted(each["at"] for each in steps), address
        wanted = await page.evaluate(REACHABLE)
        assert len(steps) == wanted > 8, address
    await page.goto(path)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.getAttribute('href')") == f"{path}/correct"
