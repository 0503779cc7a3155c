"""What a page does not know in its address it refuses by name, on a page of its own, in the reader's language."""

import re
from collections.abc import Awaitable, Callable
from html import unescape

import httpx
import pytest
from fastapi.routing import APIRoute

from services.gateway import pages
from services.gateway.pages.frame.addresses import ANYTHING, Page
from shared.http.parameters import names_of
from tests.support.look.every_page import FILE, NO_PAGES, routes_of
from tests.support.make.forms import send
from tests.support.make.people import Visitor

Visit = Callable[..., Awaitable[Visitor]]
# What the provider of a sign-in adds to its answer is nobody's to refuse (RFC 6749).
FREE = {"/sign-in/oidc/callback"}
# Whatever stands there, the way in is open; and a text that is searched for may be any.
ANY = {("/sign-in", "next"), ("/sign-in/oidc", "next"), ("/reports", "words"), ("/reports.csv", "words")}
# Of these the list says itself what is wrong, beside the form with everything that was chosen.
BY_THE_FORM = {"area": "Område", "category": "Kategori", "from": "Från och med", "to": "Till och med"} | {
    f"{fate}_in_import": "Fil" for fate in ("new", "changed", "withdrawn")
}
# A page of its own says so (404): the area may have been there yesterday.
NOT_THERE = {("/", "area")}
BAD = "zyx qx/%"


def asked_for() -> list[APIRoute]:
    """The routes that are asked for by their address."""
    return [each for each in routes_of(pages.router) if "GET" in (each.methods or ()) and each.path not in FREE]


async def addresses(visitor: Visitor) -> dict[str, str]:
    """An address that answers, of each route: by its path."""
    browser = visitor.browser
    report = await send(visitor)
    form = (await browser.get("/import")).text
    token = re.findall(r'name="form_token" value="([^"]*)"', form)[-1]
    file = {"file": ("zyx.csv", FILE)}
    read = (await browser.post("/import", data={"form_token": token}, files=file)).headers["location"]
    columns = {"column_occurred_from": "date", "column_external_reference": "kx"}
    typed = {"form_token": token, **columns, "name": "zyx", "datetime_format": "%Y-%m-%d"}
    read = (await browser.post(read, data=typed)).headers["location"]
    sent = (await browser.post("/import", data={"form_token": token}, files=file)).headers["location"]
    one = report.rpartition("/")[2]
    known = {"/import/file/{token}": sent, "/import/{id}": read, "/import/{id}/errors.csv": f"{read}/errors.csv"}
    paths = [each.path for each in asked_for()]
    return {path: known.get(path, path.replace("{id}", one).replace("{file_id}", one)) for path in paths}


def text_of(answer: httpx.Response) -> str:
    """The page as it is read."""
    return unescape(re.sub("<[^>]*>", "", answer.text))


def is_said(answer: httpx.Response, name: str, *, sent: str) -> bool:
    """Whether it is the page that says it: in frame and menu, with the name, without what was sent, and a way on."""
    text = text_of(answer)
    return (
        answer.status_code in (400, 422)
        and '<nav aria-label="Huvudmeny">' in answer.text
        and "Adressen går inte att förstå" in text
        and (f"”{name}”" in text or f"({name})”" in text)
        and sent not in unescape(answer.text)
        and "Visa sidan utan det" in text
    )


def way_on(answer: httpx.Response) -> str:
    """Where the page leads that says it."""
    return unescape(re.findall(r'<a class="button" href="([^"]*)"', answer.text)[0])


def test_every_page_is_held_to_it() -> None:
    """No route of the pages is of another class, and but for the one that answers to a provider none takes anything."""
    routes = list(routes_of(pages.router))
    assert [each.path for each in routes if not isinstance(each, Page)] == []
    assert {each.path for each in routes if each.openapi_extra == ANYTHING} == FREE
    assert len(asked_for()) > 15


