"""Every link of every page leads where it says, whatever signs the municipality's codes of areas have."""

import json
import re
from collections.abc import Awaitable, Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.make.areas import square
from tests.support.make.people import Visitor
from tests.support.servers.postgres import Database, connected

CODES = ("+", "=1+1", "a&b=c", "a#b", "%41", "å b", '"><i>')
PAGES = ("/", "/?order=count", "/reports", "/reports/new", "/import", "/review")
_INTO = "INSERT INTO areas (code, name, level, path, geometry, active, {}) VALUES ($1, $2, 2, $3, $4, true, 1)"


@pytest.fixture
async def odd(clean: None, gateway_database: Database) -> None:
    """Areas with such codes, side by side in 01."""
    async with connected(gateway_database.admin_url) as admin:
        for number, code in enumerate(CODES):
            shape = json.dumps(square(14.6 + number / 100, 63.1, 0.01))
            await admin.execute(_INTO.format("sequence"), code, f"Område {number}", ["2380", "01", code], shape)


async def test_every_link_leads_to_its_area(odd: None, visit: Callable[..., Awaitable[Visitor]]) -> None:
    """Followed from each page: answered, and with the code chosen that the link was made for."""
    browser = (await visit()).browser
    followed: set[str] = set()
    reached: dict[str, set[str]] = {}
    for page in PAGES:
        text = (await browser.get(page)).text
        for link in {unescape(each) for each in re.findall(r'href="(/[^"]*)"', text)} - followed:
            followed.add(link)
            answer = await browser.get(link)
            assert answer.status_code == 200, (page, link)
            for code in parse_qs(urlsplit(link).query).get("area", ()):
                reached.setdefault(urlsplit(link).path, set()).add(code)
                if urlsplit(link).path == "/reports/new":
                    chosen = re.findall(r'<option value="([^"]*)" selected', answer.text)
                    assert code in map(unescape, chosen), link
    assert reached["/reports/new"] == set(CODES)
    assert reached["/"] >= set(CODES)
