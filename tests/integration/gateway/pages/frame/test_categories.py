"""The names of categories, in the reader's language, on every page that has one."""

import html
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from services.reports.taxonomy import CATEGORIES, RETIRED
from shared.ids import uuid7
from tests.support.look.every_page import speaking
from tests.support.make.people import Visitor, hidden
from tests.support.servers.postgres import Database, connected

Visit = Callable[..., Awaitable[Visitor]]
Codes = tuple[str, str | None]
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def named(spoken: str) -> dict[Codes, str]:
    """What each category, and each sub-category beside its own, is called: also those out of use."""
    pick = 0 if spoken == "sv" else 1
    mains = {code: (each.sv, each.en)[pick] for code, each in CATEGORIES.items()}
    mains |= {code: (was.sv, was.en)[pick] for (code, sub), was in RETIRED.items() if sub is None}
    subs = {(code, sub): name[pick] for code, each in CATEGORIES.items() for sub, name in each.subcategories.items()}
    subs |= {(code, sub): (was.sv, was.en)[pick] for (code, sub), was in RETIRED.items() if sub is not None}
    alone: dict[Codes, str] = {(code, None): name for code, name in mains.items()}
    return alone | {
        (code, sub): f"{mains[code]}: {name if name.startswith('EPA') else name[:1].lower() + name[1:]}"
        for (code, sub), name in subs.items()
    }


async def keep(database: Database, organisation_id: UUID) -> dict[UUID, Codes]:
    """A report of each category and sub-category that there is or was, without its intake."""
    kept = {uuid7(): codes for codes in named("sv")}
    async with connected(database.admin_url) as admin:
        await admin.copy_records_to_table(
            "reports",
            records=[
                (key, organisation_id, "test", *codes, YESTERDAY, YESTERDAY.date(), 1, b"")
                for key, codes in kept.items()
            ],
            columns=(
                "id", "organisation_id", "client_id", "category", "subcategory", "occurred_from", "occurred_on",
                "severity", "row_hash",
            ),
        )  # fmt: skip
    return kept


def texts(pattern: str, page: str) -> list[str]:
    """What a pattern's group holds on a page, as it is read."""
    return [html.unescape(each).strip() for each in re.findall(pattern, page, flags=re.DOTALL)]


async def on_list(browser: httpx.AsyncClient) -> dict[UUID, str]:
    """What each report is called on the pages of the list."""
    found: dict[UUID, str] = {}
    address = "/reports"
    while address:
        page = (await browser.get(address)).text
        rows = re.findall(r'<a href="/reports/([0-9a-f-]{36})">([^<]*)</a>', page)
        found |= {UUID(key): html.unescape(what) for key, what in rows}
        address = next(iter(texts(r'href="([^"]*)"\s+rel="next"', page)), "")
    return found


async def in_review(browser: httpx.AsyncClient) -> list[str]:
    """What each report is called in the queue, from the oldest on."""
    found: list[str] = []
    address = "/review"
    while address:
        page = (await browser.get(address)).text
        found += texts(r'<h2 class="big" id="this">([^<]*)</h2>', page)
        address = next(iter(texts(r'<a href="(/review[^"]*)" rel="next"', page)), "")
    return found


@pytest.mark.parametrize("spoken", ["sv", "en"])
async def test_every_name_of_the_taxonomy(visit: Visit, reports_database: Database, spoken: str) -> None:
    """List, report, review, correction, form, overview and mapping: each name as the taxonomy has it."""
    visitor = await speaking(visit, spoken)()
    browser, names = visitor.browser, named(spoken)
    kept = await keep(reports_database, visitor.organisation_id)
    assert await on_list(browser) == {key: names[codes] for key, codes in kept.items()}
    assert sorted(await in_review(browser)) == sorted(names.values())
    for key, codes in kept.items():
        page = (await browser.get(f"/reports/{key}")).text
        assert texts(r"<h1>([^<]*)</h1>", page) == [names[codes]]
    form = (await browser.get("/reports/new")).text
    groups = {code: (each.sv if spoken == "sv" else each.en) for code, each in CATEGORIES.items()}
    assert texts(r'<optgroup label="([^"]*)"', form) == list(groups.values())
    for code, each in CATEGORIES.items():
        for sub, (sv, en) in each.subcategories.items():
            assert texts(f'<option value="{code}/{sub}">([^<]*)</option>', form) == [sv if spoken == "sv" else en]
        alone = "{}, allmänt" if spoken == "sv" else "{}, in general"
        said = alone.format(groups[code]) if each.subcategories else groups[code]
        assert texts(f'<option value="{code}">([^<]*)</option>', form) == [said]
    chosen = (await browser.get("/reports")).text
    assert texts(r'<option value="order"[^>]*>([^<]*)</option>', chosen) == [groups["order"]]
    overview = (await browser.get("/")).text
    lines = overview.partition('<table class="categories">')[2].partition("</table>")[0]
    assert set(texts(r'<th scope="row">([^<]*)</th>', lines)) >= set(groups.values())
    token = {"form_token": hidden(chosen, "form_token")}
    sent = await browser.post("/import", data=token, files={"file": ("zyx.csv", b"a;category\n1;noise\n")})
    mapping = (await browser.get(sent.headers["location"])).text
    constant = mapping.partition('name="constant_category">')[2].partition("</select>")[0]
    assert texts(r"<option[^>]*>([^<]*)</option>", constant) == list(groups.values())
