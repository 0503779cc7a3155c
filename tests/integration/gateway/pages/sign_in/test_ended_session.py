"""A form that is sent when its session has ended: nothing is carried out, and it is there again after the sign-in."""

from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest

from services.gateway.access.domain import form_nonce, form_token
from tests.integration.gateway.conftest import PEPPER, Visit
from tests.support.look.forms import form_to
from tests.support.make.days import today
from tests.support.make.forms import filled
from tests.support.make.people import PASSWORD, Visitor, hidden
from tests.support.servers.postgres import Database, connected

TEXT = 'Hög musik & "glas" vid porten.\nTredje kvällen </textarea>.'
NOT_SAVED = "Inte sparat än"
UNSENT = "Det har inte skickats"
GONE = "Filen finns inte kvar här"
FILE = "Datum,Kategori,Plats\n2026-11-20,Buller,Torget\n"


async def typed(visitor: Visitor) -> dict[str, str]:
    """The form for a report, filled in."""
    page = (await visitor.browser.get("/reports/new")).text
    day = {"day": str(today()), "clock_from": "00:01"}
    return filled(page) | {"what": "order/noise", "text": TEXT, "severity": "2"} | day


async def sent_too_late(visitor: Visitor, form: dict[str, str], **headers: str) -> httpx.Response:
    """Sent by a browser whose session is over."""
    visitor.browser.cookies.delete("samsyn_session")
    return await visitor.browser.post("/reports/new", data=form, headers=headers)


async def sign_in(visitor: Visitor, door: str, *, name: str = "", password: str = PASSWORD) -> httpx.Response:
    """Fill in the page for it, with all that it carries."""
    carried = {each: hidden(door, each) for each in ("form_token", "next", "carried")}
    return await visitor.browser.post("/sign-in", data={**carried, "name": name or visitor.name, "password": password})


async def test_what_was_typed_is_there_again(visit: Visit, reports_database: Database) -> None:
    """POST /reports/new: not carried out; after a wrong password and the right one the form, which then makes one."""
    visitor = await visit(kind="housing", role="member")
    form = await typed(visitor)
    door = await sent_too_late(visitor, form, Referer=f"{visitor.browser.base_url}/reports/new?area=01")
    assert (door.status_code, "Det du skrev är inte borta" in door.text) == (403, True)
    wrong = await sign_in(visitor, door.text, password="fel lösenord, helt enkelt")
    assert (wrong.status_code, "location" in wrong.headers) == (403, False)
    again = await sign_in(visitor, wrong.text)
    assert (again.status_code, NOT_SAVED in again.text) == (200, True)
    async with connected(reports_database.admin_url) as admin:
        assert await admin.fetchval("SELECT count(*) FROM reports") == 0
    shown = filled(again.text)
    own = ("form_token", "key")
    assert {name: value for name, value in shown.items() if name not in own} == {
        name: value for name, value in form.items() if name not in own
    }
    assert shown["form_token"] != form["form_token"]
    done = await visitor.browser.post("/reports/new", data=shown)
    assert (done.status_code, done.headers["location"].endswith("?new=1")) == (303, True)
    page = (await visitor.browser.get(done.headers["location"])).text
    assert TEXT in unescape(page)
    assert NOT_SAVED not in page


async def test_another_person_gets_nothing_of_it(visit: Visit) -> None:
    """Who signs in next at the same browser sees the overview as ever; so does who brings a mark that was changed."""
    visitor = await visit(kind="housing", role="member")
    other = await visit(kind="housing", role="member")
    door = await sent_too_late(visitor, await typed(visitor))
    answer = await sign_in(visitor, door.text, name=other.name)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    bent = door.text.replace(hidden(door.text, "carried"), hidden(door.text, "carried")[:-8] + "AAAAAAAA")
    visitor.browser.cookies.delete("samsyn_session")
    token = hidden((await visitor.browser.get("/sign-in")).text, "form_token")
    bent = bent.replace(hidden(door.text, "form_token"), token)
    assert (await sign_in(visitor, bent)).headers["location"] == "/"


async def test_another_sites_form_is_not_filled_in(visit: Visit) -> None:
    """A form that somebody made with the token of their own session, sent by another's browser."""
    visitor = await visit(kind="housing", role="member")
    stranger = await visit(kind="housing", role="member")
    forged = await typed(stranger)
    door = await sent_too_late(visitor, forged, Referer="https://elsewhere.example/reports/new")
    assert (await sign_in(visitor, door.text)).headers["location"] == "/"


@pytest.mark.parametrize(
    "referer", ["https://elsewhere.example/x", "{here}//elsewhere.example", "{here}/\\x", "{here}"]
)
async def test_it_leads_nowhere_else(visit: Visit, referer: str) -> None:
    """Whatever a browser says of where it comes from: an address of ours, of a page that has the form or has not."""
    visitor = await visit(kind="housing", role="member")
    here = str(visitor.browser.base_url).rstrip("/")
    door = await sent_too_late(visitor, await typed(visitor), Referer=referer.format(here=here))
    answer = await sign_in(visitor, door.text)
    assert answer.status_code == 200 or answer.headers["location"] == "/"


