"""Every link of every page leads where it says, whatever signs the municipality's codes of areas have.

And asks for nothing that the page there does not know.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from services.gateway import pages
from shared.http.parameters import names_of
from tests.support.look.every_page import routes_of, seen
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


def unknown_in(links: Iterable[str]) -> set[str]:
    """Links of pages to pages that ask for what the page there does not know, or lead to none."""
    takes = {
        each.path_regex: {*names_of(each.dependant), "lang"}
        for each in routes_of(pages.router)
        if "GET" in (each.methods or ())
    }
    wrong = set()
    for link in links:
        path, _, query = link.partition("?")
        there = [names for fits, names in takes.items() if fits.fullmatch(path)]
        # Of two that fit, such as /reports/new and /reports/{id}, the first is asked.
        if not there or not set(parse_qs(query, keep_blank_values=True)) <= there[0]:
            wrong.add(link)
    return wrong


async def test_no_link_asks_for_what_is_not_known(
    visit: Callable[..., Awaitable[Visitor]], gateway_database: Database
) -> None:
    """Of every page in every state: its links, and the fields of its forms that become an address."""
    found = await seen(visit, gateway_database)
    asked = set()
    for text in found.values():
        asked |= {unescape(each).partition("#")[0] for each in re.findall(r'href="(/[^"]*\?[^"]*)"', text)}
        for action, form in re.findall(r'<form [^>]*method="get" action="([^"]*)"[^>]*>(.*?)</form>', text, re.DOTALL):
            asked |= {f"{action}?{name}=" for name in re.findall(r' name="(\w+)"', form)}
    asked = {each for each in asked if not each.startswith("/static/")}
    assert len(asked) > 40
    assert unknown_in(asked) == {"/nowhere?lang=en"}


def test_no_address_in_the_code_asks_for_what_is_not_known() -> None:
    """Those that a page leads to once a form was sent: written out, or made of names and values."""
    code = [each.read_text() for kind in ("py", "html") for each in Path(pages.__file__).parent.rglob(f"*.{kind}")]
    written = {
        f"{re.sub('{[^}]*}', 'x', path)}?{name}="
        for text in code
        for path, name in re.findall(r'"(/[a-z/{}_.]*)\?(\w+)=', text)
        if not path.startswith("/static/")
    }
    named = {
        f"{path}?{name}="
        for text in code
        for path, names in re.findall(r'link\("(/[a-z/.]*)", \{([^}]*)\}', text)
        for name in re.findall(r'"(\w+)":', names)
    }
    assert (len(written) > 5, len(named) > 4) == (True, True), (written, named)
    ids = {re.sub("/x(?=[/?])", "/01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18", each) for each in written | named}
    assert unknown_in(ids) == set()
    assert unknown_in({"/reports?stauts=", "/?period=&sort="}) == {"/reports?stauts=", "/?period=&sort="}
