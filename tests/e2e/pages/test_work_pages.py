"""Reports written, found, reviewed and imported in a real browser without JavaScript."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from playwright.async_api import Page, expect

from shared.access import Kind
from tests.e2e.pages.conftest import look, sign_in
from tests.support.make.days import today
from tests.support.make.people import add_person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

YESTERDAY = (today() - timedelta(days=1)).isoformat()


async def write(page: Page, text: str, *, clock: str) -> None:
    """A report by the form, its area chosen on the map."""
    await page.goto("/reports/new")
    await page.click("svg.map a[aria-label=Torget]", position={"x": 4, "y": 4}, force=True)
    await page.select_option("#what", "order/noise")
    await page.fill("#day", YESTERDAY)
    await page.fill("#clock_from", clock)
    await page.fill("#text", text)
    await page.click("button:has-text('Skicka rapporten')")
    await expect(page.get_by_role("status")).to_contain_text("Tack, rapporten är mottagen")


async def test_a_report_from_form_to_review(browser_page: Page, two_areas: None, gateway_app: FastAPI) -> None:
    """Written by two organisations, listed, made one in the review, undone, and who read it."""
    page = browser_page
    senders: tuple[tuple[Kind, str, str], ...] = (
        ("housing", "Hög musik.", "21:30"),
        ("guard", "Skrål och musik.", "21:45"),
    )
    for kind, text, clock in senders:
        name, _ = await add_person(gateway_app, kind=kind, role="member")
        await sign_in(page, name)
        await page.goto("/reports/new?area=01")
        await page.click("button:has-text('Skicka rapporten')")
        await write(page, text, clock=clock)
        await look(page, "receipt")
        await page.click("header button")
    name, _ = await add_person(gateway_app, kind="municipality", role="coordinator")
    await sign_in(page, name)
    await page.click("nav >> text=Rapporter")
    await expect(page.locator("table.reports tbody tr")).to_have_count(2)
    await expect(page.locator("form.filter a")).to_have_text("Rensa valen")
    await look(page, "reports")
    await page.click("nav >> text=Granskning")
    await look(page, "review")
    await page.click("button:has-text('Den här står kvar') >> nth=0")
    await expect(page.get_by_role("status")).to_contain_text("räknas nu som en händelse")
    await look(page, "review-undo")
    await page.click("text=Ångra")
    await expect(page.get_by_role("status")).to_contain_text("Beslutet är ångrat")
    await page.click("text=Öppna >> nth=0")
    await expect(page.locator("#reads")).to_be_visible()
    await look(page, "report")


async def test_a_refused_form_says_what_to_change(browser_page: Page, two_areas: None, gateway_app: FastAPI) -> None:
    """A place that is none comes back beside its field, with what was typed."""
    page = browser_page
    name, _ = await add_person(gateway_app, kind="housing", role="member")
    await sign_in(page, name)
    await page.goto("/reports/new")
    await look(page, "form")
    await page.select_option("#what", "damage/graffiti")
    await page.fill("#day", YESTERDAY)
    await page.click("summary:has-text('koordinater')")
    await page.fill("#lat", "norr")
    await page.fill("#lon", "14,6")
    await page.fill("#text", "Klotter på gaveln.")
    await page.click("button:has-text('Skicka rapporten')")
    await expect(page.locator("#fault-point-1")).to_contain_text("Kontrollera latitud")
    await expect(page.locator("#text")).to_have_value("Klotter på gaveln.")
    await look(page, "form-refused")


async def test_a_list_is_read_in(browser_page: Page, two_areas: None, gateway_app: FastAPI) -> None:
    """A file is chosen, its mapping looked at, its counts and its error followed."""
    page = browser_page
    name, _ = await add_person(gateway_app, kind="housing", role="member")
    await sign_in(page, name)
    await page.click("nav >> text=Importera")
    rows = "".join(f"G-{n};2026-11-{n:02};20:00;Klotter;480100,5;7003000,5;Klotter på gaveln\r\n" for n in range(1, 9))
    file = f"Ärendenr;Datum;Kl;Ärendetyp;Öst;Nord;Anteckning\r\n{rows}G-9;2026-11-09;99:00;Klotter;;;\r\n".encode(
        "cp1252"
    )
    await page.set_input_files("#file", files={"name": "lista.csv", "mimeType": "text/csv", "buffer": file})
    await look(page, "import")
    await page.click("button:has-text('Fortsätt')")
    await expect(page.locator("legend").nth(2)).to_have_text("Vad orden betyder")
    await look(page, "mapping")
    await page.fill("#crs", "EPSG:3006")
    await page.click("button:has-text('Importera filen')")
    # The page loads itself again until the file is read.
    await expect(page.locator("text=Rader med fel")).to_be_visible(timeout=30_000)
    await expect(page.locator("dl.counts")).to_contain_text("8")
    await look(page, "import-done")
