"""A real browser before the running gateway, without JavaScript; pictures go to SAMSYN_PICTURES if that is set."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page

from services.reports.areas.work import load_areas
from tests.integration.gateway.conftest import (
    behind,
    beside,
    cheap_hashes,
    clean,
    gateway_app,
    gateway_database,
    gateway_url,
    visit,
)
from tests.support.make.areas import square
from tests.support.make.people import PASSWORD
from tests.support.servers.postgres import Database, connected

SIZES = {"wide": (1280, 900), "narrow": (390, 844)}


@pytest.fixture
async def browser_page(chromium: Browser, gateway_url: str) -> AsyncIterator[Page]:
    """A page without JavaScript, 1280 pixels wide."""
    context = await chromium.new_context(base_url=gateway_url, java_script_enabled=False, locale="sv-SE")
    page = await context.new_page()
    page.set_default_timeout(15_000)
    yield page
    await context.close()


@pytest.fixture
async def two_areas(
    clean: None,
    behind: tuple[FastAPI, str],
    gateway_app: FastAPI,
    gateway_database: Database,
    reports_database: Database,
) -> None:
    """The area of all tests and one beside it, so that there is something to choose on a map."""
    shape = json.dumps(square(14.7, 63.1, 0.1))
    for database, version in ((gateway_database, "sequence"), (reports_database, "version")):
        async with connected(database.admin_url) as admin:
            await admin.execute(
                f"INSERT INTO areas (code, name, level, path, geometry, active, {version})"
                " VALUES ('02', 'Hamnen', 1, '{2380,02}', $1, true, 1)",
                shape,
            )
    gateway_app.state.pages.places.version = None
    await load_areas(behind[0])


async def sign_in(page: Page, name: str) -> None:
    """By the page's own form."""
    await page.goto("/sign-in")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("main button")


async def look(page: Page, name: str) -> None:
    """At both widths: nothing to scroll sideways; a picture of each where they are wanted."""
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        over = await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if folder := os.environ.get("SAMSYN_PICTURES"):
            await page.screenshot(path=Path(folder) / f"{name}-{size}.png", full_page=True)
        assert over <= 0, f"{name} is {over} px too wide at {width} px"
    await page.set_viewport_size({"width": 1280, "height": 900})