async def test_an_unknown_parameter_is_named_on_every_page(visit: Visit) -> None:
    """Beside what the page knows; a language and what newsletters add are passed over; the way on is the page."""
    visitor = await visit()
    refused = set()
    for path, address in (await addresses(visitor)).items():
        answer = await visitor.browser.get(address, params={"stauts": BAD, "utm_source": "x"})
        if path.startswith("/sign-in"):
            assert answer.status_code == 422, path
            continue
        assert is_said(answer, "stauts", sent=BAD), (path, answer.text)
        assert "lang." in text_of(answer)
        assert way_on(answer) == address, path
        refused.add(path)
        if path not in NO_PAGES | {"/areas/file/{file_id}", "/findings/{id}", "/gatherings/{id}"}:
            there = await visitor.browser.get(address, params={"lang": "sv", "utm_source": "x", "fbclid": "y"})
            assert there.status_code == 200, path
    assert len(refused) > 13


async def test_a_bad_value_is_said_of_every_parameter(visit: Visit) -> None:
    """Each that a page knows, one by one; what is left of the address stays."""
    visitor = await visit()
    places = await addresses(visitor)
    tried = set()
    for route in asked_for():
        for name in names_of(route.dependant):
            if (route.path, name) in ANY or (route.path == "/areas/file/{file_id}"):
                continue
            tried.add((route.path, name))
            answer = await visitor.browser.get(places[route.path], params={name: BAD})
            if (route.path, name) in NOT_THERE:
                assert answer.status_code == 404
                assert "Området finns inte" in answer.text
            elif route.path == "/reports" and name in BY_THE_FORM:
                assert answer.status_code == 422
                assert f"”{BY_THE_FORM[name]}” gick inte att förstå" in answer.text, name
            else:
                assert is_said(answer, name, sent=BAD), (route.path, name, answer.status_code)
                assert way_on(answer) == places[route.path]
    assert len(tried) > 60


@pytest.mark.parametrize(
    ("address", "said", "on"),
    [
        ("/reports?stauts=new&dark=true", "Menade du ”status”?", "/reports?dark=true"),
        ("/reports?sort=foo&severity=2", "när de kom in, de senaste överst; när de kom in", "/reports?severity=2"),
        (
            "/reports?severity=9",
            "”Allvarlighetsgrad (severity)” finns inte bland värdena. Det som går att välja är: 1 – ",
            "/reports",
        ),
        ("/reports?dark=true&dark=false", "”dark” står mer än en gång", "/reports"),
        ("/?order=foo&utm_source=x", "area, count.", "/"),
        ("/?period=foo", "En dag skrivs som 2026-11-20.", "/"),
        ("/review?report=foo", "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18", "/review"),
        ("/docs?811218-9876=x", "något som sidan inte känner till", "/docs"),
        ("/reports.csv?area=9999", "”area”", "/reports.csv"),
        ("/reports.csv?sort=occurred", "”sort”", "/reports.csv"),
        ("/reports?updated_since=2026-03-29T02:30:00", "”updated_since”", "/reports"),
    ],
)
async def test_what_is_wrong_stands_beside_what_there_is(visit: Visit, address: str, said: str, on: str) -> None:
    """Words, forms and the name that was meant; the number of a person in the place of a name is not repeated."""
    browser = (await visit()).browser
    answer = await browser.get(address)
    assert answer.status_code in (400, 422)
    assert said in text_of(answer)
    assert "811218" not in answer.text
    assert way_on(answer) == on
    english = await browser.get(f"{address}&lang=en")
    assert "Show the page without that" in english.text
    assert way_on(english).partition("lang=en")[0].rstrip("?&") == on


async def test_a_form_that_is_sent_to_such_an_address_is_not_carried_out(visit: Visit) -> None:
    """POST: what stands beside it was meant to say something of it."""
    visitor = await visit()
    form = re.findall(r'name="form_token" value="([^"]*)"', (await visitor.browser.get("/import")).text)
    answer = await visitor.browser.post("/sign-out", params={"dry_run": "1"}, data={"form_token": form[0]})
    assert answer.status_code == 422
    assert "”dry_run”" in text_of(answer)
    assert (await visitor.browser.get("/import")).status_code == 200


async def test_whoever_is_not_signed_in_is_led_to_the_door_first(gateway_url: str) -> None:
    """With the address as it is: they are told afterwards."""
    async with httpx.AsyncClient(base_url=gateway_url, headers={"Accept": "text/html"}) as stranger:
        answer = await stranger.get("/reports?stauts=new")
        assert answer.headers["location"] == "/sign-in?next=/reports%3Fstauts%3Dnew"
        assert (await stranger.get(answer.headers["location"])).status_code == 200
