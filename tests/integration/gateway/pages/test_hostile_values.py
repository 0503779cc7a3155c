"""Values that nobody should send, in every field of every form and every part of every address of the pages."""

from collections.abc import Awaitable, Callable, Iterator
from random import Random
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from services.gateway import pages
from shared.http.parameters import names_of
from tests.support.look.every_page import FILE, routes_of
from tests.support.make.forms import filled, send
from tests.support.make.hostile import TELLING, TEXTS
from tests.support.make.people import Visitor

Visit = Callable[..., Awaitable[Visitor]]
# So many are within what one person may ask in a minute: who is held back reaches no page.
_TRIES_A_VISITOR = 15
# Whoever is sent out by it sends nothing more.
LEFT_OUT = {"/sign-out"}
REFERENCES = {"/reports/{id}", "/reports/{id}/correct", "/reports/{id}/withdraw"}


def fields_of(route: APIRoute) -> Iterator[str]:
    """The fields of the form that a route takes, and the parameters of its query."""
    yield from names_of(route.dependant)
    for each in route.dependant.body_params:
        shape = each.field_info.annotation
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            yield from shape.model_fields
        else:
            yield each.alias


async def address_of(browser: httpx.AsyncClient, form: dict[str, str]) -> str:
    """Of a file that waits for its mapping."""
    sent = await browser.post("/import", data={"form_token": form["form_token"]}, files={"file": ("zyx.csv", FILE)})
    return str(sent.headers["location"])


async def tried(visit: Visit, *, each: int | None) -> None:
    """Send values to every place of every page: the telling ones and `each` more; None: all. None of ours may fall."""
    wrong, places = [], set()
    for number, (route, place, value) in enumerate(tries(each)):
        if number % _TRIES_A_VISITOR == 0:
            visitor = await visit()
            report = await send(visitor)
            form = filled((await visitor.browser.get(f"{report}/correct")).text)
        (method,) = (route.methods or set()) - {"HEAD"}
        status = await _status(visitor.browser, route.path, method, place, value, report=report, form=form)
        places.add((route.path, method, place))
        if status >= 500 or status == 429:
            wrong.append(f"{method} {route.path} {place} {value!r}: {status}")
    assert len(places) > 60
    assert not wrong, "\n".join(wrong)


def tries(each: int | None) -> Iterator[tuple[APIRoute, str, str]]:
    """Routes, their places, and what is sent there."""
    some = Random(20261128)
    for route in routes_of(pages.router):
        if route.path in LEFT_OUT:
            continue
        for place in (*fields_of(route), *(f"{{{name.alias}}}" for name in route.dependant.path_params), "lang"):
            values = TEXTS if each is None else (TELLING[0], *some.sample(TEXTS, each))
            yield from ((route, place, value) for value in values if _is_text(value))


def _is_text(value: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


async def _status(
    browser: httpx.AsyncClient, path: str, method: str, place: str, value: str, *, report: str, form: dict[str, str]
) -> int:
    address = path.replace("{id}", report.rpartition("/")[2]) if path in REFERENCES else path
    if path.startswith("/import/file/{token}") and place != "{token}":
        address = path.replace("/import/file/{token}", await address_of(browser, form))
    if place.startswith("{"):
        address = path.replace(place, "".join(f"%{byte:02X}" for byte in value.encode()) or "%20")
    address = address.replace("{id}", report.rpartition("/")[2]).replace("{token}", "none").replace("{name}", "a.css")
    sent: dict[str, Any] = {"params": {place: value}} if method == "GET" else {"data": {**form, place: value}}
    return (await browser.request(method, address, **({} if place.startswith("{") else sent))).status_code


async def test_no_page_falls_over_a_value(visit: Visit) -> None:
    """Every place, some values each."""
    await tried(visit, each=1)


@pytest.mark.long
async def test_no_page_falls_over_a_value_long(visit: Visit) -> None:
    """Every place, every value."""
    await tried(visit, each=None)


TYPES = (
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=x; charset=utf-99", "application/x-www-form-urlencoded; charset=utf-99",
    "multipart/form-data; boundary=\u00e5", "text/plain", "",
)  # fmt: skip
BODIES = (
    b"", b"--x", b"--x\r\n\r\n",
    b'--x\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n\xff\xfe\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="\xff"\r\n\r\na\r\n--x--\r\n',
    b"form_token=%FF%FE&a=%ED%A0%80", b"a" * 100_000,
)  # fmt: skip


async def test_a_form_that_is_none_says_so(visit: Visit) -> None:
    """Odd encodings, parts that break off: a page that speaks of the form, and of no address."""
    visitor = await visit()
    form = filled((await visitor.browser.get(f"{await send(visitor)}/correct")).text)
    for address in ("/reports/new", await address_of(visitor.browser, form), "/sign-in"):
        for kind in TYPES:
            for body in BODIES:
                headers = {b"Content-Type": kind.encode("latin-1")} if kind else {}
                answer = await visitor.browser.post(address, content=body, headers=headers)
                assert answer.status_code in (303, 400, 403, 413, 422), (address, kind, body)
                assert "Adressen går inte att förstå" not in answer.text