async def test_who_signed_in_elsewhere_goes_on(visit: Visit) -> None:
    """POST /sign-in/carried: as somebody does who came in by the municipality's own sign-in, in another tab."""
    visitor = await visit(kind="housing", role="member")
    session = visitor.browser.cookies["samsyn_session"]
    door = await sent_too_late(visitor, await typed(visitor))
    carried = {"carried": hidden(door.text, "carried")}
    early = await visitor.browser.post("/sign-in/carried", data=carried)
    assert (early.status_code, hidden(early.text, "carried")) == (403, carried["carried"])
    visitor.browser.cookies.set("samsyn_session", session)
    again = await visitor.browser.post("/sign-in/carried", data=carried)
    assert (again.status_code, filled(again.text)["text"]) == (200, TEXT)


async def test_too_much_stays_with_the_browser(visit: Visit) -> None:
    """More than 64 kB: nothing of it in the page, which says how to send it again."""
    visitor = await visit(kind="housing", role="member")
    answer = await sent_too_late(visitor, await typed(visitor) | {"text": "a" * 64_000})
    assert (answer.status_code, UNSENT in answer.text, "carried" in answer.text) == (403, True, False)
    elsewhere = await sent_too_late(visitor, {"text": "a" * 64_000}, **{"Sec-Fetch-Site": "cross-site"})
    assert (elsewhere.status_code, elsewhere.headers["location"]) == (303, "/sign-in")


async def test_a_file_is_sent_again_as_it_was(visit: Visit) -> None:
    """POST /import: after the sign-in, what the browser sends when the page is loaded anew is taken, token and all."""
    visitor = await visit(kind="housing", role="member")
    token = hidden((await visitor.browser.get("/import")).text, "form_token")

    async def send() -> httpx.Response:
        form, file = {"form_token": token}, {"file": ("list.csv", FILE)}
        return await visitor.browser.post("/import", data=form, files=file, headers={"Sec-Fetch-Site": "same-origin"})

    visitor.browser.cookies.delete("samsyn_session")
    door = await send()
    assert (door.status_code, UNSENT in door.text) == (403, True)
    assert 'action="/sign-in" class="fields" target="_blank"' in door.text
    typed = {"form_token": hidden(door.text, "form_token"), "name": visitor.name, "password": PASSWORD}
    assert (await visitor.browser.post("/sign-in", data=typed)).status_code == 303
    taken = await send()
    assert (taken.status_code, taken.headers["location"].startswith("/import/file/")) == (303, True)
    assert FILE.splitlines()[0].split(",")[0] in (await visitor.browser.get(taken.headers["location"])).text


async def test_a_file_is_there_after_the_next_sign_in(visit: Visit, gateway_url: str) -> None:
    """GET /import/file/{token}: for who sent it and nobody else, and what was chosen for it is filled in."""
    visitor, other = await visit(kind="housing", role="member"), await visit(kind="housing", role="member")
    token = hidden((await visitor.browser.get("/import")).text, "form_token")
    sent = await visitor.browser.post("/import", data={"form_token": token}, files={"file": ("list.csv", FILE)})
    place = sent.headers["location"]
    late = form_to((await visitor.browser.get(place)).text, place).fields | {"name": "vecka"}
    visitor.browser.cookies.delete("samsyn_session")
    door = await visitor.browser.post(place, data=late, headers={"Referer": f"{gateway_url}{place}"})
    again = await sign_in(visitor, door.text)
    assert (again.status_code, NOT_SAVED in again.text, 'value="vecka"' in again.text) == (200, True, True)
    assert GONE in (await other.browser.get(place)).text


@pytest.mark.parametrize(("whose", "began_s"), [("other", 0), ("own", -28_800 - 3601)])
async def test_a_form_of_another_or_of_long_ago_is_too_old(
    visit: Visit, gateway_database: Database, whose: str, began_s: int
) -> None:
    """POST /import with the token of another person, and with one of a session that ended an hour ago and more."""
    visitor, other = await visit(kind="housing", role="member"), await visit(kind="housing", role="member")
    shown = {"own": visitor, "other": other}[whose]
    async with connected(gateway_database.admin_url) as admin:
        user_id = str(await admin.fetchval("SELECT id FROM users WHERE name = $1", shown.name))
    nonce = form_nonce("x", now=datetime.now(UTC) + timedelta(seconds=began_s))
    form = {"form_token": form_token(nonce, user_id, pepper=PEPPER)}
    answer = await visitor.browser.post("/import", data=form, files={"file": ("list.csv", FILE)})
    assert (answer.status_code, "Formuläret hade blivit för gammalt" in answer.text) == (403, True)
