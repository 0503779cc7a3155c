"""The pages in a real browser: by hand and by keyboard, on large and small screens, with and without scripts."""

import re
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from tests.e2e.overview.conftest import Town
from tests.support.make.people import PASSWORD
from tests.support.servers.browsers import Visit, visiting
from tests.support.servers.postgres import connected

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# The newest period that is full: on its first day the running one is not.
PERIOD = "SELECT period FROM area_counts GROUP BY period HAVING sum(reports) > 40 ORDER BY period DESC LIMIT 1"
# What each area of the map must show: that period's reports in it, straight from the database.
COUNTS = """
    SELECT area.code, coalesce(sum(reports), 0) AS reports FROM areas AS area
    LEFT JOIN area_counts ON area_code = area.code AND category <> 'positive'
        AND period = $1
    WHERE NOT EXISTS (SELECT FROM areas AS child WHERE area.code = child.path[array_length(child.path, 1) - 1])
    GROUP BY area.code
"""


async def counts_of(town: Town) -> tuple[date, dict[str, str]]:
    """A period, and its reports by area, as the map writes them."""
    async with connected(town.database.admin_url) as admin:
        period = await admin.fetchval(PERIOD)
        return period, {code: str(n) for code, n in await admin.fetch(COUNTS, period)}


async def clean_after(visit: Visit) -> None:
    """Nothing was asked of any other machine, and the security policy had nothing to stop."""
    assert len(visit.wanted) > 1
    assert visit.strangers() == []
    assert visit.complaints == []


async def test_the_map_has_the_numbers_of_the_database(town: Town, chromium: Browser, tmp_path: Path) -> None:
    """Sign in, and see every area with its count, on the map and in the table; the picture is kept for a look."""
    period, expected = await counts_of(town)
    address = f"{town.url}/?period={period}"
    async with visiting(chromium, address, viewport={"width": 1280, "height": 900}) as visit:
        await visit.sign_in(town.coordinator, PASSWORD)
        page = visit.page
        assert await page.title() == "Översikt – Samsyn Östersund"
        await expect(page.get_by_text("Påhittade uppgifter – demonstration")).to_be_visible()
        titles = await page.locator("path[data-area]").evaluate_all(
            "paths => paths.map(path => [path.dataset.area, path.querySelector('title').textContent])"
        )
        assert {code: re.search(r": (\d+) rapport", said)[1] for code, said in titles} == expected  # type: ignore[index]
        assert sum(int(n) for n in expected.values()) > 20
        for code, n in expected.items():
            await expect(page.locator(f"tr[data-area='{code}'] td.n").first).to_have_text(n)
        await expect(page.locator("svg.matrix")).to_be_visible()
        await expect(page.locator("table.categories")).to_contain_text("Ordningsstörning")
        await expect(page.get_by_text("försenad 12 dagar")).to_be_visible()
        picture = tmp_path / "overview.png"
        await page.screenshot(path=picture, full_page=True)
        print(f"screenshot: {picture}")
        await clean_after(visit)


async def test_a_wrong_password_says_so_and_the_right_one_goes_on(town: Town, chromium: Browser) -> None:
    """The sentence, the name kept, the cursor in the password; then in, to the page that was asked for; and out."""
    async with visiting(chromium, f"{town.url}/?area=011", java_script_enabled=False) as visit:
        page = visit.page
        await visit.sign_in(town.coordinator, "inte det rätta lösenordet")
        await expect(page.get_by_role("alert")).to_contain_text("Användarnamnet eller lösenordet stämmer inte.")
        await expect(page.get_by_label("Användarnamn")).to_have_value(town.coordinator)
        await expect(page.get_by_label("Lösenord")).to_be_focused()
        await visit.sign_in(town.coordinator, PASSWORD)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Läget i Staden")
        await page.get_by_role("button", name="Logga ut").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Logga in")
        await page.goto(f"{town.url}/")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Logga in")
        assert visit.strangers() == []
        # Chromium says of each answer with 403 that it is one.
        assert [each for each in visit.complaints if "403" not in each] == []


async def test_by_keyboard_alone(town: Town, chromium: Browser) -> None:
    """Tab and Enter: past the header, over the map to its table, and from an area of the map to its own page."""
    async with visiting(chromium, town.url) as visit:
        page, press = visit.page, visit.page.keyboard.press
        await expect(page.get_by_label("Användarnamn")).to_be_focused()
        await page.keyboard.type(town.coordinator)
        await press("Tab")
        await page.keyboard.type(PASSWORD)
        await press("Enter")
        await page.wait_for_url(f"{town.url}/")
        await press("Tab")
        skip = page.get_by_role("link", name="Hoppa till innehållet")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()
        await press("Enter")
        for _ in range(12):
            await press("Tab")
            if await page.locator(".skip-map:focus").count():
                break
        await expect(page.get_by_role("link", name="Hoppa över kartan till tabellen")).to_be_focused()
        await press("Tab")
        focused = page.locator("svg.map a:focus")
        name = await focused.get_attribute("aria-label")
        assert name is not None
        ring = await focused.locator(".map-area").evaluate("path => getComputedStyle(path).strokeWidth")
        assert ring == "6px"
        await press("Enter")
        await page.wait_for_url("**/?area=*")
        await expect(page.get_by_role("heading", level=1)).to_have_text(f"Läget i {name.partition(':')[0]}")
        await clean_after(visit)


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
async def test_no_screen_is_too_narrow(town: Town, chromium: Browser, width: int, tmp_path: Path) -> None:
    """At 320 px (400 % zoom), on a phone, at 200 % and in full: nothing to scroll sideways, nothing cut off."""
    async with visiting(chromium, town.url, viewport={"width": width, "height": 800}) as visit:
        page = visit.page
        wide = "[document.documentElement.scrollWidth, window.innerWidth]"
        assert (await page.evaluate(wide))[0] <= width
        await visit.sign_in(town.coordinator, PASSWORD)
        for path in ("/", "/?area=011", "/docs"):
            await page.goto(town.url + path)
            scroll, inner = await page.evaluate(wide)
            assert scroll <= inner, (path, scroll, inner)
            await page.screenshot(path=tmp_path / f"{width}{path.replace('/', '-').replace('?', '')}.png")
        print(f"screenshots: {tmp_path}")
        await clean_after(visit)


async def test_counts_for_a_night_walker(town: Town, chromium: Browser) -> None:
    """Who gets counts only reads `..` before they are published, then about so many threes, on map and in table."""
    async with visiting(chromium, town.url) as visit:
        await visit.sign_in(town.night_walker, PASSWORD)
        shown = await visit.page.locator("table.areas td.n").all_inner_texts()
        assert len(shown) > 30
        assert all(re.fullmatch("[.][.]|≈\u00a0[0-9]+", each) for each in shown), shown
        assert all(int(each[2:]) % 3 == 0 for each in shown if each != ".."), shown
        await clean_after(visit)


async def test_axe_finds_nothing_on_a_full_overview(town: Town, chromium: Browser) -> None:
    """axe-core, WCAG 2.1 A and AA, with seventeen areas and three fortnights. All other pages: tests/e2e/pages."""
    tags = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    async with visiting(chromium, town.url) as visit:
        await visit.sign_in(town.coordinator, PASSWORD)
        for path in ("/", "/?area=016", "/?order=count&lang=en"):
            await visit.page.goto(town.url + path)
            found = await Axe().run(visit.page, options=tags)
            assert found.violations_count == 0, found.generate_report()
            assert len(found.response["passes"]) > 5
