"""A real browser that may talk to this machine only, and remembers what it wanted and what it complained about."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.support.machine import CHROMIUM, DRIVER, require

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip


@asynccontextmanager
async def browsing() -> AsyncIterator[Browser]:
    """Chromium, while the block runs. Skips the test that asks where there is none."""
    path = require(CHROMIUM)
    require(DRIVER)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@dataclass
class Visit:
    """One person's browser window."""

    page: Page
    url: str
    wanted: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def strangers(self) -> list[str]:
        """The addresses it wanted that are not on this machine."""
        return [url for url in self.wanted if urlsplit(url).hostname not in ("127.0.0.1", None)]

    async def sign_in(self, name: str, password: str) -> None:
        """Fill in the form of the page it is on, and send it with the Enter key."""
        await self.page.get_by_label("Användarnamn").fill(name)
        await self.page.get_by_label("Lösenord").fill(password)
        async with self.page.expect_navigation():
            await self.page.keyboard.press("Enter")


@asynccontextmanager
async def visiting(browser: Browser, url: str, **options: Any) -> AsyncIterator[Visit]:
    """A window of its own, on the page at `url`. Complaints hold what the security policy stopped."""
    context: BrowserContext = await browser.new_context(locale="sv-SE", **options)
    visit = Visit(await context.new_page(), url)
    context.on("request", lambda request: visit.wanted.append(request.url))
    visit.page.on("console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    await visit.page.goto(url)
    yield visit
    await context.close()
