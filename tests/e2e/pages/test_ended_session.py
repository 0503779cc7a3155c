"""A file that is sent when its session has ended, in a real browser: it goes along after the sign-in, unchosen anew."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from tests.e2e.pages.conftest import look
from tests.support.make.days import today
from tests.support.make.people import PASSWORD, add_person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

# More than goes through a connection at once: the answer comes before the file is read.
FILE = "Datum;Kategori;Plats\n" + f"{today()};Buller;Torget\n" * 60_000


async def sign_in(page: Page, name: str) -> None:
    """By the door that stands there."""
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("main button")


async def test_a_file_goes_along_after_the_sign_in(
    browser_page: Page, two_areas: None, gateway_app: FastAPI, tmp_path: Path
) -> None:
    """As the page says: sign in, which opens another tab, come back, load it again."""
    page = browser_page
    name, _ = await add_person(gateway_app, kind="housing", role="member")
    await page.goto("/import")
    await sign_in(page, name)
    file = tmp_path / "lista.csv"
    file.write_text(FILE)
    await page.set_input_files("#file", file)
    await look(page, "import-file")
    await page.context.clear_cookies(name="samsyn_session")
    await page.click("main button")
    await expect(page.locator("#unsent")).to_contain_text("Det har inte skickats")
    await look(page, "import-unsent")
    async with page.context.expect_page() as opened:
        await sign_in(page, name)
    await expect((await opened.value).locator("h1")).to_have_text("Filer med rapporter")
    await page.reload()
    await expect(page.locator("#preview")).to_have_text("De första raderna")
