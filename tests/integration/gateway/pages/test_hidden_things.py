"""Forms for what their reader does not see: as where there is none of it, whatever they say."""

from collections.abc import Awaitable, Callable

import httpx
from fastapi.routing import APIRoute

from services.gateway import pages
from tests.support.look.every_page import FILE, routes_of
from tests.support.make.forms import send
from tests.support.make.people import Visitor, hidden
from tests.support.servers.services import wait_until

Visit = Callable[..., Awaitable[Visitor]]
# What the boxes of these forms say when they are ticked.
TICKED = dict.fromkeys(("sure", "retire", "confirmed", "takes_over", "trial", "import"), "yes")
NONE_OF_IT = "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18"


def sending() -> list[APIRoute]:
    """The forms' routes with something in their address."""
    routes = routes_of(pages.router)
    return [each for each in routes if "POST" in (each.methods or ()) and each.dependant.path_params]


async def things_of(owner: Visitor) -> dict[str, str]:
    """The ids of things that this visitor has, by the beginnings of their addresses."""
    browser = owner.browser
    token = hidden((await browser.get("/import")).text, "form_token")
    held = {}
    for name in ("waiting", "read"):
        sent = await browser.post("/import", data={"form_token": token}, files={"file": (f"{name}.csv", FILE)})
        held[name] = sent.headers["location"]
    columns = {"column_occurred_from": "date", "column_external_reference": "kx"}
    typed = {"form_token": token, **columns, "name": "zyx", "datetime_format": "%Y-%m-%d"}
    taken = (await browser.post(held["read"], data=typed)).headers["location"]

    async def read() -> httpx.Response | None:
        answer = await browser.get(taken)
        return None if "refresh" in answer.headers else answer

    assert (await wait_until(read, timeout_s=30, what="the file to be read")).status_code == 200
    places = (await send(owner), taken, held["waiting"])
    return {f"{head}/": last for head, _, last in (place.rpartition("/") for place in places)}


async def test_a_form_for_what_its_reader_does_not_see(visit: Visit) -> None:
    """POST of every page with an id in its address: 404 of another organisation's thing, ticked and not."""
    walker = await visit(kind="night_walk", role="night_walker")
    coordinator = await visit()
    things = await things_of(await visit(kind="housing", role="member"))
    tried = set()
    for visitor in (walker, coordinator):
        form_token = hidden((await visitor.browser.get("/reports/new")).text, "form_token")
        for route in sending():
            begin, _, rest = route.path.partition("{")
            # A coordinator sees every report; of what nobody made, the id of none.
            thing = things.get(begin, NONE_OF_IT) if visitor is walker or begin != "/reports/" else NONE_OF_IT
            address = begin + ("7" if rest.startswith("version") else thing) + rest.partition("}")[2]
            for ticked in ({}, TICKED):
                answer = await visitor.browser.post(address, data={"form_token": form_token, **ticked})
                # Whoever may not do it to any is told that.
                refused = {403, 404} if visitor is walker else {404}
                assert answer.status_code in refused, (address, ticked, answer.status_code)
                tried.add((route.path, answer.status_code))
    assert {path for path, status in tried if status == 404} == {each.path for each in sending()}
    assert len(things) == 3
