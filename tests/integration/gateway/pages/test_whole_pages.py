"""Every page as every role has it: each link on it leads somewhere, and what stands beside its subject may be away."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi import FastAPI

from shared.access.table import ROLES, ROLES_OF_KIND, Role
from shared.errors import Refusal, Unavailable
from tests.integration.events.gatherings import registered
from tests.integration.gateway.pages.findings.test_finding import raised
from tests.support.look.every_page import plain_pages
from tests.support.make.forms import send
from tests.support.make.people import Visitor
from tests.support.servers.postgres import Database
from tests.support.servers.services import client, make_principal, wait_until

Visit = Callable[..., Awaitable[Visitor]]
Beside = dict[str, tuple[Database, str]]
LISTS = ("/?more=findings", "/?more=gatherings", "/?area=01", "/?order=count", "/?show=all")
# What a link begins: the way out, and files.
NO_PAGE = re.compile(r"^(/static/|[^#]*[?&]lang=|/samsyn/|/sign-in|/sign-out|/reports\.csv|#|https?:)|\.csv")
# The answers that pages are about, by where their addresses begin; without one, all of a page stands beside.
ABOUT = {
    "/gatherings/": r"/gatherings/[^/]+",
    "/findings/": r"/findings/[^/]+",
    "/reports/": r"/reports/[^/]+|/categories",
    "/reports": r"/reports|/categories",
    "/review": r"/review-queue|/reports/[^/]+|/categories",
    "/": r"",
}


@pytest.fixture
async def there(visit: Visit, beside: Beside) -> list[str]:
    """A gathering that clashes with another, a finding, and two reports of one incident; told to the overview."""
    coordinator, housing = await visit(), await visit(kind="housing", role="member")
    async with client(beside["events"][1], service="events", principal=make_principal()) as caller:
        gathering = await registered(caller)
        await registered(caller, name="Luciatåg", kind="procession")
    finding = await raised(beside, housing)
    report = await send(housing, lat="63,1501", lon="14,6501", area="")
    await send(coordinator, lat="63,1503", lon="14,6503", area="")
    found = [f"/gatherings/{gathering['id']}", f"/findings/{finding}"]

    async def told() -> bool:
        page = (await coordinator.browser.get("/")).text
        return all(each in page for each in found)

    await wait_until(told, what="the overview to be told of both")
    return [*found, report]


def of(role: Role) -> dict[str, Any]:
    """Somebody in a role, in the area where it all is."""
    kind = next(kind for kind, roles in ROLES_OF_KIND.items() if role in roles)
    return {"kind": kind, "role": role, "areas": ("01",)}


@pytest.mark.parametrize("role", ROLES)
async def test_every_link_leads_somewhere(visit: Visit, there: list[str], role: Role) -> None:
    """GET of each page that a role may open, and of each address on it: 200."""
    browser = (await visit(**of(role))).browser
    pages = {each: await browser.get(each) for each in (*plain_pages(), *LISTS)}
    assert pages["/"].status_code == 200
    links = {
        alike(unescape(link)): unescape(link)
        for page in pages.values()
        if page.status_code == 200
        for link in re.findall(r'<a [^>]*?href="([^"]*)"', page.text)
        if not NO_PAGE.search(link)
    }
    assert there[0] in links.values()
    wrong = {each: found for each in links.values() if (found := (await browser.get(each)).status_code) != 200}
    assert not wrong


def alike(link: str) -> tuple[str, tuple[str, ...]]:
    """A page, and what is asked of it: of many links that differ in a value alone one tells as much as all."""
    asked = urlsplit(link)
    return asked.path, tuple(name for name, _ in parse_qsl(asked.query))


class Partly:
    """The services behind the gateway, of which one operation is away."""

    def __init__(self, services: Any) -> None:
        self._services = services
        self.asked: set[str] = set()
        self.away: str | None = None

    async def call(self, service: str, method: str, path: str, **sent: Any) -> Any:
        """Ask as ever, or refuse."""
        self.asked.add(path)
        if path == self.away:
            raise self.refusal
        return await self._services.call(service, method, path, **sent)

    refusal: Refusal = Unavailable("Away.")


@pytest.fixture
async def partly(there: list[str], gateway_app: FastAPI) -> AsyncIterator[Partly]:
    """The gateway's way to its services, to be blocked in parts."""
    kept = gateway_app.state.services
    gateway_app.state.services = Partly(kept)
    yield gateway_app.state.services
    gateway_app.state.services = kept


async def test_a_page_falls_only_with_what_it_is_about(visit: Visit, there: list[str], partly: Partly) -> None:
    """GET of each page, while one by one each of the other answers that it is made of is away: 200."""
    browser = (await visit(**of("coordinator"))).browser
    fallen, without = [], 0
    for address in ("/", "/?area=01", "/reports", "/review", *there):
        about = next(what for begin, what in ABOUT.items() if address.startswith(begin))
        partly.asked.clear()
        partly.away = None
        assert (await browser.get(address)).status_code == 200
        for path in sorted(partly.asked):
            if re.fullmatch(about, path.removeprefix("/samsyn/v1")):
                continue
            partly.away, without = path, without + 1
            found = await browser.get(address)
            fallen += [(address, path, found.status_code)] if found.status_code != 200 else []
    assert not fallen
    assert without > 12


async def test_what_is_away_is_said(visit: Visit, there: list[str], partly: Partly) -> None:
    """GET /gatherings/{id}: that clashes cannot be shown, which is not that there are none."""
    browser = (await visit(**of("coordinator"))).browser
    partly.away = f"{there[0]}/clashes"
    assert "kan inte visas just nu" in (await browser.get(there[0])).text
    partly.away = None
    walker = await (await visit(**of("night_walker"))).browser.get(there[0])
    assert ("kan inte visas just nu" in walker.text, 'id="clashes"' in walker.text) == (False, False)
