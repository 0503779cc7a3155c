"""A file that is sent when its session has ended, in a real browser: it goes along after the sign-in, unchosen anew."""

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from tests.e2e.pages.conftest import look, sign_in
from tests.support.make.days import today
from tests.support.make.people import PASSWORD, add_person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

# More than goes through a connection at once: the answer comes before the file is read.
FILE = "Datum;Kategori;Plats\n" + f"{today()};Buller;Torget\n" * 60_000


async def test_a_file_goes_along_after_the_sign_in(browser_page: Page, two_areas: None, gateway_app: FastAPI) -> None:
    """As the page says: sign in, which opens another tab, come back, load it again."""
    page = browser_page
    name, _ = await add_person(gateway_app, kind="housing", role="member")
    await sign_in(page, name)
    await page.goto("/import")
    file = {"name": "lista.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    await page.set_input_files("#file", file)  # type: ignore[arg-type]
    await look(page, "import-file")
    await page.context.clear_cookies(name="samsyn_session")
    await page.click("main button")
    await expect(page.locator("#unsent")).to_contain_text("Det har inte skickats")
    await look(page, "import-unsent")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    async with page.context.expect_page() as opened:
        await page.click("main button")
    await expect((await opened.value).locator("h1")).to_have_text("Filer med rapporter")
    await page.reload()
    await expect(page.locator("h1")).to_contain_text("lista.csv")
